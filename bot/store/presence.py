"""Whether records are still there: what a census compares with, and what it or a webhook found out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import chunks
from bot.store.loading import load
from bot.store.marks import mark_around, new_mark
from bot.store.records import named_by_pulls
from bot.store.tables import records
from rules.presence import GONE, Presence
from rules.records import PullRequest, WorkItem

KINDS = (WorkItem.KIND, PullRequest.KIND)
"""What a census lists."""
THERE = ("present", "unreadable")
"""States of what the source would count."""


async def containers(
    connection: AsyncConnection, source: str, container: str | None = None
) -> dict[str, int]:
    """Projects and repositories that the store has items of (or one), with how many should be there."""
    there = sa.func.count().filter(records.c.presence.in_(THERE)).label("many")
    which = records.c.container.is_not(None) if container is None else records.c.container == container
    query = sa.select(records.c.container, there).where(_items(source), which)
    rows = await connection.execute(query.group_by(records.c.container).order_by(records.c.container))
    return {row.container: row.many for row in rows}


async def known(connection: AsyncConnection, source: str, container: str) -> dict[str, Presence]:
    """Every item of the container by id, as it stands."""
    query = sa.select(records.c.id, records.c.presence)
    rows = await connection.execute(query.where(_items(source), records.c.container == container))
    return {row.id: row.presence for row in rows}


async def deleted_since(
    connection: AsyncConnection, source: str, container: str, moment: datetime
) -> set[str]:
    """Ids of the container's items that were called deleted from that moment on."""
    deleted = sa.and_(records.c.presence == "deleted", records.c.presence_at >= moment)
    query = sa.select(records.c.id).where(_items(source), records.c.container == container, deleted)
    return set((await connection.execute(query)).scalars())


async def ids_of(connection: AsyncConnection, source: str, keys: Iterable[str]) -> dict[str, str]:
    """Ids of the items that people call by these keys, by key."""
    found: dict[str, str] = {}
    for some in chunks(list(dict.fromkeys(keys))):
        query = sa.select(records.c.key, records.c.id).where(_items(source), records.c.key.in_(some))
        found |= {row.key: row.id for row in await connection.execute(query)}
    return found


async def unreadable_of(connection: AsyncConnection, source: str, items: Sequence[str]) -> set[str]:
    """Keys and ids of the stored items among these, by key or id, whose present form is not understood."""
    found: set[str] = set()
    for some in chunks(items):
        those = sa.or_(records.c.key.in_(some), records.c.id.in_(some))
        query = sa.select(records.c.key, records.c.id).where(_items(source), those)
        for row in await connection.execute(query.where(records.c.presence == "unreadable")):
            found |= {row.key, row.id}
    return found


async def absent(
    connection: AsyncConnection, kind: str, subjects: Sequence[str]
) -> dict[str, tuple[Presence, datetime]]:
    """What is not present of these subjects (source:id), and since when."""
    found: dict[str, tuple[Presence, datetime]] = {}
    by_source: dict[str, list[str]] = {}
    for subject in subjects:
        source, _, id_ = subject.partition(":")
        by_source.setdefault(source, []).append(id_)
    for source, ids in by_source.items():
        for some in chunks(ids):
            query = sa.select(records.c.id, records.c.presence, records.c.presence_at)
            those = sa.and_(records.c.source == source, records.c.kind == kind, records.c.id.in_(some))
            for id_, state, at in await connection.execute(
                query.where(those, records.c.presence != "present")
            ):
                found[f"{source}:{id_}"] = (state, at)
    return found


async def gone(connection: AsyncConnection, key: str) -> tuple[Presence, datetime] | None:
    """How and since when an item of that key is gone, whatever its case; None where none is."""
    query = sa.select(records.c.presence, records.c.presence_at).where(
        records.c.kind.in_(KINDS),
        records.c.key.in_([key, key.upper()]),
        records.c.presence.in_(list(GONE)),
    )
    row = (await connection.execute(query.order_by(records.c.presence_at.desc()).limit(1))).first()
    return None if row is None else (row.presence, row.presence_at)


async def count(connection: AsyncConnection, source: str | None = None) -> dict[tuple[str, Presence], int]:
    """How many items are not present, by source and state."""
    query = sa.select(records.c.source, records.c.presence, sa.func.count())
    query = query.where(records.c.presence != "present").group_by(records.c.source, records.c.presence)
    if source is not None:
        query = query.where(records.c.source == source)
    return {(name, state): many for name, state, many in await connection.execute(query)}


async def put(
    connection: AsyncConnection,
    source: str,
    states: Mapping[str, Presence],
    at: datetime,
    *,
    unless_seen_since: datetime,
) -> int:
    """These items, by id, are not there as before; gives of how many that is news.

    What was seen meanwhile knows better than a list that was begun before.
    """
    changed = 0
    by_state: dict[Presence, list[str]] = {}
    for id_, state in states.items():
        by_state.setdefault(state, []).append(id_)
    for state, ids in by_state.items():
        for some in chunks(ids):
            those = sa.and_(_items(source), records.c.id.in_(some), records.c.observed_at < unless_seen_since)
            changed += await _put(connection, those, state, at)
    return changed


async def delete(connection: AsyncConnection, source: str, keys: Sequence[str], at: datetime) -> int:
    """The source says that these, by key, were deleted; gives how many that changes."""
    those = sa.and_(_items(source), records.c.key.in_(keys))
    return await _put(connection, those, "deleted", at)


async def unreadable(connection: AsyncConnection, source: str, items: Sequence[str], at: datetime) -> int:
    """The source has these, by key or id, in a form that is not understood: what is stored is old."""
    those = sa.and_(_items(source), sa.or_(records.c.key.in_(items), records.c.id.in_(items)))
    return await _put(connection, those, "unreadable", at)


async def _put(
    connection: AsyncConnection, those: sa.ColumnElement[bool], state: Presence, at: datetime
) -> int:
    """Write the state where it is another, and mark the records and what hangs on them."""
    changes = sa.and_(those, records.c.presence != state)
    if state == "deleted":  # a later time of it holds off pages that were on their way all the longer
        await connection.execute(
            sa.update(records)
            .where(those, records.c.presence == state, records.c.presence_at < at)
            .values(presence_at=at)
        )
    loaded = await load(connection, sa.select(records).where(changes))
    if not loaded:
        return 0
    number = new_mark()
    await connection.execute(
        sa.update(records).where(changes).values(presence=state, presence_at=at, mark=number)
    )
    pulls = [s.record for s in loaded if isinstance(s.record, PullRequest)]
    named = await named_by_pulls(connection, pulls) if pulls else set()
    await mark_around(connection, {s.record.key for s in loaded}, named, number)
    return len(loaded)


def _items(source: str) -> sa.ColumnElement[bool]:
    return sa.and_(records.c.source == source, records.c.kind.in_(KINDS))
