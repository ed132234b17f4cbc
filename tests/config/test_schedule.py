from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim

from config.schedule import cron_line

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2026, 11, 24, 12, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("at", "line"),
    [
        ("daily 09:30", "30 9 * * *"),
        ("weekdays 09:00", "0 9 * * 1-5"),
        ("Mon 9:00", "0 9 * * 1"),
        ("sun 23:59", "59 23 * * 7"),
        ("Mon,Thu 09:00", "0 9 * * 1,4"),
        ("monthly first-Mon 10:00", "0 10 * * 1#1"),
        ("Monthly third-wed 10:00", "0 10 * * 3#3"),
        ("monthly last-Fri 16:00", "0 16 * * 5L"),
        ("*/15 8-18 * * MON-FRI", "*/15 8-18 * * MON-FRI"),
    ],
)
def test_times_become_cron_lines(at: str, line: str) -> None:
    assert cron_line(at) == line


@pytest.mark.parametrize(
    ("at", "days"),
    [
        ("weekdays 09:00", ["2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30"]),
        ("Sun 09:00", ["2026-11-29", "2026-12-06", "2026-12-13", "2026-12-20"]),
        ("monthly first-Mon 10:00", ["2026-12-07", "2027-01-04", "2027-02-01", "2027-03-01"]),
        ("monthly last-Fri 16:00", ["2026-11-27", "2026-12-25", "2027-01-29", "2027-02-26"]),
    ],
)
def test_the_cron_clock_understands_them(at: str, days: list[str]) -> None:
    assert [str(t.date()) for t in islice(CronSim(cron_line(at), TUESDAY), 4)] == days


@pytest.mark.parametrize(
    "at", ["", "every morning", "daily", "daily 24:00", "daily 9", "Mon 09:60", "monthly fifth-Mon 10:00",
           "0 9 * *", "0 9 * * * *", "0 9 31 2 *x", "@daily"]
)  # fmt: skip
def test_what_is_no_time_says_what_is(at: str) -> None:
    with pytest.raises(
        ValueError, match=r"a time is daily 09:30, weekdays 09:00, .* or a cron line of five fields"
    ):
        cron_line(at)
