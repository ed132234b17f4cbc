"""The queries we send are bounded, have no ceiling, and no value can leave its quotes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.jira import jql, subset
from connectors.jira.position import Position, read

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
        assert asked.updated is not None


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


def test_a_position_survives_as_text() -> None:
    position = Position(SINCE, SINCE + timedelta(days=1), ("BOOK", "TRK"))
    assert read(position.text()) == position
    assert read(Position().text()) == Position()


def test_a_position_never_goes_back() -> None:
    position = Position(SINCE)
    assert position.reached(SINCE - timedelta(days=1)) == position
    assert position.reached(None) == position


@pytest.mark.parametrize(
    "cursor", [None, "", "[]", "{}", '{"updated": "soon"}', '{"updated": 1e40, "listed": 1, "projects": []}']
)
def test_an_unreadable_cursor_means_everything(cursor: str | None) -> None:
    assert read(cursor) == Position()
