"""Pull: each page and its cursor are one, and the sync log tells how it went."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa
from shop import HOUR, NOW, Shop, Tool, page, story

from bot.pipeline import derive, judge, sync
from bot.store import facts, inbox, quarantine, records, syncs, tables, verdicts
from bot.store.database import CHUNK
from bot.store.tables import cursors, history
from bot.store.tables import records as stored
from connectors.connector import Page, Problem
from connectors.errors import GrantAccessError, TryLaterError
from connectors.learned import Learned
from connectors.meter import Budget


async def _stored(shop: Shop) -> tuple[list[str], list[str]]:
    """Ids of stored records, and the cursor."""
    ids = [r.id for r in await shop.rows(sa.select(stored.c.id).order_by(stored.c.id))]
    return ids, [r.cursor for r in await shop.rows(sa.select(cursors.c.cursor))]


async def _state(shop: Shop) -> tuple[bool, int, bool, str | None]:
    async with shop.database.read() as connection:
        state = (await syncs.states(connection))["jira"]
    return state.last_complete is not None, state.failures, state.truncated, state.last_error


async def test_a_sync_stores_its_pages_and_the_last_cursor(shop: Shop) -> None:
    shop.tool.says = [page(story("SHOP-1"), cursor="a", last=False), page(story("SHOP-2"), cursor="b")]
    pulled = await sync(shop.database, shop.tool, shop.clock)
    assert (pulled.outcome, pulled.read, pulled.changed) == ("complete", 2, 2)
    assert await _stored(shop) == (["SHOP-1", "SHOP-2"], ["b"])
    assert await _state(shop) == (True, 0, False, None)


async def test_the_next_sync_goes_on_from_the_cursor(shop: Shop) -> None:
    await shop.pull(story(), cursor="here")
    await shop.pull()
    assert shop.tool.cursors == [None, "here"]


async def test_a_sync_that_raises_keeps_the_pages_before_and_counts_as_failed(shop: Shop) -> None:
    shop.tool.says = [page(story("SHOP-1"), cursor="a", last=False), TryLaterError("Jira is down.")]
    pulled = await sync(shop.database, shop.tool, shop.clock)
    assert pulled.outcome == "failed"
    assert await _stored(shop) == (["SHOP-1"], ["a"])
    assert await _state(shop) == (False, 1, False, "Jira is down. [source-later]")


async def test_a_sync_that_stops_before_its_last_page_is_not_complete(shop: Shop) -> None:
    pulled = await shop.pull(story(), cursor="a", last=False)
    assert pulled.outcome == "failed"
    assert await _stored(shop) == (["SHOP-1"], ["a"])
    assert (await _state(shop))[:2] == (False, 1)


async def test_a_source_that_gives_no_page_at_all_is_not_complete(shop: Shop) -> None:
    shop.tool.says = []
    assert (await sync(shop.database, shop.tool, shop.clock)).outcome == "failed"


async def test_a_sync_with_a_part_that_could_not_be_read_is_partial(shop: Shop) -> None:
    pulled = await shop.pull(story(), problems=["project:TILL"])
    assert pulled.outcome == "partial"
    assert await _state(shop) == (True, 0, True, "project:TILL: not readable")


async def test_a_mistake_of_ours_counts_as_a_failed_sync_and_is_raised(shop: Shop) -> None:
    shop.tool.says = [page(story("SHOP-1"), cursor="a", last=False), KeyError("SECRET")]
    with pytest.raises(KeyError):
        await sync(shop.database, shop.tool, shop.clock)
    assert await _stored(shop) == (["SHOP-1"], ["a"])
    assert await _state(shop) == (False, 1, False, "KeyError: see the log")


async def test_neither_page_nor_cursor_stays_when_the_cursor_cannot_be_moved(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise OSError("disk full")

    await shop.pull(story("SHOP-1"), cursor="a")
    monkeypatch.setattr(syncs, "move_cursor", broken)
    with pytest.raises(OSError, match="disk full"):
        await shop.pull(story("SHOP-2"), cursor="b")
    assert await _stored(shop) == (["SHOP-1"], ["a"])


async def test_neither_cursor_nor_page_stays_when_the_page_cannot_be_saved(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(records, "mark_around", broken)
    with pytest.raises(OSError, match="disk full"):
        await shop.pull(story("SHOP-1"), cursor="a")
    assert await _stored(shop) == ([], [])


async def test_progress_is_told_after_each_page(shop: Shop) -> None:
    seen: list[tuple[str, str, int]] = []
    shop.tool.says = [page(story("SHOP-1"), cursor="a", last=False), page(story("SHOP-2"), cursor="b")]
    await sync(shop.database, shop.tool, shop.clock, lambda source, p, n: seen.append((source, p.cursor, n)))
    assert seen == [("jira", "a", 1), ("jira", "b", 2)]


async def test_what_nobody_can_read_any_more_is_not_resolved(shop: Shop) -> None:
    """Absence is no resolution: an empty page, a refusal or a part that is missing closes nothing."""
    await shop.told(story("SHOP-1", "late"))
    for says in ([page()], [GrantAccessError("No access.")], [page(problems=["project:SHOP"])]):
        shop.clock.tick()
        shop.tool.says = list(says)
        await sync(shop.database, shop.tool, shop.clock)
        await shop.judge()
        assert await shop.state("hygiene-late") == "open"


async def test_judging_twice_changes_nothing_and_writes_no_history(shop: Shop) -> None:
    await shop.told(story("SHOP-1", "late", "slow", "covered"))
    before = await shop.rows(sa.select(history))
    assert await shop.judge() == []
    assert await shop.rows(sa.select(history)) == before


async def test_a_full_judgement_remembers_when_it_was(shop: Shop) -> None:
    await shop.pull(story())
    await shop.judge_all()
    async with shop.database.read() as connection:
        assert await facts.judged_at(connection) == NOW


async def test_a_judgement_of_some_subjects_is_no_full_judgement(shop: Shop) -> None:
    await shop.pull(story())
    await shop.judge_all()
    shop.clock.tick()
    await judge(shop.database, shop.book, shop.clock(), {"work_items": ["jira:SHOP-1"]})
    async with shop.database.read() as connection:
        assert await facts.judged_at(connection) == NOW


async def test_counts_by_rule_and_product_are_those_of_the_last_full_judgement(shop: Shop) -> None:
    await shop.told(story("SHOP-1", "late"), story("SHOP-2"), story("TILL-1", priority=None))
    async with shop.database.read() as connection:
        counts = {(c.rule, c.product): c for c in await verdicts.counts(connection)}
    late, graded = counts["hygiene-late", "shop"], counts["hygiene-graded", "till"]
    assert (late.passed, late.failed, late.unknown) == (1, 1, 0)
    assert (graded.passed, graded.failed, graded.unknown, graded.example) == (0, 0, 1, "jira:TILL-1")


async def test_many_subjects_are_judged_in_pieces(shop: Shop) -> None:
    """A round over the inbox during the first import may have derived a hundred thousand."""
    await shop.told(story("SHOP-1", "late"))
    many = ["jira:SHOP-1", *(f"jira:{n}" for n in range(CHUNK))]
    judged = await judge(shop.database, shop.book, shop.clock(), {"work_items": many})
    assert [j.checked for j in judged.judgements] == [1, 0]
    assert await shop.state("hygiene-late") == "open"


async def test_derive_gives_how_many_records_were_derived_and_then_none(shop: Shop) -> None:
    await shop.pull(story("SHOP-1"), story("SHOP-2"))
    assert await derive(shop.database, shop.book, NOW) == 2
    assert await derive(shop.database, shop.book, NOW) == 0


async def test_open_items_are_derived_again_on_a_new_day_because_people_leave(shop: Shop) -> None:
    done = story("SHOP-2", status="Done", status_category="done", closed_at=NOW - HOUR)
    await shop.pull(story("SHOP-1"), done)
    assert await derive(shop.database, shop.book, NOW) == 2
    assert await derive(shop.database, shop.book, NOW + timedelta(hours=8)) == 0
    assert await derive(shop.database, shop.book, NOW + timedelta(days=1)) == 1
    assert await derive(shop.database, shop.book, NOW + timedelta(days=1)) == 0


# -- what a sync learns, spends and cannot read


async def test_what_a_source_taught_is_kept_with_the_page_and_known_at_the_next_sync(shop: Shop) -> None:
    shop.tool.learned.put("page:search", 25)
    shop.tool.says = [page(story(), last=False), TryLaterError("Jira is down.")]
    await sync(shop.database, shop.tool, shop.clock)
    shop.tool.learned = Learned()
    await shop.pull()
    assert shop.tool.learned.number("page:search") == 25


async def test_what_was_learned_from_a_failure_is_kept(shop: Shop) -> None:
    """Else a page that is too large would be asked for in each sync again."""
    shop.tool.learned.put("page:search", 25)
    shop.tool.says = [TryLaterError("Jira is down.")]
    await sync(shop.database, shop.tool, shop.clock)
    shop.tool.learned.forget("page:search")
    shop.tool.learned.take_changes()
    await shop.pull()
    assert shop.tool.learned.number("page:search") == 25


async def test_what_is_not_true_any_more_is_forgotten(shop: Shop) -> None:
    shop.tool.learned.put("bulk", 1000)
    await shop.pull()
    shop.tool.learned.forget("bulk")
    await shop.pull()
    assert await shop.rows(sa.select(tables.learned)) == []


async def test_a_sync_tells_what_it_spent_and_what_is_left(shop: Shop) -> None:
    shop.tool.meter.spent["jira:points"] = 40
    shop.tool.meter.budgets["jira:points"] = Budget(100, 93, NOW)

    class Spending(Tool):
        async def pages(self, cursor: str | None, touched: Sequence[str] = ()) -> AsyncIterator[Page]:
            self.meter.spent["jira:points"] += 7
            async for one in super().pages(cursor, touched):
                yield one

    await sync(shop.database, Spending(says=[page()], meter=shop.tool.meter), shop.clock)
    (line,) = await shop.rows(sa.select(tables.syncs))
    assert line.requests == {"jira:points": 7}
    assert line.budgets["jira:points"]["remaining"] == 93


async def test_an_item_that_is_not_understood_is_in_quarantine_until_it_is_stored(shop: Shop) -> None:
    await shop.told(story("SHOP-1", "late"), story("SHOP-2"))
    held = Problem("item:SHOP-1", "status is null", quarantined=True)
    shop.tool.says = [Page((), "c", last=True, problems=(held, Problem("item:SHOP-2", "hidden")))]
    await sync(shop.database, shop.tool, shop.clock)
    async with shop.database.read() as connection:
        (kept,) = await quarantine.all_of(connection, "jira")
    assert (kept.item, kept.reason, kept.since) == ("SHOP-1", "status is null", NOW)
    rows = await shop.rows(sa.select(stored.c.id, stored.c.presence).order_by(stored.c.id))
    assert [tuple(r) for r in rows] == [("SHOP-1", "unreadable"), ("SHOP-2", "present")]
    shop.clock.tick()
    await shop.pull(shop.changed(story("SHOP-1")))
    assert await shop.judge() != []
    assert await shop.rows(sa.select(tables.quarantine)) == []


async def test_a_second_time_in_quarantine_is_still_the_first_since(shop: Shop) -> None:
    for reason in "one", "other":
        held = Problem("item:SHOP-1", reason, quarantined=True)
        shop.tool.says = [Page((), "c", last=True, problems=(held,))]
        await sync(shop.database, shop.tool, shop.clock)
        shop.clock.tick()
    async with shop.database.read() as connection:
        (kept,) = await quarantine.all_of(connection)
    assert (kept.reason, kept.since, kept.seen_at) == ("other", NOW, NOW + HOUR)


async def test_a_sync_is_told_which_items_webhooks_named_just_now(shop: Shop) -> None:
    await shop.pull(story("SHOP-1", id="101"), story("SHOP-2", id="102"))
    for minutes, key in ((20, "SHOP-1"), (5, "SHOP-2"), (5, "SHOP-99")):
        arrival = inbox.Arrival("jira", f"{minutes}{key}", "updated", keys=(key,))
        async with shop.database.write() as connection:
            await inbox.receive(connection, arrival, key, NOW - timedelta(minutes=minutes))
    await shop.pull()
    assert shop.tool.touched == [[], ["102"]]
