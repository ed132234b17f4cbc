"""The words of a calendar: time zones, weekly windows, holidays of a country, closed days."""

import re
from collections.abc import Iterable
from datetime import date, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from config.mistakes import nearest
from config.schedule import WEEKDAYS

Window = tuple[time, time]
"""From and until, local time."""

HOLIDAY_YEARS = range(2015, 2036)
_LONGEST_CLOSURE = timedelta(days=366)

_WINDOW = re.compile(r"([A-Za-z,-]+) +(\d\d?:\d\d)-(\d\d?:\d\d)")
_WEEK = "working time is days and hours: Mon-Fri 09:00-17:30, or Mon,Wed 09:00-12:00; several as a list"
_CLOSED = "closed is a day, or two with to between: 2026-12-24, 2026-12-24 to 2027-01-01 (a year at most)"


def parse_windows(week: Iterable[str]) -> dict[int, tuple[Window, ...]]:
    """The windows of each weekday (Monday is 0), ascending; raises ValueError that says what is allowed."""
    windows: dict[int, list[Window]] = {}
    for line in week:
        match = _WINDOW.fullmatch(line.strip())
        if match is None:
            raise ValueError(_WEEK)
        window = (_parse_time(match[2]), _parse_time(match[3]))
        if window[0] >= window[1]:
            raise ValueError("a window begins before it ends, within one day: Mon-Fri 09:00-17:30")
        for day in _parse_days(match[1]):
            windows.setdefault(day, []).append(window)
    ordered = {day: tuple(sorted(of_day)) for day, of_day in sorted(windows.items())}
    if any(a[1] > b[0] for of_day in ordered.values() for a, b in pairwise(of_day)):
        raise ValueError("windows of one day do not overlap: [Mon-Fri 09:00-12:00, Mon-Fri 13:00-17:30]")
    if not ordered:
        raise ValueError(_WEEK)
    return ordered


def _parse_time(text: str) -> time:
    hour, _, minute = text.partition(":")
    try:
        return time(int(hour), int(minute))
    except ValueError:
        raise ValueError("hours are 00:00 to 23:59") from None


def _parse_days(text: str) -> list[int]:
    days: list[int] = []
    for part in text.lower().split(","):
        first, _, last = part.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            raise ValueError(_WEEK)
        begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        days += [d % 7 for d in range(begin, end + 1 if end >= begin else end + 8)]
    return days


def check_zone(name: str) -> str:
    """The name itself; raises ValueError where there is no such time zone."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        near = nearest(name, available_timezones())
        meant = f"; did you mean {near}?" if near else ""
        raise ValueError(f"a time zone is named like Europe/Berlin{meant}") from None
    return name


def check_holidays(code: str) -> str:
    """The code itself; raises ValueError where no public holidays are known for it."""
    holiday_dates(code, years=())
    return code


def holiday_dates(code: str, years: Iterable[int] = HOLIDAY_YEARS) -> frozenset[date]:
    """Public holidays of a country (DE) or a part of it (DE-BE, as ISO 3166-2 has it)."""
    import holidays  # noqa: PLC0415 - only where a model names holidays

    country, _, part = code.partition("-")
    parts = holidays.list_supported_countries(include_aliases=False)
    if country not in parts:
        raise ValueError("holidays are named by country, or country and part: DE, DE-BE, IN-MH")
    if part and part not in parts[country]:
        raise ValueError(f"known parts of {country}: {', '.join(parts[country]) or 'none'}")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=list(years)))


def check_closed(text: str) -> str:
    """The text itself; raises ValueError where it is neither a day nor a range of days."""
    closed_days(text)
    return text


def closed_days(text: str) -> frozenset[date]:
    """The days of `2026-12-24` or `2026-12-24 to 2027-01-01`, both ends included."""
    first, _, last = text.partition(" to ")
    try:
        begin = date.fromisoformat(first.strip())
        end = date.fromisoformat(last.strip()) if last else begin
    except ValueError:
        raise ValueError(_CLOSED) from None
    if not timedelta(0) <= end - begin <= _LONGEST_CLOSURE:
        raise ValueError(_CLOSED)
    return frozenset(begin + timedelta(days=n) for n in range((end - begin).days + 1))
