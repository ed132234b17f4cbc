"""The schedule: every local day has its digest once, and every occurrence one winner."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from shop import HOUR, NOW, Clock

from bot.schedule import CATCH_UP, At, Every, Ticks, Timer, catch_up, run_once
from bot.store import schedule
from bot.store.database import Database
from bot.store.schedule import TAKE_OVER
from bot.store.tables import schedule_runs

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Africa/Cairo",
    "UTC",
]
YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def _occurrences(at: At, begin: datetime, end: datetime) -> list[datetime]:
    found = []
    moment = begin
    while (moment := at.after(moment)) < end:
        found.append(moment)
    return found


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("line", ["15 0 * * *", "30 2 * * *", "0 9 * * *"])
def test_a_daily_time_comes_once_on_every_day_of_the_year(line: str, zone: str) -> None:
    """Also where the clock skips it in spring, and where it shows it twice in autumn."""
    at = At(line, ZoneInfo(zone))
    found = _occurrences(at, YEAR, YEAR + timedelta(days=365))
    days = [moment.astimezone(at.zone).date() for moment in found]
    assert days == sorted(set(days))
    assert len(days) in {364, 365, 366}
    assert all((b - a).days == 1 for a, b in pairwise(days))


@pytest.mark.parametrize("zone", ZONES)
def test_a_weekday_time_never_comes_on_a_weekend(zone: str) -> None:
    at = At("0 9 * * 1-5", ZoneInfo(zone))
    local = [m.astimezone(at.zone) for m in _occurrences(at, YEAR, YEAR + timedelta(days=90))]
    assert {m.hour for m in local} == {9}
    assert {m.weekday() for m in local} == {0, 1, 2, 3, 4}


CHANGES = [
    datetime(2026, *day, tzinfo=UTC)
    for day in ((3, 8), (3, 29), (4, 4), (4, 24), (10, 3), (10, 25), (10, 29), (11, 1))
]
"""Days on which clocks change somewhere."""
MOMENTS = st.builds(
    lambda day, minutes, seconds: day + timedelta(minutes=minutes, seconds=seconds),
    st.sampled_from([*CHANGES, YEAR]),
    st.integers(-24 * 60, 48 * 60),
    st.integers(0, 59),
)
TIMES = st.one_of(
    st.builds(
        At,
        st.sampled_from(["15 0 * * *", "30 2 * * *", "0 9 * * 1-5", "30 2 * * 0", "45 * * * *"]),
        st.sampled_from(ZONES).map(ZoneInfo),
    ),
    st.builds(Every, st.sampled_from([timedelta(minutes=5), timedelta(hours=1), timedelta(hours=7)])),
)


@given(TIMES, MOMENTS)
def test_the_latest_occurrence_is_not_in_the_future_and_no_other_lies_between(
    times: At | Every, moment: datetime
) -> None:
    latest = times.latest(moment)
    assert latest <= moment < times.after(moment)
    assert times.after(latest) == times.after(moment)
    assert times.latest(latest) == latest


def test_an_hourly_time_comes_every_hour_also_where_an_hour_comes_twice() -> None:
    hourly = At("30 * * * *", ZoneInfo("Europe/Berlin"))
    found = _occurrences(
        hourly, datetime(2026, 10, 24, 20, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)
    )
    assert all(b - a == HOUR for a, b in pairwise(found))


def test_in_the_second_of_two_equal_hours_the_next_occurrence_is_not_in_the_past() -> None:
    nightly = At("30 2 * * *", ZoneInfo("Europe/Berlin"))
    second_two_o_clock = datetime(2026, 10, 25, 1, 5, tzinfo=UTC)
    assert nightly.after(second_two_o_clock) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_start_shortly_before_an_occurrence_does_not_run_it_early() -> None:
    nine = At("0 9 * * *", ZoneInfo("UTC"))
    assert nine.latest(NOW - HOUR - timedelta(seconds=20)) == NOW - HOUR - timedelta(days=1)


def test_a_tick_takes_the_next_occurrence_after_the_previous_one() -> None:
    ticks = Ticks(Every(HOUR))
    assert ticks.get_next_fire_time(None, NOW) == NOW + HOUR
    assert ticks.get_next_fire_time(NOW + HOUR, NOW) == NOW + 2 * HOUR
    assert ticks.get_next_fire_time(NOW, NOW + timedelta(minutes=90)) == NOW + 2 * HOUR


def test_all_machines_agree_on_the_occurrences_of_an_interval() -> None:
    every = Every(timedelta(minutes=10))
    assert every.after(NOW + timedelta(seconds=7)) == every.after(NOW + timedelta(minutes=9))


# -- runs


def timer(run: Callable[[datetime], Awaitable[None]], *, catch_up: bool = True) -> Timer:
    return Timer("digest:daily", At("0 9 * * *", ZoneInfo("UTC")), run, catch_up=catch_up)


class Runs(list[datetime]):
    """The occurrences that ran."""

    async def __call__(self, occurrence: datetime) -> None:
        self.append(occurrence)


class Fails:
    """A run that fails."""

    async def __call__(self, _occurrence: datetime) -> None:
        raise RuntimeError("no")


async def _outcomes(database: Database) -> list[tuple[datetime, str | None]]:
    async with database.read() as connection:
        query = sa.select(schedule_runs).order_by(schedule_runs.c.occurrence)
        return [(r.occurrence, r.outcome) for r in await connection.execute(query)]


async def test_of_many_who_run_an_occurrence_one_does(database: Database) -> None:
    runs = Runs()
    ours = await asyncio.gather(*(run_once(database, timer(runs), NOW, Clock()) for _ in range(5)))
    assert (sorted(ours), runs) == ([False, False, False, False, True], [NOW])
    assert await _outcomes(database) == [(NOW, "done")]


async def test_a_run_that_fails_is_noted_and_does_not_stop_the_others(database: Database) -> None:
    assert await run_once(database, timer(Fails()), NOW, Clock())
    assert await _outcomes(database) == [(NOW, "failed")]


async def test_a_run_that_failed_is_caught_up_until_it_is_done(database: Database) -> None:
    """Also the first there ever was."""
    fails, runs, clock = Fails(), Runs(), Clock()
    nine = NOW - HOUR
    await run_once(database, timer(fails), nine, clock)
    assert await catch_up(database, [timer(fails)], clock) == 1
    assert [await catch_up(database, [timer(runs)], clock) for _ in range(2)] == [1, 0]
    assert runs == [nine]
    assert await _outcomes(database) == [(nine, "done")]


async def test_a_run_that_died_with_its_process_is_taken_over_when_it_was_silent_for_long(
    database: Database,
) -> None:
    runs, clock = Runs(), Clock()
    nine = NOW - HOUR
    async with database.write() as connection:
        assert await schedule.win(connection, "digest:daily", nine, clock())
    clock.tick(TAKE_OVER)
    assert await catch_up(database, [timer(runs)], clock) == 0
    clock.tick(timedelta(seconds=1))
    ran = await asyncio.gather(*(catch_up(database, [timer(runs)], clock) for _ in range(3)))
    assert (sorted(ran), runs) == ([0, 0, 1], [nine])


async def test_a_run_that_is_stopped_in_the_middle_is_noted_as_failed(database: Database) -> None:
    begun = asyncio.Event()

    async def hang(_: datetime) -> None:
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(run_once(database, timer(hang), NOW, Clock()))
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await _outcomes(database) == [(NOW, "failed")]


async def test_what_one_of_two_did_stays_done(database: Database) -> None:
    async with database.write() as connection:
        await schedule.win(connection, "t", NOW, NOW)
        await schedule.finish(connection, "t", NOW, NOW, "done")
        await schedule.finish(connection, "t", NOW, NOW, "failed")
        assert not await schedule.win(connection, "t", NOW, NOW + HOUR)
    assert await _outcomes(database) == [(NOW, "done")]


async def test_a_timer_that_says_always_runs_at_a_first_start_and_after_any_pause(database: Database) -> None:
    runs, clock = Runs(), Clock()
    sync = replace(timer(runs), always=True)
    assert [await catch_up(database, [sync], clock) for _ in range(2)] == [1, 0]
    clock.tick(CATCH_UP * 3)
    weekly = replace(sync, times=At("0 9 * * 2", ZoneInfo("UTC")))
    assert [await catch_up(database, [weekly], clock) for _ in range(2)] == [1, 0]


async def test_a_first_start_catches_up_nothing(database: Database) -> None:
    runs = Runs()
    assert await catch_up(database, [timer(runs)], Clock()) == 0
    assert runs == []


async def test_after_a_pause_only_the_latest_missed_occurrence_runs_and_once(database: Database) -> None:
    runs, clock = Runs(), Clock()
    nine = NOW - HOUR
    await run_once(database, timer(runs), nine, clock)
    clock.tick(timedelta(days=5))
    assert [await catch_up(database, [timer(runs)], clock) for _ in range(3)] == [1, 0, 0]
    assert runs == [nine, nine + timedelta(days=5)]


async def test_what_was_missed_long_ago_is_stale_news(database: Database) -> None:
    runs, clock = Runs(), Clock()
    weekly = Timer("digest:weekly", At("0 9 * * 2", ZoneInfo("UTC")), runs, catch_up=True)
    await run_once(database, weekly, NOW - HOUR, clock)
    clock.tick(timedelta(days=7) - HOUR + CATCH_UP)
    assert await catch_up(database, [weekly], clock) == 0


async def test_a_timer_that_does_not_want_it_is_not_caught_up(database: Database) -> None:
    runs, clock = Runs(), Clock()
    sync = timer(runs, catch_up=False)
    await run_once(database, sync, NOW - HOUR, clock)
    clock.tick(timedelta(days=1))
    assert await catch_up(database, [sync], clock) == 0


async def test_a_repeated_wall_time_is_two_occurrences(database: Database) -> None:
    """An occurrence is an instant: 02:30 before and after the clock goes back are not the same."""
    berlin = ZoneInfo("Europe/Berlin")
    twice = [datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=fold).astimezone(UTC) for fold in (0, 1)]
    async with database.write() as connection:
        assert [await schedule.win(connection, "t", o, NOW) for o in (*twice, *twice)] == [
            True,
            True,
            False,
            False,
        ]
        assert await schedule.last(connection, "t") is None
        await schedule.finish(connection, "t", twice[1], NOW, "done")
        assert await schedule.last(connection, "t") == twice[1]
