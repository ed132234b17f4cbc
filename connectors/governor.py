"""Keeps all that reads one account within what its source grants: pauses, a reserve, requests at once."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import structlog

from connectors.errors import WaitError
from connectors.meter import Budget

log = structlog.get_logger(__name__)

RESERVE = 0.2  # of every window, kept from background work for people's questions
MOMENT = timedelta(minutes=1)  # background work waits so long for a window; else it ends, and goes on later
LONGEST_WAIT = timedelta(minutes=15)
AT_ONCE = 5  # requests under way, where nothing is known of a source
LONGEST_PAUSE = timedelta(days=1)  # no window is longer than an hour: what says more is asked again
LONGEST_WINDOW = timedelta(hours=1)  # of a vendor; a later end is a clock that goes wrong

Keys = tuple[str, ...]


class Limits(Protocol):
    """What a vendor limits and how its answers tell; each vendor's stands in its folder."""

    @property
    def at_once(self) -> Mapping[str, int]:
        """How many requests may be under way, by a budget they draw on: each draws on one of these."""
        ...

    def keys(self, method: str, path: str) -> Keys:
        """The budgets that a request draws on, the narrowest first; the last is that of the whole account."""
        ...

    def told(self, keys: Keys, headers: Mapping[str, str], now: datetime) -> Mapping[str, Budget]:
        """What the headers of an answer say of budgets. `remaining` None: to be counted by ourselves."""
        ...

    def spent(self, keys: Keys, status: int, data: Any) -> Mapping[str, int]:
        """What a request cost by the answer's status (0: none came) and decoded data."""
        ...

    def blamed(self, keys: Keys, headers: Mapping[str, str]) -> str:
        """The budget that a refusal names as its reason: what draws on it has to pause."""
        ...

    def refuses(self, data: Any) -> bool:
        """Whether an answer that is called a success only says that a limit is reached."""
        ...


class OneLimit:
    """The limits of a source of which nothing is known: a refusal pauses all of it."""

    def __init__(self, key: str) -> None:
        self._key = key
        self.at_once: Mapping[str, int] = {key: AT_ONCE}

    def keys(self, _method: str, _path: str) -> Keys:
        """Its one budget."""
        return (self._key,)

    def told(self, _keys: Keys, _headers: Mapping[str, str], _now: datetime) -> Mapping[str, Budget]:
        """Nothing."""
        return {}

    def spent(self, keys: Keys, _status: int, _data: Any) -> Mapping[str, int]:
        """One request."""
        return {keys[0]: 1}

    def blamed(self, keys: Keys, _headers: Mapping[str, str]) -> str:
        """Its one budget."""
        return keys[0]

    def refuses(self, _data: Any) -> bool:
        """Never."""
        return False


class Governor:
    """Shared by all that reads with one account, however many sources that is.

    A request waits for its turn, and what was answered is learned. `budgets` are by key: jira:points,
    jira:POST rest/api/3/search/jql, github:core.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        who: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.limits = limits
        self.budgets: dict[str, Budget] = {}
        self._who = who
        self._sleep = sleep
        self._clock = clock
        self._places = {key: asyncio.Semaphore(places) for key, places in limits.at_once.items()}
        self._counted: dict[str, tuple[datetime, int]] = {}  # by ourselves, in the window that ends then

    @asynccontextmanager
    async def turn(self, keys: Keys, *, background: bool) -> AsyncIterator[None]:
        """A turn to send one request: it comes when these budgets allow it and a place is free.

        Raises:
            WaitError: the wait is longer than we have, or background work has come to the reserve.
        """
        sat_out = self._clock()
        while True:
            async with self._place(keys):
                until = self._held_until(keys, background=background)
                if until <= max(sat_out, self._clock()):
                    yield
                    return
            await self._sleep((until - self._clock()).total_seconds())
            sat_out = until  # a clock may stand

    def learn(self, keys: Keys, status: int, headers: Mapping[str, str], data: Any) -> Counter[str]:
        """Take over what an answer tells of its budgets (status 0: none came); what the request cost."""
        now = self._clock()
        spent = Counter(self.limits.spent(keys, status, data))
        for key, told in self.limits.told(keys, headers, now).items():
            if told.resets_at is not None:
                told = replace(told, resets_at=min(told.resets_at, now + LONGEST_WINDOW))  # noqa: PLW2901 - believed so far
            budget = told if told.remaining is not None else self._count(key, told, spent[key])
            old = self.budgets.get(key)
            self.budgets[key] = replace(budget, paused_until=old.paused_until if old else None)
        return spent

    def pause(self, key: str, until: datetime, attempt: int) -> None:
        """Send nothing that draws on this budget before `until`.

        The jitter, wider with each attempt, comes on top: never a request before the source allows it.
        """
        until = min(until, self._clock() + LONGEST_PAUSE)
        until += timedelta(seconds=random.uniform(0, min(30.0, 0.5 * 2**attempt)))  # noqa: S311 - no secret
        old = self.budgets.get(key) or Budget(None, None, None)
        if old.paused_until is None or old.paused_until < until:
            self.budgets[key] = replace(old, paused_until=until)
            # A long one stands at a terminal too: nothing else says there why nothing moves.
            tell = log.warning if until - self._clock() > MOMENT else log.info
            tell("source_asks_to_wait", source=self._who, budget=key, until=until.isoformat())

    def _held_until(self, keys: Keys, *, background: bool) -> datetime:
        """The moment these budgets allow a request: now or earlier, where nothing holds it."""
        now = self._clock()
        drawn = [(key, self.budgets[key]) for key in keys if key in self.budgets]
        until = max([now, *(_closed_until(budget) or now for _, budget in drawn)])
        if until - now > LONGEST_WAIT:
            raise _no_use_in_waiting(f"{self._who} limits requests until {until:%H:%M:%S} UTC.", until)
        for key, budget in drawn if background else ():
            if budget.down_to(RESERVE) and budget.resets_at is not None and budget.resets_at > now:
                if budget.resets_at - now > MOMENT:
                    says = f"{self._who} grants {budget.remaining} of {budget.limit} ({key}) until"
                    kept = f"the last {RESERVE:.0%} are kept for people's questions and single items"
                    raise _no_use_in_waiting(
                        f"{says} {budget.resets_at:%H:%M:%S} UTC; {kept}.", budget.resets_at
                    )
                until = max(until, budget.resets_at)
        return until

    def _count(self, key: str, told: Budget, cost: int) -> Budget:
        """The budget with what is left by our own count, where the source tells only the limit."""
        if told.limit is None or told.resets_at is None:
            return told
        window, before = self._counted.get(key, (told.resets_at, 0))
        used = cost + (before if window == told.resets_at else 0)
        self._counted[key] = (told.resets_at, used)
        return replace(told, remaining=max(0, told.limit - used))

    def _place(self, keys: Keys) -> asyncio.Semaphore:
        return next(place for key, place in self._places.items() if key in keys)


def _no_use_in_waiting(what: str, until: datetime) -> WaitError:
    error = WaitError(what, "The next sync goes on from here.", until=until)
    error.retry = False
    return error


def _closed_until(budget: Budget) -> datetime | None:
    """When a budget that is paused or used up allows the next request."""
    used_up = budget.resets_at if budget.down_to(0) else None
    return max((at for at in (budget.paused_until, used_up) if at is not None), default=None)
