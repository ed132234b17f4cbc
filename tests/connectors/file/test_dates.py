"""A file's dates are recognised from themselves, or refused where they do not decide."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from connectors.file.dates import Undecided, recognise


@pytest.mark.parametrize(
    "text",
    [
        "17/Nov/26 9:41 AM",
        "17/Nov/2026 09:41",
        "17-Nov-26 09:41",
        "17 November 2026, 9:41 am",
        "Nov 17, 2026 9:41 AM",
        "2026-11-17 09:41",
        "2026-11-17T09:41:00.000+0000",
        "2026-11-17T10:41:00+01:00",
        "17/11/2026 09:41",
        "17.11.26 9:41",
        "11/17/26 9:41 AM",
    ],
)
def test_each_way_to_write_a_date_gives_the_same_moment(text: str) -> None:
    assert recognise([(2, text)]).read(text, UTC) == datetime(2026, 11, 17, 9, 41, tzinfo=UTC)


def test_noon_and_midnight_are_told_apart() -> None:
    form = recognise([(2, "17/Nov/26 12:00 AM")])
    assert form.read("17/Nov/26 12:00 AM", UTC) == datetime(2026, 11, 17, tzinfo=UTC)
    assert form.read("17/Nov/26 12:30 PM", UTC) == datetime(2026, 11, 17, 12, 30, tzinfo=UTC)
    assert form.read("17/Nov/26 13:30 PM", UTC) is None


def test_one_date_beyond_the_twelfth_decides_for_the_whole_file() -> None:
    form = recognise([(2, "03/04/2026 08:00"), (3, "03/25/2026 08:00")])
    assert form.read("03/04/2026 08:00", UTC) == datetime(2026, 3, 4, 8, tzinfo=UTC)


def test_a_time_without_zone_is_one_of_the_given_zone() -> None:
    form = recognise([(2, "17/Nov/26 9:41 AM")])
    moment = form.read("17/Nov/26 9:41 AM", ZoneInfo("Asia/Kolkata"))
    assert moment == datetime(2026, 11, 17, 4, 11, tzinfo=UTC)


def test_day_and_month_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(Undecided, match="day/month or month/day"):
        recognise([(2, "03/04/2026 08:00"), (3, "05/06/2026")])


def test_two_ways_in_one_file_are_refused_with_both() -> None:
    with pytest.raises(Undecided, match=r'"17/11/2026", and "11/18/2026" in line 9'):
        recognise([(2, "17/11/2026"), (9, "11/18/2026")])


def test_a_text_that_is_no_date_decides_nothing() -> None:
    assert recognise([(2, "soon"), (3, "2026-11-17"), (4, "31/31/2026")]).example == "2026-11-17 09:41"


def test_a_file_without_any_date_is_refused() -> None:
    with pytest.raises(Undecided, match="no date in it"):
        recognise([(2, "soon")])
