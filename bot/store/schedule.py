"""Which occurrence of a schedule has run: one winner for each, whoever ticks."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import upsert
from bot.store.tables import schedule_runs


async def win(connection: AsyncConnection, schedule: str, occurrence: datetime, now: datetime) -> bool:
    """Claim an occurrence (a UTC instant). False where somebody else has it."""
    row = {"schedule": schedule, "occurrence": occurrence, "started_at": now}
    result = await connection.execute(upsert(connection, schedule_runs).values(row).on_conflict_do_nothing())
    return bool(result.rowcount)


async def finish(
    connection: AsyncConnection, schedule: str, occurrence: datetime, now: datetime, outcome: str
) -> None:
    """Note how it went."""
    this = sa.and_(schedule_runs.c.schedule == schedule, schedule_runs.c.occurrence == occurrence)
    await connection.execute(sa.update(schedule_runs).where(this).values(finished_at=now, outcome=outcome))


async def last(connection: AsyncConnection, schedule: str) -> datetime | None:
    """The latest occurrence that was claimed."""
    query = sa.select(sa.func.max(schedule_runs.c.occurrence)).where(schedule_runs.c.schedule == schedule)
    latest: datetime | None = (await connection.execute(query)).scalar_one()
    return latest
