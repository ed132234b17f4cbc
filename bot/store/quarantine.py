"""Quarantine: items that a source gives in a form that is not understood, until they can be read again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import presence
from bot.store.database import chunks, upsert
from bot.store.tables import quarantine
from rules.records import Record


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An item that cannot be read, why, since when, and when its source was last asked for it."""

    source: str
    item: str
    reason: str
    since: datetime
    seen_at: datetime


async def put(connection: AsyncConnection, source: str, reasons: Mapping[str, str], at: datetime) -> None:
    """These items, by key or id, cannot be read; what the store knows of them is old from now on."""
    if not reasons:
        return
    rows = [
        {"source": source, "item": item, "reason": reason, "since": at, "seen_at": at}
        for item, reason in reasons.items()
    ]
    insert = upsert(connection, quarantine)
    insert = insert.on_conflict_do_update(
        index_elements=list(quarantine.primary_key),
        set_={"reason": insert.excluded["reason"], "seen_at": insert.excluded["seen_at"]},
    )
    await connection.execute(insert, rows)
    for some in chunks(list(reasons)):
        await presence.unreadable(connection, source, some, at)


async def release(connection: AsyncConnection, stored: Sequence[Record]) -> None:
    """These were read and stored: they leave."""
    by_source: dict[str, list[str]] = {}
    for record in stored:
        by_source.setdefault(record.source, []).extend({record.id, record.key})
    for source, names in by_source.items():
        await drop(connection, source, names)


async def drop(connection: AsyncConnection, source: str, items: Sequence[str]) -> None:
    """These are not held here any more."""
    for some in chunks(items):
        these = sa.and_(quarantine.c.source == source, quarantine.c.item.in_(some))
        await connection.execute(sa.delete(quarantine).where(these))


async def all_of(connection: AsyncConnection, source: str | None = None) -> list[Quarantined]:
    """What is held, the oldest first."""
    query = sa.select(quarantine).order_by(quarantine.c.source, quarantine.c.since, quarantine.c.item)
    if source is not None:
        query = query.where(quarantine.c.source == source)
    rows = await connection.execute(query)
    return [Quarantined(r.source, r.item, r.reason, r.since, r.seen_at) for r in rows]
