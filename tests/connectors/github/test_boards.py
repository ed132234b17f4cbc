"""Project boards: whose cards moved."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import respx
from github_answers import impatient
from github_company import TOKEN, Clock, company, day, issue, serving

from connectors.errors import WaitError
from connectors.github import boards
from connectors.larkfield.world import Card
from connectors.learned import Learned
from connectors.transport import TRIES, Transport

URL = "https://api.github.com/graphql"


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock(day(30))


@pytest.fixture(scope="module")
def address(clock: Clock) -> Iterator[str]:
    issues = (*(issue(n, created_at=day(1)) for n in range(1, 131)), issue(1, repository="larkfield/slos"))
    cards = (
        *(Card(12, "larkfield/tracking", n, day(2 + n / 100), {"Status": "Todo"}) for n in range(1, 131)),
        Card(12, "larkfield/slos", 1, day(35), {"Status": "Todo"}),
        Card(12, "larkfield/tracking", 7, day(40), {"Status": "Doing"}),
        Card(13, "larkfield/tracking", 8, day(3), {}),
    )
    with serving(replace(company((), issues), cards=cards), clock) as url:
        yield url


@pytest.fixture
async def transport(address: str, clock: Clock) -> AsyncIterator[Transport]:
    clock.now = day(30)
    transport = impatient(address, TOKEN)
    yield transport
    await transport.close()


async def test_of_a_board_never_asked_all_issues_are_told(transport: Transport) -> None:
    moved = await boards.moved(transport, Learned(), "larkfield", [12])

    assert moved.problems == []
    assert moved.found["larkfield/tracking"] == [f"larkfield/tracking#{n}" for n in range(1, 131)]
    assert set(moved.until) == {"board:12"}


async def test_afterwards_only_what_moved(transport: Transport, clock: Clock) -> None:
    learned = Learned()
    (await boards.moved(transport, learned, "larkfield", [12])).remember(learned)

    assert await boards.moved(transport, learned, "larkfield", [12]) == boards.Moved()
    clock.now = day(50)
    moved = await boards.moved(transport, learned, "larkfield", [12])
    assert moved.found == {
        # the last card that was seen is met again: another one may have moved in the same second
        "larkfield/tracking": ["larkfield/tracking#7", "larkfield/tracking#130"],
        "larkfield/slos": ["larkfield/slos#1"],
    }
    assert await boards.moved(transport, learned, "larkfield", [12]) == moved
    moved.remember(learned)
    assert await boards.moved(transport, learned, "larkfield", [12]) == boards.Moved()


async def test_a_board_that_is_not_there_is_a_problem_and_the_others_are_read(transport: Transport) -> None:
    moved = await boards.moved(transport, Learned(), "larkfield", [99, 13])

    assert [problem.scope for problem in moved.problems] == ["board:99"]
    assert moved.found == {"larkfield/tracking": ["larkfield/tracking#8"]}


async def answered(*bodies: dict[str, Any]) -> boards.Moved:
    with respx.mock:
        respx.post(URL).mock(side_effect=[httpx.Response(200, json=body) for body in bodies])
        transport = impatient()
        try:
            return await boards.moved(transport, Learned(), "larkfield", [12])
        finally:
            await transport.close()


async def test_drafts_and_hidden_cards_are_passed_over() -> None:
    nodes = [
        None,
        {"updatedAt": "2026-03-02T09:00:00Z", "content": None},
        {"updatedAt": "2026-03-02T09:00:00Z", "content": {"__typename": "DraftIssue"}},
    ]
    items = {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": nodes}
    told = {"projectV2": {"updatedAt": "2026-03-02T09:00:00Z", "items": items}}
    moved = await answered({"data": {"repositoryOwner": told}})

    assert (moved.found, moved.problems) == ({}, [])


async def test_a_board_whose_pages_lead_in_circles_is_a_problem() -> None:
    items = {"pageInfo": {"hasNextPage": True, "endCursor": "a"}, "nodes": []}
    body = {"data": {"repositoryOwner": {"projectV2": {"updatedAt": "2026-03-02T09:00:00Z", "items": items}}}}
    moved = await answered(body, body, body)

    assert [problem.scope for problem in moved.problems] == ["board:12"]
    assert moved.until == {}


async def test_a_used_up_budget_ends_it() -> None:
    limited = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded."}]}
    with pytest.raises(WaitError):
        await answered(*[limited] * TRIES)
