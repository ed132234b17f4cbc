"""A sandbox of Data Center on a real socket, and the client that talks to it."""

from collections.abc import Awaitable, Callable, Iterator, Sequence

import pytest

from config.model import Source
from connectors.jira.datacenter.client import JiraDataCenter, connect
from connectors.jira.datacenter.sandbox import create_app
from tests.connectors.jira.conftest import TOKEN, Clock, listening_to
from tests.connectors.jira.small_world import NOW, world

OpenServer = Callable[..., Awaitable[JiraDataCenter]]


@pytest.fixture(scope="session")
def served_here() -> Iterator[tuple[str, Clock]]:
    clock = Clock()
    with listening_to(create_app(world(), token=TOKEN, now=clock)) as url:
        yield url, clock


@pytest.fixture
def clock(served_here: tuple[str, Clock]) -> Clock:
    served_here[1].now = NOW
    return served_here[1]


@pytest.fixture
def open_server(served_here: tuple[str, Clock], clock: Clock) -> OpenServer:
    async def opened(
        projects: Sequence[str] = (), fields: Sequence[str] = (), token: str = TOKEN
    ) -> JiraDataCenter:
        source = Source(id="jira", jira="jira.larkfield.example", projects=list(projects))
        return connect(source, token=token, url=served_here[0], fields=fields, clock=clock)

    return opened
