"""Which occurrence of a schedule has run: one winner for each, whoever ticks."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import upsert
from bot.store.tables import schedule_runs

DONE, FAILED = "done", "failed"
TAKE_OVER = timedelta(minutes=10)
"""A run that has said nothing for so long died with its process."""


async def win(connection: AsyncConnection, schedule: str, occurrence: datetime, now: datetime) -> bool:
    """Claim an occurrence (a UTC instant), also one whose run failed or died. False where somebody has it."""
    runs = schedule_runs.c
    claim = upsert(connection, schedule_runs).values(schedule=schedule, occurrence=occurrence, started_at=now)
    died = sa.and_(runs.finished_at.is_(None), runs.started_at < now - TAKE_OVER)
    result = await connection.execute(
        claim.on_conflict_do_update(
            index_elements=[runs.schedule, runs.occurrence],
            set_={"started_at": now, "finished_at": None, "outcome": None},
            where=sa.or_(runs.outcome == FAILED, died),
        )
    )
    return bool(result.rowcount)


async def finish(
    connection: AsyncConnection, schedule: str, occurrence: datetime, now: datetime, outcome: str
) -> None:
    """Note how it went; where two ran it, because one was thought dead, one that did it is enough."""
    runs = schedule_runs.c
    this = sa.and_(
        runs.schedule == schedule, runs.occurrence == occurrence, runs.outcome.is_distinct_from(DONE)
    )
    await connection.execute(sa.update(schedule_runs).where(this).values(finished_at=now, outcome=outcome))


async def last(connection: AsyncConnection, schedule: str) -> datetime | None:
    """The latest occurrence that was done."""
    runs = schedule_runs.c
    query = sa.select(sa.func.max(runs.occurrence)).where(runs.schedule == schedule, runs.outcome == DONE)
    latest: datetime | None = (await connection.execute(query)).scalar_one()
    return latest


async def ever(connection: AsyncConnection, schedule: str) -> bool:
    """Whether any occurrence was ever claimed, however it went."""
    query = sa.select(sa.exists().where(schedule_runs.c.schedule == schedule))
    return bool((await connection.execute(query)).scalar_one())
