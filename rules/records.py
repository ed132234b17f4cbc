"""Records: what the delivery tools say, in their own words, before anyone judges it.

Every connector yields these types and nothing else. A record is identified by (source, kind, id), where
`source` is the id of the source in the operating model and `id` never changes in the tool (Jira's numeric
issue id, GitHub's node id); keys and names may change. Times are aware and in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Literal, get_args


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one item changed once, as the source's own history tells it.

    `field` is one of the words below where the source's field has that meaning, else the source's own name:
    status, assignee, resolution, flagged, link, parent, priority, labels, team. Values are what a person
    would read; for `flagged` before and after are "yes" or None; for `link` they are "<link kind> <key>";
    for `assignee` they are account ids, as everywhere.
    """

    id: str
    at: datetime
    by: str | None
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """A link from the item to another, in the item's direction: kind "is blocked by", "blocks"."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A Jira issue or a GitHub issue."""

    KIND: ClassVar = "work_item"

    source: str
    id: str
    key: str  # BOOK-412, larkfield/carrier-api#12
    container: str  # project key, or owner/repository
    kind: str  # the source's word: Story, Bug, Epic, issue …
    title: str
    url: str
    status: str
    created_at: datetime
    changed_at: datetime
    audience: str  # jira:<site>:<project>[:<security level>], github:<repository>
    status_category: Literal["new", "indeterminate", "done"] | None = None
    level: int | None = None  # -1 subtask, 0 story, 1 epic, 2 and more initiative
    resolution: str | None = None
    priority: str | None = None
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    assignee: str | None = None  # the source's account id; a Person record tells who that is
    reporter: str | None = None
    team: str | None = None
    parent: str | None = None  # key of the parent
    links: tuple[Link, ...] = ()
    flagged: bool = False
    closed_at: datetime | None = None
    due_on: date | None = None
    points: float | None = None  # the estimate, in the team's own unit
    sprints: tuple[str, ...] = ()  # names, the present one last
    versions: tuple[str, ...] = ()  # names of the releases it is meant for (Jira's fix versions)
    fields: Mapping[str, str] = field(default_factory=dict)  # further fields that were asked for
    changes: tuple[Change, ...] | None = None  # oldest first and complete; None where no history is known


@dataclass(frozen=True, slots=True)
class Review:
    """One submitted review of a pull request."""

    by: str | None
    is_bot: bool
    state: Literal["approved", "changes_requested", "commented", "dismissed"]
    at: datetime


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A GitHub pull request with its reviews."""

    KIND: ClassVar = "pull_request"

    source: str
    id: str
    key: str  # larkfield/carrier-api#12
    container: str  # owner/repository
    title: str
    url: str
    state: Literal["open", "merged", "closed"]
    created_at: datetime
    changed_at: datetime
    audience: str
    author: str | None = None
    author_is_bot: bool = False
    draft: bool = False
    base: str = ""
    base_is_default: bool = True
    branch: str = ""
    ready_at: datetime | None = None  # opened as ready, or the last time it was marked ready; None for drafts
    merged_at: datetime | None = None
    merged_by: str | None = None
    closed_at: datetime | None = None
    reviews: tuple[Review, ...] = ()
    requested: tuple[str, ...] = ()  # account ids or team slugs still asked for a review
    requested_at: datetime | None = None  # the last time anybody was asked for a review
    checks: Literal["passing", "failing", "pending"] | None = None  # of the last commit; None: it has none
    labels: tuple[str, ...] = ()
    paths: tuple[str, ...] | None = None  # None where the list of files is not complete
    lines: int = 0  # added + deleted
    closes: tuple[str, ...] = ()  # keys of the items it closes, by the source's own reference


@dataclass(frozen=True, slots=True)
class Person:
    """An account in a tool."""

    KIND: ClassVar = "person"

    source: str
    id: str
    key: str  # login or account id, what items refer to people by
    name: str
    email: str | None = None  # often hidden by the tools
    accounts: Mapping[str, str] = field(default_factory=dict)  # of a directory's entry: rules/identities.py
    active: bool = True
    left: date | None = None  # the day from which a directory says that they are not here any more
    is_bot: bool = False
    changed_at: datetime | None = None
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """A component of a Jira project; `lead` is an account id."""

    name: str
    lead: str | None = None


@dataclass(frozen=True, slots=True)
class Ownership:
    """One line of a CODEOWNERS file: who owns the paths of a pattern. Later lines win."""

    pattern: str
    owners: tuple[str, ...]  # logins, organisation/team slugs, or e-mail addresses


@dataclass(frozen=True, slots=True)
class Container:
    """Where work or talk lives: a project, a repository, a channel."""

    KIND: ClassVar = "container"

    source: str
    id: str
    key: str  # BOOK, larkfield/carrier-api, prod-booking
    kind: Literal["project", "repository", "channel"]
    name: str
    url: str = ""
    archived: bool = False
    public: bool = False
    lead: str | None = None  # account id of a project's lead
    components: tuple[Component, ...] = ()
    ownership: tuple[Ownership, ...] = ()  # in the order of the file
    changed_at: datetime | None = None
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """A team of the source, such as a GitHub team."""

    KIND: ClassVar = "team"

    source: str
    id: str
    key: str  # larkfield/payments
    name: str
    members: tuple[str, ...] = ()  # accounts
    repositories: tuple[str, ...] = ()  # containers it may write to
    parent: str | None = None  # key
    changed_at: datetime | None = None
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Sprint:
    """A sprint of a Jira board."""

    KIND: ClassVar = "sprint"

    source: str
    id: str
    key: str  # its name
    container: str  # board:<id>
    state: Literal["future", "active", "closed"]
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    completed_at: datetime | None = None
    goal: str = ""
    changed_at: datetime | None = None
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """A GitHub release, or a version of a Jira project."""

    KIND: ClassVar = "release"

    source: str
    id: str
    key: str  # larkfield/tracking@v2.1, BOOK 2.1
    container: str
    name: str
    url: str = ""
    released: bool = False  # drafts and planned versions are not
    prerelease: bool = False
    archived: bool = False
    created_at: datetime | None = None
    released_at: datetime | None = None
    due_on: date | None = None
    changed_at: datetime | None = None
    audience: str = ""


@dataclass(frozen=True, slots=True)
class DeploymentStatus:
    """How a deployment went on: the source's word (success, failure, error, inactive …) at a moment."""

    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment of a repository to an environment, with what became of it, oldest first."""

    KIND: ClassVar = "deployment"

    source: str
    id: str
    key: str  # larkfield/tracking@production#12
    container: str
    environment: str
    ref: str
    commit: str
    created_at: datetime
    changed_at: datetime
    audience: str
    by: str | None = None
    statuses: tuple[DeploymentStatus, ...] = ()


Record = WorkItem | PullRequest | Person | Container | Team | Sprint | Release | Deployment
KINDS: Mapping[str, type[Record]] = {kind.KIND: kind for kind in get_args(Record)}
