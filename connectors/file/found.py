"""What an export holds, counted: the sentence with which `opsbot judge --from` begins."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from rules.records import Person, PullRequest, Record, WorkItem


@dataclass(frozen=True, slots=True)
class Status:
    """A status in the source's word, its category where the source tells it, and how many items have it."""

    name: str
    category: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """Counts over the records of a source, the most frequent first."""

    items: int
    pull_requests: int
    people: int
    statuses: tuple[Status, ...]
    projects: tuple[tuple[str, int], ...]
    types: tuple[tuple[str, int], ...]
    first_change: datetime | None  # of items and pull requests: the earliest and latest changed_at
    last_change: datetime | None
    history: bool  # at least one item tells its changes


@dataclass(slots=True)
class Counting:
    """Counts records while they are read for something else; `found` says what there was so far."""

    items: int = 0
    pull_requests: int = 0
    people: int = 0
    statuses: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    projects: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    first_change: datetime | None = None
    last_change: datetime | None = None
    history: bool = False

    def add(self, records: Iterable[Record]) -> None:
        """Count these too, a page for example; each record is to come once."""
        for record in records:
            match record:
                case Person():
                    self.people += 1
                case WorkItem():
                    self._worked_on(record)
                    self.items += 1
                    self.statuses[record.status, record.status_category] += 1
                    self.types[record.kind] += 1
                    self.history = self.history or record.changes is not None
                case PullRequest():
                    self._worked_on(record)
                    self.pull_requests += 1

    def found(self) -> Found:
        """The counts, the most frequent first."""
        statuses = self.statuses.most_common()
        return Found(
            items=self.items,
            pull_requests=self.pull_requests,
            people=self.people,
            statuses=tuple(Status(name, category, n) for (name, category), n in statuses),
            projects=tuple(self.projects.most_common()),
            types=tuple(self.types.most_common()),
            first_change=self.first_change,
            last_change=self.last_change,
            history=self.history,
        )

    def _worked_on(self, record: WorkItem | PullRequest) -> None:
        at = record.changed_at
        self.projects[record.container] += 1
        self.first_change = min(self.first_change or at, at)
        self.last_change = max(self.last_change or at, at)
