"""A company as busy as you like, told by the bundled sandbox servers in a process of their own.

The process counts what it is asked, and can answer the same questions again from memory, so that a second
sync measures the client alone.
"""

import json
import multiprocessing
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.github import sandbox as github
from connectors.jira import sandbox as jira
from connectors.jira.sandbox_door import Tokens
from connectors.larkfield.world import (
    Happening,
    Issue,
    Member,
    Project,
    Pull,
    PullReview,
    RepoIssue,
    Repository,
    World,
)

NOW = datetime(2026, 11, 24, 8, 5, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)  # when the things happen that a tick is to find
USER, TOKEN = "opsbot@acme.example", "sandbox-token"
GRANT = ("app", "secret", "first")  # an OAuth app, and the first of its refresh tokens
PEOPLE, PROJECTS, REPOSITORIES = 200, 10, 20
_FIELDS = ("status", "assignee", "labels", "flagged")


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is. `histories`: 15 a Jira issue on average, as uneven as in life; else 3 each."""

    jira: int = 0
    issues: int = 0
    pulls: int = 0
    changing: int = 100
    uneven: bool = True


def histories(n: int) -> int:
    """How many changes the issue of that number has had: one in fifty 190, four 50, all others 8."""
    return 190 if n % 50 == 0 else 50 if n % 50 < 5 else 8


def world(size: Size) -> World:
    """The company."""
    people = {
        f"p{n}": Member(f"p{n}", f"Person {n}", f"p{n}@acme.example", f"712020:{n}", f"gh{n}", f"U{n}")
        for n in range(PEOPLE)
    }
    return World(
        people=people,
        projects=tuple(Project(10 + n, f"P{chr(65 + n)}", f"Project {n}") for n in range(PROJECTS)),
        repositories=tuple(Repository(n, f"R_{n}", f"acme/part-{n:02}") for n in range(REPOSITORIES)),
        channels=(),
        issues=tuple(_issue(n, size) for n in range(size.jira)),
        pulls=tuple(_pull(n, size) for n in range(size.pulls)),
        repo_issues=tuple(_repo_issue(n, size) for n in range(size.issues)),
        begins=NOW - timedelta(days=1000),
        ends=NOW + timedelta(days=1),
    )


def _issue(n: int, size: Size) -> Issue:
    project = f"P{chr(65 + n % PROJECTS)}"
    changes = histories(n) if size.uneven else 3
    created = NOW - timedelta(days=900) + timedelta(seconds=n * 37)
    step = timedelta(days=200) / changes
    happenings = [_happening(n, k, created + (k + 1) * step) for k in range(changes)]
    if n < size.changing:
        happenings.append(Happening(LATER, "p1", "status", "In Progress", "In Review"))
    return Issue(
        id=10_000 + n,
        key=f"{project}-{n // PROJECTS + 1}",
        project=project,
        kind="Bug" if n % 4 == 0 else "Story",
        title=f"Make thing {n} work as people expect it to work on a usual day",
        created_at=created,
        reporter=f"p{n % PEOPLE}",
        status="To Do",
        labels=("customer", "q4") if n % 3 == 0 else (),
        components=("checkout",) if n % 5 == 0 else (),
        happenings=tuple(happenings),
    )


def _happening(n: int, k: int, at: datetime) -> Happening:
    name = _FIELDS[k % len(_FIELDS)]
    after = {
        "status": ("In Progress", "In Review")[k // 4 % 2],
        "assignee": f"712020:{(n + k % 4) % PEOPLE}",
        "labels": f"customer round-{k}",
        "flagged": ("yes", None)[k // 4 % 2],
    }[name]
    return Happening(at, f"p{(n + k % 4) % PEOPLE}", name, None, after)


def _home(n: int) -> tuple[str, int]:
    return f"acme/part-{n % REPOSITORIES:02}", n // REPOSITORIES + 1


def _pull(n: int, size: Size) -> Pull:
    # Those that change are of one repository, as on a usual day.
    changes = n % REPOSITORIES == 0 and n // REPOSITORIES < size.changing
    repository, number = _home(n)
    created = NOW - timedelta(days=800) + timedelta(seconds=n * 31)
    reviews = [
        PullReview(created + timedelta(hours=4 + k), f"p{(n + k) % PEOPLE}", "COMMENTED") for k in (1, 2)
    ]
    if changes:
        reviews.append(PullReview(LATER + timedelta(seconds=number % 60), "p2", "APPROVED"))
    merged = None if changes else created + timedelta(days=1)
    return Pull(
        id=500_000 + n,
        node=f"PR_kwDO{n}",
        repository=repository,
        number=number,
        title=f"PA-{n + 1} Make thing {n} work",
        branch=f"thing-{n}",
        author=f"p{n % PEOPLE}",
        created_at=created,
        ready_at=created,
        reviews=tuple(reviews),
        requested=(f"p{(n + 7) % PEOPLE}",),
        paths=("src/app.py", "src/parts.py", "tests/test_app.py"),
        additions=40,
        deletions=7,
        merged_at=merged,
        merged_by=f"p{n % PEOPLE}" if merged else None,
    )


def _repo_issue(n: int, size: Size) -> RepoIssue:
    repository, number = _home(n)
    created = NOW - timedelta(days=790) + timedelta(seconds=n * 29)
    return RepoIssue(
        id=900_000 + n,
        node=f"I_kwDO{n}",
        repository=repository,
        number=number + size.pulls,
        title=f"Thing {n} does not work as it should",
        author=f"p{n % PEOPLE}",
        created_at=created,
        labels=("bug",),
        closed_at=created + timedelta(days=3) if n % 4 else None,
        state_reason="completed" if n % 4 else None,
    )


@dataclass(slots=True)
class Asked:
    """What a server was asked: requests by method and path, those that cost nothing, and GraphQL points."""

    requests: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0  # answered 304, which GitHub does not count
    points: int = 0
    objects: int = 0  # issues given, for which Jira counts points of OAuth apps

    @property
    def total(self) -> int:
        """All of them."""
        return self.requests.total()


class Counted:
    """A server with a count of what it is asked; what was asked before it answers from memory on demand."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._known: dict[Any, list[Message]] = {}
        self._used = 0
        self.asked = Asked()
        self.from_memory = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count and pass on."""
        body = b""
        while (message := await receive()).get("more_body"):
            body += message["body"]
        body += message.get("body", b"")
        headers = dict(scope["headers"])
        key = (scope["method"], scope["path"], scope["query_string"], body, headers.get(b"if-none-match"))
        sent = self._known.get(key) if self.from_memory else None
        if sent is None:
            sent = []
            told = iter([{"type": "http.request", "body": body, "more_body": False}])

            async def replay() -> Message:
                return next(told, {"type": "http.disconnect"})

            async def keep(message: Message) -> None:
                sent.append(message)

            await self._app(scope, replay, keep)
            self._known[key] = sent
        self._count(scope, sent)
        for message in sent:
            await send(message)

    def _count(self, scope: Scope, sent: list[Message]) -> None:
        self.asked.requests[f"{scope['method']} {scope['path']}"] += 1
        self.asked.unchanged += sent[0]["status"] == 304
        headers = {name.lower(): value for name, value in sent[0]["headers"]}
        if headers.get(b"x-ratelimit-resource") == b"graphql":
            used = int(headers[b"x-ratelimit-used"])
            self.asked.points += max(0, used - self._used)
            self._used = used
        if (
            not self.from_memory
            and b'"issues"' in sent[-1].get("body", b"")[:40]
            and scope["method"] == "POST"
        ):
            answer = json.loads(b"".join(message.get("body", b"") for message in sent[1:]))
            self.asked.objects += len(answer.get("issues", ()))


@dataclass(frozen=True, slots=True)
class Server:
    """The other process: its address, its clock, and its count, which begins anew each time it is read."""

    url: str
    _line: Connection

    def turn_to(self, at: datetime) -> None:
        """It is that moment there."""
        self._line.send(("now", at))
        self._line.recv()

    def asked(self) -> Asked:
        """What it was asked since this was called last."""
        self._line.send(("asked", None))
        told: Asked = self._line.recv()
        return told

    def answer_from_memory(self) -> None:
        """From now on, what it was asked before."""
        self._line.send(("memory", None))
        self._line.recv()


@contextmanager
def serving(tool: str, size: Size, **options: Any) -> Iterator[Server]:
    """A sandbox server over such a company, in a process of its own; `options` are its own.

    With `oauth` it gives tokens to an app.
    """
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, tool, size, options))
    process.start()
    try:
        yield Server(ours.recv(), ours)
    finally:
        ours.send(("end", None))
        process.join()


def _serve(line: Connection, tool: str, size: Size, options: dict[str, Any]) -> None:
    now = [NOW]
    made: ASGIApp
    if options.pop("oauth", False):
        options["tokens"] = Tokens(*GRANT, lambda: now[0])
    if tool == "jira":
        made = jira.create_app(world(size), user=USER, token=TOKEN, now=lambda: now[0], **options)
    else:
        made = github.create_app(world(size), token=TOKEN, now=lambda: now[0], **options)
    app = Counted(made)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        config = uvicorn.Config(app, lifespan="off", log_level="warning", date_header=False, access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        line.send(f"http://127.0.0.1:{listening.getsockname()[1]}")
        while (said := line.recv())[0] != "end":
            if said[0] == "now":
                now[0] = said[1]
            app.from_memory = app.from_memory or said[0] == "memory"
            line.send(app.asked if said[0] == "asked" else None)
            if said[0] == "asked":
                app.asked = Asked()
        server.should_exit = True
        thread.join()
