"""What the governor of an account lets through, when, and what it holds."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sleeping import NOW, Time
from structlog.testing import capture_logs

from connectors.errors import LIMIT, WaitError
from connectors.governor import LONGEST_WAIT, MOMENT, Governor, Keys, OneLimit
from connectors.meter import Budget

KEYS = ("tool:search", "tool")


class Told(OneLimit):
    """Limits whose answers tell what the test says."""

    def __init__(self, budget: Budget, cost: int = 1) -> None:
        super().__init__("tool")
        self.budget = budget
        self.cost = cost

    def told(self, keys: Keys, _headers: Mapping[str, str], _now: datetime) -> Mapping[str, Budget]:
        return {keys[0]: self.budget}

    def spent(self, keys: Keys, _status: int, _data: Any) -> Mapping[str, int]:
        return {keys[0]: self.cost}


def governed(time: Time, budget: Budget, cost: int = 1) -> Governor:
    governor = Governor(Told(budget, cost), who="The tool", sleep=time.sleep, clock=time)
    governor.learn(KEYS, 200, {}, None)
    return governor


async def passed(governor: Governor, keys: Keys = KEYS, *, background: bool = False) -> bool:
    async with governor.turn(keys, background=background):
        return True


@given(limit=st.integers(1, 65_000), data=st.data())
async def test_background_work_leaves_a_fifth_and_questions_may_use_it(
    limit: int, data: st.DataObject
) -> None:
    time, left = Time(), data.draw(st.integers(1, limit))
    governor = governed(time, Budget(limit, left, NOW + timedelta(minutes=40)))
    assert await passed(governor)
    if left > limit / 5:
        assert await passed(governor, background=True)
    else:
        with pytest.raises(WaitError, match=f"grants {left} of {limit}") as caught:
            await passed(governor, background=True)
        assert caught.value.until == NOW + timedelta(minutes=40)
        assert (caught.value.retry, caught.value.entry) == (False, LIMIT)
    assert time.slept == []


async def test_background_work_waits_a_moment_for_a_window_that_ends_soon() -> None:
    time = Time()
    assert await passed(governed(time, Budget(100, 20, NOW + MOMENT)), background=True)
    assert time.slept == [MOMENT.total_seconds()]


async def test_a_used_up_window_holds_everyone_until_its_end_and_no_longer() -> None:
    time = Time()
    governor = governed(time, Budget(100, 0, NOW + timedelta(minutes=5)))
    assert await passed(governor)
    assert time.slept == [300]
    assert await passed(governor, background=True)
    assert time.slept == [300]


@pytest.mark.parametrize(
    "budget",
    [
        Budget(100, 0, None),
        Budget(100, 0, NOW - timedelta(seconds=1)),
        Budget(100, 0, NOW + timedelta(minutes=40), binding=False),
        Budget(0, 0, NOW + timedelta(minutes=40)),
        Budget(None, None, NOW + timedelta(minutes=40)),
    ],
)
async def test_what_is_over_or_not_enforced_or_has_no_end_holds_nobody(budget: Budget) -> None:
    time = Time()
    assert await passed(governed(time, budget), background=True)
    assert time.slept == []


async def test_a_pause_holds_what_draws_on_that_budget_and_nothing_else() -> None:
    time = Time()
    governor = Governor(OneLimit("tool"), who="The tool", sleep=time.sleep, clock=time)
    governor.pause("tool:search", NOW + timedelta(seconds=30), 1)
    assert await passed(governor, ("tool:fields", "tool"))
    assert time.slept == []
    assert await passed(governor, KEYS)
    assert 30 <= sum(time.slept) <= 31
    governor.pause("tool", time() + timedelta(seconds=30), 1)
    assert await passed(governor, ("tool:fields", "tool"))
    assert 60 <= sum(time.slept) <= 62


async def test_a_long_wait_is_told_where_only_warnings_are() -> None:
    time = Time()
    governor = Governor(OneLimit("tool"), who="The tool", sleep=time.sleep, clock=time)
    with capture_logs() as logged:
        governor.pause("tool:search", NOW + MOMENT, 1)
        governor.pause("tool", NOW + timedelta(seconds=5), 1)
    assert [(one["budget"], one["log_level"]) for one in logged] == [
        ("tool:search", "warning"),
        ("tool", "info"),
    ]


async def test_what_an_answer_tells_later_does_not_end_a_pause() -> None:
    time = Time()
    governor = governed(time, Budget(100, 90, NOW + timedelta(minutes=5)))
    governor.pause(KEYS[0], NOW + timedelta(seconds=30), 1)
    governor.learn(KEYS, 200, {}, None)
    assert await passed(governor)
    assert 30 <= sum(time.slept) <= 31
    assert governor.budgets[KEYS[0]].remaining == 90


async def test_a_pause_longer_than_we_have_is_told_without_asking_the_source() -> None:
    time = Time()
    governor = Governor(OneLimit("tool"), who="The tool", sleep=time.sleep, clock=time)
    governor.pause("tool", NOW + LONGEST_WAIT * 2, 1)
    with pytest.raises(WaitError, match="limits requests until 09:30"):
        await passed(governor)
    assert time.slept == []


async def test_a_pause_of_years_is_forgotten_after_a_day() -> None:
    time = Time()
    governor = Governor(OneLimit("tool"), who="The tool", sleep=time.sleep, clock=time)
    governor.pause("tool", NOW + timedelta(days=365), 5)
    time.now = NOW + timedelta(days=1, seconds=16)
    assert await passed(governor)


async def test_a_clock_that_stands_does_not_stop_us() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    governor = Governor(OneLimit("tool"), who="The tool", sleep=sleep, clock=lambda: NOW)
    governor.pause("tool", NOW + timedelta(seconds=30), 1)
    assert await passed(governor)
    assert len(slept) == 1


async def test_only_so_many_requests_are_under_way() -> None:
    governor = Governor(OneLimit("tool"), who="The tool")
    under_way, most, gate = 0, 0, asyncio.Event()

    async def ask() -> None:
        nonlocal under_way, most
        async with governor.turn(KEYS, background=False):
            under_way += 1
            most = max(most, under_way)
            if most == 5:
                gate.set()
            await gate.wait()
            under_way -= 1

    await asyncio.gather(*(ask() for _ in range(20)))
    assert most == 5


async def test_who_waits_for_a_pause_takes_nobodys_place() -> None:
    async def others(_: float) -> None:
        await asyncio.gather(*(passed(governor, ("tool:fields", "tool")) for _ in range(5)))

    governor = Governor(OneLimit("tool"), who="The tool", sleep=others)
    governor.pause("tool:search", datetime.now(UTC) + timedelta(seconds=30), 1)
    await asyncio.gather(*(passed(governor, KEYS) for _ in range(5)))


async def test_what_the_source_does_not_count_is_counted_by_ourselves_an_hour_at_a_time() -> None:
    time, hour = Time(), NOW + timedelta(hours=1)
    governor = governed(time, Budget(1000, None, hour), cost=400)
    assert governor.budgets[KEYS[0]].remaining == 600
    governor.learn(KEYS, 200, {}, None)
    assert governor.budgets[KEYS[0]].remaining == 200
    with pytest.raises(WaitError):
        await passed(governor, background=True)
    governor.learn(KEYS, 200, {}, None)
    assert governor.budgets[KEYS[0]].remaining == 0
    governor.limits.budget = Budget(1000, None, hour + timedelta(hours=1))  # type: ignore[attr-defined]
    time.now = hour
    governor.learn(KEYS, 200, {}, None)
    assert governor.budgets[KEYS[0]].remaining == 600


async def test_a_window_that_ends_in_a_hundred_years_is_asked_again_within_the_hour() -> None:
    time = Time()
    governor = governed(time, Budget(100, 0, NOW + timedelta(days=36_500)))
    with pytest.raises(WaitError):
        await passed(governor)
    time.now += timedelta(hours=1)
    assert await passed(governor)
