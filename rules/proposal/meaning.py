"""What statuses, resolutions and types of an export mean: by the tool's category, else by their names."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from config.model import FlowItem
from rules.proposal.tally import Cell, Tally
from rules.proposal.text import many
from rules.proposal.words import FLOW_OF, RESOLUTIONS, STATE_OF
from rules.workflow import FINISHED, State

Means = TypeVar("Means")

CATEGORIES = {"new": "To Do", "indeterminate": "In Progress", "done": "Done"}
"""Categories of statuses, as Jira shows them."""
_FIRST: dict[str, State] = {"new": "backlog", "indeterminate": "active", "done": "done"}
_FITS: dict[str, tuple[State, ...]] = {
    "new": ("backlog",),
    "indeterminate": ("active", "waiting"),
    "done": ("done", "dropped"),
}
"""States a category leaves room for: a name may say which, but not contradict the tool."""


@dataclass(frozen=True, slots=True)
class Meant(Generic[Means]):
    """A word of the tool, what it means as far as that is known, and on what grounds."""

    word: str
    items: int
    means: Means | None
    said_by_tool: bool
    why: str


@dataclass(frozen=True, slots=True)
class Meanings:
    """All words of the export that a workflow maps."""

    statuses: tuple[Meant[State], ...]
    resolutions: tuple[Meant[State], ...]  # only those that mean dropped
    types: tuple[Meant[FlowItem], ...]
    labels: tuple[Meant[FlowItem], ...]  # of repositories' issues; only those that mean something
    ends: frozenset[str]  # statuses of what is done or dropped, in small letters

    def finished(self, cell: Cell) -> bool:
        """Its items are known to be done or dropped."""
        return cell.category == "done" if cell.in_repository else cell.status.casefold() in self.ends


def meanings(tally: Tally) -> Meanings:
    """The words of the export with their meanings, the most frequent first."""
    projects = {cell: items for cell, items in tally.cells.items() if not cell.in_repository}
    spelled: dict[str, Counter[str]] = {}
    categories: dict[str, Counter[str]] = {}
    resolutions: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for cell, items in projects.items():
        status = cell.status.casefold()
        spelled.setdefault(status, Counter())[cell.status] += items
        known = categories.setdefault(status, Counter())
        if cell.category is not None:
            known[cell.category] += items
        if cell.resolution and cell.resolution.casefold() in RESOLUTIONS:
            resolutions[cell.resolution] += items
        if not cell.subtask:
            kinds[cell.kind] += items
    labels = ((w, n) for w, n in _merged(tally.labels) if w.casefold() in FLOW_OF)
    statuses = [_status(words, categories[status]) for status, words in spelled.items()]
    return Meanings(
        ends=frozenset(s.word.casefold() for s in statuses if s.means in FINISHED),
        statuses=tuple(sorted(statuses, key=lambda s: (-s.items, s.word))),
        resolutions=tuple(_dropped(word, items) for word, items in _merged(resolutions)),
        types=tuple(_flow(word, items) for word, items in _merged(kinds)),
        labels=tuple(_flow(word, items) for word, items in labels),
    )


def _status(spelled: Counter[str], categories: Counter[str]) -> Meant[State]:
    word, items = _most(spelled), spelled.total()
    by_name = STATE_OF.get(word.casefold())
    if len(categories) > 1:
        counted = ", ".join(f"{CATEGORIES[c]} {n:,}" for c, n in sorted(categories.items()))
        return Meant(
            word, items, None, said_by_tool=False, why=f"the tool has it in several categories: {counted}"
        )
    if not categories:
        why = _named(items) if by_name else f"the export tells no category, {many(items, 'item')}"
        return Meant(word, items, by_name, said_by_tool=False, why=why)
    category = next(iter(categories))
    told = f"status category {CATEGORIES[category]}, {many(items, 'item')}"
    if by_name is not None and by_name != _FIRST[category] and by_name in _FITS[category]:
        return Meant(word, items, by_name, said_by_tool=False, why=f"{told}; {by_name} by its name alone")
    return Meant(word, items, _FIRST[category], said_by_tool=True, why=told)


def _dropped(word: str, items: int) -> Meant[State]:
    return Meant(word, items, "dropped", said_by_tool=False, why=_named(items))


def _flow(word: str, items: int) -> Meant[FlowItem]:
    means = FLOW_OF.get(word.casefold())
    why = _named(items) if means else f"the name does not say, {many(items, 'item')}"
    return Meant(word, items, means, said_by_tool=False, why=why)


def _named(items: int) -> str:
    return f"by its name alone, {many(items, 'item')}"


def _merged(counts: Counter[str]) -> Iterable[tuple[str, int]]:
    """Spellings that differ in case only are one word; the most frequent first."""
    spelled: dict[str, Counter[str]] = {}
    for word, items in counts.items():
        spelled.setdefault(word.casefold(), Counter())[word] += items
    merged = ((_most(words), words.total()) for words in spelled.values())
    return sorted(merged, key=lambda m: (-m[1], m[0]))


def _most(counts: Counter[str]) -> str:
    return min(counts, key=lambda word: (-counts[word], word))
