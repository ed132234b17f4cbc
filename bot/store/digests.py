"""Which digests were made, each once: what the next one of a channel goes on from."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import upsert
from bot.store.tables import digests


@dataclass(frozen=True, slots=True)
class Last:
    """The last digest of a channel: when, and the last row of the history that it took in."""

    at: datetime
    seen: int


async def last(connection: AsyncConnection, digest: str, channel: str) -> Last | None:
    """The last digest of that name for the channel; None before the first."""
    query = sa.select(digests.c.at, digests.c.seen).where(
        digests.c.digest == digest, digests.c.channel == channel
    )
    row = (await connection.execute(query.order_by(digests.c.seen.desc(), digests.c.at.desc()))).first()
    return None if row is None else Last(row.at, row.seen)


async def remember(
    connection: AsyncConnection, digest: str, channel: str, at: datetime, *, silent: bool, seen: int
) -> bool:
    """Note that it was made, sent or silent. False where another process made it already."""
    row = {"digest": digest, "channel": channel, "at": at, "silent": silent, "seen": seen}
    result = await connection.execute(upsert(connection, digests).values(row).on_conflict_do_nothing())
    return bool(result.rowcount)
