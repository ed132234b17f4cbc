from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config.calendar import working_times
from config.example import example_path
from config.load import load_model
from config.model import OperatingModel
from config.week import closed_days, holiday_dates, parse_windows

NINE, NOON, ONE, FIVE = time(9), time(12), time(13), time(17)


def calendars(**written: dict[str, Any]) -> OperatingModel:
    return OperatingModel.model_validate({"calendars": written})


def test_there_is_always_a_calendar_named_default() -> None:
    times = working_times(OperatingModel())
    assert list(times) == ["default"]
    default = times["default"]
    assert default.zone == ZoneInfo("UTC")
    assert default.week == dict.fromkeys(range(5), ((NINE, FIVE),))
    assert default.closed == frozenset()


def test_a_model_may_say_what_default_is() -> None:
    times = working_times(calendars(default={"timezone": "Europe/Berlin"}))
    assert times["default"].zone.key == "Europe/Berlin"


def test_a_calendar_takes_what_it_does_not_say_from_the_one_it_extends() -> None:
    times = working_times(load_model(example_path()).model)
    hq, pune = times["hq"], times["pune"]
    assert pune.zone.key == "Asia/Kolkata"
    assert pune.week == hq.week == {day: ((NINE, time(17, 30)),) for day in range(5)}
    assert date(2026, 12, 28) in hq.closed & pune.closed  # closed between the years
    assert date(2026, 5, 1) in hq.closed
    assert date(2026, 3, 8) in hq.closed - pune.closed  # Women's Day is a holiday in Berlin
    assert date(2026, 8, 15) in pune.closed - hq.closed  # Independence Day


def test_holidays_are_known_from_2015_to_2035() -> None:
    days = holiday_dates("DE")
    assert {date(2015, 1, 1), date(2035, 12, 25)} <= days
    assert date(2014, 12, 25) not in days


def test_a_part_of_a_country_has_its_own_holidays() -> None:
    assert date(2026, 3, 8) in holiday_dates("DE-BE") - holiday_dates("DE")


@pytest.mark.parametrize(
    ("week", "windows"),
    [
        (["Mon-Fri 09:00-17:00"], dict.fromkeys(range(5), ((NINE, FIVE),))),
        (["Mon,Wed 9:00-12:00"], {0: ((NINE, NOON),), 2: ((NINE, NOON),)}),
        (["Mon 13:00-17:00", "Mon 09:00-12:00"], {0: ((NINE, NOON), (ONE, FIVE))}),
        (["sun-mon 09:00-12:00"], {6: ((NINE, NOON),), 0: ((NINE, NOON),)}),
        (["Mon-Tue,Fri 09:00-12:00"], {0: ((NINE, NOON),), 1: ((NINE, NOON),), 4: ((NINE, NOON),)}),
    ],
)
def test_a_week_is_read_as_windows(week: list[str], windows: dict[int, Any]) -> None:
    assert parse_windows(week) == windows


@pytest.mark.parametrize(
    ("week", "allowed"),
    [
        ([], "working time is days and hours"),
        (["Mon-Fri"], "working time is days and hours"),
        (["Mon-Fry 09:00-17:00"], "working time is days and hours"),
        (["Mon 17:00-09:00"], "begins before it ends"),
        (["Mon 09:00-24:00"], "00:00 to 23:59"),
        (["Mon 09:00-12:00", "Mon-Fri 11:00-13:00"], "do not overlap"),
    ],
)
def test_bad_windows_say_what_is_allowed(week: list[str], allowed: str) -> None:
    with pytest.raises(ValueError, match=allowed):
        parse_windows(week)


def test_closed_days_hold_both_ends() -> None:
    assert closed_days("2026-12-24") == {date(2026, 12, 24)}
    assert len(closed_days("2026-12-24 to 2027-01-01")) == 9


@pytest.mark.parametrize(
    "text", ["", "24.12.2026", "2026-12-24 to", "2026-12-24 to 2026-12-23", "2000-01-01 to 2030-01-01"]
)
def test_bad_closed_days_say_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="closed is a day"):
        closed_days(text)
