"""Records: newer wins, history stays, and all that hangs on a change is derived again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from rule_records import change, item, pull
from shop import NOW, story

from bot.store import loading, marks, records
from bot.store.database import Database
from bot.store.records import Saved
from bot.store.tables import changes
from bot.store.tables import records as stored
from rules.records import Container, Link, Person, PullRequest, Record, WorkItem

LATER = NOW + timedelta(hours=1)
KINDS = (WorkItem.KIND, PullRequest.KIND)


async def save(database: Database, *some: Record, at: Any = NOW, asked: bool = False) -> Saved:
    async with database.write() as connection:
        return await records.save(connection, some, at, asked=asked)


async def marked(database: Database) -> set[str]:
    """Keys of what waits to be derived."""
    async with database.read() as connection:
        waiting = [s for kind in KINDS for s in await loading.marked(connection, kind, 100)]
    return {s.record.key for s in waiting if isinstance(s.record, WorkItem | PullRequest)}


async def all_derived(database: Database) -> None:
    async with database.write() as connection:
        for kind in KINDS:
            await marks.unmark(connection, await loading.marked(connection, kind, 100))


async def settled(database: Database, *some: Record) -> None:
    """These are stored and derived."""
    await save(database, *some)
    await all_derived(database)


async def one(database: Database) -> Any:
    async with database.read() as connection:
        return (await connection.execute(sa.select(stored))).one()


async def test_a_new_record_is_stored_and_marked(database: Database) -> None:
    assert await save(database, story("SHOP-1")) == Saved(1, 1)
    assert await marked(database) == {"SHOP-1"}


async def test_an_equal_record_changes_nothing_but_when_it_was_seen(database: Database) -> None:
    await settled(database, story("SHOP-1"))
    before = await one(database)
    assert await save(database, story("SHOP-1"), at=LATER) == Saved(1, 0)
    after = await one(database)
    assert after.observed_at == LATER
    assert {**after._asdict(), "observed_at": NOW} == before._asdict()
    assert await marked(database) == set()


async def test_an_equal_record_that_was_asked_for_is_derived_again(database: Database) -> None:
    await settled(database, story("SHOP-1"), story("SHOP-2"))
    assert await save(database, story("SHOP-1"), at=LATER, asked=True) == Saved(1, 0)
    assert await marked(database) == {"SHOP-1"}


async def test_an_older_record_is_ignored(database: Database) -> None:
    await save(database, story("SHOP-1", title="new", changed_at=NOW))
    older = story("SHOP-1", title="old", changed_at=NOW - timedelta(days=1))
    assert await save(database, older, at=LATER) == Saved(1, 0)
    assert '"new"' in (await one(database)).body


async def test_a_record_that_differs_at_the_same_moment_wins(database: Database) -> None:
    """Tools do not count every change as one: a label may come without a later time."""
    await save(database, story("SHOP-1"))
    assert await save(database, story("SHOP-1", "late"), at=LATER) == Saved(1, 1)


async def test_of_two_versions_in_one_page_the_last_one_stays(database: Database) -> None:
    await save(database, story("SHOP-1", title="first"), story("SHOP-1", title="second"))
    assert '"second"' in (await one(database)).body


async def test_of_two_versions_in_one_page_an_older_one_that_comes_last_does_not_stay(
    database: Database,
) -> None:
    older = story("SHOP-1", title="older", changed_at=NOW - timedelta(days=1))
    await save(database, story("SHOP-1", title="newer", changed_at=NOW), older)
    assert '"newer"' in (await one(database)).body


async def test_an_answer_that_was_asked_for_earlier_does_not_make_a_row_look_older(
    database: Database,
) -> None:
    await save(database, story("SHOP-1"), at=LATER)
    await save(database, story("SHOP-1"), at=NOW)
    assert (await one(database)).observed_at == LATER


async def test_history_is_added_to_and_comes_back_in_its_order(database: Database) -> None:
    first = change("2026-11-03T09:00", "status", "Open", "In Progress")
    second = change("2026-11-04T09:00", "assignee", None, "ana")
    await save(database, story("SHOP-1", changes=(first,)))
    await save(database, story("SHOP-1", changes=(first, second), changed_at=LATER))
    await save(database, story("SHOP-2", changes=(first,)))
    async with database.read() as connection:
        loaded = await loading.marked(connection, WorkItem.KIND, 10)
        assert len((await connection.execute(sa.select(changes))).all()) == 3
    assert [s.record.changes for s in loaded] == [(first, second), (first,)]  # type: ignore[union-attr]


async def test_no_history_and_an_empty_history_are_not_the_same(database: Database) -> None:
    await save(database, story("SHOP-1", changes=None), story("SHOP-2", changes=()))
    async with database.read() as connection:
        loaded = await loading.marked(connection, WorkItem.KIND, 10)
    assert [s.record.changes for s in loaded] == [None, ()]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "record",
    [
        item("SHOP-1", labels=('a"b', "ü", "c,d"), fields={"x": "y"}, links=(Link("blocks", "A-1"),)),
        pull(8, closes=("larkfield/tracking#7",), paths=None),
        Person("jira", "p1", "ana", "Ana", email=None, active=False),
        Container("github", "r1", "larkfield/tracking", "repository", "tracking", public=True),
    ],
)
async def test_every_kind_of_record_comes_back_as_it_was(database: Database, record: Record) -> None:
    await save(database, record)
    async with database.read() as connection:
        assert await loading.every(connection, record.KIND) == [record]


# -- what hangs on a change

PARENT, CHILD, GRANDCHILD = (
    story("SHOP-1"),
    story("SHOP-2", parent="SHOP-1"),
    story("SHOP-3", parent="SHOP-2"),
)
LINKED = story("SHOP-4", links=(Link("is blocked by", "SHOP-1"),))
ALONE = story("SHOP-9")


def later(record: Any, **parts: Any) -> Any:
    return replace(record, **{"title": "other", "changed_at": LATER, **parts})


@pytest.mark.parametrize(
    ("known", "changed", "expected"),
    [
        ((ALONE,), later(PARENT), {"SHOP-1"}),
        ((PARENT, CHILD, GRANDCHILD, ALONE), later(PARENT), {"SHOP-1", "SHOP-2", "SHOP-3"}),
        ((PARENT, CHILD, GRANDCHILD), later(CHILD), {"SHOP-2", "SHOP-3"}),
        ((PARENT, LINKED, ALONE), later(PARENT), {"SHOP-1", "SHOP-4"}),
        ((PARENT, LINKED), later(LINKED), {"SHOP-4"}),
        (
            (PARENT, pull(8, title="SHOP-1 New door"), ALONE),
            later(PARENT),
            {"SHOP-1", "larkfield/tracking#8"},
        ),
    ],
)
async def test_what_points_at_a_changed_record_is_derived_again(
    database: Database, known: Sequence[Record], changed: Record, expected: set[str]
) -> None:
    await settled(database, *known)
    await save(database, changed, at=LATER)
    assert await marked(database) == expected


async def test_a_loop_of_parents_ends(database: Database) -> None:
    await settled(database, story("SHOP-1", parent="SHOP-2"), story("SHOP-2", parent="SHOP-1"))
    await save(database, story("SHOP-1", parent="SHOP-2", title="other", changed_at=LATER))
    assert await marked(database) == {"SHOP-1", "SHOP-2"}


async def test_an_item_that_is_transferred_tells_those_who_knew_its_old_key(database: Database) -> None:
    await settled(database, PARENT, CHILD)
    await save(database, later(PARENT, key="TILL-7"), at=LATER)
    assert await marked(database) == {"TILL-7", "SHOP-2"}


async def test_a_pull_request_tells_the_items_it_names_and_those_it_named(database: Database) -> None:
    """An issue is in progress while an open pull request closes it: it must hear when that no longer does."""
    await settled(database, PARENT, ALONE, pull(8, closes=("SHOP-1",)))
    moved = pull(8, closes=("SHOP-9",), changed_at=LATER)
    await save(database, moved, at=LATER)
    assert await marked(database) == {"larkfield/tracking#8", "SHOP-1", "SHOP-9"}


@pytest.mark.parametrize("known", [True, False])
async def test_a_person_tells_their_items_and_pull_requests(database: Database, known: bool) -> None:
    person = Person("jira", "p1", "ana", "Ana", changed_at=NOW)
    mine = story("SHOP-1", assignee="ana"), pull(8, author="ana"), story("SHOP-9", assignee="bo")
    await settled(database, *mine, *([person] if known else []))
    await save(database, replace(person, active=False, changed_at=LATER), at=LATER)
    assert await marked(database) == {"SHOP-1", "larkfield/tracking#8"}


async def test_everything_can_be_marked(database: Database) -> None:
    await settled(database, PARENT, pull(8))
    async with database.write() as connection:
        await marks.mark_all(connection)
    assert await marked(database) == {"SHOP-1", "larkfield/tracking#8"}


@pytest.mark.parametrize("meanwhile", [later(CHILD), later(PARENT)])
async def test_what_is_marked_again_while_it_is_derived_stays_marked(
    database: Database, meanwhile: WorkItem
) -> None:
    """Also where not the item itself changed but its parent, and the item was marked already."""
    await save(database, PARENT, CHILD)
    async with database.read() as connection:
        batch = await loading.marked(connection, WorkItem.KIND, 100)
    await save(database, meanwhile, at=LATER)
    async with database.write() as connection:
        same = await marks.unmark(connection, batch)
    assert "SHOP-2" in await marked(database)
    assert "SHOP-2" not in {s.record.key for s in same if isinstance(s.record, WorkItem)}


async def test_of_two_who_derive_only_one_unmarks(database: Database) -> None:
    await save(database, PARENT)
    async with database.read() as connection:
        batch = await loading.marked(connection, WorkItem.KIND, 100)
    async with database.write() as connection:
        assert await marks.unmark(connection, batch) == batch
        assert await marks.unmark(connection, batch) == []
