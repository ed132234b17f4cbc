"""Builders of a small company on GitHub, served over real HTTP on loopback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from connectors.github.sandbox import create_app
from connectors.larkfield.world import Member, Pull, RepoIssue, Repository, World

TOKEN = "sandbox-token"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


def day(n: float) -> datetime:
    return START + timedelta(days=n)


def pull(number: int, **other: Any) -> Pull:
    created = other.pop("created_at", day(number))
    repository = other.pop("repository", "larkfield/tracking")
    return Pull(
        id=5000 + number,
        node=f"PR_{repository}_{number}",
        repository=repository,
        number=number,
        title=f"Change {number}",
        branch=f"topic-{number}",
        author="eva",
        created_at=created,
        **{"ready_at": created, "paths": ("src/eta.py",), "additions": 7, "deletions": 3} | other,
    )


def issue(number: int, **other: Any) -> RepoIssue:
    repository = other.pop("repository", "larkfield/tracking")
    return RepoIssue(
        id=9000 + number,
        node=f"I_{repository}_{number}",
        repository=repository,
        number=number,
        title=f"Issue {number}",
        author="dev",
        **{"created_at": day(number)} | other,
    )


def company(pulls: tuple[Pull, ...], issues: tuple[RepoIssue, ...] = ()) -> World:
    people = (
        Member("dev", "Dev Patil", "dev@larkfield.example", "j-dev", "devp", "U0DEV"),
        Member("eva", "Eva Kranz", "eva@larkfield.example", "j-eva", "eva-k", "U0EVA"),
        Member("hana", "Hana Ito", "hana@larkfield.example", "j-hana", "", "U0HANA"),
        Member("renovate", "Renovate", "", "", "renovate[bot]", "", is_bot=True),
    )
    return World(
        people={member.handle: member for member in people},
        projects=(),
        repositories=(
            Repository(71, "R_71", "larkfield/tracking"),
            Repository(72, "R_72", "larkfield/slos", private=False),
            Repository(73, "R_73", "larkfield/old-portal", archived=True),
        ),
        channels=(),
        issues=(),
        pulls=pulls,
        repo_issues=issues,
        begins=START,
        ends=day(365),
    )


@contextmanager
def serving(world: World, clock: Clock, *, enterprise: bool = False, **options: Any) -> Iterator[str]:
    """The address of a sandbox; that of an Enterprise Server has its API under paths of its own."""
    app: ASGIApp = create_app(world, token=TOKEN, now=clock, **options)
    if enterprise:
        app = Starlette(routes=[Mount("/api/v3", app), Mount("/api", app)])
    # The socket listens before the server runs, so the first request waits for it instead of failing.
    listening = socket.create_server(("127.0.0.1", 0))
    # asyncio does so itself only for sockets it made: without it every answer waits 40 ms for an ACK.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(app, log_level="warning", lifespan="off", ws="none", date_header=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}{'/api/v3' if enterprise else ''}"
    finally:
        server.should_exit = True
        thread.join()
