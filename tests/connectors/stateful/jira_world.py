"""A Jira that people work in: its projects and issues change, move, go and come back."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from starlette.types import ASGIApp

from config.model import Source
from connectors.jira.client import connect
from connectors.jira.sandbox import create_app
from connectors.larkfield.world import Happening, Issue, Member, Project, World
from tests.connectors.stateful.network import ADDRESS, Clock

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ANA = Member("ana", "Ana Alves", "ana@larkfield.example", "5b10:ana", "ana-l", "U01")
PROJECTS = ("BOOK", "TRK")
STATUSES = ("To Do", "In Progress", "Done")
USER, TOKEN = "opsbot@larkfield.example", "sandbox-token"
COMPARED = {"status", "assignee", "labels", "flagged"}


class JiraWorld:
    """The truth, and the server that tells it."""

    source = "jira"
    actions = ("create", "edit", "edit", "comment", "delete", "move", "hide", "archive")

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.issues: dict[int, Issue] = {}
        self.projects = {key: Project(n, key, key.title()) for n, key in enumerate(PROJECTS, 1)}
        self.hidden = set[str]()
        self._born = 0
        self._app: ASGIApp | None = None
        for n in range(4):
            self._create(n)

    def app(self) -> ASGIApp:
        """The server as the account sees it now."""
        if self._app is None:
            visible = tuple(one for key, one in self.projects.items() if key not in self.hidden)
            told = World(
                people={"ana": ANA},
                projects=visible,
                repositories=(),
                channels=(),
                issues=tuple(self._visible()),
                pulls=(),
                repo_issues=(),
                begins=BEGIN,
                ends=BEGIN,
            )
            self._app = create_app(told, user=USER, token=TOKEN, now=self.clock)
        return self._app

    def connector(self, *, named: bool) -> Any:
        """A new connector to it, which names its projects or reads whatever it may see."""
        projects = list(PROJECTS) if named else []
        source = Source(id=self.source, jira="larkfield.atlassian.net", projects=projects)
        return connect(source, user=USER, token=TOKEN, url=ADDRESS, clock=self.clock, sleep=self.clock.sleep)

    def act(self, action: str, n: int) -> None:
        """Somebody does that, to the nth of what there is."""
        self._app = None
        there = [one for one in self.issues.values() if not self.projects[one.project].archived]
        if action == "create" or not there:
            self._create(n)
        elif action == "hide":
            self.hidden ^= {PROJECTS[n % len(PROJECTS)]}
        elif action == "archive":
            key = PROJECTS[n % len(PROJECTS)]
            self.projects[key] = replace(self.projects[key], archived=not self.projects[key].archived)
        elif action == "delete":
            del self.issues[there[n % len(there)].id]
        else:
            self._change(there[n % len(there)], action, n)

    def reopen(self) -> None:
        """Everything that was hidden or archived is shown again."""
        self._app = None
        self.hidden.clear()
        self.projects = {key: replace(one, archived=False) for key, one in self.projects.items()}

    def truth(self) -> dict[str, Any]:
        """What is to be known of every issue that can be seen, by id."""
        told = {}
        for issue in self._visible():
            state = issue.as_of(self.clock.now)
            assert state is not None
            history = [h for h in state.happenings if h.field in COMPARED]
            told[str(issue.id)] = {
                "key": issue.key,
                "container": issue.project,
                "status": state.status,
                "assignee": state.assignee,
                "labels": list(state.labels),
                "flagged": state.flagged,
                "changes": [(h.at, h.field, h.before, h.after) for h in history],
            }
        return told

    def fate(self, id_: str, container: str) -> set[str]:
        """What may be said of an issue that cannot be seen and was last seen in that project."""
        said = {"deleted"} if int(id_) not in self.issues else set()
        if container in self.hidden:
            said.add("access_lost")
        if self.projects[container].archived:
            said.add("archived")
        if int(id_) in self.issues and self.issues[int(id_)].project != container:
            said.add("deleted")  # it moved to where the account sees nothing: that looks the same
        return said

    def told(self, kept: Any) -> dict[str, Any]:
        """What the store knows of an issue, in the words of `truth`."""
        body = kept.body
        changes = [change for change in kept.changes if change[1] in COMPARED]
        names = ("key", "container", "status")
        return {
            **{name: body[name] for name in names},
            "assignee": body.get("assignee"),
            "labels": body.get("labels", []),
            "flagged": body.get("flagged", False),
            "changes": changes,
        }

    def _visible(self) -> list[Issue]:
        return [
            one
            for one in self.issues.values()
            if one.project not in self.hidden and not self.projects[one.project].archived
        ]

    def _create(self, n: int) -> None:
        self._born += 1
        number = 10_000 + self._born
        project = PROJECTS[n % len(PROJECTS)]
        self.issues[number] = Issue(
            id=number,
            key=f"{project}-{number}",
            project=project,
            kind="Story",
            title=f"Story {number}",
            created_at=self._moment(),
            reporter="ana",
            status=STATUSES[0],
        )

    def _change(self, issue: Issue, action: str, n: int) -> None:
        state = issue.as_of(self.clock.now)
        assert state is not None
        labels = " ".join(state.labels)
        happened = {
            "comment": ("comment", None, f"Comment {n}"),
            "status": ("status", state.status, STATUSES[(STATUSES.index(state.status) + 1) % 3]),
            "assignee": ("assignee", state.assignee, None if state.assignee else ANA.jira),
            "flagged": ("flagged", "yes" if state.flagged else None, None if state.flagged else "yes"),
            "labels": ("labels", labels or None, f"{labels} l{len(state.labels)}".strip()),
        }
        if action == "move":
            there = PROJECTS[(PROJECTS.index(issue.project) + 1) % len(PROJECTS)]
            key = f"{there}-{issue.id}"
            happened["move"] = ("Key", issue.key, key)
            issue = replace(issue, project=there, key=key)
        elif action == "edit":
            action = ("status", "assignee", "flagged", "labels")[n // 7 % 4]
        happening = Happening(self._moment(), "ana", *happened[action])
        self.issues[issue.id] = replace(issue, happenings=(*issue.happenings, happening))

    def _moment(self) -> datetime:
        """Now, in whole milliseconds as Jira keeps it."""
        return self.clock.now.replace(microsecond=self.clock.now.microsecond // 1000 * 1000)
