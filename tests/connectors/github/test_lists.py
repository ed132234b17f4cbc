"""Lists inside of answers are followed to their end."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import respx
from github_answers import actor, connection, moment, node, pull_row, repository, review

from connectors.github import parse
from connectors.github.detail import DetailReader, Details
from connectors.github.shapes import Issue, shaped
from connectors.learned import Learned
from connectors.transport import Transport
from rules.records import PullRequest

URL = "https://api.github.com/graphql"
HOME = parse.repository(repository(), "github", "larkfield/tracking")


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    transport = Transport("https://api.github.com", who="GitHub")
    yield transport
    await transport.close()


def answer(*nodes: Any) -> httpx.Response:
    return httpx.Response(200, json={"data": {"nodes": list(nodes)}})


async def details(transport: Transport) -> Details:
    """The details of one pull request."""
    seen = shaped(pull_row(1), Issue, "a row")
    return await DetailReader(transport, Learned()).read([(seen, HOME)])


@respx.mock
async def test_further_reviews_are_followed_to_their_end(transport: Transport) -> None:
    first = connection(review(1), review(2), total=5, cursor="a")
    pages = {
        "a": connection(review(3), review(4), total=5, cursor="b"),
        "b": connection(review(5), total=5),
    }

    def respond(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        if asked["operationName"] == "PullRequests":
            return answer(node(1, reviews=first))
        return httpx.Response(200, json={"data": {"node": {"reviews": pages[asked["variables"]["after"]]}}})

    respx.post(URL).mock(side_effect=respond)

    found = await details(transport)

    times = [review.at.strftime("%Y-%m-%dT%H:%M:%SZ") for review in found.pulls[0].reviews]
    assert times == [moment(minutes) for minutes in (1, 2, 3, 4, 5)]


@respx.mock
async def test_reviews_that_repeat_for_ever_are_a_problem(transport: Transport) -> None:
    reviews = connection(review(1), total=500, cursor="a")

    def respond(request: httpx.Request) -> httpx.Response:
        first = json.loads(request.content)["operationName"] == "PullRequests"
        return (
            answer(node(1, reviews=reviews))
            if first
            else httpx.Response(200, json={"data": {"node": {"reviews": reviews}}})
        )

    route = respx.post(URL).mock(side_effect=respond)

    found = await details(transport)

    assert found.pulls == []
    assert [problem.scope for problem in found.problems] == ["item:larkfield/tracking#1"]
    assert route.call_count == 2


def following(first: Any, name: str, pages: dict[str, Any]) -> Any:
    """Answers the first question with this node, and what is asked further with these pages."""

    def respond(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        if asked["operationName"] == "PullRequests":
            return answer(first)
        assert asked["variables"][name] is True
        told = pages[asked["variables"]["after"]]
        return httpx.Response(200, json={"data": {"node": told and {name: told}}})

    return respond


@respx.mock
@pytest.mark.parametrize(
    ("name", "entries", "told"),
    [
        (
            "labels",
            [{"name": "a"}, {"name": "b"}, {"name": "c"}],
            lambda pull: pull.labels == ("a", "b", "c"),
        ),
        ("files", [{"path": "a"}, {"path": "b"}, {"path": "c"}], lambda pull: pull.paths == ("a", "b", "c")),
        (
            "closingIssuesReferences",
            [{"number": n, "repository": {"nameWithOwner": "larkfield/slos"}} for n in (1, 2, 3)],
            lambda pull: pull.closes == ("larkfield/slos#1", "larkfield/slos#2", "larkfield/slos#3"),
        ),
        (
            "reviewRequests",
            [{"requestedReviewer": actor(login)} for login in ("eva-k", "devp", "bo-l")],
            lambda pull: pull.requested == ("eva-k", "devp", "bo-l"),
        ),
        (
            "timelineItems",
            [{"__typename": "ReviewRequestedEvent", "createdAt": moment(n)} for n in (1, 2, 3)],
            lambda pull: pull.requested_at is not None and pull.requested_at.minute == 3,
        ),
    ],
)
async def test_every_list_is_followed_to_its_end(
    transport: Transport, name: str, entries: list[Any], told: Callable[[PullRequest], bool]
) -> None:
    one, two, three = entries
    pages = {"a": connection(two, total=3, cursor="b"), "b": connection(three, total=3)}
    first = node(1, **{name: connection(one, total=3, cursor="a")})
    respx.post(URL).mock(side_effect=following(first, name, pages))

    found = await details(transport)

    assert found.problems == []
    assert told(found.pulls[0])


@respx.mock
async def test_files_are_not_followed_beyond_what_github_lists(transport: Transport) -> None:
    page = connection(*({"path": f"{n}"} for n in range(1000)), total=5000, cursor="a")
    pages = {f"{n}": {**page, "pageInfo": {"hasNextPage": True, "endCursor": f"{n + 1}"}} for n in range(9)}
    first = node(1, files=connection(total=5000, cursor="0"))
    route = respx.post(URL).mock(side_effect=following(first, "files", pages))

    found = await details(transport)

    assert route.call_count == 4
    assert found.pulls[0].paths is None


@respx.mock
async def test_a_pull_request_that_goes_while_it_is_read_is_a_problem(transport: Transport) -> None:
    first = node(1, files=connection({"path": "a"}, total=2, cursor="a"))
    respx.post(URL).mock(side_effect=following(first, "files", {"a": None}))

    found = await details(transport)

    assert found.pulls == []
    assert [(problem.scope, problem.quarantined) for problem in found.problems] == [
        ("item:larkfield/tracking#1", True)
    ]


@respx.mock
async def test_more_closed_issues_than_told_are_said_to_be_missing(transport: Transport) -> None:
    closes = connection({"number": 9, "repository": {"nameWithOwner": "larkfield/slos"}}, total=12)
    respx.post(URL).mock(return_value=answer(node(1, closingIssuesReferences=closes)))

    found = await details(transport)

    assert found.pulls[0].closes == ("larkfield/slos#9",)
    assert "12" in found.problems[0].what
