"""Moments as Data Center's JQL can say them: whole minutes of the wall clock in the account's profile."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Span:
    """The shortest time around a moment whose ends JQL can name: `begins <= moment < ends`, in UTC.

    It is the moment's minute. Where a clock is set back, wall times repeat and name two moments: then it
    reaches from the last minute before the repeated hour to the first one after it.
    """

    begins: datetime
    ends: datetime


def span(at: datetime, zone: ZoneInfo) -> Span:
    """The span around a moment."""
    begins = at.astimezone(UTC).replace(second=0, microsecond=0)
    ends = begins + MINUTE
    while _names_two(begins, zone):
        begins -= MINUTE
    while _names_two(ends, zone):
        ends += MINUTE
    return Span(begins, ends)


def literal(at: datetime, zone: ZoneInfo) -> str:
    """An end of a span as a quoted value."""
    return f'"{at.astimezone(zone):%Y-%m-%d %H:%M}"'


def _names_two(at: datetime, zone: ZoneInfo) -> bool:
    local = at.astimezone(zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
