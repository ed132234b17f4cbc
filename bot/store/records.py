"""Records into the store: newer wins, nothing is removed, and what hangs on a change is derived again."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import chunks, upsert
from bot.store.loading import EPOCH, Stored, these
from bot.store.marks import mark, mark_around, mark_work, new_mark
from bot.store.tables import changes, edges, records
from rules.around import edges as edges_of
from rules.identities import is_entry
from rules.records import Person, PullRequest, Record, WorkItem
from rules.sql import to_ms

FUTURE = timedelta(days=2)
"""A record that claims to be later than that was never true: it holds off no other."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a page brought."""

    read: int
    changed: int


async def save(
    connection: AsyncConnection, page: Iterable[Record], observed_at: datetime, *, asked: bool = False
) -> Saved:
    """Store a page. A record older than the stored one, or equal, changes nothing but when it was seen.

    What was not there is present again once it is seen. A page may have been on its way when an item was
    deleted: such an item comes back by a later change alone, or where it was `asked` for by name. Those
    that were asked for are derived again, equal or not: somebody wants to know how they are now.
    """
    number = new_mark()
    by_kind: dict[tuple[str, str], dict[str, Record]] = {}
    for record in page:
        same_kind = by_kind.setdefault((record.source, record.KIND), {})
        if not _older(record, same_kind.get(record.id)):
            same_kind[record.id] = record
    read = changed = 0
    for group in by_kind.values():
        for some in chunks(list(group.values())):
            read += len(some)
            changed += await _save_chunk(connection, some, observed_at, number, asked=asked)
            if asked:
                await mark(connection, these(some), number)
    return Saved(read, changed)


def _older(record: Record, other: Record | None) -> bool:
    """Another one of the same page is newer: several files of an export may tell the same item."""
    if other is None or record.changed_at is None or other.changed_at is None:
        return False
    return record.changed_at < other.changed_at


async def _save_chunk(
    connection: AsyncConnection, group: Sequence[Record], observed_at: datetime, number: int, *, asked: bool
) -> int:
    """Store records of one source and kind; gives how many were new or changed."""
    columns = ("id", "key", "changed_at", "digest", "presence", "presence_at")
    query = sa.select(*(records.c[name] for name in columns)).where(these(group))
    stored = {row.id: row for row in await connection.execute(query)}
    back = [r for r in group if r.id in stored and _is_back(r, stored[r.id], asked=asked)]
    if back:
        await connection.execute(
            sa.update(records).where(these(back)).values(presence="present", presence_at=None, mark=number)
        )
    fresh, rows, unchanged = [], [], []
    for record in group:
        row, known = _row(record, observed_at, number), stored.get(record.id)
        old = known is not None and row["changed_at"] < known.changed_at <= observed_at + FUTURE
        if known is None or (row["digest"] != known.digest and not old):
            fresh.append(record)
            rows.append(row)
        else:
            unchanged.append(record)
    if unchanged:
        seen = sa.update(records).where(these(unchanged), records.c.observed_at < observed_at)
        await connection.execute(seen.values(observed_at=observed_at))
    named: set[str] = set()
    if rows:
        named = await _write(connection, fresh, rows)
    around = {r.id: r for r in (*fresh, *back)}.values()
    known_as = {stored[r.id].key for r in around if r.id in stored}
    await mark_around(connection, known_as | {r.key for r in around}, named, number)
    if any(isinstance(r, Person) and is_entry(r) for r in around):
        await mark_work(connection, number)
    return len(rows)


async def put_back(connection: AsyncConnection, some: Sequence[Stored]) -> None:
    """Store records as they once were stored, with whether they are there and when they were seen.

    For a store that is empty: nothing is compared.
    """
    number = new_mark()
    by_kind: dict[tuple[str, str], list[Stored]] = {}
    for one in some:
        by_kind.setdefault((one.record.source, one.record.KIND), []).append(one)
    for group in by_kind.values():
        rows = [
            _row(s.record, s.observed_at, number) | {"presence": s.presence, "presence_at": s.presence_at}
            for s in group
        ]
        await _write(connection, [s.record for s in group], rows)


def _is_back(record: Record, known: Any, *, asked: bool) -> bool:
    """It was not there, and now it has been seen."""
    if known.presence == "present":
        return False
    return asked or known.presence != "deleted" or (record.changed_at or EPOCH) > known.presence_at


async def _write(
    connection: AsyncConnection, fresh: Sequence[Record], rows: Sequence[dict[str, Any]]
) -> set[str]:
    """Write new and changed records; gives the keys that pull requests among them name or named."""
    insert = upsert(connection, records)
    insert = insert.on_conflict_do_update(
        index_elements=[records.c.source, records.c.kind, records.c.id],
        set_={c: insert.excluded[c] for c in rows[0] if c not in {"source", "kind", "id"}},
        where=sa.or_(
            insert.excluded.changed_at >= records.c.changed_at,
            records.c.changed_at > max(row["observed_at"] for row in rows) + FUTURE,
        ),
    )
    await connection.execute(insert, rows)
    await _save_changes(connection, fresh)
    named = await named_by_pulls(connection, fresh)
    await _save_edges(connection, fresh)
    return named | await named_by_pulls(connection, fresh)


def _row(record: Record, observed_at: datetime, number: int) -> dict[str, Any]:
    body = msgspec.json.encode(_bare(record))
    history = msgspec.json.encode(record.changes) if isinstance(record, WorkItem) else b""
    return {
        "source": record.source,
        "kind": record.KIND,
        "id": record.id,
        "key": record.key,
        "container": getattr(record, "container", None),
        "audience": record.audience or None,
        "changed_at": record.changed_at or EPOCH,
        "observed_at": observed_at,
        "digest": hashlib.sha256(body + history).hexdigest(),
        "body": body.decode(),
        "mark": number,
    }


def _bare(record: Record) -> Record:
    """The record without its history, which has its own table; an empty one still says it is complete."""
    return replace(record, changes=()) if isinstance(record, WorkItem) and record.changes else record


async def _save_changes(connection: AsyncConnection, fresh: Sequence[Record]) -> None:
    rows = [
        (item.source, item.id, c.id, to_ms(c.at), c.by, c.field, c.before, c.after)
        for item in fresh
        if isinstance(item, WorkItem)
        for c in item.changes or ()
    ]
    if rows:
        # Fifteen rows an item: compiled once and handed to the driver, they cost a third of the time.
        insert = upsert(connection, changes).on_conflict_do_nothing().compile(dialect=connection.dialect)
        await connection.exec_driver_sql(str(insert), rows)


async def named_by_pulls(connection: AsyncConnection, group: Sequence[Record]) -> set[str]:
    """Keys that these pull requests close or mention, as the store knows it; none for other records."""
    if not isinstance(group[0], PullRequest):
        return set()
    query = sa.select(edges.c.target).where(_edges_of(group), edges.c.relation != "person")
    return set((await connection.execute(query)).scalars())


async def _save_edges(connection: AsyncConnection, fresh: Sequence[Record]) -> None:
    await connection.execute(sa.delete(edges).where(_edges_of(fresh)))
    rows = [
        {"source": r.source, "kind": r.KIND, "id": r.id, "relation": relation, "target": target}
        for r in fresh
        for relation, target in dict.fromkeys(_all_edges(r))
    ]
    if rows:
        await connection.execute(sa.insert(edges), rows)


def _edges_of(group: Sequence[Record]) -> sa.ColumnElement[bool]:
    first = group[0]
    return sa.and_(
        edges.c.source == first.source, edges.c.kind == first.KIND, edges.c.id.in_([r.id for r in group])
    )


def _all_edges(record: Record) -> Iterator[tuple[str, str]]:
    if isinstance(record, WorkItem | PullRequest):
        yield from edges_of(record)
        person = record.assignee if isinstance(record, WorkItem) else record.author
        if person is not None:
            yield ("person", person)
