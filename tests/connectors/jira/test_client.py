"""What the client does when Jira answers badly, told by mocked answers."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from config.model import Source
from connectors.connector import Page
from connectors.errors import FixCredentialsError, FixRequestError, UnexpectedAnswerError
from connectors.jira.checked import REMEDY
from connectors.jira.client import JiraCloud, connect
from connectors.jira.position import Position
from connectors.paging import EMPTY_PAGES
from rules.records import WorkItem

FIXTURES = Path(__file__).parent / "fixtures"
ISSUE = json.loads((FIXTURES / "issue.json").read_text())
HISTORIES = json.loads((FIXTURES / "histories.json").read_text())
SITE = "https://larkfield.atlassian.net"
API = f"{SITE}/rest/api/3"
NOW = datetime(2026, 2, 10, 9, 0, tzinfo=UTC)
SINCE = Position(NOW - timedelta(days=9), NOW, ("BOOK",)).text()


def issue(n: int, **fields: Any) -> dict[str, Any]:
    return {**ISSUE, "id": str(n), "key": f"BOOK-{n}", "fields": {**ISSUE["fields"], **fields}}


def project(key: str) -> dict[str, Any]:
    return {"id": key, "key": key, "name": key}


@pytest.fixture
def jira() -> respx.MockRouter:
    """A site that answers everything but searches, which the tests set."""
    with respx.mock(assert_all_called=False) as router:
        router.get(f"{API}/field").respond(json=json.loads((FIXTURES / "fields.json").read_text()))
        router.get(f"{API}/serverInfo").respond(
            json={"deploymentType": "Cloud", "serverTime": NOW.isoformat()}
        )
        router.get(f"{API}/myself").respond(json={"accountId": "1", "timeZone": "Europe/Berlin"})
        router.get(f"{API}/project/search").respond(json={"isLast": True, "values": [project("BOOK")]})
        router.post(f"{API}/search/approximate-count").respond(json={"count": 1})
        router.get(url__regex=rf"{API}/project/\w+/(versions|components)").respond(json=[])
        router.get(f"{SITE}/rest/agile/1.0/board").respond(json={"values": [], "isLast": True})
        router.post(f"{API}/changelog/bulkfetch").respond(json={"issueChangeLogs": []})
        yield router


@pytest.fixture
async def client() -> AsyncIterator[JiraCloud]:
    async def no_sleep(_seconds: float) -> None: ...

    source = Source(id="jira", jira="larkfield.atlassian.net", projects=["BOOK"])
    connector = connect(
        source, user="ann@larkfield.example", token="t0ken", clock=lambda: NOW, sleep=no_sleep
    )
    yield connector
    await connector.close()


def searching(jira: respx.MockRouter, *pages: dict[str, Any]) -> respx.Route:
    route = jira.post(f"{API}/search/jql")
    route.side_effect = [httpx.Response(200, json=page) for page in pages]
    return route


def sent(route: respx.Route) -> list[dict[str, Any]]:
    return [json.loads(call.request.content) for call in route.calls]


async def pages_of(client: JiraCloud, cursor: str | None = SINCE) -> list[Page]:
    return [page async for page in client.pages(cursor)]


def keys_of(pages: list[Page]) -> list[str]:
    return [record.key for page in pages for record in page.records if isinstance(record, WorkItem)]


async def test_pages_are_followed_by_their_tokens(jira: respx.MockRouter, client: JiraCloud) -> None:
    route = searching(
        jira, {"issues": [issue(1)], "nextPageToken": "a"}, {"issues": [issue(2)], "isLast": True}
    )
    assert keys_of(await pages_of(client)) == ["BOOK-1", "BOOK-2"]
    first, second = sent(route)
    assert "nextPageToken" not in first
    assert second["nextPageToken"] == "a"
    floor = int((NOW - timedelta(days=9, minutes=10)).timestamp() * 1000)
    assert first["jql"] == f'project in ("BOOK") AND updated >= {floor} ORDER BY updated ASC, id ASC'
    assert first["maxResults"] == 100
    assert "*all" not in first["fields"]


async def test_an_empty_page_with_a_token_is_not_the_end(jira: respx.MockRouter, client: JiraCloud) -> None:
    searching(jira, {"issues": [], "nextPageToken": "a"}, {"issues": [issue(2)]})
    assert keys_of(await pages_of(client)) == ["BOOK-2"]


async def test_a_token_that_comes_again_is_no_way_forward(jira: respx.MockRouter, client: JiraCloud) -> None:
    searching(jira, *({"issues": [issue(n)], "nextPageToken": token} for n, token in enumerate("aba")))
    with pytest.raises(UnexpectedAnswerError, match="circles"):
        await pages_of(client)


async def test_empty_pages_without_end_are_given_up(jira: respx.MockRouter, client: JiraCloud) -> None:
    route = searching(jira, *({"issues": [], "nextPageToken": str(n)} for n in range(100)))
    with pytest.raises(UnexpectedAnswerError, match="circles"):
        await pages_of(client)
    assert route.call_count == EMPTY_PAGES + 1


@pytest.mark.parametrize(
    "answer", [[], "text", {"issues": {}}, {"issues": [7]}, {"issues": [], "nextPageToken": 7}]
)
async def test_a_search_result_of_another_shape_is_a_failed_page(
    jira: respx.MockRouter, client: JiraCloud, answer: Any
) -> None:
    searching(jira, answer)
    with pytest.raises(UnexpectedAnswerError):
        await pages_of(client)


async def test_an_empty_answer_is_a_failed_page(jira: respx.MockRouter, client: JiraCloud) -> None:
    jira.post(f"{API}/search/jql").respond(200, content=b"")
    with pytest.raises(UnexpectedAnswerError):
        await pages_of(client)


async def test_the_history_of_an_issue_may_come_in_pieces(jira: respx.MockRouter, client: JiraCloud) -> None:
    searching(jira, {"issues": [issue(1), issue(2)]})
    route = jira.post(f"{API}/changelog/bulkfetch")
    pieces = [
        {"issueChangeLogs": [{"issueId": "1", "changeHistories": HISTORIES[:2]}], "nextPageToken": "a"},
        {"issueChangeLogs": [], "nextPageToken": "b"},
        {"issueChangeLogs": [{"issueId": "1", "changeHistories": HISTORIES[2:]}]},
    ]
    route.side_effect = [httpx.Response(200, json=piece) for piece in pieces]
    page = (await pages_of(client))[-1]
    one, two = (record for record in page.records if isinstance(record, WorkItem))
    assert one.changes is not None
    assert len(one.changes) == 9
    assert two.changes == ()
    asked = sent(route)[0]
    assert asked == {"issueIdsOrKeys": ["1", "2"], "maxResults": 10_000}


async def test_one_issue_that_cannot_be_read_does_not_stop_the_page(
    jira: respx.MockRouter, client: JiraCloud
) -> None:
    searching(jira, {"issues": [issue(1), issue(2, status="?"), issue(3)]})
    pages = await pages_of(client)
    assert keys_of(pages) == ["BOOK-1", "BOOK-3"]
    (problem,) = (problem for page in pages for problem in page.problems)
    assert problem.scope == "item:BOOK-2"
    assert "fields.status" in problem.what
    assert problem.what.endswith(f"{REMEDY} [source-answer]")


async def test_the_cursor_is_the_latest_change_seen_and_never_the_time_of_reading(
    jira: respx.MockRouter, client: JiraCloud
) -> None:
    seen = "2026-02-09T16:30:05.250+0100"
    searching(jira, {"issues": [issue(1, updated=seen)]}, {"issues": []})
    cursor = (await pages_of(client))[-1].cursor
    assert json.loads(cursor)["seen"] == {"1": int(datetime.fromisoformat(seen).timestamp() * 1000)}
    assert json.loads(cursor)["updated"] == int(datetime.fromisoformat(seen).timestamp() * 1000)
    assert (await pages_of(client, cursor))[-1].cursor == cursor


async def test_a_project_that_went_since_yesterday_is_noticed_and_the_rest_is_read(
    jira: respx.MockRouter,
) -> None:
    source = Source(id="jira", jira="larkfield.atlassian.net", projects=["BOOK", "GONE"])
    client = connect(source, user="ann", token="t0ken", clock=lambda: NOW)
    stored = Position(NOW - timedelta(days=9), NOW, ("BOOK", "GONE")).text()
    told = {"errorMessages": ["The value 'GONE' does not exist for the field 'project'."]}
    jira.post(f"{API}/search/jql").side_effect = [
        httpx.Response(400, json=told),
        httpx.Response(200, json={"issues": [issue(1)]}),
    ]
    pages = await pages_of(client, stored)
    await client.close()
    assert keys_of(pages) == ["BOOK-1"]
    assert [problem.scope for page in pages for problem in page.problems] == ["project:GONE"]


async def test_a_refused_search_is_told_and_not_tried_without_end(
    jira: respx.MockRouter, client: JiraCloud
) -> None:
    route = jira.post(f"{API}/search/jql").respond(400, json={"errorMessages": ["No."]})
    with pytest.raises(FixRequestError, match="No"):
        await pages_of(client)
    assert route.call_count == 2  # once more after the projects were listed


async def test_projects_come_in_pages_too(jira: respx.MockRouter) -> None:
    client = connect(
        Source(id="jira", jira="larkfield.atlassian.net"), user="ann", token="t", clock=lambda: NOW
    )
    yesterday = Position(NOW - timedelta(days=9), NOW - timedelta(days=1), ("A", "B", "C")).text()
    route = jira.get(f"{API}/project/search")
    route.side_effect = [
        httpx.Response(200, json={"isLast": False, "values": [project("A"), project("B")]}),
        httpx.Response(200, json={"isLast": True, "values": [project("C")]}),
    ]
    searching(jira, {"issues": []})
    pages = await pages_of(client, yesterday)
    await client.close()
    assert [record.key for record in pages[0].records] == ["A", "B", "C"]
    assert route.calls[1].request.url.params["startAt"] == "2"
    assert route.calls[0].request.url.params.get_list("status") == ["live", "archived"]


async def test_a_key_of_a_moved_issue_brings_it_and_is_no_problem(
    jira: respx.MockRouter, client: JiraCloud
) -> None:
    jira.post(f"{API}/issue/bulkfetch").respond(json={"issues": [issue(9)], "issueErrors": []})
    page = await client.read(["BOOK-4"])
    assert keys_of([page]) == ["BOOK-9"]
    assert page.problems == ()


async def test_an_issue_jira_could_not_give_is_a_problem_of_its_own(
    jira: respx.MockRouter, client: JiraCloud
) -> None:
    answer = {"issues": [issue(1)], "issueErrors": [{"id": "2", "errorMessage": "too large"}]}
    jira.post(f"{API}/issue/bulkfetch").respond(json=answer)
    page = await client.read(["1", "2", "3"])
    assert keys_of([page]) == ["BOOK-1"]
    assert [problem.scope for problem in page.problems] == ["item:2", "item:3"]


@pytest.mark.parametrize("fields", [["Sprint"], {"values": []}])
async def test_a_list_of_fields_that_is_none_says_what_to_do(
    jira: respx.MockRouter, client: JiraCloud, fields: object
) -> None:
    jira.get(f"{API}/field").respond(json=fields)
    with pytest.raises(UnexpectedAnswerError, match="list of fields, and it is not") as caught:
        await pages_of(client)
    assert caught.value.remedy == f"{REMEDY} [source-answer]"


async def test_an_answer_of_nothing_says_what_to_do(jira: respx.MockRouter, client: JiraCloud) -> None:
    jira.post(f"{API}/search/jql").respond(content=b"null")
    with pytest.raises(UnexpectedAnswerError, match="with nothing") as caught:
        await pages_of(client)
    assert caught.value.remedy == f"{REMEDY} [source-answer]"


async def test_many_keys_are_read_a_hundred_at_a_time(jira: respx.MockRouter, client: JiraCloud) -> None:
    route = jira.post(f"{API}/issue/bulkfetch").respond(json={"issues": []})
    await client.read([str(n) for n in range(250)])
    assert [len(body["issueIdsOrKeys"]) for body in sent(route)] == [100, 100, 50]


async def test_a_refused_sign_in_ends_the_sync_and_says_nothing_of_the_token(
    jira: respx.MockRouter, client: JiraCloud
) -> None:
    jira.get(f"{API}/field").respond(401)
    jira.get(f"{SITE}/_edge/tenant_info").respond(404)
    with pytest.raises(FixCredentialsError) as caught:
        await pages_of(client)
    assert "t0ken" not in str(caught.value)


@pytest.mark.parametrize(
    ("category", "remedy"),
    [
        ("FAILURE_CLIENT_AUTH_MISMATCH", "_edge/tenant_info"),
        ("FAILURE_CLIENT_SCOPE_CHECK", "read:jira-work"),
    ],
)
async def test_the_doctor_tells_a_wrong_host_from_a_missing_scope(
    jira: respx.MockRouter, client: JiraCloud, category: str, remedy: str
) -> None:
    jira.get(f"{API}/myself").respond(401, headers={"X-Failure-Category": category})
    jira.get(f"{SITE}/_edge/tenant_info").respond(404)
    (check,) = await client.check()
    assert check.state == "fail"
    assert remedy in check.remedy


@pytest.mark.parametrize(
    ("date", "state"),
    [
        ("Tue, 10 Feb 2026 09:00:30 GMT", "ok"),
        ("Tue, 10 Feb 2026 09:30:00 GMT", "warn"),
        ("Tue, 10 Feb 2026 08:30:00 GMT", "warn"),
        ("no date", "warn"),
    ],
)
async def test_the_doctor_compares_the_clocks(
    jira: respx.MockRouter, client: JiraCloud, date: str, state: str
) -> None:
    me = {"accountId": "1", "displayName": "opsbot"}
    jira.get(f"{API}/myself").respond(json=me, headers={"Date": date})
    jira.get(f"{API}/serverInfo").respond(json={"deploymentType": "Cloud"})
    jira.get(f"{API}/mypermissions").respond(
        json={"permissions": {"BROWSE_PROJECTS": {"havePermission": True}}}
    )
    assert {check.name: check.state for check in await client.check()}["clock"] == state


async def test_the_doctor_goes_on_after_one_door_is_closed(jira: respx.MockRouter, client: JiraCloud) -> None:
    jira.get(f"{API}/myself").respond(
        json={"accountId": "1"}, headers={"Date": "Tue, 10 Feb 2026 09:00:30 GMT"}
    )
    jira.get(f"{API}/serverInfo").respond(json={"deploymentType": "Server"})
    jira.get(f"{API}/mypermissions").respond(403)
    checks = {check.name: check.state for check in await client.check()}
    assert checks == {
        "sign-in": "ok",
        "clock": "ok",
        "site": "fail",
        "access": "fail",
        "project BOOK": "ok",
        "address": "ok",
        "plan": "ok",
    }


async def test_the_doctor_says_what_hidden_boards_cost(jira: respx.MockRouter, client: JiraCloud) -> None:
    jira.get(f"{API}/myself").respond(json={"accountId": "1"})
    jira.get(f"{API}/serverInfo").respond(json={"deploymentType": "Cloud"})
    jira.get(f"{API}/mypermissions").respond(403)
    jira.get(f"{SITE}/rest/agile/1.0/board").respond(403)
    checks = {check.name: check for check in await client.check()}
    assert checks["boards"].state == "warn"
    assert "read:board-scope:jira-software" in checks["boards"].remedy


async def test_the_doctor_knows_data_center_by_what_it_does_not_have(
    jira: respx.MockRouter, client: JiraCloud
) -> None:
    jira.get(f"{API}/myself").respond(404)
    (check,) = await client.check()
    assert (check.name, check.state) == ("sign-in", "fail")
    assert "Jira Data Center" in check.remedy
    assert "[source-kind]" in check.remedy


def test_a_source_of_another_kind_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no Jira site"):
        connect(Source(id="gh", github="larkfield"), user="ann", token="t")
