"""Details of pull requests, and everything GraphQL may answer instead."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import respx
from github_answers import actor, connection, impatient, node, pull_row, repository, review

from connectors.errors import FixRequestError, TryLaterError, UnexpectedAnswerError, WaitError
from connectors.github import parse
from connectors.github.detail import DetailReader, Details
from connectors.github.shapes import Issue, shaped
from connectors.learned import Learned
from connectors.transport import Transport
from rules.records import Container

URL = "https://api.github.com/graphql"
HOME = parse.repository(repository(), "github", "larkfield/tracking")


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    transport = impatient()
    yield transport
    await transport.close()


def listed(*numbers: int) -> list[tuple[Issue, Container]]:
    return [(shaped(pull_row(number), Issue, "a row"), HOME) for number in numbers]


def answer(*nodes: Any, errors: Any = None, **headers: str) -> httpx.Response:
    body = {"data": {"nodes": list(nodes)}, **({"errors": errors} if errors else {})}
    return httpx.Response(200, json=body, headers=headers)


async def details(transport: Transport, *numbers: int) -> Details:
    return await DetailReader(transport, Learned()).read(listed(*numbers))


@respx.mock
async def test_fifty_are_asked_at_once_in_their_order(transport: Transport) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        ids = json.loads(request.content)["variables"]["ids"]
        return answer(*(node(int(node_id.removeprefix("PR_"))) for node_id in ids))

    route = respx.post(URL).mock(side_effect=respond)

    found = await details(transport, *range(1, 121))

    assert [pull.key for pull in found.pulls] == [f"larkfield/tracking#{number}" for number in range(1, 121)]
    assert [len(json.loads(call.request.content)["variables"]["ids"]) for call in route.calls] == [50, 50, 20]


@respx.mock
async def test_nothing_is_asked_about_no_pull_requests(transport: Transport) -> None:
    assert (await details(transport)).pulls == []
    assert respx.calls.call_count == 0


@respx.mock
async def test_a_null_node_is_a_problem_and_the_others_are_kept(transport: Transport) -> None:
    gone = {"type": "NOT_FOUND", "path": ["nodes", 1], "message": "Could not resolve to a node."}
    respx.post(URL).mock(return_value=answer(node(1), None, node(3), None, errors=[gone]))

    found = await details(transport, 1, 2, 3, 4)

    assert [pull.id for pull in found.pulls] == ["PR_1", "PR_3"]
    assert [problem.scope for problem in found.problems] == [
        "item:larkfield/tracking#2",
        "item:larkfield/tracking#4",
    ]


@respx.mock
async def test_what_github_failed_on_is_asked_once_more_alone(transport: Transport) -> None:
    failed = {"path": ["nodes", 1], "message": "Something went wrong while executing your query."}
    route = respx.post(URL).mock(side_effect=[answer(node(1), None, errors=[failed]), answer(node(2))])

    found = await details(transport, 1, 2)

    assert [pull.id for pull in found.pulls] == ["PR_1", "PR_2"]
    assert found.problems == []
    assert json.loads(route.calls[1].request.content)["variables"] == {"ids": ["PR_2"]}


@respx.mock
async def test_what_github_fails_on_again_is_a_problem(transport: Transport) -> None:
    failed = {"path": ["nodes", 0], "message": "Something went wrong while executing your query."}
    route = respx.post(URL).mock(return_value=answer(None, errors=[failed]))

    found = await details(transport, 1)

    assert route.call_count == 2
    assert [problem.scope for problem in found.problems] == ["item:larkfield/tracking#1"]
    assert "Something went wrong" in found.problems[0].what


@respx.mock
async def test_a_complaint_beside_data_is_a_problem_and_the_data_is_kept(transport: Transport) -> None:
    partly = {
        "type": "FORBIDDEN",
        "path": ["nodes", 0, "closingIssuesReferences"],
        "message": "Resource not accessible.",
    }
    about_all = {"message": "A field is deprecated."}
    told = answer(node(1, closingIssuesReferences=None), errors=[partly, about_all])
    respx.post(URL).mock(return_value=told)

    found = await details(transport, 1)

    assert [pull.closes for pull in found.pulls] == [()]
    assert sorted(problem.scope for problem in found.problems) == [
        "item:larkfield/tracking#1",
        "query:PullRequests",
    ]


@respx.mock
async def test_one_unreadable_node_is_a_problem_with_its_number(transport: Transport) -> None:
    respx.post(URL).mock(return_value=answer(node(1), node(2, additions="many"), {"__typename": "Issue"}))

    found = await details(transport, 1, 2, 3)

    assert [pull.id for pull in found.pulls] == ["PR_1"]
    assert [problem.scope for problem in found.problems] == [
        "item:larkfield/tracking#2",
        "item:larkfield/tracking#3",
    ]
    assert "$.additions" in found.problems[0].what


@respx.mock
@pytest.mark.parametrize(
    "limited",
    [
        {"type": "RATE_LIMITED", "message": "API rate limit already exceeded for user ID 1."},
        {"message": "You have exceeded a secondary rate limit."},  # untyped, though data came
    ],
)
async def test_a_limit_in_an_answer_200_is_waited_out(transport: Transport, limited: dict[str, str]) -> None:
    respx.post(URL).mock(side_effect=[answer(None, errors=[limited]), answer(node(1))])

    found = await details(transport, 1)

    assert [pull.id for pull in found.pulls] == ["PR_1"]
    assert found.problems == []


@respx.mock
async def test_a_limit_that_does_not_end_is_told(transport: Transport) -> None:
    limited = {"type": "RATE_LIMIT", "message": "API rate limit already exceeded for user ID 1."}
    respx.post(URL).mock(return_value=answer(None, errors=[limited]))

    with pytest.raises(WaitError):
        await details(transport, 1)


@respx.mock
async def test_a_question_that_can_be_halved_is_not_asked_for_long(transport: Transport) -> None:
    sizes: list[int] = []

    def respond(request: httpx.Request) -> httpx.Response:
        ids = json.loads(request.content)["variables"]["ids"]
        sizes.append(len(ids))
        if len(ids) > 5:
            return httpx.Response(502)
        return answer(*(node(int(node_id.removeprefix("PR_"))) for node_id in ids))

    respx.post(URL).mock(side_effect=respond)

    found = await details(transport, *range(1, 51))

    assert sizes == [*(2 * [50]), *(2 * [25]), *(2 * [12]), *(2 * [6]), *(10 * [5])]
    assert len(found.pulls) == 50


@respx.mock
async def test_a_query_the_server_does_not_know_is_refused(transport: Transport) -> None:
    refused = {"errors": [{"message": "Field 'isDraft' doesn't exist on type 'PullRequest'"}]}
    respx.post(URL).mock(return_value=httpx.Response(200, json=refused))

    with pytest.raises(FixRequestError, match="isDraft"):
        await details(transport, 1)


@respx.mock
@pytest.mark.parametrize(
    "body", [{}, {"data": None}, [], {"data": {"nodes": None}}, {"data": {"nodes": [None, None]}}]
)
async def test_neither_data_nor_errors_is_refused(transport: Transport, body: Any) -> None:
    respx.post(URL).mock(return_value=httpx.Response(200, json=body))

    with pytest.raises(UnexpectedAnswerError):
        await details(transport, 1)


@respx.mock
async def test_a_question_too_large_is_halved_and_the_size_remembered(transport: Transport) -> None:
    sizes: list[int] = []

    def respond(request: httpx.Request) -> httpx.Response:
        ids = json.loads(request.content)["variables"]["ids"]
        sizes.append(len(ids))
        if len(ids) > 20:
            gave_up = [{"message": "Something went wrong. This may be the result of a timeout."}]
            return httpx.Response(200, json={"data": None, "errors": gave_up})
        return answer(*(node(int(node_id.removeprefix("PR_"))) for node_id in ids))

    respx.post(URL).mock(side_effect=respond)
    reader = DetailReader(transport, Learned())

    first = await reader.read(listed(*range(1, 31)))
    second = await reader.read(listed(*range(31, 61)))

    assert [pull.id for pull in (*first.pulls, *second.pulls)] == [f"PR_{number}" for number in range(1, 61)]
    assert sizes == [30, 25, 12, 12, 6, 12, 12, 6]


@respx.mock
async def test_a_server_that_always_gives_up_is_not_asked_for_ever(transport: Transport) -> None:
    route = respx.post(URL).mock(return_value=httpx.Response(502))

    with pytest.raises(TryLaterError):
        await details(transport, *range(1, 51))
    assert route.call_count == 4 * 2 + 5


@respx.mock
async def test_hidden_checks_are_one_problem_and_not_asked_for_again(transport: Transport) -> None:
    hidden = [
        {
            "type": "FORBIDDEN",
            "path": ["nodes", place, "statusCheckRollup"],
            "message": "Resource not accessible by personal access token",
        }
        for place in (0, 1)
    ]
    route = respx.post(URL).mock(
        side_effect=[
            answer(node(1, statusCheckRollup=None), node(2, statusCheckRollup=None), errors=hidden),
            answer(node(3)),
        ]
    )
    learned = Learned()

    found = await DetailReader(transport, learned).read(listed(1, 2))
    later = await DetailReader(transport, learned).read(listed(3))

    assert [pull.id for pull in (*found.pulls, *later.pulls)] == ["PR_1", "PR_2", "PR_3"]
    assert [problem.scope for problem in found.problems] == ["checks:larkfield/tracking"]
    asked = [json.loads(call.request.content)["query"] for call in route.calls]
    assert ["statusCheckRollup" in query for query in asked] == [True, False]


@respx.mock
async def test_a_server_that_knows_no_checks_is_asked_without_them(transport: Transport) -> None:
    refused = {"errors": [{"message": "Field 'statusCheckRollup' doesn't exist on type 'PullRequest'"}]}
    route = respx.post(URL).mock(
        side_effect=[httpx.Response(200, json=refused), answer(node(1)), answer(node(2))]
    )
    learned = Learned()

    found = await DetailReader(transport, learned).read(listed(1))
    await DetailReader(transport, learned).read(listed(2))

    assert found.problems == []
    assert [pull.checks for pull in found.pulls] == [None]
    asked = [json.loads(call.request.content)["query"] for call in route.calls]
    assert ["statusCheckRollup" in query for query in asked] == [True, False, False]


@respx.mock
async def test_people_without_a_number_are_not_made_up(transport: Transport) -> None:
    told = node(
        1,
        author=None,
        mergedBy={"__typename": "Organization", "login": "larkfield"},
        reviews=connection(review(1, author=actor("renovate", 15, "Bot"))),
    )
    respx.post(URL).mock(return_value=answer(told))

    found = await details(transport, 1)

    assert [(person.id, person.key, person.is_bot) for person in found.people] == [
        ("15", "renovate[bot]", True)
    ]
    assert (found.pulls[0].author, found.pulls[0].merged_by) == (None, "larkfield")


@respx.mock
async def test_an_enterprise_server_has_graphql_beside_rest() -> None:
    route = respx.post("https://git.larkfield.example/api/graphql").mock(return_value=answer(node(1)))
    transport = Transport("https://git.larkfield.example/api/v3", who="GitHub")

    await DetailReader(transport, Learned()).read(listed(1))
    await transport.close()

    assert route.called
