"""What issues have beside their list: blockers, and fields on boards."""

import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest
import respx
from github_answers import impatient, moment, repository, row

from connectors.errors import FixRequestError
from connectors.github import parse
from connectors.github.issues import Besides, IssueReader
from connectors.github.shapes import Issue, shaped
from connectors.learned import Learned
from connectors.transport import Transport
from rules.records import Link, WorkItem

URL = "https://api.github.com/graphql"
NAME = "larkfield/tracking"
HOME = parse.repository(repository(), "github", NAME)
HELD = {"blocked_by": 1, "blocking": 0, "total_blocked_by": 1, "total_blocking": 0}
SOLVED = {**HELD, "blocked_by": 0}
FREE = {**HELD, "blocked_by": 0, "total_blocked_by": 0}


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    transport = impatient()
    yield transport
    await transport.close()


def listed(number: int, summary: Any = None, **other: Any) -> Issue:
    return shaped(row(number, issue_dependencies_summary=summary, **other), Issue, "a row")


def blockers(*numbers: int, total: int | None = None) -> dict[str, Any]:
    nodes = [{"number": n, "repository": {"nameWithOwner": "larkfield/slos"}} for n in numbers]
    return {"blockedBy": {"totalCount": len(nodes) if total is None else total, "nodes": nodes}}


def card(number: int, owner: str = "larkfield", **values: Any) -> dict[str, Any]:
    names = ("status", "priority", "size", "estimate", "iteration", "due")
    return {"project": {"number": number, "owner": {"login": owner}}, **dict.fromkeys(names), **values}


def cards(*told: Any) -> dict[str, Any]:
    return {**blockers(), "projectItems": {"totalCount": len(told), "nodes": list(told)}}


def answer(*nodes: Any, errors: Any = None) -> httpx.Response:
    return httpx.Response(
        200, json={"data": {"nodes": list(nodes)}, **({"errors": errors} if errors else {})}
    )


async def read(transport: Transport, *issues: Issue, boards: tuple[int, ...] = ()) -> Besides:
    return await IssueReader(transport, Learned(), "Larkfield", boards).read(issues, NAME)


def item(issue: Issue, besides: Besides) -> WorkItem:
    return parse.work_item(issue, HOME, besides.found[issue.node_id])


@respx.mock
async def test_only_issues_that_were_held_back_are_asked_about(transport: Transport) -> None:
    route = respx.post(URL).mock(return_value=answer(blockers(3), blockers(4)))
    held, solved = listed(1, HELD), listed(2, SOLVED)

    found = await read(transport, held, solved, listed(5, FREE), listed(6))

    assert json.loads(route.calls[0].request.content)["variables"] == {"ids": ["I_1", "I_2"], "boards": False}
    assert item(held, found).links == (Link("is blocked by", "larkfield/slos#3"),)
    assert item(solved, found).links == (Link("is blocked by", "larkfield/slos#4"),)


@respx.mock
async def test_where_nothing_is_held_back_nothing_is_asked(transport: Transport) -> None:
    assert await read(transport, listed(1, FREE), listed(2)) == Besides()
    assert respx.calls.call_count == 0


@respx.mock
async def test_fields_of_the_named_boards_are_read(transport: Transport) -> None:
    told = card(
        12,
        status={"name": "In review"},
        priority={"name": "High"},
        estimate={"number": 3.0},
        iteration={"title": "Sprint 9"},
        due={"date": "2026-04-10"},
    )
    others = (card(7, status={"name": "Elsewhere"}), card(12, "other", status={"name": "Other"}), None)
    respx.post(URL).mock(return_value=answer(cards(*others, told)))
    issue = listed(1)

    record = item(issue, await read(transport, issue, boards=(12,)))

    assert record.fields["status"] == "In review"
    assert (record.priority, record.points, record.sprints) == ("High", 3.0, ("Sprint 9",))
    assert record.due_on == date(2026, 4, 10)


@respx.mock
async def test_of_several_boards_the_one_named_first_goes_first(transport: Transport) -> None:
    told = cards(card(12, status={"name": "Todo"}, size={"name": "L"}), card(13, status={"name": "Doing"}))
    respx.post(URL).mock(return_value=answer(told))
    issue = listed(1)

    record = item(issue, await read(transport, issue, boards=(13, 12)))

    assert record.fields == {"status": "Doing", "size": "L"}


@respx.mock
async def test_a_hundred_are_asked_at_once(transport: Transport) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        return answer(*[cards()] * len(json.loads(request.content)["variables"]["ids"]))

    route = respx.post(URL).mock(side_effect=respond)

    found = await read(transport, *(listed(n) for n in range(1, 231)), boards=(12,))

    sizes = [len(json.loads(call.request.content)["variables"]["ids"]) for call in route.calls]
    assert (sizes, len(found.found)) == ([100, 100, 30], 230)


@respx.mock
async def test_an_issue_that_goes_or_is_odd_is_a_problem_and_the_others_are_kept(
    transport: Transport,
) -> None:
    issues = [listed(n, HELD) for n in (1, 2, 3, 4)]
    odd = {"blockedBy": {"totalCount": "many", "nodes": []}}
    respx.post(URL).mock(return_value=answer(blockers(9), None, odd, blockers(9, total=2)))

    found = await read(transport, *issues)

    assert set(found.found) == {"I_1", "I_4"}
    assert [(problem.scope, problem.quarantined) for problem in found.problems] == [
        (f"item:{NAME}#2", False),
        (f"item:{NAME}#3", True),
        (f"item:{NAME}#4", False),
    ]


@respx.mock
async def test_a_question_too_large_is_halved(transport: Transport) -> None:
    sizes: list[int] = []

    def respond(request: httpx.Request) -> httpx.Response:
        sizes.append(len(json.loads(request.content)["variables"]["ids"]))
        return httpx.Response(502) if sizes[-1] > 30 else answer(*[cards()] * sizes[-1])

    respx.post(URL).mock(side_effect=respond)

    found = await read(transport, *(listed(n) for n in range(1, 61)), boards=(12,))

    assert len(found.found) == 60
    assert sizes[-3:] == [25, 25, 10]


HIDDEN_BOARD = {
    "type": "FORBIDDEN",
    "path": ["nodes", 0, "projectItems"],
    "message": "Resource not accessible.",
}


@respx.mock
async def test_boards_that_are_hidden_are_one_problem_and_blockers_stay(transport: Transport) -> None:
    hidden = [HIDDEN_BOARD, {**HIDDEN_BOARD, "path": ["nodes", 1, "projectItems"]}]
    told = [{**blockers(9), "projectItems": None}, {**blockers(), "projectItems": None}]
    respx.post(URL).mock(return_value=answer(*told, errors=hidden))
    held = listed(1, HELD)

    found = await read(transport, held, listed(2), boards=(12,))

    assert [problem.scope for problem in found.problems] == [f"boards:{NAME}"]
    assert item(held, found).links == (Link("is blocked by", "larkfield/slos#9"),)


@respx.mock
async def test_a_token_without_the_scope_for_boards_still_reads_blockers(transport: Transport) -> None:
    refused = {"errors": [{"message": "The 'projectItems' field requires the scope read:project."}]}
    respx.post(URL).mock(side_effect=[httpx.Response(200, json=refused), answer(blockers(9))])
    held = listed(1, HELD)

    found = await read(transport, held, listed(2), boards=(12,))

    assert [problem.scope for problem in found.problems] == [f"boards:{NAME}"]
    assert item(held, found).links == (Link("is blocked by", "larkfield/slos#9"),)


@respx.mock
async def test_a_server_without_dependencies_is_asked_for_boards_alone(transport: Transport) -> None:
    refused = {"errors": [{"message": "Field 'blockedBy' doesn't exist on type 'Issue'"}]}
    told = {"projectItems": cards(card(12, status={"name": "Doing"}))["projectItems"]}
    route = respx.post(URL).mock(side_effect=[httpx.Response(200, json=refused), answer(told)])
    issue = listed(1)

    found = await read(transport, issue, boards=(12,))

    assert item(issue, found).fields == {"status": "Doing"}
    assert "blockedBy" not in json.loads(route.calls[1].request.content)["query"]


@respx.mock
async def test_any_other_refusal_is_an_error(transport: Transport) -> None:
    refused = {"errors": [{"message": "Parse error on line 1"}]}
    respx.post(URL).mock(return_value=httpx.Response(200, json=refused))

    with pytest.raises(FixRequestError):
        await read(transport, listed(1, HELD), boards=(12,))


def test_fields_of_the_organisation_and_milestones_are_in_the_list_already() -> None:
    values = [
        {"issue_field_name": "Product", "data_type": "text", "value": "tracking"},
        {"issue_field_name": "Estimate", "data_type": "number", "value": 5},
        {"issue_field_name": "Effort", "data_type": "number", "value": 2.5},
        {"issue_field_name": "Priority", "value": 4, "single_select_option": {"name": "Urgent"}},
        {
            "issue_field_name": "Seas",
            "value": None,
            "multi_select_options": [{"name": "North"}, {"name": "Red"}],
        },
        {"issue_field_name": "Empty", "value": None},
        {"value": "a field of a server that does not name it"},
    ]
    milestone = {"title": "Winter map", "due_on": moment(60 * 24)}
    record = parse.work_item(listed(1, issue_field_values=values, milestone=milestone), HOME)

    assert record.fields == {
        "product": "tracking",
        "estimate": "5",
        "effort": "2.5",
        "priority": "Urgent",
        "seas": "North, Red",
    }
    assert (record.priority, record.points) == ("Urgent", 5.0)
    assert (record.versions, record.due_on) == (("Winter map",), date(2026, 3, 3))


@pytest.mark.parametrize("value", ["soon", "", "nan", "inf", "2026-13-45"])
def test_a_field_that_is_no_number_or_day_is_kept_as_it_is(value: str) -> None:
    values = [{"issue_field_name": name, "value": value} for name in ("Estimate", "Target date")]
    record = parse.work_item(listed(1, issue_field_values=values), HOME)

    assert (record.points, record.due_on) == (None, None)
