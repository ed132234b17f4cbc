"""A small company on GitHub, and a connector that reads it over real HTTP."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime

import pytest
from github_company import TOKEN, Clock, company, day, issue, pull, serving

from connectors.github.client import GitHub
from connectors.larkfield.world import PullReview, Turn, World
from connectors.transport import Transport


@pytest.fixture(scope="session")
def world() -> World:
    return company(
        pulls=(
            pull(
                2,
                requested=("dev", "hana"),
                reviews=(PullReview(day(2.5), "dev", "COMMENTED"),),
                checks=(Turn(day(2), "PENDING"), Turn(day(2.1), "FAILURE")),
            ),
            pull(
                3,
                reviews=(
                    PullReview(day(3.2), "renovate", "COMMENTED"),
                    PullReview(day(3.5), "dev", "APPROVED"),
                ),
                requested=("dev",),
                merged_at=day(4),
                merged_by="dev",
                closes=(1,),
                labels=("emergency",),
            ),
            pull(5, ready_at=day(7), closed_at=day(9)),
            pull(6, reviews=tuple(PullReview(day(6 + n / 100), "dev", "COMMENTED") for n in range(250))),
            pull(8, paths=tuple(f"src/{n}.py" for n in range(101)), closes=tuple(range(100, 125))),
            pull(1, repository="larkfield/old-portal"),
        ),
        issues=(
            issue(1, labels=("bug",), assignee="eva", closed_at=day(4), state_reason="completed"),
            issue(4),
            issue(1, repository="larkfield/slos", closed_at=day(2), state_reason="not_planned"),
        ),
    )


@pytest.fixture(scope="session")
def clock() -> Clock:
    return Clock(day(30))


@pytest.fixture(scope="session")
def address(world: World, clock: Clock) -> Iterator[str]:
    with serving(world, clock) as url:
        yield url


@pytest.fixture
def at(clock: Clock) -> Iterator[Callable[[datetime], None]]:
    """Set the sandbox's moment for one test."""

    def set_to(moment: datetime) -> None:
        clock.now = moment

    yield set_to
    clock.now = day(30)


@pytest.fixture
async def github(address: str) -> AsyncIterator[GitHub]:
    transport = Transport(address, who="GitHub", headers={"Authorization": f"Bearer {TOKEN}"})
    connector = GitHub("github", transport, "larkfield")
    yield connector
    await connector.close()
