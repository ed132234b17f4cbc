"""What happened at Larkfield, in no tool's words: the sandbox servers tell it as Jira and GitHub would.

Everything is dated, so a server can answer as of any moment of the year: `as_of` gives the state then, or
None where the thing did not exist yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

BEGIN = {"backlog", "open", "to do", "new", "idea", "ready", "selected for development"}
END = {"done", "released", "closed", "resolved", "won't do", "cancelled", "rejected"}
"""Statuses before and after the work, in small letters; Jira's categories follow them."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person, with their accounts."""

    handle: str
    name: str
    email: str
    jira: str  # account id
    github: str  # login
    slack: str  # user id
    active: bool = True
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """One field of an issue changed.

    Fields: status, assignee (jira account id), flagged ("yes" or None), link ("is blocked by BOOK-7"; before
    for removed, after for added), labels (space separated), resolution, comment (after: its text), parent.
    """

    at: datetime
    by: str  # handle
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class IssueState:
    """An issue at a moment."""

    status: str
    resolution: str | None
    assignee: str | None
    flagged: bool
    labels: tuple[str, ...]
    links: tuple[str, ...]  # "is blocked by BOOK-7", "blocks TRK-3"
    parent: str | None
    changed_at: datetime
    closed_at: datetime | None
    happenings: tuple[Happening, ...]


@dataclass(frozen=True, slots=True)
class Issue:
    """A Jira issue with all that ever happens to it."""

    id: int
    key: str
    project: str
    kind: str  # Story, Bug, Epic, Task, Sub-task, Experiment, Vulnerability
    title: str
    created_at: datetime
    reporter: str  # handle
    status: str  # at creation
    priority: str = "Medium"
    components: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()  # at creation
    assignee: str | None = None  # jira account id at creation
    parent: str | None = None
    due_on: str | None = None
    happenings: tuple[Happening, ...] = ()

    def as_of(self, at: datetime) -> IssueState | None:
        """The state at that moment, with the happenings until then; None before its creation."""
        if at < self.created_at:
            return None
        now: dict[str, str | None] = {"status": self.status, "assignee": self.assignee, "parent": self.parent}
        labels = self.labels
        links: tuple[str, ...] = ()
        done = tuple(h for h in self.happenings if h.at <= at)
        for h in done:
            if h.field == "labels":
                labels = tuple((h.after or "").split())
            elif h.field == "link":
                links = (*(x for x in links if x != h.before), *((h.after,) if h.after else ()))
            else:
                now[h.field] = h.after
        closed = next((h.at for h in reversed(done) if h.field == "resolution"), None)
        return IssueState(
            status=now["status"] or self.status,
            resolution=now.get("resolution"),
            assignee=now["assignee"],
            flagged=now.get("flagged") == "yes",
            labels=labels,
            links=links,
            parent=now["parent"],
            changed_at=done[-1].at if done else self.created_at,
            closed_at=closed if now.get("resolution") else None,
            happenings=done,
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """Something came into a state: a deployment, or the checks of a commit."""

    at: datetime
    state: str  # as GitHub's GraphQL writes it: SUCCESS


Verdict = Literal["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED"]


@dataclass(frozen=True, slots=True)
class PullReview:
    """A submitted review."""

    at: datetime
    by: str  # handle
    state: Verdict


@dataclass(frozen=True, slots=True)
class Pull:
    """A GitHub pull request with all that ever happens to it."""

    id: int  # database id
    node: str  # PR_kwDO…
    repository: str  # larkfield/tracking
    number: int
    title: str
    branch: str
    author: str  # handle
    created_at: datetime
    ready_at: datetime | None  # created_at where it never was a draft
    base: str = "main"
    reviews: tuple[PullReview, ...] = ()
    requested: tuple[str, ...] = ()  # handles asked for a review
    labels: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    additions: int = 0
    deletions: int = 0
    merged_at: datetime | None = None
    merged_by: str | None = None  # handle
    closed_at: datetime | None = None  # closed without merge
    closes: tuple[int, ...] = ()  # numbers of issues of the same repository
    checks: tuple["Turn", ...] = ()  # of its last commit, oldest first: PENDING, SUCCESS, FAILURE
    touched_at: datetime | None = None  # the last comment, edit and the like

    def changed_at(self, at: datetime) -> datetime:
        """The last moment up to `at` when anything happened."""
        reviewed = (r.at for r in self.reviews)
        moments = (self.ready_at, self.merged_at, self.closed_at, self.touched_at, *reviewed)
        return max((m for m in moments if m is not None and m <= at), default=self.created_at)


@dataclass(frozen=True, slots=True)
class RepoIssue:
    """A GitHub issue (open or closed); fewer things happen to it."""

    id: int
    node: str  # I_kwDO…
    repository: str
    number: int
    title: str
    author: str
    created_at: datetime
    assignee: str | None = None  # handle
    labels: tuple[str, ...] = ()
    closed_at: datetime | None = None
    state_reason: Literal["completed", "not_planned"] | None = None
    touched_at: datetime | None = None  # the last comment, edit, reopening and the like
    blocked_by: tuple[int, ...] = ()  # numbers of issues of the same repository
    parent: int | None = None  # number of an issue of the same repository

    def changed_at(self, at: datetime) -> datetime:
        """The last moment up to `at` when anything happened."""
        moments = (self.closed_at, self.touched_at)
        return max((m for m in moments if m is not None and m <= at), default=self.created_at)


@dataclass(frozen=True, slots=True)
class Card:
    """An issue of a repository on a project board, with the board's fields as they are since then."""

    board: int
    repository: str
    number: int
    at: datetime
    fields: Mapping[str, str | float]  # Status: In progress


@dataclass(frozen=True, slots=True)
class Published:
    """A release of a repository."""

    node: str  # RE_kwDO…
    repository: str
    tag: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment of a repository with what became of it, oldest first."""

    id: int
    node: str  # DE_kwDO…
    repository: str
    environment: str
    commit: str
    at: datetime
    by: str  # handle
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A GitHub team."""

    node: str  # T_kwDO…
    slug: str
    name: str
    members: tuple[str, ...]  # handles
    writes: tuple[str, ...]  # repositories
    reads: tuple[str, ...] = ()
    parent: str | None = None  # slug


@dataclass(frozen=True, slots=True)
class Project:
    """A Jira project."""

    id: int
    key: str
    name: str
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Repository:
    """A GitHub repository."""

    id: int
    node: str  # R_kgDO…
    name: str  # larkfield/tracking
    private: bool = True
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A Slack channel."""

    id: str  # C0…
    name: str
    private: bool = False
    archived: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """Larkfield's year."""

    people: Mapping[str, Member]  # by handle
    projects: tuple[Project, ...]
    repositories: tuple[Repository, ...]
    channels: tuple[Channel, ...]
    issues: tuple[Issue, ...]
    pulls: tuple[Pull, ...]
    repo_issues: tuple[RepoIssue, ...]
    begins: datetime
    ends: datetime
    groups: tuple[Group, ...] = ()
    owners: Mapping[str, str] = field(default_factory=dict)  # repository → its file CODEOWNERS
    published: tuple[Published, ...] = ()
    deployed: tuple[Deployed, ...] = ()
    cards: tuple[Card, ...] = ()
