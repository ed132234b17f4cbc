"""Working time of a calendar: its time zone, the windows of each weekday, and its closed days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from config.model import Calendar, OperatingModel
from config.week import Window, closed_days, holiday_dates, parse_windows

__all__ = ["Window", "WorkingTime", "working_times"]

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A calendar with its inheritance resolved. `closed` holds holidays and closed ranges."""

    id: str
    zone: ZoneInfo
    week: Mapping[int, tuple[Window, ...]] = field(hash=False)  # 0: Monday; local, ascending, no overlap
    closed: frozenset[date]


def working_times(model: OperatingModel) -> dict[str, WorkingTime]:
    """The calendars of the model by id; "default" (Mon-Fri 09:00-17:00 UTC) is there even if not written.

    Holidays are known for the years 2015 to 2035. `company.calendar` names the one that holds where nothing
    nearer does.
    """
    written = {DEFAULT: Calendar(), **model.calendars}
    return {id_: _working_time(id_, written) for id_ in written}


def _working_time(id_: str, written: Mapping[str, Calendar]) -> WorkingTime:
    calendar = _resolved(written[id_], written)
    closed: frozenset[date] = frozenset()
    return WorkingTime(
        id=id_,
        zone=ZoneInfo(calendar.timezone),
        week=parse_windows(calendar.week),
        closed=closed.union(*map(holiday_dates, calendar.holidays), *map(closed_days, calendar.closed)),
    )


def _resolved(calendar: Calendar, written: Mapping[str, Calendar]) -> Calendar:
    """The calendar with everything it does not say itself taken from the one it extends."""
    if calendar.extends is None:
        return calendar
    parent = _resolved(written[calendar.extends], written)
    own = {key: getattr(calendar, key) for key in calendar.model_fields_set - {"extends"}}
    return parent.model_copy(update=own)
