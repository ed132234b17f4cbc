"""The sandbox answers like Jira: its limits, its refusals, its documented shapes."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.hint import Hint
from connectors.jira import sandbox as module
from connectors.jira import webhook
from tests.connectors.jira.conftest import TOKEN, USER
from tests.connectors.jira.small_world import BEGIN, NOW, world

ALL = "updated >= 0 ORDER BY updated ASC, id ASC"


@pytest.fixture
async def http(sandbox: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{sandbox}/rest/api/3/", auth=(USER, TOKEN)) as client:
        yield client


async def post(http: httpx.AsyncClient, path: str, **body: Any) -> Any:
    answer = await http.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_page_with_fields_holds_a_hundred_and_one_of_ids_many(http: httpx.AsyncClient) -> None:
    with_fields = await post(http, "search/jql", jql=ALL, fields=["summary"], maxResults=5000)
    ids = await post(http, "search/jql", jql=ALL, maxResults=5000)
    assert len(with_fields["issues"]) == 100
    assert not with_fields["isLast"]
    assert len(ids["issues"]) == 223
    assert set(ids["issues"][0]) == {"id", "key", "self"}
    assert "total" not in ids
    assert "nextPageToken" not in ids


async def test_tokens_lead_through_all_issues_once_and_hold_for_one_query(http: httpx.AsyncClient) -> None:
    seen, token = [], None
    while True:
        more = {"nextPageToken": token} if token else {}
        page = await post(http, "search/jql", jql=ALL, fields=["summary"], maxResults=90, **more)
        seen += [one["key"] for one in page["issues"]]
        if (token := page.get("nextPageToken")) is None:
            break
        other = await http.post("search/jql", json={"jql": "project = BOOK", "nextPageToken": token})
        assert other.status_code == 400
    assert len(seen) == len(set(seen)) == 223


async def test_a_count_and_a_floor_agree_with_the_search(http: httpx.AsyncClient) -> None:
    floor = int((NOW - timedelta(days=250)).timestamp() * 1000)
    jql = f'project in ("BOOK") AND updated >= {floor}'
    found = await post(http, "search/jql", jql=jql, maxResults=5000)
    assert await post(http, "search/approximate-count", jql=jql) == {"count": len(found["issues"])}
    assert 0 < len(found["issues"]) < 223


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("search/jql", {"jql": "ORDER BY updated"}, "Unbounded"),
        ("search/jql", {"jql": 'project in ("NOPE")'}, "The value 'NOPE' does not exist"),
        ("search/jql", {"jql": ALL, "nextPageToken": "nonsense"}, "token is invalid"),
        ("search/jql", {"jql": ALL, "fields": "summary"}, "Invalid request payload"),
        ("search/jql", {"jql": ALL, "maxResults": 0}, "maxResults"),
        ("search/approximate-count", {}, "missing"),
        ("issue/bulkfetch", {"issueIdsOrKeys": [str(n) for n in range(101)]}, "between 1 and 100"),
        ("issue/bulkfetch", {"issueIdsOrKeys": []}, "between 1 and 100"),
        ("changelog/bulkfetch", {"issueIdsOrKeys": [str(n) for n in range(1001)]}, "between 1 and 1000"),
    ],
)
async def test_what_jira_refuses_is_refused_in_its_form(
    http: httpx.AsyncClient, path: str, body: dict[str, Any], message: str
) -> None:
    answer = await http.post(path, json=body)
    assert answer.status_code == 400
    assert message in answer.json()["errorMessages"][0]


async def test_a_body_that_is_no_object_is_refused(http: httpx.AsyncClient) -> None:
    assert (await http.post("search/jql", content=b"{")).status_code == 400
    assert (await http.post("search/jql", json=[])).status_code == 400


async def test_the_old_search_is_gone(http: httpx.AsyncClient) -> None:
    answer = await http.get("search", params={"jql": "project = BOOK"})
    assert answer.status_code == 410
    assert "CHANGE-2046" in answer.json()["errorMessages"][0]


@pytest.mark.parametrize("auth", [None, (USER, "wrong"), ("other", TOKEN)])
async def test_without_the_right_sign_in_nothing_is_told(sandbox: str, auth: tuple[str, str] | None) -> None:
    async with httpx.AsyncClient(auth=auth) as client:
        answer = await client.get(f"{sandbox}/rest/api/3/myself")
    assert answer.status_code == 401
    assert answer.headers["x-failure-category"] == "FAILURE_CLIENT_AUTH_MISMATCH"


async def test_every_answer_tells_the_limits(http: httpx.AsyncClient) -> None:
    answer = await http.get("myself")
    assert int(answer.headers["x-ratelimit-remaining"]) < int(answer.headers["x-ratelimit-limit"])


async def test_histories_span_pages_by_date_and_comments_are_no_part_of_them(http: httpx.AsyncClient) -> None:
    asked = {"issueIdsOrKeys": ["BOOK-7", "10003"], "maxResults": 4}
    first = await post(http, "changelog/bulkfetch", **asked)
    second = await post(http, "changelog/bulkfetch", **asked, nextPageToken=first["nextPageToken"])
    assert [log["issueId"] for log in first["issueChangeLogs"]] == ["10007"]
    assert [log["issueId"] for log in second["issueChangeLogs"]] == ["10007", "10003"]
    assert "nextPageToken" not in second
    histories = (
        first["issueChangeLogs"][0]["changeHistories"] + second["issueChangeLogs"][0]["changeHistories"]
    )
    assert [line["field"] for one in histories for line in one["items"]] == [
        "assignee", "status", "Link", "Flagged", "labels", "Flagged", "Flagged",
    ]  # fmt: skip


async def test_a_comment_moves_the_date_of_the_last_change(http: httpx.AsyncClient, clock: Any) -> None:
    clock.now = BEGIN + timedelta(days=3.7)
    page = await post(http, "issue/bulkfetch", issueIdsOrKeys=["BOOK-7"], fields=["updated"])
    assert page["issues"][0]["fields"] == {"updated": "2026-01-08T21:00:00.000+0000"}


async def test_what_is_not_there_is_in_neither_list(http: httpx.AsyncClient) -> None:
    page = await post(
        http, "issue/bulkfetch", issueIdsOrKeys=["BOOK-1", "TRK-900", "X-1"], fields=["summary"]
    )
    assert [one["key"] for one in page["issues"]] == ["BOOK-1"]
    assert page["issueErrors"] == []


async def test_projects_are_listed_by_status_and_key(http: httpx.AsyncClient) -> None:
    async def keys(**params: Any) -> list[str]:
        answer = await http.get("project/search", params=params)
        return [one["key"] for one in answer.json()["values"]]

    assert await keys() == ["BOOK", "TRK"]
    assert await keys(status=["live", "archived"]) == ["BOOK", "OLD", "TRK"]
    assert await keys(keys=["TRK"]) == ["TRK"]
    assert await keys(maxResults=1, startAt=1) == ["TRK"]


def test_a_webhook_tells_the_latest_change() -> None:
    body = module.webhook_body(world(), "BOOK-7", BEGIN + timedelta(days=3.2))
    told = json.loads(body)
    assert told["webhookEvent"] == "jira:issue_updated"
    assert told["changelog"]["items"][0]["field"] == "Flagged"
    assert told["user"]["displayName"] == "Bo Berg"
    hint = webhook.parse({}, body)
    assert isinstance(hint, Hint)
    assert hint.keys == ("BOOK-7",)


def test_a_webhook_of_a_new_issue_tells_its_creation() -> None:
    told = json.loads(module.webhook_body(world(), "BOOK-7", BEGIN))
    assert told["webhookEvent"] == "jira:issue_created"
    assert "changelog" not in told
