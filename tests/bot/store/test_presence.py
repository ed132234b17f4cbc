"""Presence in the store: nothing is removed, and who sees something again brings it back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from rule_records import pull
from shop import HOUR, NOW, Shop, story

from bot.explain.subject import explain_row
from bot.explain.text.subject import subject_text
from bot.store import loading, presence, records, verdicts
from bot.store.facts import FACTS
from bot.store.judging import joined_rows
from bot.store.tables import records as stored
from rules.presence import GONE, HIDDEN, TO_KNOW, Presence
from rules.records import Link, WorkItem

LATER = NOW + HOUR
AWAY: list[Presence] = ["transferred", "moved", "archived", "access_lost", "unobserved", "unreadable"]


async def state(shop: Shop, id_: str = "SHOP-1") -> str:
    (row,) = await shop.rows(sa.select(stored.c.presence).where(stored.c.id == id_))
    return str(row.presence)


async def save(shop: Shop, record: Any, *, asked: bool = False) -> None:
    async with shop.database.write() as connection:
        await records.save(connection, [record], LATER, asked=asked)


async def deleted(shop: Shop, *keys: str) -> int:
    async with shop.database.write() as connection:
        return await presence.delete(connection, "jira", list(keys), NOW)


async def test_what_a_source_deleted_keeps_its_record_and_its_history(shop: Shop) -> None:
    one = story("SHOP-1", "late")
    await shop.pull(one, story("SHOP-1", id="x", source="other"))
    assert await deleted(shop, "SHOP-1", "SHOP-77") == 1
    async with shop.database.read() as connection:
        kept = await loading.of(connection, WorkItem.KIND, "jira", "SHOP-1")
        assert kept is not None
        assert (kept.record, kept.presence, kept.presence_at) == (one, "deleted", NOW)
    assert await state(shop, "x") == "present"


async def test_a_page_that_was_on_its_way_does_not_bring_back_what_was_deleted(shop: Shop) -> None:
    await shop.pull(story("SHOP-1"))
    await deleted(shop, "SHOP-1")
    await save(shop, story("SHOP-1", title="page from before", changed_at=NOW))
    assert await state(shop) == "deleted"


async def test_a_later_change_brings_back_what_was_deleted(shop: Shop) -> None:
    await shop.pull(story("SHOP-1"))
    await deleted(shop, "SHOP-1")
    await save(shop, story("SHOP-1", changed_at=NOW + timedelta(seconds=1)))
    assert await state(shop) == "present"


async def test_what_was_asked_for_and_answered_is_there(shop: Shop) -> None:
    await shop.pull(story("SHOP-1"))
    await deleted(shop, "SHOP-1")
    await save(shop, story("SHOP-1"), asked=True)
    assert await state(shop) == "present"


@pytest.mark.parametrize("away", AWAY)
async def test_any_sight_brings_back_what_was_not_there(shop: Shop, away: Presence) -> None:
    await shop.pull(story("SHOP-1"), story("SHOP-2", parent="SHOP-1"))
    await shop.withdraw(away, "SHOP-1")
    await shop.judge()
    await save(shop, story("SHOP-1"))
    assert await state(shop) == "present"
    async with shop.database.read() as connection:
        again = await loading.marked(connection, WorkItem.KIND, 10)
    assert [s.record.id for s in again] == ["SHOP-1", "SHOP-2"]


async def test_what_was_seen_since_a_census_began_is_there(shop: Shop) -> None:
    await shop.pull(story("SHOP-1"))
    async with shop.database.write() as connection:
        put = presence.put(connection, "jira", {"SHOP-1": "deleted"}, LATER, unless_seen_since=NOW)
        assert await put == 0
    assert await state(shop) == "present"


async def test_who_hangs_on_what_is_gone_is_derived_again(shop: Shop) -> None:
    held = story("SHOP-2", links=(Link("is blocked by", "SHOP-1"),), status="In Progress")
    held = replace(held, status_category="indeterminate")
    await shop.pull(story("SHOP-1"), held, story("SHOP-9"))
    await shop.judge()
    await shop.withdraw("deleted", "SHOP-1")
    async with shop.database.read() as connection:
        waiting = await loading.marked(connection, WorkItem.KIND, 10)
    assert [s.record.id for s in waiting] == ["SHOP-1", "SHOP-2"]


async def test_a_pull_request_that_is_gone_tells_the_items_it_named(shop: Shop) -> None:
    await shop.pull(story("SHOP-1"), pull(8, closes=("SHOP-1",), source="jira"))
    await shop.judge()
    await shop.withdraw("deleted", "PR8")
    async with shop.database.read() as connection:
        waiting = await loading.marked(connection, WorkItem.KIND, 10)
        assert [s.record.id for s in waiting] == ["SHOP-1"]
        assert await loading.pointing_at(connection, "pull_request", ["SHOP-1"]) == []


@pytest.mark.parametrize("gone", ["a", "b"])
async def test_of_two_with_the_same_key_the_one_that_is_there_stands_beside_others(
    shop: Shop, gone: str
) -> None:
    """A key may be given again."""
    await shop.pull(story("SHOP-1", id="a", title="a"), story("SHOP-1", id="b", title="b"))
    await shop.withdraw("transferred", gone)
    async with shop.database.read() as connection:
        (found,) = (await loading.by_key(connection, WorkItem.KIND, ["SHOP-1"])).values()
    assert (found.record.title, found.gone_at) == ({"a": "b", "b": "a"}[gone], None)


# -- what it means for judging


@pytest.mark.parametrize("state", list(GONE))
async def test_what_is_gone_closes_its_findings_and_says_why(shop: Shop, state: Presence) -> None:
    await shop.told(story("SHOP-1", "late"))
    shop.clock.tick()
    await shop.withdraw(state, "SHOP-1")
    (closed,) = await shop.judge()
    assert (closed.event, closed.why) == ("closed", GONE[state])


@pytest.mark.parametrize("state", list(HIDDEN))
async def test_what_is_hidden_opens_and_resolves_nothing(shop: Shop, state: Presence) -> None:
    """Even where what is known of it would pass: nobody knows how it is now."""
    late, other = story("SHOP-1", "late"), story("SHOP-2")
    await shop.told(late, other)
    async with shop.database.write() as connection:
        await records.save(connection, [replace(late, labels=()), replace(other, labels=("late",))], NOW)
    await shop.withdraw(state, "SHOP-1", "SHOP-2")
    assert await shop.judge() == []
    assert (await shop.state("hygiene-late"), await shop.state("hygiene-late", "jira:SHOP-2")) == (
        "open",
        None,
    )
    async with shop.database.read() as connection:
        counts = {c.rule: c for c in await verdicts.counts(connection)}
    assert (counts["hygiene-late"].unknown, counts["hygiene-late"].passed, counts["hygiene-late"].failed) == (
        2,
        0,
        0,
    )


async def test_what_is_seen_again_is_judged_again(shop: Shop) -> None:
    late = story("SHOP-1", "late")
    await shop.told(late)
    await shop.withdraw("access_lost", "SHOP-1")
    await shop.judge()
    shop.clock.tick()
    (resolved,) = await shop.told(shop.changed(late))
    assert resolved.event == "resolved"


async def test_what_was_deleted_holds_nobody(shop: Shop) -> None:
    doing = {"status": "In Progress", "status_category": "indeterminate"}
    held = story("SHOP-2", links=(Link("is blocked by", "SHOP-1"),), **doing)
    await shop.told(story("SHOP-1", **doing), held)
    for state, blocked in (("access_lost", True), ("deleted", False)):
        await shop.withdraw(state, "SHOP-1")
        await shop.judge()
        (row,) = await shop.rows(sa.select(FACTS["work_items"]).where(FACTS["work_items"].c.key == "SHOP-2"))
        assert row.blocked is blocked


@pytest.mark.parametrize("state", list(HIDDEN))
async def test_an_explanation_says_since_when_nobody_knows_and_what_to_do(
    shop: Shop, state: Presence
) -> None:
    await shop.told(story("SHOP-1", "late"))
    await shop.withdraw(state, "SHOP-1")
    await shop.judge()
    async with shop.database.read() as connection:
        rows = await joined_rows(connection, shop.book, "work_items", ["jira:SHOP-1"], NOW)
        whole = await explain_row(connection, shop.book, "work_items", rows["jira:SHOP-1"], NOW)
    assert {rule.verdict for rule in whole.rules} == {"unknown"}
    text = " ".join(subject_text(whole, NOW, everything=False).split())
    assert f"{HIDDEN[state]} since Tue 24 Nov" in text
    assert "what was known stays" in text
    assert f"Unknown: {HIDDEN[state]}; nobody can say how it is now." in text
    assert TO_KNOW[state] in text
