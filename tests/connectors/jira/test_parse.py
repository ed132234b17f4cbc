"""Issues, people and projects, from what Jira documents and from what it must not send."""

import copy
import json
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import UnexpectedAnswerError
from connectors.jira import parse
from connectors.jira.checked import Checked
from connectors.jira.fields import FieldIds, find
from rules.records import Link, WorkItem

FIXTURES = Path(__file__).parent / "fixtures"
ISSUE = json.loads((FIXTURES / "issue.json").read_text())
IDS = find(
    json.loads((FIXTURES / "fields.json").read_text()), ("fixVersion", "Story points", "Hypothesis", "nope")
)


def parsed(data: Any, ids: FieldIds = IDS) -> WorkItem:
    return parse.work_item(parse.issue(data), [], source="jira", site="larkfield.atlassian.net", ids=ids)


def changed(path: str, value: Any) -> Any:
    """The fixture with one place changed; a value of `...` removes it."""
    data = copy.deepcopy(ISSUE)
    *way, last = path.split(".")
    place = data
    for name in way:
        place = place[name]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return data


def test_fields_are_found_by_type_and_the_flag_by_type_and_name() -> None:
    assert IDS.flagged == ("customfield_10021", "customfield_10023")
    assert IDS.team == ("customfield_10001", "customfield_10002")
    assert IDS.sprint == ("customfield_10020",)
    assert IDS.points == ("customfield_10016",)


def test_asked_fields_are_found_by_id_name_or_jql_name_in_any_case() -> None:
    assert IDS.further == {
        "fixVersion": "fixVersions",
        "Story points": "customfield_10016",
        "Hypothesis": "customfield_10030",
    }
    assert IDS.unknown == ("nope",)


def test_the_field_list_names_each_field_once() -> None:
    assert len(IDS.wanted) == len(set(IDS.wanted))
    assert {"summary", "fixVersions", "customfield_10021"} <= set(IDS.wanted)


def test_every_field_of_an_issue_finds_its_place() -> None:
    item = parsed(ISSUE)
    assert item.id == "10412"
    assert item.container == "BOOK"
    assert (item.kind, item.level, item.title) == ("Story", 0, "Book a saved lane with one click")
    assert item.created_at == datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
    assert item.changed_at == datetime(2026, 2, 9, 15, 30, 5, 250_000, tzinfo=UTC)
    assert item.due_on == date(2026, 2, 27)
    assert item.audience == "jira:jira:BOOK:Partners"
    assert item.team == "Booking"
    assert item.flagged
    assert item.links == (Link("is blocked by", "TRK-7"), Link("blocks", "PAY-8"))
    assert item.components == ("Lanes", "Checkout")
    assert item.parent == "BOOK-300"
    assert item.points == 5
    assert item.sprints == ("Sprint 6", "Sprint 7")
    assert item.versions == ("26.2", "26.3")
    assert item.fields == {
        "fixVersion": "26.2, 26.3",
        "Story points": "5",
        "Hypothesis": "Saved lanes raise repeat bookings",
        "sprint": "Sprint 7",
    }
    assert item.changes == ()


def test_an_issue_without_anything_optional_is_an_issue() -> None:
    needed = {"issuetype", "project", "status", "created", "updated"}
    fields = {name: value for name, value in ISSUE["fields"].items() if name in needed}
    item = parsed({**ISSUE, "fields": fields})
    assert item.title == "BOOK-412"
    assert (item.assignee, item.parent, item.due_on, item.flagged, item.links) == (
        None,
        None,
        None,
        False,
        (),
    )
    assert item.audience == "jira:jira:BOOK"


@pytest.mark.parametrize(
    ("path", "value", "level"),
    [
        ("fields.issuetype.hierarchyLevel", 1, 1),
        ("fields.issuetype.hierarchyLevel", 3, 3),
        ("fields.issuetype.hierarchyLevel", ..., None),
        ("fields.issuetype.subtask", True, -1),
    ],
)
def test_the_level_is_jiras_own_and_subtasks_are_below(path: str, value: Any, level: int | None) -> None:
    assert parsed(changed(path, value)).level == level


def test_where_levels_are_not_told_an_epic_is_known_by_its_own_name() -> None:
    ids = FieldIds(epic_name=("customfield_1",))
    data = changed("fields.issuetype.hierarchyLevel", ...)
    data["fields"]["customfield_1"] = "Repeat bookings"
    assert parsed(data, ids).level == 1


@pytest.mark.parametrize("key", ["undefined", "in-flight", None])
def test_a_status_category_we_do_not_know_is_none(key: str | None) -> None:
    assert parsed(changed("fields.status.statusCategory.key", key)).status_category is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("fields.status", ...),
        ("fields.status", "In Progress"),
        ("fields.status.name", 7),
        ("fields.created", "yesterday"),
        ("fields.created", "2026-02-02T10:00:00"),
        ("fields.updated", None),
        ("fields.labels", "ux"),
        ("fields.labels", [7]),
        ("fields.issuelinks", {"id": 1}),
        ("fields.duedate", "27/02/2026"),
        ("fields.issuetype.hierarchyLevel", "0"),
        ("fields.issuetype.subtask", "no"),
        ("fields.assignee", "bo"),
        ("fields.project", None),
        ("fields.fixVersions", ["26.2"]),
    ],
)
def test_a_wrong_type_is_named_by_issue_and_field(path: str, value: Any) -> None:
    with pytest.raises(UnexpectedAnswerError) as caught:
        parsed(changed(path, value))
    assert "BOOK-412" in caught.value.what
    assert path.split(".")[1] in caught.value.what


@pytest.mark.parametrize(
    "data", [None, [], "BOOK-1", {}, {"id": "1"}, {"key": "BOOK-1"}, {"id": 1, "key": "BOOK-1"}]
)
def test_what_has_no_id_and_key_is_no_issue(data: Any) -> None:
    with pytest.raises(UnexpectedAnswerError):
        parse.issue(data)


@pytest.mark.parametrize("value", ["5", True, None, [5], {"value": 5}, float("inf"), ...])
def test_points_that_are_no_number_are_unknown(value: Any) -> None:
    assert parsed(changed("fields.customfield_10016", value)).points is None


@pytest.mark.parametrize("value", ["Sprint 7", 7, {"name": "Sprint 7"}, [None], [["Sprint 7"]], ...])
def test_a_sprint_field_of_another_type_is_an_empty_one(value: Any) -> None:
    item = parsed(changed("fields.customfield_10020", value))
    assert item.sprints == ()
    assert "sprint" not in item.fields


def test_the_first_field_with_points_counts() -> None:
    ids = FieldIds(points=("customfield_1", "customfield_2", "customfield_3"))
    data = changed("fields.customfield_2", 0)
    data["fields"]["customfield_3"] = 8.0
    assert parsed(data, ids).points == 0


def test_an_epic_link_is_the_parent_where_there_is_no_other() -> None:
    ids = FieldIds(epic=("customfield_1",))
    data = changed("fields.customfield_1", "BOOK-9")
    assert parsed(data, ids).parent == "BOOK-300"
    del data["fields"]["parent"]
    assert parsed(data, ids).parent == "BOOK-9"
    data["fields"]["customfield_1"] = {"key": "BOOK-9"}
    assert parsed(data, ids).parent is None


def test_people_come_from_the_issue_and_its_history() -> None:
    histories = [Checked(one, "a history") for one in json.loads((FIXTURES / "histories.json").read_text())]
    people = {one.id: one for one in parse.people(parse.issue(ISSUE), histories, source="jira")}
    assert set(people) == {"5b10:bo", "5b10:ana"}
    assert parse.work_item(parse.issue(ISSUE), histories, source="jira", site="x", ids=IDS).changes != ()


def test_an_account_tells_whether_it_is_active_a_machine_or_hides_its_address() -> None:
    data = changed("fields.assignee.accountType", "app")
    bo, ana = parse.people(parse.issue(data), [], source="jira")
    assert (bo.is_bot, bo.active, bo.email) == (True, True, None)
    assert (ana.is_bot, ana.active, ana.email) == (False, False, "ana@larkfield.example")


def test_a_project_is_a_container() -> None:
    told = {"id": "10000", "key": "BOOK", "name": "Booking", "archived": True}
    project = parse.container(told, source="jira", site="larkfield.atlassian.net")
    assert (project.kind, project.archived, project.audience) == ("project", True, "jira:jira:BOOK")
    assert project.url == "https://larkfield.atlassian.net/browse/BOOK"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(ISSUE["fields"])), JSON)
def test_whatever_a_field_holds_it_is_an_item_or_an_unexpected_answer(name: str, value: Any) -> None:
    with suppress(UnexpectedAnswerError):
        assert parsed(changed(f"fields.{name}", value)).key == "BOOK-412"


def test_a_document_nested_without_end_does_not_hurt() -> None:
    deep: Any = {"text": "end"}
    for _ in range(400):
        deep = {"content": [deep]}
    assert "Hypothesis" not in parsed(changed("fields.customfield_10030", deep)).fields
