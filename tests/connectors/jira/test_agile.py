"""The sandbox tells boards, sprints, versions and components as Jira does."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.connectors.jira.conftest import TOKEN, USER
from tests.connectors.jira.small_world import NOW


@pytest.fixture
async def http(sandbox: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{sandbox}/rest/", auth=(USER, TOKEN)) as client:
        yield client


async def get(http: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await http.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_boards_tell_their_kind_and_project(http: httpx.AsyncClient) -> None:
    page = await get(http, "agile/1.0/board")
    assert [(one["type"], one["location"]["projectKey"]) for one in page["values"]] == [
        ("scrum", "BOOK"),
        ("kanban", "TRK"),
    ]
    assert page["isLast"]


async def test_sprints_come_in_pages_and_by_state(http: httpx.AsyncClient) -> None:
    open_ones = await get(http, "agile/1.0/board/1/sprint", state="active,future")
    assert [one["state"] for one in open_ones["values"]] == ["active", "future", "future"]
    second = await get(http, "agile/1.0/board/1/sprint", state="active,future", startAt=1, maxResults=1)
    assert [one["id"] for one in second["values"]] == [open_ones["values"][1]["id"]]
    assert not second["isLast"]


async def test_a_sprint_of_a_board_is_that_of_its_issues(http: httpx.AsyncClient) -> None:
    body = {"issueIdsOrKeys": ["BOOK-7"], "fields": ["customfield_10020"]}
    told = (await http.post("api/3/issue/bulkfetch", json=body)).json()
    (inside,) = told["issues"][0]["fields"]["customfield_10020"]
    alone = await get(http, f"agile/1.0/sprint/{inside['id']}")
    assert alone.pop("originBoardId") == inside.pop("boardId") == 1
    assert {name: value for name, value in alone.items() if name != "self"} == inside


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("agile/1.0/board/2/sprint", 400),
        ("agile/1.0/board/3/sprint", 404),
        ("agile/1.0/sprint/7", 404),
        ("api/3/project/NOPE/versions", 404),
        ("api/3/project/NOPE/components", 404),
    ],
)
async def test_what_is_not_there_is_refused_in_jiras_form(
    http: httpx.AsyncClient, path: str, status: int
) -> None:
    answer = await http.get(path)
    assert answer.status_code == status
    assert answer.json()["errorMessages"]


async def test_versions_and_components_are_those_of_the_project(http: httpx.AsyncClient, clock: Any) -> None:
    clock.now = NOW + timedelta(days=30)
    versions = await get(http, "api/3/project/TRK/versions")
    assert [(one["name"], one["released"]) for one in versions[-3:]] == [
        ("26.12", False),
        ("27.01", False),
        ("27.02", False),
    ]
    (component,) = await get(http, "api/3/project/BOOK/components")
    assert (component["name"], component["lead"]["displayName"]) == ("Carrier", "Ana Alves")


async def test_an_issue_that_was_done_tells_its_version(http: httpx.AsyncClient) -> None:
    body = {"issueIdsOrKeys": ["TRK-3", "BOOK-7"], "fields": ["fixVersions"]}
    told = (await http.post("api/3/issue/bulkfetch", json=body)).json()["issues"]
    assert [[one["name"] for one in issue["fields"]["fixVersions"]] for issue in told] == [["26.01"], []]


async def test_a_project_tells_its_lead_where_asked(http: httpx.AsyncClient) -> None:
    plain = await get(http, "api/3/project/search")
    assert all("lead" not in one for one in plain["values"])
    page = await get(http, "api/3/project/search", expand="lead")
    assert [one["lead"]["displayName"] for one in page["values"]] == ["Bo Berg", "Bo Berg"]
