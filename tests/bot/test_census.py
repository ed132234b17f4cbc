"""The census: what is missing and what is hidden are told apart, and one that stops concludes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from counted_site import Site, Source
from shop import HOUR, Shop, story

from bot import census
from bot.census import LATELY, Round, take
from bot.store import censuses, presence, quarantine
from bot.store.tables import records, usage
from connectors.connector import Found, Standing
from connectors.errors import FixRequestError, TryLaterError
from rules.records import WorkItem

LATE = "hygiene-late"


@pytest.fixture
def site(shop: Shop) -> Site:
    """The shop's tool gets a census; it holds nothing yet."""
    site = Site()
    shop.tool = Source(site=site, census=site)
    return site


async def known(shop: Shop, site: Site, *some: WorkItem) -> None:
    """The store knows these, the site has them, and an hour goes by."""
    site.put(*some)
    await shop.told(*some)
    shop.clock.tick()


async def taken(shop: Shop, *, whole: bool = True, **how: Any) -> Round:
    done = await take(shop.database, shop.tool, shop.clock, whole=whole, **how)
    assert done is not None
    return done


async def states(shop: Shop) -> dict[str, str]:
    rows = await shop.rows(sa.select(records.c.id, records.c.presence).order_by(records.c.id))
    return {row.id: row.presence for row in rows}


async def rows(shop: Shop) -> dict[str, tuple[int | None, int | None, int, int | None, str]]:
    async with shop.database.read() as connection:
        kept = await censuses.all_of(connection, "jira")
    return {c.container: (c.counted, c.seen, c.known, c.missing, c.outcome) for c in kept}


def some(many: int, project: str = "SHOP") -> list[WorkItem]:
    return [story(f"{project}-{n}") for n in range(1, many + 1)]


async def test_what_is_missing_and_cannot_be_found_was_deleted(shop: Shop, site: Site) -> None:
    await known(shop, site, story("SHOP-1", "late"), story("SHOP-2"))
    del site.items["SHOP-1"]
    done = await taken(shop)
    assert (done.settled, done.read, done.changed) == ({"deleted": 1}, 0, 1)
    assert await states(shop) == {"SHOP-1": "deleted", "SHOP-2": "present"}
    (closed,) = await shop.judge()
    assert closed.why == "it was deleted in its source"
    assert (await rows(shop))["SHOP"] == (1, 1, 1, 1, "whole")


async def test_a_second_census_finds_nothing_new_and_asks_for_nothing_again(shop: Shop, site: Site) -> None:
    await known(shop, site, *some(3))
    del site.items["SHOP-1"]
    await taken(shop)
    site.asked.clear()
    shop.clock.tick(LATELY + HOUR)
    done = await taken(shop)
    assert not done.changed
    assert not any(word.startswith("find") for word in site.asked)


async def test_a_project_out_of_sight_closes_nothing_and_comes_back_read_again(
    shop: Shop, site: Site
) -> None:
    """What changed while it was out of sight is behind the cursor of the feed: nobody else would tell it."""
    late = story("SHOP-1", "late")
    await known(shop, site, late, story("TILL-1"))
    del site.projects["SHOP"]
    await taken(shop)
    assert await states(shop) == {"SHOP-1": "access_lost", "TILL-1": "present"}
    assert await shop.judge() == []
    assert await shop.state(LATE) == "open"
    assert (await rows(shop))["SHOP"] == (None, None, 1, None, "out of sight")
    shop.clock.tick()
    site.projects["SHOP"] = "live"
    site.put(replace(late, labels=(), changed_at=shop.clock() - HOUR))
    done = await taken(shop, whole=False)
    assert (done.read, await states(shop)) == (1, {"SHOP-1": "present", "TILL-1": "present"})
    assert [t.event for t in await shop.judge()] == ["resolved"]


@pytest.mark.parametrize(("standing", "state"), [("archived", "archived"), ("trashed", "deleted")])
async def test_a_project_that_is_put_away_takes_its_items_with_it(
    shop: Shop, site: Site, standing: Standing, state: str
) -> None:
    await known(shop, site, story("SHOP-1"))
    site.projects["SHOP"] = standing
    await taken(shop, whole=False)
    assert await states(shop) == {"SHOP-1": state}
    assert (await rows(shop))["SHOP"][-1] == standing


async def test_half_a_project_missing_at_once_is_no_deletion_until_a_person_says_so(
    shop: Shop, site: Site
) -> None:
    await known(shop, site, *some(12))
    for number in range(1, 7):
        del site.items[f"SHOP-{number}"]
    done = await taken(shop)
    assert done.settled == {"unobserved": 6}
    assert (await rows(shop))["SHOP"] == (6, 6, 6, 6, "guarded")
    assert (await taken(shop, believed=["SHOP"])).settled == {"deleted": 6}
    assert set((await states(shop)).values()) == {"deleted", "present"}


async def test_what_was_unobserved_and_is_listed_again_is_there(shop: Shop, site: Site) -> None:
    await known(shop, site, *some(12))
    away, site.items = site.items, {}
    assert (await taken(shop)).settled == {"unobserved": 12}
    site.items = away
    shop.clock.tick()
    assert (await taken(shop, whole=False)).read == 12
    assert set((await states(shop)).values()) == {"present"}


async def test_an_item_that_moved_within_the_source_is_read_under_its_new_key(shop: Shop, site: Site) -> None:
    await known(shop, site, story("SHOP-1", id="1"))
    site.put(story("TILL-7", id="1"))
    await taken(shop)
    (row,) = await shop.rows(sa.select(records.c.key, records.c.container, records.c.presence))
    assert tuple(row) == ("TILL-7", "TILL", "present")


async def test_an_item_that_moved_where_the_source_does_not_look_is_gone(shop: Shop, site: Site) -> None:
    await known(shop, site, story("SHOP-1"))
    site.put(story("SHOP-1", container="ELSE"))
    await taken(shop)
    assert await states(shop) == {"SHOP-1": "moved"}


async def test_an_item_that_was_transferred_leaves_its_id_and_comes_under_another(
    shop: Shop, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await known(shop, site, story("SHOP-1", id="1"))
    del site.items["1"]
    site.put(story("TILL-7", id="2"))

    async def find(_: Sequence[str]) -> Mapping[str, Found]:
        return {"1": Found("2", "TILL")}

    monkeypatch.setattr(site, "find", find)
    await taken(shop)
    assert await states(shop) == {"1": "transferred", "2": "present"}


async def test_an_item_that_nobody_told_of_is_read(shop: Shop, site: Site) -> None:
    await known(shop, site, story("SHOP-1"))
    site.put(story("SHOP-2", "late"))
    done = await taken(shop, whole=False)
    assert (done.read, (await rows(shop))["SHOP"]) == (1, (2, 2, 2, 0, "whole"))
    assert [t.finding.key for t in await shop.judge()] == ["SHOP-2"]


async def test_a_round_reads_so_many_and_the_next_ones_the_rest(
    shop: Shop, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(census, "READ_AT_MOST", 2)
    await known(shop, site, story("SHOP-1"))
    site.put(*some(6))
    rounds = [await taken(shop) for _ in range(3)]
    assert [(r.read, r.left) for r in rounds] == [(2, 3), (2, 1), (1, 0)]
    assert len(await states(shop)) == 6


@pytest.mark.parametrize("error", [TryLaterError("down"), FixRequestError("no")])
async def test_a_census_that_stops_half_way_concludes_nothing(
    shop: Shop, site: Site, error: Exception
) -> None:
    await known(shop, site, story("SHOP-1"), story("SHOP-2"), story("TILL-1"))
    site.items.clear()
    site.fails["SHOP"] = error
    done = await taken(shop)
    assert done.error is error
    there = {"SHOP-1": "present", "SHOP-2": "present"}
    stopped = isinstance(error, TryLaterError)
    assert await states(shop) == {**there, "TILL-1": "present" if stopped else "deleted"}
    assert (await rows(shop))["SHOP"][-1] == f"failed: {error}"


async def test_a_roster_that_cannot_be_told_concludes_nothing(
    shop: Shop, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse() -> Mapping[str, Standing]:
        raise TryLaterError("down")

    await known(shop, site, story("SHOP-1"))
    monkeypatch.setattr(site, "roster", refuse)
    assert (await taken(shop)).error is not None
    assert await states(shop) == {"SHOP-1": "present"}


async def test_what_is_seen_while_the_census_goes_on_is_there(
    shop: Shop, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An item is listed by nobody when it is made after the listing began."""
    await known(shop, site, story("SHOP-1"), story("SHOP-2"))
    del site.items["SHOP-1"]

    async def find(_: Sequence[str]) -> Mapping[str, Found]:
        shop.clock.tick()
        await shop.pull(story("SHOP-1"))
        return {}

    monkeypatch.setattr(site, "find", find)
    await taken(shop)
    assert await states(shop) == {"SHOP-1": "present", "SHOP-2": "present"}


async def test_each_hour_only_what_counts_differently_is_listed(shop: Shop, site: Site) -> None:
    await known(shop, site, *some(2), story("TILL-1"))
    site.put(story("SHOP-3"))
    await taken(shop, whole=False)
    assert site.asked == ["roster", "ids SHOP"]
    assert (await rows(shop))["TILL"] == (1, None, 1, None, "agrees")


async def test_a_difference_that_a_listing_has_explained_is_not_listed_each_hour(
    shop: Shop, site: Site
) -> None:
    """Some tools count only about right."""
    await known(shop, site, *some(2))
    site.miscounted = 1
    await taken(shop, whole=False)
    site.asked.clear()
    await taken(shop, whole=False)
    assert site.asked == ["roster"]
    site.put(story("SHOP-3"))
    await taken(shop, whole=False)
    assert "ids SHOP" in site.asked


async def test_a_source_that_was_never_read_whole_is_not_compared(shop: Shop, site: Site) -> None:
    await shop.pull(story("SHOP-1"), last=False)
    assert "never read completely" in (await taken(shop)).skipped
    assert site.asked == []


async def test_an_export_proves_no_absence(shop: Shop) -> None:
    assert await take(shop.database, shop.tool, shop.clock, whole=True) is None


async def test_quarantined_items_are_tried_again_and_leave_once_they_can_be_read(
    shop: Shop, site: Site
) -> None:
    await known(shop, site, story("SHOP-1"))
    site.broken = {"SHOP-1", "SHOP-2"}
    site.put(story("SHOP-2"))
    async with shop.database.write() as connection:
        await quarantine.put(connection, "jira", {"SHOP-1": "bad"}, shop.clock())
    await taken(shop)
    async with shop.database.read() as connection:
        assert [q.item for q in await quarantine.all_of(connection)] == ["SHOP-1", "SHOP-2"]
    assert await states(shop) == {"SHOP-1": "unreadable"}
    site.broken = set()
    shop.clock.tick()
    await taken(shop)
    async with shop.database.read() as connection:
        assert await quarantine.all_of(connection) == []
    assert await states(shop) == {"SHOP-1": "present", "SHOP-2": "present"}


async def test_a_quarantined_item_that_is_deleted_leaves(shop: Shop, site: Site) -> None:
    await known(shop, site, story("SHOP-1"), story("SHOP-2"))
    async with shop.database.write() as connection:
        await quarantine.put(connection, "jira", {"SHOP-1": "bad", "SHOP-9": "bad"}, shop.clock())
    del site.items["SHOP-1"]
    await taken(shop)
    async with shop.database.read() as connection:
        assert await quarantine.all_of(connection) == []
    assert await states(shop) == {"SHOP-1": "deleted", "SHOP-2": "present"}


async def test_what_a_census_cost_is_kept(shop: Shop, site: Site) -> None:
    await known(shop, site, story("SHOP-1"))
    site.put(story("SHOP-2"))
    await taken(shop)
    (row,) = await shop.rows(sa.select(usage.c.what, usage.c.requests))
    assert tuple(row) == ("census", {"jira:points": 1})


async def test_progress_names_each_container(shop: Shop, site: Site) -> None:
    told: list[tuple[str, str, int, int]] = []
    await known(shop, site, story("SHOP-1"))
    await taken(shop, progress=lambda *one: told.append(one))
    assert told == [("jira", "SHOP", 1, 2), ("jira", "TILL", 2, 2)]


async def test_what_a_webhook_called_deleted_and_lives_elsewhere_was_transferred(
    shop: Shop, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await known(shop, site, story("SHOP-1", id="1"))
    del site.items["1"]
    site.put(story("TILL-7", id="2"))
    async with shop.database.write() as connection:
        await presence.delete(connection, "jira", ["SHOP-1"], shop.clock())

    async def find(ids: Sequence[str]) -> Mapping[str, Found]:
        return {"1": Found("2", "TILL")} if "1" in ids else {}

    monkeypatch.setattr(site, "find", find)
    shop.clock.tick()
    await taken(shop)
    assert await states(shop) == {"1": "transferred", "2": "present"}


async def test_a_repository_that_is_renamed_takes_its_items_with_it(shop: Shop, site: Site) -> None:
    await known(shop, site, *some(12))
    site.items = {i: replace(one, container="NEW") for i, one in site.items.items()}
    site.projects = {"NEW": "live"}
    done = await taken(shop)
    assert not +done.settled
    assert set((await states(shop)).values()) == {"present"}
    await taken(shop)
    assert list(await rows(shop)) == ["NEW"]
