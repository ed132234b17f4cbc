"""Records out of the store, with what the store knows about them."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import chunks
from bot.store.tables import changes, edges, records
from rules.presence import GONE, Presence
from rules.records import KINDS, Change, PullRequest, Record, WorkItem

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stored:
    """A record with what the store knows about it."""

    record: Record
    mark: int | None
    observed_at: datetime
    presence: Presence = "present"
    presence_at: datetime | None = None  # since when it is not present


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A record as it stands beside another, without its history."""

    record: WorkItem | PullRequest
    gone_at: datetime | None = None  # when its source was found not to have it any more


async def marked(connection: AsyncConnection, kind: str, limit: int) -> list[Stored]:
    """Records of that kind waiting to be derived, with their history."""
    query = sa.select(records).where(records.c.mark.is_not(None), records.c.kind == kind)
    return await load(connection, query.order_by(records.c.source, records.c.id).limit(limit))


async def of(connection: AsyncConnection, kind: str, source: str, id_: str) -> Stored | None:
    """One record with its history, or None."""
    query = sa.select(records).where(records.c.kind == kind, records.c.source == source, records.c.id == id_)
    return next(iter(await load(connection, query)), None)


async def by_key(connection: AsyncConnection, kind: str, keys: Iterable[str]) -> dict[str, Neighbour]:
    """Work items or pull requests by key; where several have it, one that is not gone."""
    found: dict[str, Neighbour] = {}
    for some in chunks(list(dict.fromkeys(keys))):
        query = sa.select(records.c.body, records.c.presence, records.c.presence_at)
        for row in await connection.execute(query.where(records.c.kind == kind, records.c.key.in_(some))):
            record = decode(kind, row.body)
            gone_at = row.presence_at if row.presence in GONE else None
            if gone_at is None or record.key not in found:
                found[record.key] = Neighbour(record, gone_at)
    return found


async def every(connection: AsyncConnection, kind: str) -> list[Any]:
    """All records of a small kind: people, containers."""
    query = sa.select(records.c.body).where(records.c.kind == kind).order_by(records.c.source, records.c.id)
    return [decode(kind, body) for body in (await connection.execute(query)).scalars()]


async def stream(connection: AsyncConnection) -> AsyncIterator[Record]:
    """Every record that is not gone, without its history, one after another: none is held."""
    query = sa.select(records.c.kind, records.c.body).where(records.c.presence.not_in(list(GONE)))
    query = query.order_by(records.c.kind, records.c.source, records.c.id)
    async for kind, body in await connection.stream(query):
        yield decode(kind, body)


async def count(connection: AsyncConnection, kinds: Iterable[str]) -> int:
    """How many records of these kinds there are."""
    query = sa.select(sa.func.count()).where(records.c.kind.in_(list(kinds)))
    return int((await connection.execute(query)).scalar_one())


async def pointing_at(connection: AsyncConnection, kind: str, keys: Iterable[str]) -> list[tuple[str, Any]]:
    """Records of that kind that point at these keys and are not gone, each with the key it points at."""
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
            .where(records.c.presence.not_in(list(GONE)))
        )
        found += [(row.target, decode(kind, row.body)) for row in await connection.execute(query)]
    return found


def these(group: Sequence[Record]) -> sa.ColumnElement[bool]:
    """The rows of records of one source and kind."""
    first = group[0]
    return sa.and_(
        records.c.source == first.source,
        records.c.kind == first.KIND,
        records.c.id.in_([r.id for r in group]),
    )


async def load(connection: AsyncConnection, query: sa.Select[Any]) -> list[Stored]:
    """Rows of the table of records as records, items with their history."""
    rows = (await connection.execute(query)).all()
    history = await _history(connection, [r for r in rows if r.kind == WorkItem.KIND])
    loaded = []
    for row in rows:
        record = decode(row.kind, row.body)
        if isinstance(record, WorkItem) and record.changes is not None:
            record = replace(record, changes=tuple(history.get((row.source, row.id), ())))
        loaded.append(Stored(record, row.mark, row.observed_at, row.presence, row.presence_at))
    return loaded


async def _history(
    connection: AsyncConnection, items: Sequence[sa.Row[Any]]
) -> Mapping[tuple[str, str], list[Change]]:
    found: dict[tuple[str, str], list[Change]] = {}
    for some in chunks(items):
        asked = sa.select(changes).where(
            changes.c.item.in_([r.id for r in some]), changes.c.source.in_({r.source for r in some})
        )
        for source, item, *change in await connection.execute(asked.order_by(changes.c.at, changes.c.id)):
            found.setdefault((source, item), []).append(Change(*change))
    return found


def decode(kind: str, body: str) -> Any:
    """A record from its stored body."""
    return msgspec.json.decode(body, type=KINDS[kind])
