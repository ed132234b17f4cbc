"""Sprints in the words of Cloud, of Data Center and of boards."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.jira.fields import FieldIds
from connectors.jira.parse import issue
from connectors.jira.sprints import of_issue, sprint
from rules.records import Sprint

IDS = FieldIds(sprint=("customfield_1",))
TEXT = (
    "com.atlassian.greenhopper.service.sprint.Sprint@1f2e[id=7,rapidViewId=3,state=ACTIVE,name=Lanes, part 2,"
    "startDate=2026-02-02T09:00:00.000+01:00,endDate=2026-02-16T09:00:00.000+01:00,completeDate=<null>,"
    "activatedDate=2026-02-02T09:00:00.000+01:00,sequence=7,goal=Quotes, in [one] minute,autoStartStop=false]"
)


def of(*values: object) -> list[str]:
    data = {"id": "1", "key": "BOOK-1", "fields": {"customfield_1": list(values)}}
    return [one.key for one in of_issue(issue(data), source="jira", ids=IDS)]


def told(number: int, state: str, start: str | None = None) -> dict[str, Any]:
    return {"id": number, "name": f"Sprint {number}", "state": state, "boardId": 3, "startDate": start}


def test_a_sprint_of_cloud_tells_when_and_where() -> None:
    value = {
        **told(7, "closed", "2026-02-02T09:00:00.000+0100"),
        "endDate": "2026-02-16T08:00:00.000Z",
        "completeDate": "2026-02-17T08:00:00.000Z",
        "goal": "Quotes",
    }
    assert sprint(value, source="jira") == Sprint(
        "jira", "7", "Sprint 7", "board:3", "closed",
        starts_at=datetime(2026, 2, 2, 8, tzinfo=UTC),
        ends_at=datetime(2026, 2, 16, 8, tzinfo=UTC),
        completed_at=datetime(2026, 2, 17, 8, tzinfo=UTC),
        goal="Quotes",
        audience="jira:jira",
    )  # fmt: skip


def test_a_sprint_of_data_center_is_a_text_whose_name_and_goal_may_hold_commas() -> None:
    one = sprint(TEXT, source="jira")
    assert one == Sprint(
        "jira", "7", "Lanes, part 2", "board:3", "active",
        starts_at=datetime(2026, 2, 2, 8, tzinfo=UTC),
        ends_at=datetime(2026, 2, 16, 8, tzinfo=UTC),
        goal="Quotes, in [one] minute",
        audience="jira:jira",
    )  # fmt: skip


def test_the_active_sprint_is_the_last_and_else_the_one_to_come_and_else_the_latest() -> None:
    old, older = told(8, "closed", "2026-02-01T09:00:00Z"), told(9, "closed", "2026-01-01T09:00:00Z")
    assert of(told(7, "active"), old, older) == ["Sprint 9", "Sprint 8", "Sprint 7"]
    assert of(told(7, "future"), old, older)[-1] == "Sprint 7"
    assert of(old, older)[-1] == "Sprint 8"
    assert of(told(10, "closed"), told(9, "closed"))[-1] == "Sprint 10"


def test_a_sprint_is_named_once() -> None:
    assert of(TEXT, told(7, "active"), told(7, "active")) == ["Sprint 7"]


@pytest.mark.parametrize(
    "value",
    [
        "Sprint 7",
        "[]",
        "",
        7,
        None,
        [],
        {"id": 7},
        {**told(7, "active"), "state": "dreamt"},
        {**told(7, "active"), "name": 7},
    ],
)
def test_what_is_no_sprint_is_left_out(value: Any) -> None:
    assert sprint(value, source="jira") is None


def test_a_date_that_is_none_is_unknown() -> None:
    one = sprint(told(7, "active", "soon"), source="jira")
    assert one is not None
    assert one.starts_at is None


@given(st.text(max_size=60))
def test_any_text_is_a_sprint_or_none(text: str) -> None:
    sprint(f"Sprint@1[{text}]", source="jira")
    sprint(TEXT.replace("Quotes", text), source="jira")
