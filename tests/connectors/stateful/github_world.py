"""A GitHub that people work in: issues and pull requests change, repositories go and come back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.types import ASGIApp

from config.model import Source
from connectors.github import sandbox
from connectors.github.client import connect
from connectors.github.sandbox_rest import Entry, Scene
from connectors.larkfield.world import Member, Pull, PullReview, RepoIssue, Repository, World
from tests.connectors.stateful.keeping import Kept
from tests.connectors.stateful.network import ADDRESS, Clock

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PEOPLE = {
    "ana": Member("ana", "Ana Alves", "ana@larkfield.example", "5b10:ana", "ana-l", "U01"),
    "bo": Member("bo", "Bo Berg", "bo@larkfield.example", "5b10:bo", "bo-b", "U02"),
}
REPOSITORIES = ("larkfield/booking", "larkfield/tracking")
TOKEN = "sandbox-token"


@dataclass(frozen=True, slots=True)
class Moving(World):
    """A world in which issues were transferred."""

    transferred: Mapping[str, str] = field(default_factory=dict)


class Led(Scene):
    """GitHub leads from the id that a transferred issue had to the one it has."""

    def node(self, node_id: str, at: datetime) -> Entry | None:
        """The item of an id, be it a former one."""
        assert isinstance(self.world, Moving)
        return super().node(self.world.transferred.get(node_id, node_id), at)


class GitHubWorld:
    """The truth, and the server that tells it."""

    source = "github"
    actions = (
        *("create", "create", "close", "reopen", "comment", "label", "assign", "review", "merge"),
        *("delete", "transfer", "hide", "archive", "publish"),
    )

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.entries: dict[str, Entry] = {}
        self.repositories = {name: Repository(n, f"R_{n}", name) for n, name in enumerate(REPOSITORIES, 70)}
        self.hidden = set[str]()
        self.transferred: dict[str, str] = {}  # old node id → new one
        self._born = 0
        self._app: ASGIApp | None = None
        for n in range(4):
            self._create(n)

    def app(self) -> ASGIApp:
        """The server as the account sees it now."""
        if self._app is None:
            visible = [one for one in self.entries.values() if one.repository not in self.hidden]
            told = Moving(
                people=PEOPLE,
                projects=(),
                repositories=tuple(one for name, one in self.repositories.items() if name not in self.hidden),
                channels=(),
                issues=(),
                pulls=tuple(one for one in visible if isinstance(one, Pull)),
                repo_issues=tuple(one for one in visible if isinstance(one, RepoIssue)),
                begins=BEGIN,
                ends=BEGIN,
                transferred=dict(self.transferred),
            )
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(sandbox, "Scene", Led)
                self._app = sandbox.create_app(told, token=TOKEN, now=self.clock)
        return self._app

    def connector(self, *, named: bool) -> Any:
        """A new connector to it, which names its repositories or reads all of the owner's."""
        source = Source(id=self.source, github="larkfield", repositories=list(REPOSITORIES) if named else [])
        return connect(source, url=ADDRESS, token=TOKEN, clock=self.clock)

    def act(self, action: str, n: int) -> None:
        """Somebody does that, to the nth of what it can be done to."""
        self._app = None
        name = REPOSITORIES[n % len(REPOSITORIES)]
        home = self.repositories[name]
        if action == "hide":
            self.hidden ^= {name}
        elif action == "archive":
            self.repositories[name] = replace(home, archived=not home.archived)
        elif action == "publish":
            self.repositories[name] = replace(home, private=not home.private)
        elif action == "create":
            self._create(n)
        else:
            self._work(action, n)

    def reopen(self) -> None:
        """Everything that was hidden or archived is shown again."""
        self._app = None
        self.hidden.clear()
        self.repositories = {key: replace(one, archived=False) for key, one in self.repositories.items()}

    def truth(self) -> dict[str, Any]:
        """What is to be known of every item that can be seen and is no archive, by id."""
        return {node: self._told(one) for node, one in self.entries.items() if self._alive(one.repository)}

    def fate(self, id_: str, container: str) -> set[str]:
        """What may be said of an item that cannot be seen and was last seen in that repository."""
        said = set[str]()
        if id_ not in self.entries:
            said = {"deleted"}
            new = self.transferred.get(id_)
            if new is not None:
                there = self.entries.get(new)
                said = (
                    {"transferred"}
                    if there and there.repository not in self.hidden
                    else {"deleted", "transferred"}
                )
        if container in self.hidden:
            said.add("access_lost")
        if self.repositories[container].archived:
            said.add("archived")
        return said

    def told(self, kept: Kept) -> dict[str, Any]:
        """What the store knows of an item, in the words of `truth`."""
        body = kept.body
        common = {"key": body["key"], "labels": body.get("labels", []), "audience": body["audience"]}
        if kept.kind == "work_item":
            state = (body["status"], body.get("resolution"))
            return {**common, "state": state, "assignee": body.get("assignee")}
        reviews = [(review["by"], review["state"]) for review in body.get("reviews", [])]
        return {**common, "state": body["state"], "merged": body.get("merged_by"), "reviews": reviews}

    def _told(self, one: Entry) -> dict[str, Any]:
        home = self.repositories[one.repository]
        audience = f"github:{self.source}:{one.repository}" if home.private else "public"
        common = {"key": f"{one.repository}#{one.number}", "labels": list(one.labels), "audience": audience}
        if isinstance(one, RepoIssue):
            state = ("closed", one.state_reason) if one.closed_at else ("open", None)
            return {
                **common,
                "state": state,
                "assignee": PEOPLE[one.assignee].github if one.assignee else None,
            }
        state = "merged" if one.merged_at else "closed" if one.closed_at else "open"
        merged = PEOPLE[one.merged_by].github if one.merged_by else None
        reviews = [(PEOPLE[review.by].github, review.state.lower()) for review in one.reviews]
        return {**common, "state": state, "merged": merged, "reviews": reviews}

    def _alive(self, name: str) -> bool:
        return name not in self.hidden and not self.repositories[name].archived

    def _create(self, n: int) -> None:
        self._born += 1
        number = self._born
        there = [name for name in REPOSITORIES if not self.repositories[name].archived]
        if not there:
            return
        about = {
            "repository": there[n % len(there)],
            "number": number,
            "title": f"No {number}",
            "author": "ana",
        }
        if n % 3:
            one: Entry = Pull(
                id=number,
                node=f"PR_{number}",
                branch="topic",
                created_at=self._now(),
                ready_at=self._now(),
                **about,
            )
        else:
            one = RepoIssue(id=number, node=f"I_{number}", created_at=self._now(), **about)
        self.entries[one.node] = one

    def _work(self, action: str, n: int) -> None:
        kind = (
            RepoIssue
            if action in {"delete", "transfer", "assign"}
            else Pull
            if action in {"review", "merge"}
            else Entry
        )
        there = [
            one
            for one in self.entries.values()
            if isinstance(one, kind) and not self.repositories[one.repository].archived
        ]
        if not there:
            return
        one, now = there[n % len(there)], self._now()
        merged = isinstance(one, Pull) and one.merged_at is not None
        changed: dict[str, Any] = {"touched_at": now}
        if action == "delete":
            del self.entries[one.node]
            return
        if action == "transfer":
            self._transfer(one)
            return
        if action == "label":
            changed["labels"] = (*one.labels, f"l{len(one.labels)}")
        elif action == "assign":
            changed["assignee"] = "bo" if one.assignee is None else None
        elif action == "review":
            verdict = "APPROVED" if n % 2 else "CHANGES_REQUESTED"
            changed["reviews"] = (*one.reviews, PullReview(now, "bo", verdict))
        elif action == "merge" and not one.closed_at:
            changed |= {"merged_at": now, "merged_by": "bo", "closed_at": now}
        elif action == "close" and not one.closed_at:
            reason = {} if isinstance(one, Pull) else {"state_reason": "completed"}
            changed |= {"closed_at": now, **reason}
        elif action == "reopen" and one.closed_at and not merged:
            reason = {} if isinstance(one, Pull) else {"state_reason": None}
            changed |= {"closed_at": None, **reason}
        self.entries[one.node] = replace(one, **changed)

    def _transfer(self, one: RepoIssue) -> None:
        """To the other repository, under a new number and id."""
        there = next(name for name in REPOSITORIES if name != one.repository)
        if self.repositories[there].archived:
            return
        self._born += 1
        node = f"I_{self._born}"
        moved = replace(
            one, id=self._born, node=node, number=self._born, repository=there, touched_at=self._now()
        )
        del self.entries[one.node]
        self.entries[node] = moved
        self.transferred = {old: node if new == one.node else new for old, new in self.transferred.items()}
        self.transferred[one.node] = node

    def _now(self) -> datetime:
        return self.clock.now
