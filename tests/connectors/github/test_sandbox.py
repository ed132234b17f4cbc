"""The sandbox answers as GitHub does."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest
from github_company import TOKEN, Clock, company, day, issue, pull

from connectors.github.sandbox import create_app
from connectors.github.sandbox_rest import Mishap


@pytest.fixture
def clock() -> Clock:
    return Clock(day(30))


@pytest.fixture
async def github(clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    issues = (
        *(issue(number, created_at=day(number / 10)) for number in range(1, 46)),
        issue(50, closed_at=day(60)),
    )
    world = company((pull(46, created_at=day(5), merged_at=day(6), merged_by="dev"),), issues)
    app = create_app(world, token=TOKEN, now=clock, grants=20)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as client:
        yield client


ISSUES = "/repos/larkfield/tracking/issues"


async def test_without_the_token_nothing_is_told(github: httpx.AsyncClient) -> None:
    for wrong in ("", "Bearer wrong", TOKEN):
        answer = await github.get("/user", headers={"Authorization": wrong})
        assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")


async def test_what_does_not_exist_is_not_found(github: httpx.AsyncClient) -> None:
    for path in ("/nothing", "/orgs/other/repos", "/repos/larkfield/none", f"{ISSUES}/99", f"{ISSUES}/50"):
        answer = await github.get(path)
        assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")


async def test_a_list_is_paged_with_links_to_the_other_pages(github: httpx.AsyncClient) -> None:
    answer = await github.get(ISSUES, params={"state": "all", "per_page": 20, "page": 2})
    assert len(answer.json()) == 20
    assert set(answer.links) == {"first", "prev", "next", "last"}
    assert "page=3" in answer.links["next"]["url"]
    last = await github.get(answer.links["next"]["url"])
    assert len(last.json()) == 6
    assert set(last.links) == {"first", "prev"}


async def test_a_list_begins_with_the_newest_unless_asked_otherwise(github: httpx.AsyncClient) -> None:
    assert [row["number"] for row in (await github.get(ISSUES)).json()][:2] == [45, 44]
    asked = {"direction": "asc", "sort": "updated", "state": "closed"}
    assert [row["number"] for row in (await github.get(ISSUES, params=asked)).json()] == [46]


async def test_since_counts_changes_and_includes_its_own_moment(github: httpx.AsyncClient) -> None:
    since = day(4.4).strftime("%Y-%m-%dT%H:%M:%SZ")
    asked = {"state": "all", "sort": "updated", "direction": "asc", "since": since}
    rows = (await github.get(ISSUES, params=asked)).json()
    assert [row["number"] for row in rows] == [44, 45, 46]
    assert rows[0]["updated_at"] == since
    assert "pull_request" in rows[2]


async def test_since_the_epoch_finds_nothing_as_on_github(github: httpx.AsyncClient) -> None:
    assert (await github.get(ISSUES, params={"since": "1970-01-01T00:00:00Z"})).json() == []


async def test_a_since_that_is_no_time_is_refused(github: httpx.AsyncClient) -> None:
    for since in ("yesterday", "2026-03-02T09:00:00"):
        assert (await github.get(ISSUES, params={"since": since})).status_code == 422


async def test_an_unchanged_list_costs_nothing(github: httpx.AsyncClient, clock: Clock) -> None:
    first = await github.get(ISSUES)
    second = await github.get(ISSUES, headers={"If-None-Match": first.headers["etag"]})
    assert second.status_code == 304
    assert second.headers["x-ratelimit-remaining"] == first.headers["x-ratelimit-remaining"]
    clock.now = day(55)
    assert (await github.get(ISSUES, headers={"If-None-Match": first.headers["etag"]})).status_code == 200


async def test_the_budget_counts_down_and_returns_with_the_hour(
    github: httpx.AsyncClient, clock: Clock
) -> None:
    left = [(await github.get("/user")).headers["x-ratelimit-remaining"] for _ in range(20)]
    assert left == [str(n) for n in range(19, -1, -1)]
    refused = await github.get("/user")
    assert refused.status_code == 403
    assert refused.headers["x-ratelimit-remaining"] == "0"
    assert (await github.get("/rate_limit")).json()["resources"]["core"]["remaining"] == 0
    clock.now = day(31)
    assert (await github.get("/user")).status_code == 200


async def test_the_graphql_budget_is_another(github: httpx.AsyncClient) -> None:
    question = {
        "operationName": "Addresses",
        "query": "",
        "variables": {"ids": ["I_larkfield/tracking_1", "x"]},
    }
    answer = await github.post("/graphql", json=question)
    assert answer.json()["data"]["nodes"] == [
        {
            "id": "I_larkfield/tracking_1",
            "number": 1,
            "repository": {"nameWithOwner": "larkfield/tracking"},
        },
        None,
    ]
    assert answer.json()["errors"][0]["path"] == ["nodes", 1]
    assert answer.headers["x-ratelimit-resource"] == "graphql"
    for _ in range(19):
        await github.post("/graphql", json=question)
    assert (await github.post("/graphql", json=question)).json()["errors"][0]["type"] == "RATE_LIMITED"
    assert (await github.get("/user")).status_code == 200


@pytest.mark.parametrize("body", [b"", b"[]", b'{"query": "{ viewer { login } }"}'])
async def test_a_question_without_a_known_form_is_refused(github: httpx.AsyncClient, body: bytes) -> None:
    assert (await github.post("/graphql", content=body)).status_code == 400


async def test_a_question_it_does_not_know_is_refused_as_graphql_does(github: httpx.AsyncClient) -> None:
    answer = await github.post("/graphql", json={"operationName": "Secrets", "query": "", "variables": {}})
    assert answer.status_code == 200
    assert "Secrets" in answer.json()["errors"][0]["message"]


async def test_a_person_sees_only_public_repositories(github: httpx.AsyncClient) -> None:
    assert [row["name"] for row in (await github.get("/users/larkfield/repos")).json()] == ["slos"]
    names = [row["name"] for row in (await github.get("/orgs/larkfield/repos")).json()]
    assert names == ["old-portal", "slos", "tracking"]


async def test_a_pull_request_is_told_as_of_now(github: httpx.AsyncClient, clock: Clock) -> None:
    path = "/repos/larkfield/tracking/pulls/46"
    assert (await github.get(path)).json()["merged_by"]["login"] == "devp"
    clock.now = day(5.5)
    assert ((await github.get(path)).json()["merged"], (await github.get(path)).json()["state"]) == (
        False,
        "open",
    )
    assert (await github.get("/repos/larkfield/tracking/pulls/1")).status_code == 404


async def asked_again(mishaps: tuple[Mishap, ...], at: datetime, path: str) -> httpx.Response:
    """What the sandbox answers at that moment where these befell a small world."""
    issues = (issue(1), issue(2), issue(1, repository="larkfield/slos", created_at=day(20)))
    app = create_app(company((), issues), token=TOKEN, now=lambda: at, mishaps=mishaps)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as client:
        return await client.get(path)


async def test_a_deleted_issue_is_gone_from_then_on() -> None:
    mishaps = (Mishap("I_larkfield/tracking_1", day(10)),)
    assert (await asked_again(mishaps, day(9), f"{ISSUES}/1")).status_code == 200
    assert (await asked_again(mishaps, day(10), f"{ISSUES}/1")).status_code == 404
    assert [row["number"] for row in (await asked_again(mishaps, day(10), ISSUES)).json()] == [2]


async def test_a_transferred_issue_leads_to_where_it_is() -> None:
    mishaps = (Mishap("I_larkfield/tracking_1", day(20), becomes="I_larkfield/slos_1"),)
    moved = await asked_again(mishaps, day(20), f"{ISSUES}/1")
    assert moved.status_code == 301
    assert moved.headers["location"] == "http://sandbox/repos/larkfield/slos/issues/1"
    assert [row["number"] for row in (await asked_again(mishaps, day(20), ISSUES)).json()] == [2]


async def test_too_many_requests_a_minute_meet_the_secondary_limit(clock: Clock) -> None:
    app = create_app(company(()), token=TOKEN, now=clock, burst=3)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as client:
        told = [await client.get("/user") for _ in range(4)]
        assert [answer.status_code for answer in told] == [200, 200, 200, 403]
        assert "secondary rate limit" in told[-1].json()["message"]
        assert told[-1].headers["retry-after"] == "60"
        clock.now = day(30) + timedelta(minutes=1)
        assert (await client.get("/user")).status_code == 200


async def test_answers_carry_the_sandboxs_own_time(github: httpx.AsyncClient) -> None:
    assert (await github.get("/user")).headers["date"] == "Wed, 01 Apr 2026 09:00:00 GMT"
