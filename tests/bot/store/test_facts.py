"""Fact tables: they come back as they were written, and are made anew when schema or model change."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from shop import NOW, story

from bot.store import aggregates, facts, loading, marks, records
from bot.store.database import Database
from bot.store.facts import FACTS
from rules.facts import TABLES
from rules.facts.table import Type
from rules.records import WorkItem
from rules.sle import Finished

VALUES: dict[Type, Any] = {
    Type.TEXT: 'Größe "1"',
    Type.NUMBER: 1.5,
    Type.TIME: datetime(2026, 11, 24, 10, 0, 0, 123000, tzinfo=UTC),
    Type.BOOL: True,
    Type.TEXTS: ('a"b', "c,d", ""),
}


async def prepared(database: Database, model: str = "m1") -> bool:
    async with database.write() as connection:
        return await facts.prepare(connection, model)


async def waiting(database: Database) -> int:
    async with database.read() as connection:
        return len(await loading.marked(connection, WorkItem.KIND, 10))


async def saved(database: Database, name: str, *rows: dict[str, Any]) -> None:
    async with database.write() as connection:
        await facts.save(connection, name, rows)


def row(subject: str, **parts: Any) -> dict[str, Any]:
    """An item of the shop in progress."""
    return {
        "subject": f"jira:{subject}",
        "key": subject,
        "source": "jira",
        "container": subject.partition("-")[0],
        "calendar": "default",
        "product": "shop",
        "governed": True,
        "state": "active",
        "candidate_products": 1,
        **parts,
    }


@pytest.fixture
async def derived(database: Database) -> Database:
    """One record, derived with model m1."""
    await prepared(database)
    async with database.write() as connection:
        await records.save(connection, [story()], NOW)
        await marks.unmark(connection, await loading.marked(connection, WorkItem.KIND, 10))
        await facts.remember(connection, derived="m1")
    return database


async def test_nothing_is_derived_again_while_schema_and_model_are_the_same(derived: Database) -> None:
    assert not await prepared(derived)
    assert await waiting(derived) == 0
    async with derived.read() as connection:
        assert await facts.stand(connection, "m1")


async def test_another_model_marks_everything_and_facts_stand_no_more(derived: Database) -> None:
    await saved(derived, "work_items", row("SHOP-1"))
    assert await prepared(derived, "m2")
    assert await waiting(derived) == 1
    async with derived.read() as connection:
        assert not await facts.stand(connection, "m1")
        assert not await facts.stand(connection, "m2")
        assert len(await facts.rows_of(connection, "work_items", ["jira:SHOP-1"])) == 1


async def test_another_schema_makes_the_tables_anew(
    derived: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await saved(derived, "work_items", row("SHOP-1"))
    monkeypatch.setattr(facts, "schema_fingerprint", lambda: "next version")
    assert await prepared(derived)
    assert await waiting(derived) == 1
    async with derived.write() as connection:
        assert not await facts.stand(connection, "m1")
        assert await facts.rows_of(connection, "work_items", ["jira:SHOP-1"]) == {}
        await facts.remember(connection, schema="so that the next test makes them again")


@pytest.mark.parametrize("name", TABLES)
async def test_every_fact_comes_back_as_it_was_written(database: Database, name: str) -> None:
    await prepared(database)
    written = {f.name: VALUES[f.type] for f in TABLES[name].stored} | {"subject": "full"}
    empty = {f.name: None for f in TABLES[name].stored} | {"subject": "empty"}
    await saved(database, name, written, empty)
    async with database.read() as connection:
        found = await facts.rows_of(connection, name, ["full", "empty", "full", "missing"])
    stored = [f.name for f in TABLES[name].stored]
    assert {s: {k: r[k] for k in stored} for s, r in found.items()} == {"full": written, "empty": empty}


async def test_a_row_is_written_over_that_of_the_same_subject(derived: Database) -> None:
    await saved(derived, "work_items", row("SHOP-1", title="old"))
    await saved(derived, "work_items", row("SHOP-1", title=None))
    async with derived.read() as connection:
        found = await facts.rows_of(connection, "work_items", ["jira:SHOP-1"])
    assert found["jira:SHOP-1"]["title"] is None


async def test_an_aggregate_is_replaced_as_a_whole(derived: Database) -> None:
    async with derived.write() as connection:
        await facts.replace_all(connection, "team_wip", [{"subject": "a:story"}, {"subject": "b:story"}])
        await facts.replace_all(connection, "team_wip", [{"subject": "b:story"}])
        assert list(await facts.rows_of(connection, "team_wip", ["a:story", "b:story"])) == ["b:story"]


async def test_people_find_things_by_key_whatever_its_case(derived: Database) -> None:
    await saved(derived, "work_items", row("SHOP-1"))
    await saved(derived, "pull_requests", {**row("x"), "key": "Larkfield/Tracking#7"})
    async with derived.read() as connection:
        assert await facts.find(connection, "shop-1") == [("work_items", "jira:SHOP-1")]
        assert await facts.find(connection, "larkfield/tracking#7") == [("pull_requests", "jira:x")]
        assert await facts.find(connection, "SHOP-2") == []


async def test_keys_that_begin_alike_are_found_to_suggest_from(derived: Database) -> None:
    await saved(derived, "work_items", row("SHOP-12"), row("SHOP-1"), row("TILL-1"), row("S%P-3"))
    async with derived.read() as connection:
        assert await facts.alike(connection, "shop-123") == ["SHOP-1", "SHOP-12"]
        assert await facts.alike(connection, "S%P") == ["S%P-3"]
        assert await facts.alike(connection, "") == ["S%P-3", "SHOP-1", "SHOP-12", "TILL-1"]


async def test_what_was_asked_for_after_a_moment_is_known(derived: Database) -> None:
    await saved(
        derived, "work_items", row("A-1", observed_at=NOW), row("A-2", observed_at=NOW + timedelta(seconds=1))
    )
    async with derived.read() as connection:
        late = await facts.seen_after(connection, "work_items", ["jira:A-1", "jira:A-2", "jira:A-3"], NOW)
    assert late == {"jira:A-2"}


async def test_sums_are_of_governed_work_in_progress(derived: Database) -> None:
    await saved(
        derived,
        "work_items",
        row("SHOP-1", team="front", level="story", mapped_by="p", changed_at=NOW),
        row("SHOP-2", state="waiting", product="till", mapped_by="p", changed_at=NOW - timedelta(days=40)),
        row("SHOP-3", state="backlog"),
        row("SHOP-4", governed=False),
        row("SHOP-5", product=None),
        row("SHOP-6", state="done", finished_at=NOW, flow_item="feature", level="story", cycle_days=3.0),
        row("SHOP-7", state="done", finished_at=NOW - timedelta(days=9)),
    )
    week = NOW - timedelta(days=7)
    async with derived.read() as connection:
        assert await aggregates.active_by_product(connection) == {"shop": 1, "till": 1}
        assert await aggregates.finished_by_product(connection, week) == {"shop": 1}
        assert [(s.key, s.team, s.level) for s in await aggregates.started(connection)] == [
            ("SHOP-1", "front", "story")
        ]
        (counted,) = await aggregates.container_counts(connection)
        assert (counted.source, counted.container) == ("jira", "SHOP")
        assert await aggregates.matched_since(connection, week) == {"p": 1}
        finished = await aggregates.finished(connection, week, NOW + timedelta(seconds=1))
        assert finished == [Finished("shop", "feature", "story", NOW, 3.0)]
        assert await aggregates.finished(connection, week, NOW) == []


QUARTER = datetime(2026, 10, 1, tzinfo=UTC)
EXPECTED = {
    "product": "shop",
    "flow_item": "feature",
    "level": "story",
    "effective_from": QUARTER,
    "days": 9.0,
    "share": 0.85,
    "p95": 12.0,
    "n": 30.0,
    "provisional": False,
    "declared": False,
}
DECLARED = {**EXPECTED, "days": 5.0, "share": 0.7, "declared": True}


async def expected_after(database: Database, *saved_in_turn: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Level, days and share of the expectations that stand when these were saved one after the other."""
    async with database.write() as connection:
        for rows in saved_in_turn:
            await aggregates.save_expectations(connection, rows)
        found = await connection.execute(sa.text("SELECT level, days, share FROM sle ORDER BY level"))
        return [tuple(r) for r in found]


async def test_expectations_of_a_quarter_stay_as_they_were_first_known(derived: Database) -> None:
    assert await expected_after(derived, [EXPECTED], [{**EXPECTED, "days": 99.0}], []) == [
        ("story", 9.0, 0.85)
    ]


async def test_a_declared_expectation_that_changes_holds_at_once(derived: Database) -> None:
    changed = {**DECLARED, "days": 7.0, "share": 0.9}
    assert await expected_after(derived, [DECLARED], [changed]) == [("story", 7.0, 0.9)]


async def test_declaring_an_expectation_unfreezes_its_own_level_alone(derived: Database) -> None:
    epic = {**EXPECTED, "level": "epic", "days": 60.0}
    assert await expected_after(derived, [EXPECTED, epic], [DECLARED, {**epic, "days": 99.0}]) == [
        ("epic", 60.0, 0.85),
        ("story", 5.0, 0.7),
    ]


async def test_an_expectation_that_is_no_longer_declared_gives_way_to_history(derived: Database) -> None:
    later = {**EXPECTED, "days": 99.0}
    assert await expected_after(derived, [DECLARED], [EXPECTED], [later]) == [("story", 9.0, 0.85)]


async def test_tables_of_facts_are_known_once() -> None:
    assert set(FACTS) == set(TABLES)
