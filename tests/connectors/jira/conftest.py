"""The sandbox on a real socket, and the client that talks to it."""

import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from threading import Thread

import pytest
import uvicorn
from starlette.types import ASGIApp

from config.model import Source
from connectors.jira.client import JiraCloud, connect
from connectors.jira.sandbox import create_app
from connectors.jira.sandbox_door import Tokens
from connectors.jira.site import Manner
from connectors.larkfield.world import World
from tests.connectors.jira.small_world import NOW, world

USER, TOKEN = "opsbot@larkfield.example", "sandbox-token"


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def serving(
    told: World, clock: Callable[[], datetime], manner: Manner | None = None, tokens: Tokens | None = None
) -> AbstractContextManager[str]:
    """The address of a sandbox over a world."""
    manner = manner or Manner()
    return listening_to(create_app(told, user=USER, token=TOKEN, now=clock, manner=manner, tokens=tokens))


@contextmanager
def listening_to(app: ASGIApp) -> Iterator[str]:
    """The address of an application; the socket listens before the server starts, so nobody waits."""
    # Named as TCP, or asyncio leaves Nagle's delay of 40 ms an answer in place.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="warning", ws="none"))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[str, Clock]]:
    clock = Clock()
    with serving(world(), clock) as url:
        yield url, clock


@pytest.fixture
def clock(served: tuple[str, Clock]) -> Clock:
    served[1].now = NOW
    return served[1]


@pytest.fixture
def sandbox(served: tuple[str, Clock], clock: Clock) -> str:
    """The address; the clock stands at NOW again."""
    assert clock() == NOW
    return served[0]


@pytest.fixture
def open_jira(sandbox: str, clock: Clock) -> Callable[..., Awaitable[JiraCloud]]:
    async def opened(
        projects: Sequence[str] = (), fields: Sequence[str] = (), token: str = TOKEN
    ) -> JiraCloud:
        source = Source(id="jira", jira="larkfield.atlassian.net", projects=list(projects))
        return connect(source, user=USER, token=token, url=sandbox, fields=fields, clock=clock)

    return opened
