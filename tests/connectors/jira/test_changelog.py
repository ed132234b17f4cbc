"""Histories become changes in our words."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.errors import UnexpectedAnswerError
from connectors.jira.changelog import LONGEST_VALUE, changes
from connectors.jira.checked import Checked
from connectors.jira.fields import FieldIds
from rules.records import Change

HISTORIES = json.loads((Path(__file__).parent / "fixtures" / "histories.json").read_text())
IDS = FieldIds(flagged=("customfield_10021",), team=("customfield_10001",))
NINE = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)


def read(*histories: object, ids: FieldIds = IDS) -> tuple[Change, ...]:
    return changes([Checked(one, "the history of issue 1") for one in histories], ids)


def item(field: str, before: str | None, after: str | None, **more: str | None) -> dict[str, object]:
    line = {"field": field, "fieldtype": "jira", "fromString": before, "toString": after, **more}
    return {"id": "1", "created": 1770022800, "items": [line]}


def test_changes_are_sorted_by_time_then_history_then_line() -> None:
    assert [one.id for one in read(*HISTORIES)] == [
        "9:0", "9:1", "10:0", "20:0", "30:0", "30:1", "30:2", "30:3", "30:4",
    ]  # fmt: skip


def test_seconds_milliseconds_and_text_are_the_same_instants() -> None:
    found = {one.id: one.at for one in read(*HISTORIES)}
    assert found["9:0"] == found["10:0"] == NINE
    assert found["20:0"] == datetime(2026, 2, 4, 9, 0, tzinfo=UTC)
    assert found["30:0"] == datetime(2026, 2, 5, 9, 0, tzinfo=UTC)


def test_each_field_has_its_word_and_each_value_its_meaning() -> None:
    assert [(one.field, one.before, one.after) for one in read(*HISTORIES)] == [
        ("status", "To Do", "In Progress"),
        ("assignee", None, "5b10:bo"),
        ("link", None, "is blocked by TRK-7"),
        ("flagged", None, "yes"),
        ("flagged", "yes", None),
        ("link", "is blocked by TRK-7", None),
        ("parent", "BOOK-1", "BOOK-300"),
        ("team", None, "Booking"),
        ("Rank", None, "Ranked higher"),
    ]


def test_a_change_by_nobody_is_a_change() -> None:
    assert next(one for one in read(*HISTORIES) if one.id == "10:0").by is None


@pytest.mark.parametrize("name", ["Flagged", "Impediment"])
def test_a_flag_is_known_by_its_name_where_the_field_list_hides_it(name: str) -> None:
    (change,) = read(item(name, "", "Impediment", fieldId="customfield_7"), ids=FieldIds())
    assert (change.field, change.after) == ("flagged", "yes")


def test_status_is_known_in_any_language_by_its_id() -> None:
    (change,) = read(item("Estado", "Por hacer", "En curso", fieldId="status"))
    assert change.field == "status"


def test_an_epic_link_is_a_parent() -> None:
    (change,) = read(item("Epic Link", None, "BOOK-300", fieldId="customfield_10014"))
    assert (change.field, change.after) == ("parent", "BOOK-300")


def test_an_epic_link_is_a_parent_in_any_language() -> None:
    line = item("Lien d'épopée", None, "BOOK-300", fieldId="customfield_9")
    (change,) = read(line, ids=FieldIds(epic=("customfield_9",)))
    assert change.field == "parent"


def test_who_changed_something_on_data_center_is_known_by_the_user_key() -> None:
    (change,) = read({**item("status", "A", "B"), "author": {"key": "JIRAUSER1", "name": "ana"}})
    assert change.by == "JIRAUSER1"


def test_a_long_text_is_cut() -> None:
    (change,) = read(item("description", None, "x" * 40_000, fieldId="description"))
    assert change.after is not None
    assert len(change.after) == LONGEST_VALUE


@pytest.mark.parametrize(
    "history",
    [
        {"id": "1", "created": True, "items": [{"field": "status"}]},
        {"id": "1", "created": 1e30, "items": [{"field": "status"}]},
        {"id": "1", "created": "2026-02-02", "items": [{"field": "status"}]},
        {"id": "1", "created": 1770022800, "items": [{"field": 7}]},
        {"id": "1", "created": 1770022800, "items": {"field": "status"}},
        {"created": 1770022800, "items": [{"field": "status"}]},
        "history",
    ],
)
def test_a_strange_history_is_an_unexpected_answer(history: object) -> None:
    with pytest.raises(UnexpectedAnswerError, match="issue 1"):
        read(history)
