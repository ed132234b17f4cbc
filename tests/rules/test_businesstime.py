"""Business time: worked examples and the laws that cut-offs stand on."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.calendar import Window, WorkingTime
from rules.businesstime import EARLIEST, LATEST, business_days, business_hours, cutoff, day_number

BERLIN = ZoneInfo("Europe/Berlin")


def calendar(
    zone: str = "Europe/Berlin",
    windows: tuple[Window, ...] = ((time(9), time(17)),),
    days: tuple[int, ...] = (0, 1, 2, 3, 4),
    closed: tuple[date, ...] = (),
    **other: tuple[Window, ...],
) -> WorkingTime:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    week = dict.fromkeys(days, windows) | {names.index(name): w for name, w in other.items()}
    return WorkingTime("test", ZoneInfo(zone), week, frozenset(closed))


HQ = calendar()
SPLIT = calendar(windows=((time(9), time(12)), (time(13), time(17, 30))), fri=((time(9), time(13)),))
ALWAYS = calendar(windows=((time(0), time(0)),), days=(0, 1, 2, 3, 4, 5, 6))
NEVER = calendar(days=())


def local(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def test_monday_afternoon_to_tuesday_afternoon_is_one_business_day() -> None:
    assert business_days(HQ, local("2026-11-23T16:00"), local("2026-11-24T16:00")) == 1
    assert business_hours(HQ, local("2026-11-23T16:00"), local("2026-11-24T16:00")) == 8


def test_a_weekend_is_no_business_time() -> None:
    assert business_days(HQ, local("2026-11-20T17:00"), local("2026-11-23T09:00")) == 0
    assert business_days(HQ, local("2026-11-20T16:00"), local("2026-11-23T10:00")) == 0.25


def test_a_closed_day_is_no_business_time() -> None:
    christmas = calendar(closed=(date(2026, 12, 25),))
    assert business_days(christmas, local("2026-12-24T09:00"), local("2026-12-28T17:00")) == 2


def test_a_short_friday_is_a_whole_business_day() -> None:
    assert business_days(SPLIT, local("2026-11-20T08:00"), local("2026-11-20T20:00")) == 1
    assert business_days(SPLIT, local("2026-11-20T09:00"), local("2026-11-20T11:00")) == 0.5
    assert business_hours(SPLIT, local("2026-11-20T08:00"), local("2026-11-20T20:00")) == 4


def test_the_days_the_clock_changes_have_23_and_25_hours() -> None:
    assert business_hours(ALWAYS, local("2026-03-29T00:00"), local("2026-03-30T00:00")) == 23
    assert business_hours(ALWAYS, local("2026-10-25T00:00"), local("2026-10-26T00:00")) == 25
    assert business_days(ALWAYS, local("2026-10-24T00:00"), local("2026-10-27T00:00")) == 3


def test_a_window_in_the_skipped_hour_overlaps_nothing() -> None:
    odd = calendar(windows=((time(1), time(2, 30)), (time(3), time(5))), days=(6,))
    assert business_hours(odd, local("2026-03-29T00:00"), local("2026-03-29T12:00")) == 2 + 1


def test_daylight_saving_keeps_the_local_window() -> None:
    friday, monday = local("2026-03-27T16:00"), local("2026-03-30T10:00")
    assert business_hours(HQ, friday, monday) == 2


def test_time_before_is_negative() -> None:
    assert business_days(HQ, local("2026-11-24T16:00"), local("2026-11-23T16:00")) == -1


def test_a_calendar_without_working_time_counts_nothing() -> None:
    now = local("2026-11-24T12:00")
    assert business_days(NEVER, now - timedelta(days=99), now) == 0
    assert business_hours(NEVER, now - timedelta(days=99), now) == 0
    assert cutoff(NEVER, now, 1, "bd", "earliest") == EARLIEST
    assert cutoff(NEVER, now, 0, "bh", "latest") == LATEST


def test_the_cut_off_on_a_weekend_spans_the_flat_time() -> None:
    sunday = local("2026-11-22T12:00")
    assert cutoff(HQ, sunday, 1, "bd", "earliest") == local("2026-11-19T17:00")
    assert cutoff(HQ, sunday, 1, "bd", "latest") == local("2026-11-20T09:00")
    assert cutoff(HQ, sunday, 4, "bh", "earliest") == cutoff(HQ, sunday, 4, "bh", "latest")
    assert cutoff(HQ, sunday, 4, "bh", "latest") == local("2026-11-20T13:00")


def test_the_cut_off_spans_a_lunch_break() -> None:
    now = local("2026-11-24T17:30")
    assert cutoff(SPLIT, now, 4.5, "bh", "earliest") == local("2026-11-24T12:00")
    assert cutoff(SPLIT, now, 4.5, "bh", "latest") == local("2026-11-24T13:00")


def test_nothing_since_lasts_until_work_begins() -> None:
    evening = local("2026-11-24T20:00")
    assert cutoff(HQ, evening, 0, "bh", "earliest") == local("2026-11-24T17:00")
    assert cutoff(HQ, evening, 0, "bh", "latest") == local("2026-11-25T09:00")


def test_an_amount_longer_than_all_history_reaches_its_beginning() -> None:
    assert cutoff(HQ, local("2026-11-24T12:00"), 100_000, "bd", "earliest") == EARLIEST


def test_a_day_number_changes_at_local_midnight() -> None:
    pune = calendar("Asia/Kolkata")
    at = datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert day_number(pune, at) == day_number(HQ, at) == date(2026, 11, 24).toordinal()
    assert day_number(HQ, at - timedelta(minutes=1)) == date(2026, 11, 23).toordinal()


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        business_days(HQ, datetime(2026, 11, 23), datetime(2026, 11, 24, tzinfo=UTC))  # noqa: DTZ001 - the point


calendars = st.sampled_from(
    (
        HQ,
        SPLIT,
        ALWAYS,
        calendar("America/New_York", closed=(date(2026, 11, 26),)),
        calendar("Asia/Kolkata", ((time(9, 30), time(18)),)),
        calendar("America/Havana", ((time(22), time(0)), (time(0), time(3))), (5, 6)),  # midnight is skipped
        calendar("Australia/Lord_Howe", ((time(1), time(2, 15)),), (0, 6)),  # half an hour of summer
    )
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(  # noqa: DTZ001 - made aware below
    lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000, tzinfo=UTC)
)
amounts = st.one_of(
    st.integers(-4, 25).map(float),
    st.integers(-30, 60).map(lambda n: n / 8),
    st.integers(1, 40).map(lambda n: n / 10),
)


@given(calendars, moments, moments, moments)
def test_business_time_adds_up(cal: WorkingTime, a: datetime, b: datetime, c: datetime) -> None:
    for count in (business_days, business_hours):
        assert count(cal, a, b) + count(cal, b, c) == pytest.approx(count(cal, a, c), abs=1e-9)


@given(calendars, moments, moments, moments)
def test_business_time_never_shrinks_as_time_passes(
    cal: WorkingTime, a: datetime, b: datetime, c: datetime
) -> None:
    earlier, later = sorted((b, c))
    assert business_days(cal, a, earlier) <= business_days(cal, a, later)
    assert business_hours(cal, a, earlier) <= business_hours(cal, a, later)


@given(calendars, moments, amounts, st.sampled_from(("bd", "bh")), st.integers(-3, 3))
def test_cut_offs_say_exactly_what_business_time_says(
    cal: WorkingTime, now: datetime, amount: float, unit: str, off: int
) -> None:
    count = business_days if unit == "bd" else business_hours
    now += timedelta(microseconds=137 * off)
    earliest = cutoff(cal, now, amount, unit, "earliest")  # type: ignore[arg-type]
    latest = cutoff(cal, now, amount, unit, "latest")  # type: ignore[arg-type]
    for t in (earliest, latest, earliest + (latest - earliest) / 2):
        t = t.replace(microsecond=t.microsecond // 1000 * 1000) + timedelta(milliseconds=off)  # noqa: PLW2901 - cut to the precision of the store
        assert (count(cal, t, now) > amount) == (t < earliest)
        assert (count(cal, t, now) >= amount) == (t <= latest)
