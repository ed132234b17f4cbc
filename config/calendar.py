"""Working time of a calendar: its time zone, the windows of each weekday, and its closed days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo

Window = tuple[time, time]


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A calendar with its inheritance resolved. `is_closed` covers holidays and closed ranges."""

    id: str
    zone: ZoneInfo
    week: Mapping[int, tuple[Window, ...]]  # Monday is 0; local times, no overlap, ascending
    closed: frozenset[date]
