"""Work before it is written down: issues and pull requests that have no number yet, and how they get it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, TypeVar

from connectors.larkfield.people import PEOPLE
from connectors.larkfield.world import Happening, Issue, Pull, PullReview, RepoIssue


@dataclass(frozen=True, slots=True)
class Linked:
    """A link as it will read once the other issue has its key."""

    kind: str
    other: "IssueDraft"


@dataclass(slots=True, eq=False)
class IssueDraft:
    """An issue without key. What happens to it may be told in any order."""

    project: str
    kind: str
    title: str
    created_at: datetime
    reporter: str
    status: str = "Open"
    priority: str = "Medium"
    components: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    parent: "IssueDraft | None" = None
    due_on: str | None = None
    number: int | None = None
    happens: list[tuple[datetime, str, str, str | Linked | None]] = field(default_factory=list)

    @property
    def key(self) -> str:
        """BOOK-412."""
        return f"{self.project}-{self.number}"

    def then(self, at: datetime, by: str, what: str, after: str | Linked | None) -> None:
        """Something happens to it; an assignee is named by handle."""
        self.happens.append((at, by, what, after))

    def close(self, at: datetime, by: str, status: str = "Done", resolution: str = "Done") -> None:
        """It ends, with a resolution as Jira's workflow sets it."""
        self.then(at, by, "status", status)
        self.then(at, by, "resolution", resolution)

    def blocked_by(self, at: datetime, by: str, other: "IssueDraft") -> None:
        """A link that stands on both issues."""
        self.then(at, by, "link", Linked("is blocked by", other))
        other.then(at, by, "link", Linked("blocks", self))

    def written(self, issue_id: int, ends: datetime) -> Issue:
        """The issue with all that happens to it until then."""
        now: dict[str, str | None] = {"status": self.status, "labels": " ".join(self.labels) or None}
        story = []
        for at, by, what, after in sorted(self.happens, key=lambda h: h[0]):
            if at > ends:
                break
            match after:
                case Linked(kind, other):
                    said: str | None = f"{kind} {other.key}"
                case str() if what == "assignee":
                    said = PEOPLE[after].jira
                case _:
                    said = after
            before = None if what in {"link", "comment"} else now.get(what)
            if said != before:
                story.append(Happening(_second(at), by, what, before, said))
                now[what] = said
        return Issue(
            id=issue_id,
            key=self.key,
            project=self.project,
            kind=self.kind,
            title=self.title,
            created_at=_second(self.created_at),
            reporter=self.reporter,
            status=self.status,
            priority=self.priority,
            components=self.components,
            labels=self.labels,
            parent=self.parent.key if self.parent else None,
            due_on=self.due_on,
            happenings=tuple(story),
        )


@dataclass(slots=True, eq=False)
class RepoIssueDraft:
    """A GitHub issue without number."""

    repository: str
    title: str
    author: str
    created_at: datetime
    assignee: str | None = None
    labels: tuple[str, ...] = ()
    closed_at: datetime | None = None
    completed: bool = True
    number: int | None = None

    def written(self, issue_id: int, ends: datetime) -> RepoIssue:
        """The issue as it stands then."""
        closed = _until(self.closed_at, ends)
        return RepoIssue(
            id=issue_id,
            node=f"I_kwDOLark{issue_id}",
            repository=self.repository,
            number=self.number or 0,
            title=self.title,
            author=self.author,
            created_at=_second(self.created_at),
            assignee=self.assignee,
            labels=self.labels,
            closed_at=closed,
            state_reason=("completed" if self.completed else "not_planned") if closed else None,
        )


@dataclass(slots=True, eq=False)
class PullDraft:
    """A pull request without number; its title begins with the key of its item."""

    repository: str
    title: str
    author: str
    created_at: datetime
    ready_at: datetime
    item: IssueDraft | None = None
    reviews: tuple[PullReview, ...] = ()
    requested: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    additions: int = 0
    deletions: int = 0
    merged_at: datetime | None = None
    merged_by: str | None = None
    closed_at: datetime | None = None
    closes: RepoIssueDraft | None = None
    number: int | None = None

    def written(self, pull_id: int, ends: datetime) -> Pull:
        """The pull request with all that happens to it until then."""
        title = f"{self.item.key} {self.title}" if self.item else self.title
        merged = _until(self.merged_at, ends)
        return Pull(
            id=pull_id,
            node=f"PR_kwDOLark{pull_id}",
            repository=self.repository,
            number=self.number or 0,
            title=title,
            branch="-".join("".join(c if c.isalnum() else " " for c in title).lower().split()[:6]),
            author=self.author,
            created_at=_second(self.created_at),
            ready_at=_until(self.ready_at, ends),
            reviews=tuple(replace(r, at=_second(r.at)) for r in self.reviews if r.at <= ends),
            requested=self.requested,
            labels=self.labels,
            paths=self.paths,
            additions=self.additions,
            deletions=self.deletions,
            merged_at=merged,
            merged_by=self.merged_by if merged else None,
            closed_at=_until(self.closed_at, ends),
            closes=(self.closes.number or 0,) if self.closes else (),
        )


class Numbered(Protocol):
    """What gets a number in the order of its creation."""

    created_at: datetime
    number: int | None


N = TypeVar("N", bound=Numbered)


def number(drafts: Sequence[N], series: str) -> list[N]:
    """Give numbers in order of creation; one that has its number already makes the count jump to it.

    Such a jump is what deleted and moved issues leave behind.

    Raises:
        ValueError: the count had passed that number already.
    """
    ordered = sorted(drafts, key=lambda d: d.created_at)
    count = 0
    for draft in ordered:
        count += 1
        if draft.number is not None:
            if draft.number < count:
                raise ValueError(f"{series}: number {draft.number} was reached before {draft.created_at}")
            count = draft.number
        draft.number = count
    return ordered


def by_series(drafts: Iterable[N], series: str) -> dict[str, list[N]]:
    """Group by the attribute that holds the project or repository."""
    groups: dict[str, list[N]] = defaultdict(list)
    for draft in drafts:
        groups[getattr(draft, series)].append(draft)
    return groups


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _until(moment: datetime | None, ends: datetime) -> datetime | None:
    return _second(moment) if moment is not None and moment <= ends else None
