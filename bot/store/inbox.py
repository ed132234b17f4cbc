"""The inbox: webhooks that arrived, each once, until they have had their effect."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import upsert
from bot.store.tables import inbox


@dataclass(frozen=True, slots=True)
class Arrival:
    """A webhook that says something happened to these keys."""

    source: str
    delivery: str
    event: str
    keys: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


async def receive(
    connection: AsyncConnection, arrival: Arrival, body_sha256: str, now: datetime, outcome: str = ""
) -> bool:
    """Take it in. False for a repeat: the same delivery, or the same body under another id."""
    row = {
        "source": arrival.source,
        "delivery": arrival.delivery,
        "body_sha256": body_sha256,
        "event": arrival.event,
        "keys": arrival.keys,
        "deleted": arrival.deleted,
        "received_at": now,
        "processed_at": now if outcome else None,
        "outcome": outcome or None,
    }
    result = await connection.execute(upsert(connection, inbox).values(row).on_conflict_do_nothing())
    return bool(result.rowcount)


async def waiting(connection: AsyncConnection) -> list[Arrival]:
    """What has arrived and had no effect yet, oldest first."""
    query = (
        sa.select(inbox).where(inbox.c.processed_at.is_(None)).order_by(inbox.c.received_at, inbox.c.delivery)
    )
    return [
        Arrival(r.source, r.delivery, r.event, tuple(r.keys), tuple(r.deleted))
        for r in await connection.execute(query)
    ]


async def touched(connection: AsyncConnection, source: str, since: datetime) -> list[str]:
    """Keys of the items that webhooks of this source named from that moment on, each once."""
    query = sa.select(inbox.c["keys"]).where(inbox.c.source == source, inbox.c.received_at >= since)
    rows = (await connection.execute(query.order_by(inbox.c.received_at, inbox.c.delivery))).scalars()
    return list(dict.fromkeys(key for keys in rows for key in keys))


async def done(connection: AsyncConnection, arrivals: Sequence[Arrival], outcome: str, now: datetime) -> None:
    """They have had their effect."""
    for arrival in arrivals:
        this = sa.and_(inbox.c.source == arrival.source, inbox.c.delivery == arrival.delivery)
        await connection.execute(sa.update(inbox).where(this).values(processed_at=now, outcome=outcome))
