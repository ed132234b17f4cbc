"""Records in the store: newer wins, and all that hangs on a change is marked to be derived again."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import changes, edges, records
from rules.around import edges as edges_of
from rules.records import Change, Container, Person, PullRequest, Record, WorkItem

KINDS: dict[str, type[Record]] = {t.KIND: t for t in (WorkItem, PullRequest, Person, Container)}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CHUNK = 2000  # values bound in one IN list
DEEPEST_FAMILY = 10  # generations of parents; deeper is a loop in the source

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Saved:
    """What a page brought."""

    read: int
    changed: int


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of at most `size`."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def upsert(connection: AsyncConnection, table: sa.Table) -> Any:
    """An INSERT that knows ON CONFLICT, in the words of the database at hand."""
    return (sqlite_insert if connection.dialect.name == "sqlite" else pg_insert)(table)


async def save(connection: AsyncConnection, page: Iterable[Record], observed_at: datetime) -> Saved:
    """Store a page. A record older than the stored one, or equal, changes nothing but when it was seen."""
    by_kind: dict[tuple[str, str], dict[str, Record]] = {}
    for record in page:
        by_kind.setdefault((record.source, record.KIND), {})[record.id] = record
    read = changed = 0
    for (source, kind), group in by_kind.items():
        for ids in chunks(list(group)):
            written = await _save_chunk(connection, source, kind, [group[i] for i in ids], observed_at)
            read, changed = read + len(ids), changed + written
    return Saved(read, changed)


async def _save_chunk(
    connection: AsyncConnection, source: str, kind: str, group: Sequence[Record], observed_at: datetime
) -> int:
    here = sa.and_(records.c.source == source, records.c.kind == kind)
    query = sa.select(records.c.id, records.c.changed_at, records.c.digest).where(
        here, records.c.id.in_([r.id for r in group])
    )
    stored = {row.id: (row.changed_at, row.digest) for row in await connection.execute(query)}
    rows, fresh = [], []
    for record in group:
        row = _row(record, observed_at)
        changed_at, digest = stored.get(record.id, (EPOCH, ""))
        if row["digest"] != digest and row["changed_at"] >= changed_at:
            rows.append(row)
            fresh.append(record)
    seen = sa.update(records).where(
        here, records.c.id.in_([r.id for r in group]), records.c.observed_at < observed_at
    )
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
    await _save_edges(connection, source, kind, fresh)
    await _mark_affected(connection, fresh, known=bool(stored))
    return len(rows)


def _row(record: Record, observed_at: datetime) -> dict[str, Any]:
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
        "dirty": True,
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


async def _save_edges(connection: AsyncConnection, source: str, kind: str, fresh: Sequence[Record]) -> None:
    await connection.execute(
        sa.delete(edges).where(
            edges.c.source == source, edges.c.kind == kind, edges.c.id.in_([r.id for r in fresh])
        )
    )
    rows = [
        {"source": source, "kind": kind, "id": record.id, "relation": relation, "target": target}
        for record in fresh
        for relation, target in dict.fromkeys(_all_edges(record))
    ]
    if rows:
        await connection.execute(upsert(connection, edges).on_conflict_do_nothing(), rows)


def _all_edges(record: Record) -> Iterator[tuple[str, str]]:
    if isinstance(record, WorkItem | PullRequest):
        yield from edges_of(record)
        person = record.assignee if isinstance(record, WorkItem) else record.author
        if person is not None:
            yield ("person", person)


async def _mark_affected(connection: AsyncConnection, fresh: Sequence[Record], *, known: bool) -> None:
    """Mark what must be derived again because these changed: whoever points at them, and whom they point at.

    Children inherit from parents of any generation; other relations reach one step (SETTLED 15).
    """
    keys = [r.key for r in fresh]
    if isinstance(fresh[0], Person) and not known:
        return  # new accounts arrive with the page that mentions them
    for _ in range(DEEPEST_FAMILY):
        touched: list[str] = []
        for some in chunks(keys):
            pointing = sa.select(edges.c.source, edges.c.kind, edges.c.id).where(edges.c.target.in_(some))
            found = await connection.execute(
                sa.update(records)
                .where(
                    sa.tuple_(records.c.source, records.c.kind, records.c.id).in_(pointing),
                    records.c.dirty.is_(sa.false()),
                )
                .values(dirty=True)
                .returning(records.c.key)
            )
            touched += found.scalars()
        keys = touched
        if not keys:
            break
    targets = [t for r in fresh if isinstance(r, PullRequest) for _, t in edges_of(r)]
    for some in chunks(targets):
        await connection.execute(
            sa.update(records)
            .where(records.c.kind == WorkItem.KIND, records.c.key.in_(some))
            .values(dirty=True)
        )


async def mark_all(connection: AsyncConnection) -> None:
    """Everything is to be derived again: the model or the facts' schema changed."""
    await connection.execute(sa.update(records).values(dirty=True))


@dataclass(frozen=True, slots=True)
class Stored:
    """A record with what the store knows about it."""

    record: Record
    digest: str
    observed_at: datetime


async def dirty(connection: AsyncConnection, kind: str, limit: int) -> list[Stored]:
    """Records of that kind waiting to be derived, with their history."""
    query = sa.select(records).where(records.c.dirty, records.c.kind == kind)
    return await _load(connection, query.order_by(records.c.source, records.c.id).limit(limit))


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


async def clean(connection: AsyncConnection, kind: str, done: Sequence[Stored]) -> None:
    """These are derived, unless they changed again meanwhile."""
    statement = (
        sa.update(records)
        .where(
            records.c.source == sa.bindparam("b_source"),
            records.c.kind == kind,
            records.c.id == sa.bindparam("b_id"),
            records.c.digest == sa.bindparam("b_digest"),
        )
        .values(dirty=False)
    )
    values = [{"b_source": s.record.source, "b_id": s.record.id, "b_digest": s.digest} for s in done]
    await connection.execute(statement, values)


async def _load(connection: AsyncConnection, query: sa.Select[Any]) -> list[Stored]:
    rows = (await connection.execute(query)).all()
    history: dict[tuple[str, str], list[Change]] = {}
    items = [r for r in rows if r.kind == WorkItem.KIND]
    for some in chunks(items):
        asked = sa.select(changes).where(
            changes.c.item.in_([r.id for r in some]), changes.c.source.in_({r.source for r in some})
        )
        for c in await connection.execute(asked.order_by(changes.c.at, changes.c.id)):
            change = Change(c.id, c.at, c.by, c.field, c.before, c.after)
            history.setdefault((c.source, c.item), []).append(change)
    loaded = []
    for row in rows:
        record = decode(row.kind, row.body)
        if isinstance(record, WorkItem) and record.changes is not None:
            record = replace(record, changes=tuple(history.get((row.source, row.id), ())))
        loaded.append(Stored(record, row.digest, row.observed_at))
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
