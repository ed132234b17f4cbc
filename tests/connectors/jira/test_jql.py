"""The queries we send are bounded, have no ceiling, and no value can leave its quotes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.jira import jql, subset

SINCE = datetime(2026, 2, 9, 15, 30, 5, 250_000, tzinfo=UTC)


def test_the_floor_is_whole_minutes_ten_minutes_earlier_in_milliseconds() -> None:
    floor = datetime(2026, 2, 9, 15, 20, tzinfo=UTC)
    assert jql.condition((), SINCE) == f"updated >= {int(floor.timestamp() * 1000)}"


def test_the_floor_does_not_depend_on_the_time_zone_it_is_written_in() -> None:
    elsewhere = SINCE.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert jql.condition((), elsewhere) == jql.condition((), SINCE)


@pytest.mark.parametrize(
    ("projects", "since"), [((), None), (("BOOK",), None), ((), SINCE), (("BOOK",), SINCE)]
)
def test_every_query_is_bounded_below_and_open_above(
    projects: tuple[str, ...], since: datetime | None
) -> None:
    condition = jql.condition(projects, since)
    assert condition
    assert "<" not in condition
    assert subset.parse(f"{condition} {jql.ORDER}").order == (("updated", False), ("id", False))


@given(st.lists(st.text(max_size=12), min_size=1, max_size=3))
def test_a_project_key_of_any_characters_stays_a_value(keys: list[str]) -> None:
    asked = subset.parse(f"{jql.condition(keys, SINCE)} {jql.ORDER}") if all(keys) else None
    if asked is not None:
        assert asked.projects == frozenset(keys)
        assert asked.bounds.keys() == {("updated", ">=")}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Unbounded"),
        ("ORDER BY updated", "Unbounded"),
        (None, "missing"),
        ("assignee = currentUser()", "does not know"),
        ("updated >= '2026-01-01'", "does not know"),
        ("project = BOOK ORDER BY rank", "sort"),
    ],
)
def test_the_sandbox_refuses_what_jira_refuses_and_what_it_does_not_know(text: str | None, why: str) -> None:
    with pytest.raises(subset.JqlError, match=why):
        subset.parse(text)


def test_a_moment_in_a_zone_is_the_wall_time_of_its_minute_with_a_day_of_overlap() -> None:
    berlin = jql.Moments("Europe/Berlin")
    assert berlin.literal(SINCE) == '"2026-02-09 16:30"'
    assert jql.condition((), SINCE, berlin) == 'updated >= "2026-02-08 16:30"'


def test_an_hour_that_comes_twice_is_within_the_overlap_of_a_zone() -> None:
    berlin = jql.Moments("Europe/Berlin")
    twice = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 02:30 by the clock, for the second time
    assert berlin.literal(twice) == berlin.literal(twice - timedelta(hours=1))
    first_meant = berlin.floor(twice)
    assert first_meant <= twice - timedelta(hours=23)


def test_what_was_created_in_a_window_is_bounded_on_both_sides_by_the_same_literal() -> None:
    early, late = jql.born(("BOOK",), None, SINCE), jql.born(("BOOK",), SINCE, None)
    minute = jql.milliseconds(SINCE.replace(second=0, microsecond=0))
    assert early == f'project in ("BOOK") AND created < {minute}'
    assert late == f'project in ("BOOK") AND created >= {minute}'
    assert jql.born((), None, None, jql.Moments("Europe/Berlin")) == 'updated >= "1971-01-01 00:00"'
