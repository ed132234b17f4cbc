"""What is asked in bulk gets smaller where a site cannot bear it; one bad issue takes no other with it."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import respx

from connectors.errors import FixRequestError, TryLaterError
from connectors.jira.client import JiraCloud, connect
from connectors.jira.requests import MOST_STUMBLES, Requests
from rules.records import WorkItem
from tests.connectors.jira.test_backfill import SOURCE, read_all
from tests.connectors.jira.test_client import API, HISTORIES, NOW, SINCE, issue, sent

Answering = Callable[[dict[str, Any]], httpx.Response]


@pytest.fixture
async def client() -> AsyncIterator[JiraCloud]:
    async def no_sleep(_seconds: float) -> None: ...

    connector = connect(SOURCE, user="ann", token="t", clock=lambda: NOW, sleep=no_sleep)
    connector.learned.load({"jql-time": "epoch"})
    yield connector
    await connector.close()


@pytest.fixture
def requests(client: JiraCloud) -> Requests:
    return client._requests  # noqa: SLF001 - what it asks is the subject here


def answering(router: respx.MockRouter, path: str, answer: Answering) -> respx.Route:
    route = router.post(f"{API}/{path}")
    route.side_effect = lambda request: answer(json.loads(request.content))
    return route


def issues_of(body: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json={"issues": [issue(int(n)) for n in body["issueIdsOrKeys"]]})


def limited(most: int, status: int) -> Answering:
    """A site that answers about so many, and refuses more."""

    def answer(body: dict[str, Any]) -> httpx.Response:
        return issues_of(body) if len(body["issueIdsOrKeys"]) <= most else httpx.Response(status)

    return answer


def stumbling(over: set[str], status: int = 400) -> Answering:
    """A site that refuses whatever names one of these."""

    def answer(body: dict[str, Any]) -> httpx.Response:
        return httpx.Response(status) if over & set(body["issueIdsOrKeys"]) else issues_of(body)

    return answer


def sizes(route: respx.Route) -> list[int]:
    return [len(body["issueIdsOrKeys"]) for body in sent(route)]


NUMBERS = [str(n) for n in range(1, 1001)]


@pytest.mark.parametrize("status", [400, 413])
async def test_a_site_that_takes_only_a_hundred_is_asked_for_more_once(
    respx_mock: respx.MockRouter, client: JiraCloud, requests: Requests, status: int
) -> None:
    route = answering(respx_mock, "issue/bulkfetch", limited(100, status))
    found, errors = await requests.issues(NUMBERS, ["summary"])
    assert [one.value["id"] for one in found] == NUMBERS
    assert errors == []
    assert sizes(route) == [1000, *[100] * 10]
    assert client.learned.number("bulk") == 100
    await requests.issues(NUMBERS, ["summary"])
    assert sizes(route)[11:] == [100] * 10


async def test_a_site_that_takes_a_thousand_is_asked_once(
    respx_mock: respx.MockRouter, client: JiraCloud, requests: Requests
) -> None:
    route = answering(respx_mock, "issue/bulkfetch", limited(1000, 400))
    found, _ = await requests.issues(NUMBERS, ["summary"])
    assert len(found) == 1000
    assert sizes(route) == [1000]
    assert client.learned.number("bulk") == 1000


@pytest.mark.parametrize("status", [502, 504])
async def test_a_site_that_cannot_bear_a_thousand_just_now_is_asked_for_less_and_no_worse_is_remembered(
    respx_mock: respx.MockRouter, client: JiraCloud, requests: Requests, status: int
) -> None:
    route = answering(respx_mock, "issue/bulkfetch", limited(500, status))
    found, _ = await requests.issues(NUMBERS, ["summary"])
    assert len(found) == 1000
    assert client.learned.number("bulk") is None
    assert client.learned.number("page:issues") == 500
    before = len(sizes(route))
    await requests.issues(NUMBERS, ["summary"])
    assert sizes(route)[before:] == [500, 500]


async def test_an_answer_without_end_is_asked_for_in_hundreds(
    respx_mock: respx.MockRouter, requests: Requests
) -> None:
    def answer(body: dict[str, Any]) -> httpx.Response:
        many = len(body["issueIdsOrKeys"]) > 100
        return httpx.Response(200, content=b"[" * 100_000) if many else issues_of(body)

    answering(respx_mock, "issue/bulkfetch", answer)
    found, _ = await requests.issues(NUMBERS, ["summary"])
    assert len(found) == 1000


@pytest.mark.parametrize("status", [400, 404])
async def test_one_bad_id_fails_no_other(
    respx_mock: respx.MockRouter, client: JiraCloud, status: int
) -> None:
    respx_mock.get(f"{API}/field").respond(json=[])
    answering(respx_mock, "issue/bulkfetch", stumbling({"7"}, status))
    respx_mock.post(f"{API}/changelog/bulkfetch").respond(json={"issueChangeLogs": []})
    page = await client.read([str(n) for n in range(1, 101)])
    assert sum(isinstance(record, WorkItem) for record in page.records) == 99
    assert [problem.scope for problem in page.problems] == ["item:7"]


async def test_an_item_whose_history_jira_cannot_tell_is_not_taken_for_one_without(
    respx_mock: respx.MockRouter, client: JiraCloud
) -> None:
    respx_mock.get(f"{API}/field").respond(json=[])
    respx_mock.post(f"{API}/search/jql").respond(json={"issues": [issue(1), issue(2), issue(3)]})

    def answer(body: dict[str, Any]) -> httpx.Response:
        if "2" in body["issueIdsOrKeys"]:
            return httpx.Response(400)
        logs = [{"issueId": one, "changeHistories": HISTORIES} for one in body["issueIdsOrKeys"]]
        return httpx.Response(200, json={"issueChangeLogs": logs})

    answering(respx_mock, "changelog/bulkfetch", answer)
    pages = await read_all(client, SINCE)
    items = [record for page in pages for record in page.records if isinstance(record, WorkItem)]
    assert sorted((item.key, len(item.changes or ())) for item in items) == [("BOOK-1", 9), ("BOOK-3", 9)]
    (problem,) = [problem for page in pages for problem in page.problems]
    assert problem.scope == "item:BOOK-2"
    assert "history" in problem.what


async def test_a_site_that_stumbles_over_everything_is_not_asked_about_each(
    respx_mock: respx.MockRouter, requests: Requests
) -> None:
    route = answering(respx_mock, "issue/bulkfetch", stumbling(set(NUMBERS)))
    with pytest.raises(FixRequestError):
        await requests.issues(NUMBERS[:100], ["summary"])
    assert route.call_count < 3 * MOST_STUMBLES


async def test_a_search_that_times_out_goes_on_with_smaller_pages(
    respx_mock: respx.MockRouter, client: JiraCloud
) -> None:
    respx_mock.get(f"{API}/field").respond(json=[])
    respx_mock.post(f"{API}/changelog/bulkfetch").respond(json={"issueChangeLogs": []})

    def answer(body: dict[str, Any]) -> httpx.Response:
        return (
            httpx.Response(504)
            if body["maxResults"] > 50
            else httpx.Response(200, json={"issues": [issue(1)]})
        )

    answering(respx_mock, "search/jql", answer)
    pages = await read_all(client, SINCE)
    assert any(isinstance(record, WorkItem) for page in pages for record in page.records)
    assert client.learned.number("page:search") == 50


async def test_an_outage_ends_the_sync_and_is_no_empty_result(
    respx_mock: respx.MockRouter, client: JiraCloud
) -> None:
    respx_mock.get(f"{API}/field").respond(json=[])
    respx_mock.post(f"{API}/search/jql").respond(503)
    with pytest.raises(TryLaterError):
        await read_all(client, SINCE)


async def test_what_was_touched_is_named_on_every_page_of_a_search(
    respx_mock: respx.MockRouter, client: JiraCloud
) -> None:
    respx_mock.get(f"{API}/field").respond(json=[])
    respx_mock.post(f"{API}/changelog/bulkfetch").respond(json={"issueChangeLogs": []})
    route = respx_mock.post(f"{API}/search/jql")
    route.side_effect = [
        httpx.Response(200, json={"issues": [issue(1)], "nextPageToken": "a"}),
        httpx.Response(200, json={"issues": [issue(2)]}),
    ]
    touched = [*map(str, range(1, 61)), "BOOK-7"]
    assert [page.last async for page in client.pages(SINCE, touched)] == [True]
    assert [body["reconcileIssues"] for body in sent(route)] == [list(range(11, 61))] * 2


async def test_an_issue_that_moved_on_while_pages_were_read_is_taken_as_it_was_last(
    respx_mock: respx.MockRouter, client: JiraCloud
) -> None:
    respx_mock.get(f"{API}/field").respond(json=[])
    respx_mock.post(f"{API}/changelog/bulkfetch").respond(json={"issueChangeLogs": []})
    later = issue(1, summary="Later", updated="2026-02-09T16:30:05.250+0100")
    respx_mock.post(f"{API}/search/jql").side_effect = [
        httpx.Response(200, json={"issues": [issue(1), issue(2)], "nextPageToken": "a"}),
        httpx.Response(200, json={"issues": [later]}),
    ]
    pages = await read_all(client, SINCE)
    items = [record for page in pages for record in page.records if isinstance(record, WorkItem)]
    assert sorted((item.key, item.title == "Later") for item in items) == [
        ("BOOK-1", True),
        ("BOOK-2", False),
    ]
