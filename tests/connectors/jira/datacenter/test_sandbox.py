"""The sandbox answers like Jira Data Center: its shapes, limits and refusals."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.connectors.jira.conftest import TOKEN, Clock


@pytest.fixture
async def http(served_here: tuple[str, Clock], clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(base_url=f"{served_here[0]}/rest/api/2/", headers=headers) as client:
        assert clock()
        yield client


async def found(http: httpx.AsyncClient, jql: str, **more: Any) -> Any:
    answer = await http.post("search", json={"jql": jql, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_page_holds_fifty_unless_more_are_asked_for_and_a_thousand_at_most(
    http: httpx.AsyncClient,
) -> None:
    assert len((await found(http, "ORDER BY key ASC"))["issues"]) == 50
    page = await found(http, "ORDER BY key ASC", maxResults=5000)
    assert (page["maxResults"], page["total"], len(page["issues"])) == (1000, 223, 223)
    assert (await found(http, "ORDER BY key ASC", maxResults=0))["total"] == 223


async def test_an_issue_is_told_in_older_words(http: httpx.AsyncClient) -> None:
    issue = (await http.get("issue/BOOK-7", params={"expand": "changelog"})).json()
    fields = issue["fields"]
    assert issue["self"].endswith("/rest/api/2/issue/10007")
    assert fields["assignee"]["name"] == "bo"
    assert "accountId" not in fields["assignee"]
    assert "hierarchyLevel" not in fields["issuetype"]
    assert (fields["parent"], fields["customfield_10014"]) == (None, "BOOK-1")
    assert fields["customfield_10020"][0].startswith("com.atlassian.greenhopper.service.sprint.Sprint@")
    assert issue["changelog"]["total"] == len(issue["changelog"]["histories"]) == 6
    line = issue["changelog"]["histories"][0]
    assert line["created"].endswith("+0000")
    assert all("fieldId" not in item for item in line["items"])


async def test_archived_projects_are_shown_where_asked_for(http: httpx.AsyncClient) -> None:
    plain = (await http.get("project")).json()
    every = (await http.get("project", params={"includeArchived": "true", "expand": "lead"})).json()
    assert [one["key"] for one in plain] == ["BOOK", "TRK"]
    assert [one["key"] for one in every] == ["BOOK", "TRK", "OLD"]
    assert every[0]["lead"]["name"] == "bo"


async def test_boards_do_not_tell_their_project(
    http: httpx.AsyncClient, served_here: tuple[str, Clock]
) -> None:
    page = (await http.get(f"{served_here[0]}/rest/agile/1.0/board")).json()
    assert [sorted(one) for one in page["values"]] == [["id", "name", "self", "type"]] * 2


@pytest.mark.parametrize(
    ("jql", "message"),
    [
        ('project = "NOPE" ORDER BY key ASC', "The value 'NOPE' does not exist"),
        ('project = "OLD" ORDER BY key ASC', "The value 'OLD' does not exist"),
        ('project = "BOOK" AND key > "BOOK-99999" ORDER BY key ASC', "does not exist for field 'key'"),
        ("status = Done", "does not know"),
    ],
)
async def test_what_jira_refuses_is_refused_in_its_form(
    http: httpx.AsyncClient, jql: str, message: str
) -> None:
    answer = await http.post("search", json={"jql": jql})
    assert answer.status_code == 400
    assert message in answer.json()["errorMessages"][0]


@pytest.mark.parametrize("path", ["issue/BOOK-99999", "issue/10007/changelog", "project/NOPE/versions"])
async def test_what_is_not_there_is_not_found(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code == 404


@pytest.mark.parametrize("header", ["", f"Bearer {TOKEN}x", f"Basic {TOKEN}"])
async def test_without_the_right_token_nothing_is_told(served_here: tuple[str, Clock], header: str) -> None:
    async with httpx.AsyncClient(headers={"Authorization": header}) as client:
        assert (await client.get(f"{served_here[0]}/rest/api/2/myself")).status_code == 401
