"""Business time: the working time of a calendar between two moments, and the moment that lies so far back.

Windows are local times turned into UTC day by day, so a day of 23 or 25 hours counts what was really worked.
One business day is all windows of one local day; a part of a day is its share of that day's windows. All
arithmetic is in whole microseconds and fractions: a limit that is met exactly is met exactly.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from config.calendar import Window, WorkingTime

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""The cut-off of an amount that was never worked before it."""
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""The cut-off of an amount that will never be worked after it."""

_MICROSECOND = timedelta(microseconds=1)
_HOUR = 3_600_000_000
_MILLISECOND = 1_000

Span = tuple[int, int]
"""Working time as microseconds since the epoch, from and until."""


def business_days(calendar: WorkingTime, a: datetime, b: datetime) -> float:
    """Business days from a to b; negative where b is before a. Monday 16:00 to Tuesday 16:00 is 1."""
    if b < a:
        return 0 - business_days(calendar, b, a)
    whole, parts = 0, Fraction(0)
    for worked, total in _days(calendar, a, b):
        if worked == total:
            whole += 1
        else:
            parts += Fraction(worked, total)
    return float(whole + parts)


def business_hours(calendar: WorkingTime, a: datetime, b: datetime) -> float:
    """Hours worked from a to b; negative where b is before a."""
    if b < a:
        return 0 - business_hours(calendar, b, a)
    return float(Fraction(sum(worked for worked, _ in _days(calendar, a, b)), _HOUR))


@lru_cache(maxsize=4096)  # a scan asks the same of a calendar for every product
def cutoff(
    calendar: WorkingTime,
    now: datetime,
    amount: float,
    unit: Literal["bd", "bh"],
    bound: Literal["earliest", "latest"],
) -> datetime:
    """The moment that lies `amount` of business time before now, so that a comparison needs no calendar.

    Business time is flat over nights, so many moments lie equally far back. For every t in whole
    milliseconds, which is how times are stored: business time from t to now > amount exactly if
    t < cutoff(earliest), and >= amount exactly if t <= cutoff(latest). A negative amount lies ahead.
    """
    exact = Fraction(amount).limit_denominator(1_000_000)  # 0.1 is a tenth, as it was written
    back = exact > 0 or (exact == 0 and bound == "earliest")
    limit = EARLIEST if back else LATEST
    if not any(calendar.week.values()):
        return limit
    past_equal = back == (bound == "earliest")
    left = abs(exact) if unit == "bd" else abs(exact) * _HOUR
    for start, end, total in _from_now(calendar, _microseconds(now), limit, back=back):
        need = left * total if unit == "bd" else left
        if end - start > need or (end - start == need and not past_equal):
            point = end - need if back else start + need
            return _whole_milliseconds(point, up=bound == "earliest")
        left -= Fraction(end - start, total) if unit == "bd" else end - start
    return limit


def day_number(calendar: WorkingTime, at: datetime) -> int:
    """The local date of that moment as a number that grows by one a day."""
    return _local_day(calendar, at)


def _days(calendar: WorkingTime, a: datetime, b: datetime) -> Iterator[tuple[int, int]]:
    """What was worked from a to b on each day, and the whole of that day; days without work are left out."""
    start, end = _microseconds(a), _microseconds(b)
    # One day more at both ends: where clocks go back over midnight a later moment has an earlier date.
    for day in range(_local_day(calendar, a) - 1, _local_day(calendar, b) + 2):
        spans = _spans_of(calendar, day)
        if spans and spans[0][0] < end and spans[-1][1] > start:
            worked = _length((max(s, start), min(e, end)) for s, e in spans if s < end and e > start)
            if worked:
                yield worked, _length(spans)


def _from_now(
    calendar: WorkingTime, now: int, limit: datetime, *, back: bool
) -> Iterator[tuple[int, int, int]]:
    """Spans of work away from now until the limit, each with all the work of its day."""
    step = -1 if back else 1
    first = _local_day(calendar, EARLIEST + now * _MICROSECOND) - step
    for day in range(first, _local_day(calendar, limit), step):
        spans = _spans_of(calendar, day)
        for start, end in spans[::step]:
            if back and start < now:
                yield start, min(end, now), _length(spans)
            elif not back and end > now:
                yield max(start, now), end, _length(spans)


def _spans_of(calendar: WorkingTime, day: int) -> tuple[Span, ...]:
    on = date.fromordinal(day)
    windows = calendar.week.get(on.weekday(), ())
    return () if not windows or on in calendar.closed else _spans(calendar.zone, windows, on)


@lru_cache(maxsize=8192)
def _spans(zone: ZoneInfo, windows: tuple[Window, ...], on: date) -> tuple[Span, ...]:
    """The windows of one local day; a window that ends at 00:00 ends with the day."""
    spans: list[Span] = []
    for opens, closes in windows:
        last = on + timedelta(days=1) if closes == time(0) else on
        start = _microseconds(datetime.combine(on, opens, tzinfo=zone))
        end = _microseconds(datetime.combine(last, closes, tzinfo=zone))
        if spans:  # a local time that spring skips lies after the hour it skips to
            start = max(start, spans[-1][1])
        if start < end:
            spans.append((start, end))
    return tuple(spans)


def _length(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)


def _local_day(calendar: WorkingTime, at: datetime) -> int:
    return at.astimezone(calendar.zone).toordinal()


def _microseconds(at: datetime) -> int:
    return (at - EARLIEST) // _MICROSECOND


def _whole_milliseconds(point: Fraction, *, up: bool) -> datetime:
    milliseconds = -(-point // _MILLISECOND) if up else point // _MILLISECOND
    return EARLIEST + timedelta(milliseconds=milliseconds)
