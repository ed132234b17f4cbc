"""Where a sync stopped survives as text, and never goes back."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.jira.jql import OVERLAP
from connectors.jira.position import MOST_SEEN, PROJECTS_A_WINDOW, Position, Window, read

SINCE = datetime(2026, 2, 9, 15, 30, 5, 250_000, tzinfo=UTC)
NOW = datetime(2026, 2, 10, tzinfo=UTC)


def test_a_position_survives_as_text() -> None:
    windows = (Window(("BOOK",), SINCE, None, 2), Window((), None, SINCE))
    position = Position(SINCE, SINCE + timedelta(days=1), ("BOOK", "TRK"), windows, 17, {"10007": SINCE})
    assert read(position.text()) == position
    assert read(Position().text()) == Position()


def test_a_cursor_of_an_older_version_is_read() -> None:
    text = '{"updated": 1770651005250, "listed": null, "projects": ["BOOK"]}'
    assert read(text) == Position(SINCE, None, ("BOOK",))


def test_a_position_never_goes_back() -> None:
    position = Position(SINCE)
    assert position.reached({"1": SINCE - timedelta(days=1)}, OVERLAP) == position
    assert position.reached({}, OVERLAP) == position


def test_what_the_next_search_will_bring_again_is_known_and_nothing_older() -> None:
    position = Position(SINCE).reached({"1": SINCE, "2": SINCE - timedelta(minutes=9)}, OVERLAP)
    assert position.knows("1", SINCE)
    assert position.knows("2", SINCE - timedelta(minutes=9))
    assert not position.knows("1", SINCE + timedelta(seconds=1))
    assert not position.knows("3", SINCE)
    assert not position.knows("1", None)
    later = position.reached({"4": SINCE + timedelta(minutes=5)}, OVERLAP)
    assert set(later.seen) == {"1", "4"}


def test_what_is_known_stays_bounded_and_is_the_latest() -> None:
    many = {str(n): SINCE - timedelta(milliseconds=n) for n in range(MOST_SEEN + 50)}
    position = Position(SINCE).reached(many, OVERLAP)
    assert len(position.seen) == MOST_SEEN
    assert "0" in position.seen
    assert str(MOST_SEEN) not in position.seen


def test_projects_that_went_leave_the_windows_and_a_window_of_all_stays() -> None:
    assert Window(("BOOK", "TRK")).without({"TRK"}) == Window(("BOOK",))
    assert Window(("TRK",)).without({"TRK"}) is None
    assert Window().without({"TRK"}) == Window()


def test_a_window_is_split_by_projects_and_then_by_creation() -> None:
    keys = tuple(f"P{n}" for n in range(120))
    parts = Window().projectwise(keys)
    assert [len(part.projects) for part in parts] == [PROJECTS_A_WINDOW, PROJECTS_A_WINDOW, 20]
    assert [part.projects for part in Window(("A", "B")).projectwise(keys)] == [("A",), ("B",)]
    assert Window(("A",)).projectwise(keys) == ()
    early, late = Window(("A",)).halves(NOW - timedelta(days=30), NOW)
    assert (early.since, early.until, late.since, late.until) == (None, middle := early.until, middle, None)
    assert middle == NOW - timedelta(days=15)


def test_a_window_of_a_day_is_not_split() -> None:
    assert Window(("A",), NOW - timedelta(days=1), NOW).halves(NOW, NOW) == ()


@pytest.mark.parametrize(
    "cursor",
    [
        None,
        "",
        "[]",
        "{}",
        '{"updated": "soon"}',
        '{"updated": 1e40, "listed": 1, "projects": []}',
        '{"updated": 1, "listed": 1, "projects": [], "windows": [1]}',
        '{"updated": 1, "listed": 1, "projects": [], "seen": {"1": "x"}}',
    ],
)
def test_an_unreadable_cursor_means_everything(cursor: str | None) -> None:
    assert read(cursor) == Position()
