"""The schedule: syncs by interval, digests by the clock on the wall. Every occurrence has one winner.

APScheduler only ticks. Its own cron arithmetic skips the day after spring-forward and doubles the repeated
hour, so the times come from cronsim; an occurrence is a UTC instant, so a repeated wall time is two of them.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from cronsim import CronSim

from bot.clock import Clock
from bot.store import schedule
from bot.store.database import Database

log = structlog.get_logger(__name__)

CATCH_UP = timedelta(days=3)
"""A digest missed longer ago is stale news."""
_WELL_BEFORE = timedelta(hours=30)
"""More than a day with its clock change."""


@dataclass(frozen=True, slots=True)
class Every:
    """At every multiple of an interval, counted from the epoch: the same instants on every machine.

    `offset` moves all of them, so that not everything begins at the full hour.
    """

    interval: timedelta
    offset: timedelta = timedelta()

    def after(self, moment: datetime) -> datetime:
        """The first occurrence after the moment, in UTC."""
        return self.latest(moment) + self.interval

    def latest(self, moment: datetime) -> datetime:
        """The last occurrence up to the moment, in UTC."""
        seconds, offset = self.interval.total_seconds(), self.offset.total_seconds()
        return datetime.fromtimestamp((moment.timestamp() - offset) // seconds * seconds + offset, UTC)


@dataclass(frozen=True, slots=True)
class At:
    """By a cron line on the wall clock of a zone."""

    line: str
    zone: ZoneInfo

    def after(self, moment: datetime) -> datetime:
        """The first occurrence after the moment, in UTC."""
        return next(time for time in self._forward(moment.astimezone(self.zone)) if time > moment)

    def latest(self, moment: datetime) -> datetime:
        """The last occurrence up to the moment, in UTC.

        Found by going forward from a time well before: backwards cronsim takes clock changes otherwise.
        """
        backward = CronSim(self.line, (moment - _WELL_BEFORE).astimezone(self.zone), reverse=True)
        next(backward)
        forward = self._forward(next(backward))
        latest = next(forward)
        while (following := next(forward)) <= moment:
            latest = following
        return latest

    def _forward(self, local: datetime) -> Iterator[datetime]:
        """Occurrences in UTC, beginning near a local time: in an hour that comes twice perhaps before it."""
        return (time.astimezone(UTC) for time in CronSim(self.line, local))


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that is done again and again; `run` gets the occurrence it runs for."""

    name: str
    times: Every | At
    run: Callable[[datetime], Awaitable[None]]
    catch_up: bool = False  # run the latest missed occurrence at start
    always: bool = False  # also at a first start, and however long ago it was missed


class Ticks(BaseTrigger):  # type: ignore[misc] # APScheduler publishes no types
    """APScheduler's view of a timer."""

    def __init__(self, times: Every | At) -> None:
        self.times = times

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """The next occurrence after the previous one, or after now."""
        return self.times.after(max(previous, now) if previous else now)


async def run_once(database: Database, timer: Timer, occurrence: datetime, clock: Clock) -> bool:
    """Run a timer for an occurrence unless somebody already has; true where it was us."""
    async with database.write() as connection:
        if not await schedule.win(connection, timer.name, occurrence, clock()):
            return False
    outcome = schedule.FAILED
    try:
        await timer.run(occurrence)
        outcome = schedule.DONE
    except Exception:
        log.exception("timer_failed", timer=timer.name, occurrence=occurrence.isoformat())
    finally:  # also where we are stopped in the middle: the next start takes it up at once
        async with database.write() as connection:
            await schedule.finish(connection, timer.name, occurrence, clock(), outcome)
    return True


async def catch_up(database: Database, timers: Sequence[Timer], clock: Clock) -> int:
    """Run the latest missed occurrence of timers that want it; how many ran.

    A first start misses nothing, except for timers that say always.
    """
    ran = 0
    for timer in timers:
        latest = timer.times.latest(clock())
        async with database.read() as connection:
            last = await schedule.last(connection, timer.name)
            known = await schedule.ever(connection, timer.name)
        missed = last is None or last < latest
        wanted = timer.always or (known and clock() - latest < CATCH_UP)
        if timer.catch_up and missed and wanted:
            ran += await run_once(database, timer, latest, clock)
    return ran


def start(database: Database, timers: Sequence[Timer], clock: Clock) -> AsyncIOScheduler:
    """Begin ticking in the running event loop."""
    scheduler = AsyncIOScheduler(timezone=UTC)

    async def tick(timer: Timer) -> None:
        await run_once(database, timer, timer.times.latest(clock()), clock)

    for timer in timers:
        scheduler.add_job(
            tick, Ticks(timer.times), args=[timer], id=timer.name, misfire_grace_time=None, coalesce=True
        )
    scheduler.start()
    return scheduler
