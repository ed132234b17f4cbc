"""The gate: a webhook is a hint, its items are read again, and nothing of it is lost."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from shop import HOUR, NOW, Shop, page, story

from bot.gate import Checked, check_arrivals
from bot.pipeline import Judged
from bot.store import inbox, loading, records, tables
from connectors.errors import TryLaterError
from rules.records import Link

LATE = "hygiene-late"


async def _arrive(shop: Shop, delivery: str, source: str = "jira", **what: Sequence[str]) -> None:
    arrival = inbox.Arrival(source, delivery, "updated", **{k: tuple(v) for k, v in what.items()})
    async with shop.database.write() as connection:
        assert await inbox.receive(connection, arrival, delivery, shop.clock())


async def _check(shop: Shop) -> Checked:
    return await check_arrivals(shop.database, shop.book, {"jira": shop.tool}, shop.clock)


async def _waiting(shop: Shop) -> list[str]:
    async with shop.database.read() as connection:
        return [a.delivery for a in await inbox.waiting(connection)]


async def _outcomes(shop: Shop) -> list[tuple[str, str]]:
    box = tables.inbox.c
    return [(r.source, r.outcome) for r in await shop.rows(sa.select(box.source, box.outcome))]


async def test_what_a_webhook_names_is_read_again_once_and_judged(shop: Shop) -> None:
    one = story("SHOP-1")
    await shop.told(one)
    shop.clock.tick(timedelta(minutes=1))
    shop.tool.answers = page(shop.changed(one, "late"))
    await _arrive(shop, "d1", keys=["SHOP-1"])
    await _arrive(shop, "d2", keys=["SHOP-1"])
    checked = await _check(shop)
    assert checked.judged.count("opened") == 1
    assert shop.tool.asked == [["SHOP-1"]]
    assert await shop.letters() == [("shop", "1 finding to decide on: SHOP-1 is late.")]
    assert await _outcomes(shop) == [("jira", "checked")] * 2


async def test_a_source_that_cannot_be_read_leaves_its_arrivals_waiting(shop: Shop) -> None:
    await shop.told(story("SHOP-1"))
    await _arrive(shop, "d1", keys=["SHOP-1"])
    shop.tool.answers = TryLaterError("Jira is down.")
    assert (await _check(shop)).waiting == 1
    assert await _waiting(shop) == ["d1"]
    shop.tool.answers = page(shop.changed(story("SHOP-1"), "late"))
    assert (await _check(shop)).waiting == 0
    assert await _waiting(shop) == []
    assert await shop.state(LATE) == "open"


async def test_an_item_that_is_hidden_from_us_resolves_nothing(shop: Shop) -> None:
    await shop.told(story("SHOP-1", "late"))
    await _arrive(shop, "d1", keys=["SHOP-1"])
    shop.tool.answers = page(problems=["item:SHOP-1"])
    await _check(shop)
    assert await _waiting(shop) == []
    assert await shop.state(LATE) == "open"


async def test_what_the_webhook_says_was_deleted_is_not_read_and_closes(shop: Shop) -> None:
    await shop.told(story("SHOP-1", "late"))
    shop.clock.tick()
    await _arrive(shop, "d1", keys=["SHOP-1"])
    await _arrive(shop, "d2", deleted=["SHOP-1"])
    await _check(shop)
    assert shop.tool.asked == []
    assert await shop.state(LATE) == "closed"


async def test_arrivals_of_a_source_that_is_no_more_are_set_aside(shop: Shop) -> None:
    await shop.told(story("SHOP-1"))
    await _arrive(shop, "d1", source="gone", keys=["X-1"])
    await _check(shop)
    assert await _outcomes(shop) == [("gone", "source is not read")]


async def test_a_webhooks_answer_is_fresh_although_its_source_is_stale(shop: Shop) -> None:
    late, other = story("SHOP-1", "late"), story("SHOP-2", "late")
    await shop.told(late, other)
    shop.clock.tick(5 * HOUR)
    await _arrive(shop, "d1", keys=["SHOP-1"])
    shop.tool.answers = page(shop.changed(late))
    await _check(shop)
    assert (await shop.state(LATE), await shop.state(LATE, "jira:SHOP-2")) == ("resolved", "open")


async def test_a_second_look_at_an_unchanged_item_is_as_fresh(shop: Shop) -> None:
    """It says nothing new, but it says so now."""
    late = story("SHOP-1", "late")
    await shop.told(late)
    shop.clock.tick(5 * HOUR)
    passing = replace(late, labels=(), changed_at=NOW)
    async with shop.database.write() as connection:
        await records.save(connection, [passing], NOW)
    await shop.judge()
    assert await shop.state(LATE) == "open"
    shop.tool.answers = page(passing)
    await _arrive(shop, "d1", keys=["SHOP-1"])
    await _check(shop)
    assert await shop.state(LATE) == "resolved"


async def test_what_hangs_on_the_item_is_judged_with_it(shop: Shop) -> None:
    doing = {"status": "In Progress", "status_category": "indeterminate"}
    blocker = story("SHOP-1", "late")
    held = story("SHOP-2", links=(Link("is blocked by", "SHOP-1"),), **doing)
    await shop.told(blocker, held)
    await _arrive(shop, "d1", keys=["SHOP-1"])
    shop.tool.answers = page(shop.changed(blocker, status="Done", status_category="done"))
    checked = await _check(shop)
    assert checked.judged.checked == 2


async def test_before_the_first_judgement_arrivals_are_only_stored(shop: Shop) -> None:
    shop.tool.answers = page(story("SHOP-1", "late"))
    await _arrive(shop, "d1", keys=["SHOP-1"])
    assert (await _check(shop)).judged.checked == 0
    assert await _waiting(shop) == []
    async with shop.database.read() as connection:
        assert len(await loading.marked(connection, "work_item", 10)) == 1
    await shop.judge()
    first = await shop.finding(LATE)
    assert first is not None
    assert first.inherited


async def test_a_round_with_nothing_to_do_does_nothing(shop: Shop) -> None:
    assert await _check(shop) == Checked(Judged())
    assert shop.tool.asked == []
