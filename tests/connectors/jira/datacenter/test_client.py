"""What the client of Data Center does when a server answers badly, told by mocked answers."""

import copy
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from config.model import Source
from connectors.connector import Page
from connectors.errors import FixCredentialsError, FixRequestError, TryLaterError, UnexpectedAnswerError
from connectors.jira.datacenter.client import JiraDataCenter, connect
from rules.records import WorkItem

FIXTURES = Path(__file__).parent.parent / "fixtures"
ISSUE = json.loads((FIXTURES / "issue.json").read_text())
HISTORIES = json.loads((FIXTURES / "histories.json").read_text())
SITE = "https://jira.larkfield.example"
API = f"{SITE}/rest/api/2"
NOW = datetime(2026, 2, 10, 9, 0, tzinfo=UTC)


def issue(
    n: int, histories: list[Any] | None = None, total: int | None = None, **fields: Any
) -> dict[str, Any]:
    told = copy.deepcopy(histories or [])
    log = {"startAt": 0, "total": len(told) if total is None else total, "histories": told}
    return {
        **ISSUE,
        "id": str(n),
        "key": f"BOOK-{n}",
        "fields": {**ISSUE["fields"], **fields},
        "changelog": log,
    }


def found(*issues: dict[str, Any]) -> dict[str, Any]:
    return {"startAt": 0, "maxResults": 100, "total": len(issues), "issues": list(issues)}


@pytest.fixture
def jira() -> respx.MockRouter:
    """A server that answers everything but searches, which the tests set."""
    with respx.mock(assert_all_called=False) as router:
        router.get(f"{API}/field").respond(json=json.loads((FIXTURES / "fields.json").read_text()))
        router.get(f"{API}/myself").respond(json={"key": "JIRAUSER1", "timeZone": "Europe/Berlin"})
        router.get(f"{API}/project").respond(json=[{"id": "1", "key": "BOOK", "name": "Booking"}])
        router.get(url__regex=rf"{API}/project/BOOK/(versions|components)").respond(json=[])
        router.get(f"{SITE}/rest/agile/1.0/board").respond(404)
        yield router


@pytest.fixture
async def client() -> AsyncIterator[JiraDataCenter]:
    async def no_sleep(_seconds: float) -> None: ...

    source = Source(id="jira", jira="jira.larkfield.example", projects=["BOOK"])
    connector = connect(source, token="t0ken", clock=lambda: NOW, sleep=no_sleep)
    yield connector
    await connector.close()


def searching(jira: respx.MockRouter, *answers: httpx.Response | dict[str, Any]) -> respx.Route:
    route = jira.post(f"{API}/search")
    route.side_effect = [
        one if isinstance(one, httpx.Response) else httpx.Response(200, json=one) for one in answers
    ]
    return route


def sent(route: respx.Route) -> list[dict[str, Any]]:
    return [json.loads(call.request.content) for call in route.calls]


async def pages_of(client: JiraDataCenter, cursor: str | None = None) -> list[Page]:
    return [page async for page in client.pages(cursor)]


def items(pages: list[Page]) -> list[WorkItem]:
    return [one for page in pages for one in page.records if isinstance(one, WorkItem)]


async def test_a_search_says_who_asks_for_what_and_never_an_offset(
    jira: respx.MockRouter, client: JiraDataCenter
) -> None:
    route = searching(jira, found(issue(1)))
    await pages_of(client)
    (body,) = sent(route)
    assert body["jql"] == 'project in ("BOOK") ORDER BY updated ASC, key ASC'
    assert body["expand"] == ["changelog"]
    assert "startAt" not in body
    assert "*all" not in body["fields"]
    assert route.calls[0].request.headers["authorization"] == "Bearer t0ken"


async def test_the_floor_is_wall_time_in_the_zone_of_the_account(
    jira: respx.MockRouter, client: JiraDataCenter
) -> None:
    route = searching(jira, found())
    cursor = json.dumps({"updated": 1770022830000, "listed": 1770710400000, "projects": ["BOOK"]})
    await pages_of(client, cursor)
    assert 'updated >= "2026-02-02 09:50"' in sent(route)[0]["jql"]


async def test_a_history_that_came_short_is_followed_page_by_page(
    jira: respx.MockRouter, client: JiraDataCenter
) -> None:
    searching(jira, found(issue(1, HISTORIES[:1], total=len(HISTORIES))))
    route = jira.get(f"{API}/issue/1/changelog")
    route.side_effect = [
        httpx.Response(200, json={"total": len(HISTORIES), "values": HISTORIES[:2]}),
        httpx.Response(200, json={"total": len(HISTORIES), "values": HISTORIES[2:]}),
    ]
    pages = await pages_of(client)
    (item,) = items(pages)
    assert item.changes is not None
    assert len(item.changes) == 9
    assert [call.request.url.params["startAt"] for call in route.calls] == ["0", "2"]
    assert [problem for page in pages for problem in page.problems] == []


@pytest.mark.parametrize(
    "answer", [httpx.Response(404), httpx.Response(200, json={"total": 9, "values": []})]
)
async def test_a_history_that_stays_short_is_no_history_and_is_told(
    jira: respx.MockRouter, client: JiraDataCenter, answer: httpx.Response
) -> None:
    searching(jira, found(issue(1, HISTORIES[:1], total=9)))
    jira.get(f"{API}/issue/1/changelog").mock(return_value=answer)
    pages = await pages_of(client)
    (item,) = items(pages)
    assert item.changes is None
    assert [problem.scope for page in pages for problem in page.problems] == ["item:BOOK-1"]


async def test_an_issue_without_a_history_is_asked_for_it(
    jira: respx.MockRouter, client: JiraDataCenter
) -> None:
    bare = issue(1)
    del bare["changelog"]
    searching(jira, found(bare))
    jira.get(f"{API}/issue/1/changelog").respond(json={"total": 1, "values": HISTORIES[:1]})
    (item,) = items(await pages_of(client))
    assert item.changes


async def test_a_server_that_is_too_slow_is_asked_for_less_and_that_is_remembered(
    jira: respx.MockRouter, client: JiraDataCenter
) -> None:
    slow = httpx.Response(504)
    route = searching(jira, slow, slow, found(issue(1)), found(issue(1)))
    await pages_of(client)
    await pages_of(client)
    assert [body["maxResults"] for body in sent(route)] == [100, 100, 50, 50]
    assert client.learned.number("page:search") == 50


async def test_a_server_that_is_down_is_told_in_the_end(
    jira: respx.MockRouter, client: JiraDataCenter
) -> None:
    jira.post(f"{API}/search").respond(503)
    with pytest.raises(TryLaterError):
        await pages_of(client)
    assert client.learned.number("page:search") is None


async def test_one_issue_that_cannot_be_read_does_not_stop_the_page(
    jira: respx.MockRouter, client: JiraDataCenter
) -> None:
    searching(jira, found(issue(1), issue(2, status="?"), issue(3, updated="soon")))
    pages = await pages_of(client)
    assert [one.key for one in items(pages)] == ["BOOK-1"]
    problems = [problem for page in pages for problem in page.problems]
    assert [(one.scope, one.quarantined) for one in problems] == [
        ("item:BOOK-2", True),
        ("item:BOOK-3", True),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {"issues": []},
        {"issues": {}, "total": 1},
        {"issues": [], "total": 5},
        {"issues": [7], "total": 1},
        {"issues": [issue(1, updated="soon")], "total": 5},
    ],
)
async def test_a_search_result_of_another_shape_is_a_failed_page(
    jira: respx.MockRouter, client: JiraDataCenter, answer: Any
) -> None:
    searching(jira, httpx.Response(200, json=answer))
    with pytest.raises(UnexpectedAnswerError):
        await pages_of(client)


async def test_a_server_that_answers_the_same_whatever_it_is_asked_is_given_up(
    jira: respx.MockRouter, client: JiraDataCenter
) -> None:
    route = jira.post(f"{API}/search").respond(json={**found(issue(1)), "total": 5})
    with pytest.raises(UnexpectedAnswerError, match="circles"):
        await pages_of(client)
    assert route.call_count < 200


@pytest.mark.parametrize("zone", [None, "", "Mars/Olympus", "../etc/passwd", 7])
async def test_a_zone_that_is_none_is_not_guessed(
    jira: respx.MockRouter, client: JiraDataCenter, zone: object
) -> None:
    jira.get(f"{API}/myself").respond(json={"key": "JIRAUSER1", "timeZone": zone})
    with pytest.raises(UnexpectedAnswerError):
        await pages_of(client)


async def test_a_project_that_went_since_yesterday_is_noticed(jira: respx.MockRouter) -> None:
    source = Source(id="jira", jira="jira.larkfield.example", projects=["BOOK", "GONE"])
    client = connect(source, token="t0ken", clock=lambda: NOW)
    refused = httpx.Response(400, json={"errorMessages": ["The value 'GONE' does not exist."]})
    searching(jira, refused, found(issue(1)))
    cursor = json.dumps({"updated": 1770022800000, "listed": 1770710400000, "projects": ["BOOK", "GONE"]})
    pages = await pages_of(client, cursor)
    await client.close()
    assert [one.key for one in items(pages)] == ["BOOK-1"]
    assert [problem.scope for page in pages for problem in page.problems] == ["project:GONE"]


async def test_a_refused_search_is_told_and_not_tried_without_end(
    jira: respx.MockRouter, client: JiraDataCenter
) -> None:
    route = jira.post(f"{API}/search").respond(400, json={"errorMessages": ["No."]})
    with pytest.raises(FixRequestError, match="No"):
        await pages_of(client)
    assert route.call_count == 1


async def test_a_refused_sign_in_ends_the_sync_and_says_nothing_of_the_token(
    jira: respx.MockRouter, client: JiraDataCenter
) -> None:
    jira.get(f"{API}/field").respond(401)
    with pytest.raises(FixCredentialsError) as caught:
        await pages_of(client)
    assert "t0ken" not in str(caught.value)


async def checks_of(jira: respx.MockRouter, client: JiraDataCenter, deployment: str) -> dict[str, str]:
    me = {"key": "JIRAUSER1", "displayName": "opsbot"}
    jira.get(f"{API}/myself").respond(json=me, headers={"Date": "Tue, 10 Feb 2026 09:00:30 GMT"})
    jira.get(f"{API}/serverInfo").respond(json={"deploymentType": deployment})
    jira.get(f"{API}/mypermissions").respond(
        json={"permissions": {"BROWSE_PROJECTS": {"havePermission": True}}}
    )
    return {check.name: f"{check.state}: {check.detail}" for check in await client.check()}


async def test_the_doctor_looks_around_a_server(jira: respx.MockRouter, client: JiraDataCenter) -> None:
    checks = await checks_of(jira, client, "Server")
    assert checks.pop("boards").startswith("warn")
    assert checks == {
        "sign-in": "ok: signed in to jira.larkfield.example as opsbot",
        "clock": "ok: 30 s apart from Jira's",
        "permission": "ok: may browse projects",
        "project BOOK": "ok: visible",
    }


async def test_the_doctor_finds_that_it_is_jira_cloud(jira: respx.MockRouter, client: JiraDataCenter) -> None:
    told = (await checks_of(jira, client, "Cloud"))["site"]
    assert told == "fail: This is Jira Cloud, and the sign-in is that of Jira Data Center."


async def test_the_doctor_says_where_a_new_token_is_made(
    jira: respx.MockRouter, client: JiraDataCenter
) -> None:
    jira.get(f"{API}/myself").respond(401)
    (check,) = await client.check()
    assert "personal access token" in check.remedy


def test_a_source_of_another_kind_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no Jira site"):
        connect(Source(id="gh", github="larkfield"), token="t")
