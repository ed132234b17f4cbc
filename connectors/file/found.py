"""What an export holds, counted: the sentence with which `opsbot judge --from` begins."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
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
    """Counts over the records of a source, the most frequent first; deleted ones are left out."""

    items: int
    pull_requests: int
    people: int
    statuses: tuple[Status, ...]
    projects: tuple[tuple[str, int], ...]
    types: tuple[tuple[str, int], ...]
    first_change: datetime | None  # of items and pull requests: the earliest and latest changed_at
    last_change: datetime | None
    history: bool  # at least one item tells its changes


def summary(records: Iterable[Record]) -> Found:
    """Count what is there; the records are gone through once."""
    statuses: Counter[tuple[str, str | None]] = Counter()
    projects: Counter[str] = Counter()
    types: Counter[str] = Counter()
    items = pulls = people = 0
    first: datetime | None = None
    last: datetime | None = None
    history = False
    for record in records:
        if isinstance(record, Person):
            people += 1
        if not isinstance(record, WorkItem | PullRequest) or record.deleted:
            continue
        projects[record.container] += 1
        first = min(first or record.changed_at, record.changed_at)
        last = max(last or record.changed_at, record.changed_at)
        if isinstance(record, PullRequest):
            pulls += 1
            continue
        items += 1
        statuses[record.status, record.status_category] += 1
        types[record.kind] += 1
        history = history or record.changes is not None
    return Found(
        items=items,
        pull_requests=pulls,
        people=people,
        statuses=tuple(Status(name, category, n) for (name, category), n in statuses.most_common()),
        projects=tuple(projects.most_common()),
        types=tuple(types.most_common()),
        first_change=first,
        last_change=last,
        history=history,
    )
