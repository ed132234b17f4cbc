"""The tally of an export: projects, statuses, types and people of its records, counted in one pass."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from rules.identities import is_entry
from rules.records import (
    Component,
    Container,
    Ownership,
    Person,
    PullRequest,
    Record,
    Team,
    WorkItem,
)

_KEY = re.compile(r"\b([A-Z][A-Z0-9_]+)-\d+\b")
SUBTASK = -1


@dataclass(frozen=True, slots=True)
class Cell:
    """Items that are the same in all that a proposal looks at."""

    container: str
    component: str | None  # the only one it has; "" for several, None for none
    kind: str
    subtask: bool
    status: str
    category: str | None
    resolution: str | None
    assignee: str | None

    @property
    def in_repository(self) -> bool:
        """A repository's issue, whose state is open or closed and needs no mapping."""
        return "/" in self.container


@dataclass(slots=True)
class Tally:
    """Counts over the records of an export; it grows with the different words in it, not with its length.

    Each record is to come once.
    """

    cells: Counter[Cell] = field(default_factory=Counter)
    pulls: Counter[str] = field(default_factory=Counter)  # by repository
    open_pulls: Counter[str] = field(default_factory=Counter)
    named: dict[str, Counter[str]] = field(default_factory=dict)  # repository → projects its changes name
    labels: Counter[str] = field(default_factory=Counter)  # of repositories' issues
    teams: Counter[str] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)  # container → its name where it is told
    leads: dict[str, str] = field(default_factory=dict)  # project → account of its lead
    components: dict[str, tuple[Component, ...]] = field(default_factory=dict)  # of a project
    ownership: dict[str, tuple[Ownership, ...]] = field(default_factory=dict)  # of a repository
    groups: dict[str, Team] = field(default_factory=dict)  # teams of the tools, by key in small letters
    writers: dict[str, list[str]] = field(default_factory=dict)  # repository → teams that may write to it
    archived: set[str] = field(default_factory=set)  # containers
    claimed: set[str] = field(default_factory=set)  # containers that a model names already
    people: dict[str, Person] = field(default_factory=dict)  # by account
    entries: dict[tuple[str, str], Person] = field(
        default_factory=dict
    )  # of directories, by tool and account
    seen: dict[str, Counter[str]] = field(default_factory=lambda: {"jira": Counter(), "github": Counter()})

    def add(self, records: Iterable[Record]) -> None:
        """Count these too, a page for example."""
        for record in records:
            match record:
                case Person() if is_entry(record):
                    for tool, account in record.accounts.items():
                        self.entries[tool.partition(":")[0], account.casefold()] = record
                case Person():
                    self.people[record.key] = record
                case Container():
                    self._place(record)
                case Team():
                    self.groups[record.key.casefold()] = record
                    for repository in record.repositories:
                        self.writers.setdefault(repository, []).append(record.key)
                case WorkItem():
                    self._item(record)
                case PullRequest():
                    self._pull(record)

    @property
    def items(self) -> int:
        """How many items there are."""
        return self.cells.total()

    def counted(self, word: str) -> Counter[str]:
        """Items by one word of the cells: its container, its kind."""
        counts: Counter[str] = Counter()
        for cell, many in self.cells.items():
            counts[str(getattr(cell, word))] += many
        return counts

    def _place(self, place: Container) -> None:
        self.names[place.key] = place.name
        leads = {place.lead, *(component.lead for component in place.components)}
        self.seen["jira"].update(lead for lead in leads if lead is not None)
        if place.lead is not None:
            self.leads[place.key] = place.lead
        if place.components:
            self.components[place.key] = place.components
        if place.ownership:
            self.ownership[place.key] = place.ownership
        if place.archived:
            self.archived.add(place.key)

    def _item(self, item: WorkItem) -> None:
        components = set(item.components)
        cell = Cell(
            container=item.container,
            component=next(iter(components), None) if len(components) < 2 else "",
            kind=item.kind,
            subtask=item.level == SUBTASK,
            status=item.status,
            category=item.status_category,
            resolution=item.resolution,
            assignee=item.assignee,
        )
        self.cells[cell] += 1
        if item.team:
            self.teams[item.team] += 1
        if cell.in_repository:
            self.labels.update(item.labels)
        self._met(item.container, {item.assignee, item.reporter})

    def _pull(self, pull: PullRequest) -> None:
        self.pulls[pull.container] += 1
        self.open_pulls[pull.container] += pull.state == "open"
        projects = set(_KEY.findall(f"{pull.title} {pull.branch}"))
        self.named.setdefault(pull.container, Counter()).update(projects)
        self._met(pull.container, {pull.author, *(review.by for review in pull.reviews)})

    def _met(self, container: str, accounts: set[str | None]) -> None:
        tool = "github" if "/" in container else "jira"
        self.seen[tool].update(account for account in accounts if account is not None)
