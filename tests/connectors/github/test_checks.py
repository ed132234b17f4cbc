"""Checks that were running, and how their end is noticed."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from github_answers import node, repository
from github_company import TOKEN, Clock, company, day, pull, serving

from connectors.github import checks, parse, parse_pulls
from connectors.github.checks import Known
from connectors.github.shapes import shaped
from connectors.larkfield.world import Turn
from connectors.learned import Learned
from connectors.transport import Transport
from rules.records import PullRequest

HOME = parse.repository(repository(), "github", "larkfield/tracking")
TURNS = (Turn(day(1), "PENDING"), Turn(day(2), "SUCCESS"))


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock(day(1.5))


@pytest.fixture(scope="module")
def address(clock: Clock) -> Iterator[str]:
    with serving(
        company(tuple(pull(n, created_at=day(1), checks=TURNS) for n in range(1, 131))), clock
    ) as url:
        yield url


@pytest.fixture
async def transport(address: str, clock: Clock) -> AsyncIterator[Transport]:
    clock.now = day(1.5)
    transport = Transport(address, who="GitHub", headers={"Authorization": f"Bearer {TOKEN}"})
    yield transport
    await transport.close()


def seen(number: int, state: str | None = "PENDING") -> PullRequest:
    told = node(number, statusCheckRollup=state and {"state": state})
    read = parse_pulls.pull_request(shaped(told, parse_pulls.Told, "a pull request"), "PR", HOME)
    return replace(read, id=f"PR_larkfield/tracking_{number}")


async def test_a_sweep_tells_the_checks_of_any_number(transport: Transport, clock: Clock) -> None:
    ids = [f"PR_larkfield/tracking_{number}" for number in range(1, 131)]

    assert set((await checks.sweep(transport, ids)).values()) == {"pending"}
    clock.now = day(3)
    assert await checks.sweep(transport, [*ids, "PR_gone"]) == dict.fromkeys(ids, "passing")


async def test_checks_that_ended_are_told_once(transport: Transport, clock: Clock) -> None:
    learned = Learned()
    checks.remember(learned, [seen(1), seen(2), seen(3, "FAILURE"), seen(4, state=None)], clock())

    assert await checks.settled(transport, learned, clock()) == {}
    clock.now = day(2)
    found = await checks.settled(transport, learned, day(2))
    assert found == {
        "larkfield/tracking": [
            Known("PR_larkfield/tracking_1", 1),
            Known("PR_larkfield/tracking_2", 2),
        ]
    }
    assert await checks.settled(transport, learned, clock()) == {}


async def test_where_no_checks_run_nothing_is_asked(transport: Transport) -> None:
    await transport.close()  # whatever is asked now fails
    learned = Learned()
    checks.remember(learned, [seen(1)], day(1))
    checks.remember(learned, [seen(1, "SUCCESS")], day(1))

    assert await checks.settled(transport, learned, day(1)) == {}


async def test_checks_that_never_end_are_let_go_after_a_day(transport: Transport) -> None:
    learned = Learned()
    checks.remember(learned, [seen(1)], day(1.5))
    checks.remember(learned, [seen(1)], day(1.5) + timedelta(hours=20))

    assert await checks.settled(transport, learned, day(1.5) + timedelta(hours=23)) == {}
    assert learned.texts(checks.RUNNING)
    assert await checks.settled(transport, learned, day(1.5) + timedelta(hours=25)) == {}
    assert learned.texts(checks.RUNNING) == []


async def test_a_pull_request_that_is_gone_is_told_so_that_it_is_looked_for(transport: Transport) -> None:
    learned = Learned()
    checks.remember(learned, [replace(seen(1), id="PR_gone")], day(1.5))

    assert await checks.settled(transport, learned, day(1.5)) == {"larkfield/tracking": [Known("PR_gone", 1)]}


def test_merged_ones_are_not_waited_for() -> None:
    learned = Learned()
    checks.remember(learned, [seen(1, state="PENDING"), replace(seen(2), state="merged")], day(1))

    assert [text.split()[1] for text in learned.texts(checks.RUNNING)] == ["larkfield/tracking#1"]
