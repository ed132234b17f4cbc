"""Records in the store: newer wins, and all that hangs on a change is marked to be derived again."""

import hashlib
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import chunks, upsert
from bot.store.tables import changes, edges, records
from rules.around import edges as edges_of
from rules.records import KINDS, Change, PullRequest, Record, WorkItem

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DEEPEST_FAMILY = 10  # generations of parents; deeper is a loop in the source


@dataclass(frozen=True, slots=True)
class Saved:
    """What a page brought."""

    read: int
    changed: int


async def save(
    connection: AsyncConnection, page: Iterable[Record], observed_at: datetime, *, anew: bool = False
) -> Saved:
    """Store a page. A record older than the stored one, or equal, changes nothing but when it was seen.

    `anew`: derive all of them again, equal or not: somebody asked how they are now.
    """
    mark = _new_mark()
    by_kind: dict[tuple[str, str], dict[str, Record]] = {}
    for record in page:
        same_kind = by_kind.setdefault((record.source, record.KIND), {})
        if not _older(record, same_kind.get(record.id)):
            same_kind[record.id] = record
    read = changed = 0
    for group in by_kind.values():
        for some in chunks(list(group.values())):
            read, changed = read + len(some), changed + await _save_chunk(connection, some, observed_at, mark)
            if anew:
                await _mark(connection, _these(some), mark)
    return Saved(read, changed)


def _older(record: Record, other: Record | None) -> bool:
    """Another one of the same page is newer: several files of an export may tell the same item."""
    if other is None or record.changed_at is None or other.changed_at is None:
        return False
    return record.changed_at < other.changed_at


async def _save_chunk(
    connection: AsyncConnection, group: Sequence[Record], observed_at: datetime, mark: int
) -> int:
    """Store records of one source and kind; gives how many were new or changed."""
    query = sa.select(records.c.id, records.c.key, records.c.changed_at, records.c.digest)
    stored = {row.id: row for row in await connection.execute(query.where(_these(group)))}
    fresh, rows, unchanged = [], [], []
    for record in group:
        row, known = _row(record, observed_at, mark), stored.get(record.id)
        if known is None or (row["digest"] != known.digest and row["changed_at"] >= known.changed_at):
            fresh.append(record)
            rows.append(row)
        else:
            unchanged.append(record)
    if unchanged:
        seen = sa.update(records).where(_these(unchanged), records.c.observed_at < observed_at)
        await connection.execute(seen.values(observed_at=observed_at))
    if not rows:
        return 0
    insert = upsert(connection, records)
    insert = insert.on_conflict_do_update(
        index_elements=[records.c.source, records.c.kind, records.c.id],
        set_={c: insert.excluded[c] for c in rows[0] if c not in {"source", "kind", "id"}},
        where=insert.excluded.changed_at >= records.c.changed_at,
    )
    await connection.execute(insert, rows)
    await _save_changes(connection, fresh)
    named = await _named_by_pulls(connection, fresh)
    await _save_edges(connection, fresh)
    named |= await _named_by_pulls(connection, fresh)
    known_as = {stored[r.id].key for r in fresh if r.id in stored}
    await _mark_around(connection, known_as | {r.key for r in fresh}, named, mark)
    return len(rows)


def _these(group: Sequence[Record]) -> sa.ColumnElement[bool]:
    first = group[0]
    return sa.and_(
        records.c.source == first.source,
        records.c.kind == first.KIND,
        records.c.id.in_([r.id for r in group]),
    )


def _row(record: Record, observed_at: datetime, mark: int) -> dict[str, Any]:
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
        "mark": mark,
    }


def _bare(record: Record) -> Record:
    """The record without its history, which has its own table; an empty one still says it is complete."""
    return replace(record, changes=()) if isinstance(record, WorkItem) and record.changes else record


async def _save_changes(connection: AsyncConnection, fresh: Sequence[Record]) -> None:
    rows = [
        {"source": item.source, "item": item.id, **msgspec.to_builtins(c, builtin_types=(datetime,))}
        for item in fresh
        if isinstance(item, WorkItem)
        for c in item.changes or ()
    ]
    if rows:
        await connection.execute(upsert(connection, changes).on_conflict_do_nothing(), rows)


async def _named_by_pulls(connection: AsyncConnection, fresh: Sequence[Record]) -> set[str]:
    """Keys that these pull requests close or mention, as the store knows it."""
    if not isinstance(fresh[0], PullRequest):
        return set()
    query = sa.select(edges.c.target).where(_edges_of(fresh), edges.c.relation != "person")
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


async def _mark_around(connection: AsyncConnection, changed: set[str], named: set[str], mark: int) -> None:
    """Mark whoever points at the changed keys, and the items that changed pull requests name or named.

    Children inherit from parents of any generation; other relations reach one step.
    """
    keys = list(changed)
    for _ in range(DEEPEST_FAMILY):
        touched: list[str] = []
        for some in chunks(keys):
            pointing = sa.select(edges.c.source, edges.c.kind, edges.c.id).where(edges.c.target.in_(some))
            who = sa.tuple_(records.c.source, records.c.kind, records.c.id).in_(pointing)
            touched += await _mark(connection, who, mark)
        keys = touched
        if not keys:
            break
    for some in chunks(list(named)):
        await _mark(connection, sa.and_(records.c.kind == WorkItem.KIND, records.c.key.in_(some)), mark)


async def _mark(connection: AsyncConnection, which: sa.ColumnElement[bool], mark: int) -> Sequence[str]:
    """Mark records to be derived again; gives the keys of those that did not carry this very mark."""
    marked = (
        sa.update(records)
        .where(which, records.c.mark.is_distinct_from(mark))
        .values(mark=mark)
        .returning(records.c.key)
    )
    return list((await connection.execute(marked)).scalars())


def _new_mark() -> int:
    """A number that no other transaction marks with: who derived before it came cannot take it away."""
    return secrets.randbits(62)


async def mark_items(connection: AsyncConnection, keys: sa.Select[Any]) -> None:
    """The work items of these keys are to be derived again."""
    await _mark(connection, sa.and_(records.c.kind == WorkItem.KIND, records.c.key.in_(keys)), _new_mark())


async def mark_all(connection: AsyncConnection) -> None:
    """Everything is to be derived again: the model or the facts' schema changed."""
    await connection.execute(sa.update(records).values(mark=_new_mark()))


@dataclass(frozen=True, slots=True)
class Stored:
    """A record with what the store knows about it."""

    record: Record
    mark: int | None
    observed_at: datetime


async def marked(connection: AsyncConnection, kind: str, limit: int) -> list[Stored]:
    """Records of that kind waiting to be derived, with their history."""
    query = sa.select(records).where(records.c.mark.is_not(None), records.c.kind == kind)
    return await _load(connection, query.order_by(records.c.source, records.c.id).limit(limit))


async def of(connection: AsyncConnection, kind: str, source: str, id_: str) -> Stored | None:
    """One record with its history, or None."""
    query = sa.select(records).where(records.c.kind == kind, records.c.source == source, records.c.id == id_)
    return next(iter(await _load(connection, query)), None)


async def by_key(
    connection: AsyncConnection, kind: str, keys: Iterable[str]
) -> dict[str, WorkItem | PullRequest]:
    """Work items or pull requests by key, without their history."""
    found: dict[str, Any] = {}
    for some in chunks(list(dict.fromkeys(keys))):
        query = sa.select(records.c.body).where(records.c.kind == kind, records.c.key.in_(some))
        for body in (await connection.execute(query)).scalars():
            record = decode(kind, body)
            found[record.key] = record
    return found


async def every(connection: AsyncConnection, kind: str) -> list[Any]:
    """All records of a small kind: people, containers."""
    query = sa.select(records.c.body).where(records.c.kind == kind).order_by(records.c.source, records.c.id)
    return [decode(kind, body) for body in (await connection.execute(query)).scalars()]


async def stream(connection: AsyncConnection) -> AsyncIterator[Record]:
    """Every record without its history, one after another: none is held."""
    query = sa.select(records.c.kind, records.c.body).order_by(records.c.kind, records.c.source, records.c.id)
    async for kind, body in await connection.stream(query):
        yield decode(kind, body)


async def count(connection: AsyncConnection, kinds: Iterable[str]) -> int:
    """How many records of these kinds there are."""
    query = sa.select(sa.func.count()).where(records.c.kind.in_(list(kinds)))
    return int((await connection.execute(query)).scalar_one())


async def pointing_at(connection: AsyncConnection, kind: str, keys: Iterable[str]) -> list[tuple[str, Any]]:
    """Records of that kind that point at these keys, each with the key it points at."""
    found: list[tuple[str, Any]] = []
    for some in chunks(list(dict.fromkeys(keys))):
        query = (
            sa.select(edges.c.target, records.c.body)
            .join_from(
                edges,
                records,
                sa.and_(
                    edges.c.source == records.c.source,
                    edges.c.kind == records.c.kind,
                    edges.c.id == records.c.id,
                ),
            )
            .where(edges.c.kind == kind, edges.c.relation != "person", edges.c.target.in_(some))
        )
        found += [(row.target, decode(kind, row.body)) for row in await connection.execute(query)]
    return found


async def unmark(connection: AsyncConnection, derived: Sequence[Stored]) -> list[Stored]:
    """These, of one kind, are derived; gives those that it is still true for: others were marked again."""
    same: list[Stored] = []
    for _, of_source in groupby(derived, key=lambda s: s.record.source):
        for some in chunks(list(of_source)):
            query = sa.select(records.c.id, records.c.mark).where(_these([s.record for s in some]))
            marks = {r.id: r.mark for r in await connection.execute(query.with_for_update())}
            still = [s for s in some if marks.get(s.record.id) == s.mark]
            if still:
                these = _these([s.record for s in still])
                await connection.execute(sa.update(records).where(these).values(mark=None))
            same += still
    return same


async def _load(connection: AsyncConnection, query: sa.Select[Any]) -> list[Stored]:
    rows = (await connection.execute(query)).all()
    history: dict[tuple[str, str], list[Change]] = {}
    items = [r for r in rows if r.kind == WorkItem.KIND]
    for some in chunks(items):
        asked = sa.select(changes).where(
            changes.c.item.in_([r.id for r in some]), changes.c.source.in_({r.source for r in some})
        )
        found = await connection.execute(asked.order_by(changes.c.at, changes.c.id))
        for source, item, *change in found.all():
            history.setdefault((source, item), []).append(Change(*change))
    loaded = []
    for row in rows:
        record = decode(row.kind, row.body)
        if isinstance(record, WorkItem) and record.changes is not None:
            record = replace(record, changes=tuple(history.get((row.source, row.id), ())))
        loaded.append(Stored(record, row.mark, row.observed_at))
    return loaded


def decode(kind: str, body: str) -> Any:
    """A record from its stored body."""
    return msgspec.json.decode(body, type=KINDS[kind])


async def delete(connection: AsyncConnection, source: str, keys: Sequence[str], at: datetime) -> int:
    """The source says these were deleted: remembered as deleted, never removed."""
    query = sa.select(records).where(
        records.c.source == source,
        records.c.kind.in_([WorkItem.KIND, PullRequest.KIND]),
        records.c.key.in_(keys),
    )
    gone = [
        replace(s.record, deleted=True, changed_at=at)
        for s in await _load(connection, query)
        if isinstance(s.record, WorkItem | PullRequest)
    ]
    return (await save(connection, gone, at)).changed
