"""What is asked once a day, and what is done where a part of it is refused."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from connectors.errors import (
    ConnectorError,
    FixCredentialsError,
    FixRequestError,
    GrantAccessError,
    NotThereError,
    TryLaterError,
    UnexpectedAnswerError,
    WaitError,
)
from connectors.jira import plans
from connectors.jira.plans import OPEN_SPRINTS, Plans, may_see_boards, open_sprints
from connectors.jira.signin import SCOPE_MISSING
from connectors.learned import Learned
from connectors.transport import Answer
from rules.records import Component, Release, Sprint

ANA = {"accountId": "5b10:ana", "displayName": "Ana Alves"}
BO = {"accountId": "5b10:bo", "displayName": "Bo Berg"}
BOOK = {"id": "1", "key": "BOOK", "name": "Booking", "lead": BO}
TRACKING = {"id": "2", "key": "TRK", "name": "Tracking"}
OLD = {"id": "3", "key": "OLD", "name": "Old", "archived": True, "lead": ANA}


class Jira:
    """Answers by path, and what was asked; an answer that is an error is raised, a list of pages is paged."""

    def __init__(self, **answers: Any) -> None:
        self.answers = {
            "rest/api/3/project/BOOK/components": [],
            "rest/api/3/project/BOOK/versions": [],
            "rest/agile/1.0/board": {"values": [], "isLast": True},
            **answers,
        }
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    async def get(self, path: str, params: Mapping[str, Any]) -> Answer:
        self.asked.append((path, params))
        answer = self.answers[path]
        if isinstance(answer, ConnectorError):
            raise answer
        if isinstance(answer, tuple):
            answer = answer[min(params["startAt"], len(answer) - 1)]
        return Answer(answer, {}, 200)

    async def read(self, *projects: Any) -> Plans:
        site = "larkfield.atlassian.net"
        return await plans.read(self.get, "rest/api/3", projects, site=site, source="jira", learned=Learned())

    async def open_sprints(self, learned: Learned | None = None) -> list[Sprint]:
        return await open_sprints(self.get, {"BOOK"}, source="jira", learned=learned or Learned())


def board(number: int, kind: str = "scrum", project: str | None = "BOOK") -> dict[str, Any]:
    return {"id": number, "type": kind, **({"location": {"projectKey": project}} if project else {})}


def boards(*some: dict[str, Any]) -> dict[str, Any]:
    return {"rest/agile/1.0/board": {"values": list(some), "isLast": True}}


def sprints(*numbers: int, state: str = "active") -> dict[str, Any]:
    told = [{"id": n, "name": f"Sprint {n}", "state": state, "originBoardId": 1} for n in numbers]
    return {"values": told, "isLast": True}


async def test_a_project_tells_its_components_with_their_leads() -> None:
    components = [{"id": "1", "name": "Carrier", "lead": ANA}, {"id": "2", "name": "Lanes"}]
    told = await Jira(**{"rest/api/3/project/BOOK/components": components}).read(BOOK)
    (project,) = told.containers
    assert project.components == (Component("Carrier", "5b10:ana"), Component("Lanes"))
    assert project.lead == "5b10:bo"
    assert [one.name for one in told.people] == ["Bo Berg", "Ana Alves"]


async def test_versions_are_releases_with_a_plan_or_a_day() -> None:
    versions = [
        {"id": "7", "name": "26.1", "released": True, "releaseDate": "2026-01-31"},
        {"id": "8", "name": "26.2", "released": False, "releaseDate": 1772236800000},
        {"id": "9", "name": "Some day", "archived": True},
    ]
    told = await Jira(**{"rest/api/3/project/BOOK/versions": versions}).read(BOOK)
    first, second, third = (one for one in told.others if isinstance(one, Release))
    assert (first.key, first.container, first.audience) == ("BOOK 26.1", "BOOK", "jira:jira:BOOK")
    assert first.url == "https://larkfield.atlassian.net/projects/BOOK/versions/7"
    assert (first.released, first.released_at, first.due_on) == (
        True,
        datetime(2026, 1, 31, tzinfo=UTC),
        None,
    )
    assert (second.released, second.released_at, second.due_on) == (False, None, date(2026, 2, 28))
    assert (third.archived, third.due_on) == (True, None)


async def test_an_archived_project_is_told_and_not_asked_about() -> None:
    jira = Jira()
    told = await jira.read(OLD)
    assert [(one.key, one.archived, one.lead) for one in told.containers] == [("OLD", True, "5b10:ana")]
    assert jira.asked == []


@pytest.mark.parametrize(
    "refusal", [GrantAccessError("No."), NotThereError("No."), {"no": "list"}, [{"id": "7", "name": 7}]]
)
async def test_a_project_whose_versions_cannot_be_had_is_a_problem_of_that_project(refusal: Any) -> None:
    jira = Jira(
        **{
            "rest/api/3/project/BOOK/versions": refusal,
            "rest/api/3/project/TRK/components": [],
            "rest/api/3/project/TRK/versions": [{"id": "9", "name": "26.1"}],
        }
    )
    told = await jira.read(BOOK, TRACKING)
    assert [(one.key, one.components) for one in told.containers] == [("BOOK", ()), ("TRK", ())]
    assert [problem.scope for problem in told.problems] == ["project:BOOK"]
    assert [one.key for one in told.others] == ["TRK 26.1"]


async def test_only_boards_that_may_have_sprints_of_our_projects_are_asked() -> None:
    some = (
        board(1),
        board(2, "kanban"),
        board(3, project="SECRET"),
        board(4, "simple"),
        board(5, project=None),
    )
    jira = Jira(**boards(*some), **{f"rest/agile/1.0/board/{n}/sprint": sprints(10 + n) for n in (1, 4, 5)})
    assert [one.id for one in await jira.open_sprints()] == ["11", "14", "15"]
    assert jira.asked[1][1]["state"] == "active,future"


async def test_pages_of_boards_are_followed() -> None:
    pages = tuple({"values": [board(n, "kanban")], "isLast": n == 3} for n in (1, 2, 3))
    jira = Jira(**{"rest/agile/1.0/board": pages})
    assert await jira.open_sprints() == []
    assert [params["startAt"] for _, params in jira.asked] == [0, 1, 2]


@pytest.mark.parametrize("strange", [{"values": 7}, FixRequestError("400"), {"values": [{"type": "scrum"}]}])
async def test_boards_of_another_shape_stop_nothing_but_are_told(strange: Any) -> None:
    told = await Jira(**{"rest/agile/1.0/board": strange}).read(BOOK)
    assert [one.key for one in told.containers] == ["BOOK"]
    assert [problem.scope for problem in told.problems] == ["source:jira"]


async def test_pages_that_repeat_themselves_are_given_up() -> None:
    jira = Jira(**{"rest/agile/1.0/board": ({"values": [board(1, "kanban")], "isLast": False},)})
    with pytest.raises(UnexpectedAnswerError, match="circles"):
        await jira.open_sprints()


@pytest.mark.parametrize(
    "refusal", [FixRequestError("No sprints."), TryLaterError("500"), GrantAccessError("403"), {"values": 7}]
)
async def test_a_board_without_sprints_is_left_out(refusal: Any) -> None:
    jira = Jira(
        **boards(board(1), board(2)),
        **{"rest/agile/1.0/board/1/sprint": refusal, "rest/agile/1.0/board/2/sprint": sprints(12)},
    )
    assert [one.id for one in await jira.open_sprints()] == ["12"]


def scope_missing() -> FixCredentialsError:
    error = FixCredentialsError("401")
    error.reason = SCOPE_MISSING
    return error


@pytest.mark.parametrize("refusal", [GrantAccessError("403"), NotThereError("404"), scope_missing()])
async def test_without_the_right_to_see_boards_there_are_no_sprints_and_no_problem(
    refusal: ConnectorError,
) -> None:
    jira = Jira(**{"rest/agile/1.0/board": refusal})
    learned = Learned({OPEN_SPRINTS: ["7"]})
    assert await jira.open_sprints(learned) == []
    assert learned.texts(OPEN_SPRINTS) == ["7"]
    assert not await may_see_boards(jira.get)


@pytest.mark.parametrize("failure", [FixCredentialsError("401"), WaitError("429"), TryLaterError("503")])
async def test_a_source_that_is_down_is_no_missing_right(failure: ConnectorError) -> None:
    jira = Jira(**{"rest/agile/1.0/board": failure})
    with pytest.raises(type(failure)):
        await jira.open_sprints()
    with pytest.raises(type(failure)):
        await may_see_boards(jira.get)


async def test_a_sprint_that_is_open_no_more_is_asked_for_once() -> None:
    ended = sprints(7, state="closed")["values"][0]
    jira = Jira(
        **boards(board(1)),
        **{
            "rest/agile/1.0/board/1/sprint": sprints(8),
            "rest/agile/1.0/sprint/7": ended,
            "rest/agile/1.0/sprint/6": NotThereError("deleted"),
        },
    )
    learned = Learned({OPEN_SPRINTS: ["6", "7", "8"]})
    assert {one.id: one.state for one in await jira.open_sprints(learned)} == {"7": "closed", "8": "active"}
    assert learned.texts(OPEN_SPRINTS) == ["8"]
    jira.asked.clear()
    await jira.open_sprints(learned)
    assert [path for path, _ in jira.asked] == ["rest/agile/1.0/board", "rest/agile/1.0/board/1/sprint"]


async def test_boards_can_be_seen_where_they_are_shown() -> None:
    assert await may_see_boards(Jira().get)
