"""What the connector does when GitHub, or something before it, does not do as usual."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import respx
from github_answers import START, impatient, moment, node, pull_row, repository, row

from config.model import Source
from connectors.connector import Page
from connectors.errors import FixRequestError, UnexpectedAnswerError, WaitError
from connectors.github.client import GitHub, connect
from connectors.github.daily import DAILY
from connectors.transport import Transport
from rules.records import Container, PullRequest, WorkItem

API = "https://api.github.com"


def without_daily(connector: GitHub) -> GitHub:
    """The connector, for which what is read once a day was read today."""
    connector.learned.put(DAILY, datetime.now(UTC).isoformat())
    return connector


@pytest.fixture
async def github() -> AsyncIterator[GitHub]:
    connector = without_daily(GitHub("github", impatient(), "larkfield"))
    yield connector
    await connector.close()


async def all_pages(connector: GitHub, cursor: str | None = None) -> list[Page]:
    return [page async for page in connector.pages(cursor)]


def company(*names: str, **answers: Any) -> None:
    """Repositories with one issue each; an answer under a repository's name stands for its issue list."""
    listed = [repository(f"larkfield/{name}") for name in names]
    respx.get(f"{API}/orgs/larkfield/repos").mock(return_value=httpx.Response(200, json=listed))
    for name in names:
        told = answers.get(name.replace("-", "_")) or httpx.Response(200, json=[row(1)])
        respx.get(f"{API}/repos/larkfield/{name}/issues").mock(side_effect=told if callable(told) else [told])


@respx.mock
@pytest.mark.parametrize("status", [301, 403, 404, 410, 451])
async def test_a_refused_repository_is_a_problem_and_the_others_go_on(github: GitHub, status: int) -> None:
    company("a", "b", "c", b=httpx.Response(status, json={"message": "No."}))

    pages = await all_pages(github, json.dumps({"changed": {"larkfield/b": moment(-60)}, "closed": []}))

    items = [r.container for page in pages for r in page.records if isinstance(r, WorkItem)]
    assert items == ["larkfield/a", "larkfield/c"]
    assert [problem.scope for page in pages for problem in page.problems] == ["repository:larkfield/b"]
    assert pages[-1].last
    changed = json.loads(pages[-1].cursor)["changed"]
    assert {name: datetime.fromisoformat(at) for name, at in changed.items()} == {
        "larkfield/a": datetime.fromisoformat(moment(1)),
        "larkfield/b": datetime.fromisoformat(moment(-60)),
        "larkfield/c": datetime.fromisoformat(moment(1)),
    }


@respx.mock
async def test_a_secondary_limit_is_no_refusal_of_one_repository() -> None:
    limited = httpx.Response(
        403, json={"message": "You have exceeded a secondary rate limit."}, headers={"Retry-After": "3600"}
    )
    company("a", "b", b=limited)
    connector = without_daily(
        GitHub("github", Transport(API, who="GitHub", clock=lambda: START), "larkfield")
    )
    pages: list[Page] = []

    with pytest.raises(WaitError) as caught:
        await collect(connector, pages)
    await connector.close()

    assert caught.value.until is not None
    assert [r.container for page in pages for r in page.records if isinstance(r, WorkItem)] == ["larkfield/a"]


async def collect(connector: GitHub, pages: list[Page]) -> None:
    async for page in connector.pages(None):
        pages.append(page)  # noqa: PERF401 - what came before an error counts


@respx.mock
@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>Sign in to continue</html>"),
        httpx.Response(200, text='[{"number": 1, "title": "Cut he'),
        httpx.Response(200, json={"message": "hello"}),
    ],
)
async def test_what_is_not_githubs_answer_fails_the_sync(github: GitHub, answer: httpx.Response) -> None:
    company("a", a=answer)
    pages: list[Page] = []

    with pytest.raises(UnexpectedAnswerError):
        await collect(github, pages)
    assert not any(page.last for page in pages)


@respx.mock
async def test_repositories_are_listed_to_the_last_page(github: GitHub) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params.get("page", "1"))
        link = f'<{API}/orgs/larkfield/repos?page={page + 1}>; rel="next", <{API}/x?page=3>; rel="last"'
        named = [repository(f"larkfield/r{page}", archived=True)]
        return httpx.Response(200, json=named, headers={"Link": link} if page < 3 else {})

    respx.get(f"{API}/orgs/larkfield/repos").mock(side_effect=respond)
    cursor = json.dumps({"changed": {}, "closed": [f"larkfield/r{page}" for page in (1, 2, 3)]})

    pages = await all_pages(github, cursor)

    assert [r.key for r in pages[0].records] == ["larkfield/r1", "larkfield/r2", "larkfield/r3"]


@respx.mock
@pytest.mark.parametrize("link", [f"{API}/orgs/larkfield/repos?page=1", "https://evil.example/repos?page=2"])
async def test_a_next_link_in_circles_or_elsewhere_is_refused(github: GitHub, link: str) -> None:
    respx.get(f"{API}/orgs/larkfield/repos").mock(
        return_value=httpx.Response(200, json=[], headers={"Link": f'<{link}>; rel="next"'})
    )

    with pytest.raises(UnexpectedAnswerError):
        await all_pages(github)
    assert all(call.request.url.host == "api.github.com" for call in respx.calls)


@respx.mock
async def test_a_persons_repositories_are_found_where_there_is_no_organisation(github: GitHub) -> None:
    respx.get(f"{API}/orgs/larkfield/repos").mock(return_value=httpx.Response(404))
    public = repository("larkfield/slos", private=False)
    respx.get(f"{API}/users/larkfield/repos").mock(return_value=httpx.Response(200, json=[public]))
    respx.get(f"{API}/repos/larkfield/slos/issues").mock(return_value=httpx.Response(200, json=[row(1)]))

    pages = await all_pages(github)

    assert [r.audience for page in pages for r in page.records if isinstance(r, WorkItem)] == ["public"]


@respx.mock
async def test_one_unreadable_repository_is_a_problem(github: GitHub) -> None:
    company("a")
    listed = [{"full_name": "larkfield/odd"}, "odder", repository("larkfield/a")]
    respx.get(f"{API}/orgs/larkfield/repos").mock(return_value=httpx.Response(200, json=listed))

    pages = await all_pages(github)

    assert [problem.scope for problem in pages[0].problems] == ["repository:larkfield/odd", "repository:?"]
    assert [r.key for r in pages[0].records if isinstance(r, Container)] == ["larkfield/a"]


@respx.mock
async def test_an_archived_repository_that_failed_is_read_again(github: GitHub) -> None:
    listed = [repository("larkfield/old", archived=True)]
    respx.get(f"{API}/orgs/larkfield/repos").mock(return_value=httpx.Response(200, json=listed))
    respx.get(f"{API}/repos/larkfield/old/issues").mock(
        side_effect=[httpx.Response(403), httpx.Response(200, json=[row(1)])]
    )

    first = await all_pages(github)
    second = await all_pages(github, first[-1].cursor)

    assert [r.key for page in second for r in page.records if isinstance(r, WorkItem)] == ["larkfield/old#1"]
    assert json.loads(second[-1].cursor)["closed"] == ["larkfield/old"]


@respx.mock
async def test_items_of_a_repository_that_turned_private_are_restricted(github: GitHub) -> None:
    public = [repository("larkfield/a", private=False)]
    listing = respx.get(f"{API}/orgs/larkfield/repos").mock(return_value=httpx.Response(200, json=public))
    rows = respx.get(f"{API}/repos/larkfield/a/issues").mock(return_value=httpx.Response(200, json=[row(1)]))

    first = await all_pages(github)
    listing.mock(return_value=httpx.Response(200, json=[repository("larkfield/a")]))
    second = await all_pages(github, first[-1].cursor)

    audiences = [r.audience for page in (*first, *second) for r in page.records if isinstance(r, WorkItem)]
    assert audiences == ["public", "github:github:larkfield/a"]
    assert "since" not in rows.calls[-1].request.url.params


@respx.mock
async def test_the_smaller_budget_is_told(github: GitHub) -> None:
    rows = httpx.Response(200, json=[pull_row(1)], headers={"X-RateLimit-Remaining": "4000"})
    company("a", a=rows)
    respx.post(f"{API}/graphql").mock(
        return_value=httpx.Response(
            200, json={"data": {"nodes": [node(1)]}}, headers={"X-RateLimit-Remaining": "17"}
        )
    )

    pages = await all_pages(github)

    assert [page.budget_left for page in pages] == [None, 4000, 17, None]
    assert [r.id for page in pages for r in page.records if isinstance(r, PullRequest)] == ["PR_1"]


@respx.mock
async def test_lists_are_read_though_no_points_are_left() -> None:
    company("a", "b")
    limited = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded."}]}
    headers = {"X-RateLimit-Reset": "4000000000", "X-RateLimit-Remaining": "0"}
    respx.post(f"{API}/graphql").mock(return_value=httpx.Response(200, json=limited, headers=headers))
    connector = GitHub("github", impatient(), "larkfield")
    pages: list[Page] = []

    with pytest.raises(WaitError):
        await collect(connector, pages)
    await connector.close()

    items = [r.container for page in pages for r in page.records if isinstance(r, WorkItem)]
    assert items == ["larkfield/a", "larkfield/b"]


@respx.mock
async def test_an_item_that_moved_says_so(github: GitHub) -> None:
    respx.get(f"{API}/repos/larkfield/a").mock(
        return_value=httpx.Response(200, json=repository("larkfield/a"))
    )
    respx.get(f"{API}/repos/larkfield/a/issues/1").mock(return_value=httpx.Response(301))
    respx.get(f"{API}/repos/larkfield/a/issues/2").mock(return_value=httpx.Response(410))
    respx.get(f"{API}/repos/larkfield/a/issues/3").mock(return_value=httpx.Response(200, json={"number": 3}))

    page = await github.read(["larkfield/a#1", "larkfield/a#2", "larkfield/a#3"])

    told = {problem.scope: problem.what for problem in page.problems}
    assert "moved" in told["item:larkfield/a#1"]
    assert "gone" in told["item:larkfield/a#2"]
    assert "not as documented" in told["item:larkfield/a#3"]
    assert not any(isinstance(record, WorkItem) for record in page.records)


@respx.mock
async def test_a_key_that_leads_elsewhere_is_never_asked(github: GitHub) -> None:
    respx.post(f"{API}/graphql").mock(return_value=httpx.Response(200, json={"data": {"nodes": [None] * 4}}))

    keys = ["larkfield/../../user#1", "larkfield/a#1/../../x", "https://evil.example/a#1", "larkfield/..#1"]
    page = await github.read(keys)

    assert [call.request.url.path for call in respx.calls] == ["/graphql"]
    assert len(page.problems) == 4


@respx.mock
async def test_every_request_is_signed_and_says_who_asks() -> None:
    route = respx.get(f"{API}/repos/larkfield/tracking").mock(return_value=httpx.Response(404))
    source = Source(id="code", github="larkfield/tracking")
    connector = without_daily(connect(source, url=None, token="secret"))

    await all_pages(connector)
    await connector.close()

    sent = route.calls[0].request.headers
    assert sent["authorization"] == "Bearer secret"
    assert sent["x-github-api-version"] == "2022-11-28"
    assert sent["accept"] == "application/vnd.github+json"
    assert sent["user-agent"] == "product-ops-bot"


async def test_a_stored_cursor_of_another_kind_is_refused(github: GitHub) -> None:
    with pytest.raises(FixRequestError):
        await all_pages(github, "BOOK-12")
