"""Mapping: which product of the operating model an item or a pull request belongs to, and why."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from config.model import OperatingModel
from config.words import JiraMatch, Selector
from rules.patterns import path_matches, repository_matches
from rules.records import PullRequest, WorkItem
from rules.selecting import EXPLICIT, Entry, Index, Traits, holds, rank

_CLOSE = 0.8
"""How alike two words are before one is taken for a misspelling of the other."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where something belongs. No product and several candidates: they claim it with equal precedence."""

    product: str | None = None
    stream: str | None = None
    candidates: int = 0
    mapped_by: str | None = None  # path in the model, or the item whose product it takes
    rank: int | None = None
    nearest_miss: str | None = None


class Mapper:
    """Places items by the selectors of a model; made once and asked often."""

    def __init__(self, model: OperatingModel) -> None:
        self._model = model
        self._teams = {
            word.casefold(): team
            for team, of in model.teams.items()
            for word in (team, team.replace("-", " "), of.github)
            if word
        }
        entries = list(_entries(model))
        self._entries = [e for e in entries if e.selector.path is None]
        self._paths = [e for e in entries if e.selector.path is not None]
        self._index = Index(self._entries)
        ignored = [Entry("", f"ignore[{n}]", s, rank(s)) for n, s in enumerate(model.ignore)]
        self._ignored = Index(e for e in ignored if e.selector.path is None)
        self._ignored_paths = [e for e in ignored if e.selector.path is not None]
        self._words: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
        self._misses: dict[tuple[str, str, str], str | None] = {}

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All selectors of products, in the order of the model."""
        return (*self._entries, *self._paths)

    def matching(self, traits: Traits) -> Iterator[Entry]:
        """The selectors that hold for something with these traits, but those with a path."""
        return self._index.matching(traits)

    def claims(self, traits: Traits) -> tuple[str, ...]:
        """The products whose selectors claim something with these traits with the highest precedence."""
        return tuple(entry.product for entry in self._best(traits))

    def team(self, word: str | None) -> str | None:
        """The team of the model that a tool calls so: its id, also with blanks for dashes, or its slug."""
        return self._teams.get(word.casefold()) if word is not None else None

    def place(self, item: WorkItem, ancestors: Sequence[WorkItem] = ()) -> Placement:
        """The item's own match, else that of the nearest ancestor that has one (parent first)."""
        for one in (item, *ancestors):
            own = self._own(self.traits(one))
            if own.candidates:
                return own
        return Placement(nearest_miss=self._nearest_miss(item))

    def place_pull(self, pull: PullRequest, items: Iterable[Placement]) -> Placement:
        """By an explicit label, the majority of its files, its repository, else the items it belongs to."""
        traits = Traits(pull.container, pull.labels)
        own = self._own(traits)
        if own.rank == 5:
            return own
        by_path = self._by_path(pull, traits)
        if by_path.candidates:
            return by_path
        if own.candidates:
            return own
        linked = {p.product: p for p in items if p.product is not None}
        return _settle(list(linked.values()))

    def ignored(self, thing: WorkItem | PullRequest) -> bool:
        """The model says that no rule is to look at it; a pull request also if all its files are ignored."""
        if isinstance(thing, WorkItem):
            return any(self._ignored.matching(self.traits(thing)))
        traits = Traits(thing.container, thing.labels)
        if any(self._ignored.matching(traits)):
            return True
        patterns = [e.selector.path or "" for e in self._ignored_paths if holds(e.selector, traits)]
        return bool(patterns and thing.paths) and all(
            any(path_matches(path, pattern) for pattern in patterns) for path in thing.paths or ()
        )

    def traits(self, item: WorkItem) -> Traits:
        """What selectors look at in a work item."""
        return Traits(
            item.container, item.labels, item.components, item.kind, self.team(item.team), item.fields
        )

    def _own(self, traits: Traits) -> Placement:
        named = traits.fields.get("product")
        if named in self._model.products:
            return self._placed(named, "field product", 5)
        return _settle([self._placed(e.product, e.where, e.rank) for e in self._best(traits)])

    def _best(self, traits: Traits) -> Collection[Entry]:
        """The first selector of each product that claims it with the highest precedence."""
        best: dict[str, Entry] = {}
        highest = -1
        for entry in self._index.matching(traits):
            if entry.rank > highest:
                highest, best = entry.rank, {entry.product: entry}
            elif entry.rank == highest:
                best.setdefault(entry.product, entry)
        return best.values()

    def _by_path(self, pull: PullRequest, traits: Traits) -> Placement:
        if not pull.paths:
            return Placement()
        entries = [e for e in self._paths if holds(e.selector, traits)]
        files: Counter[str] = Counter()
        where: dict[str, str] = {}
        for path in pull.paths:
            met = {e.product: e.where for e in entries if path_matches(path, e.selector.path or "")}
            files.update(met.keys())
            where |= met
        most = [p for p, count in files.items() if 2 * count > len(pull.paths)]
        return _settle([self._placed(p, where[p], 4) for p in most])

    def _placed(self, product: str, mapped_by: str, of_rank: int) -> Placement:
        return Placement(product, self._model.products[product].stream, 1, mapped_by, of_rank)

    def _nearest_miss(self, item: WorkItem) -> str | None:
        for kind, words in (("component", item.components), ("label", item.labels)):
            for word in words:
                key = (kind, item.container, word)
                if key not in self._misses:
                    self._misses[key] = self._miss(*key)
                if self._misses[key] is not None:
                    return self._misses[key]
        return None

    def _miss(self, kind: str, container: str, word: str) -> str | None:
        known = self._words.get((kind, container))
        if known is None:
            known = self._words[kind, container] = dict(self._vocabulary(kind, container))
        close = get_close_matches(word.casefold(), known, n=1, cutoff=_CLOSE)
        if not close:
            return None
        meant, where = known[close[0]]
        return None if meant == word else f"{kind} '{word}' is close to '{meant}' of {where}"

    def _vocabulary(self, kind: str, container: str) -> Iterator[tuple[str, tuple[str, str]]]:
        """The words of that kind that selectors look for in the container, each with where it is written."""
        for entry in self._entries:
            selector, jira = entry.selector, entry.selector.jira or JiraMatch()
            word = jira.component if kind == "component" else selector.label or jira.label
            elsewhere = jira.project not in {None, container} or (
                selector.github is not None and not repository_matches(container, selector.github)
            )
            if word is not None and not elsewhere:
                yield word.casefold(), (word, entry.where)


def _entries(model: OperatingModel) -> Iterator[Entry]:
    for product in model.products.values():
        for n, selector in enumerate(product.work):
            yield Entry(product.id, f"products.{product.id}.work[{n}]", selector, rank(selector))
        explicit = Selector(label=EXPLICIT + product.id)
        if explicit not in product.work:
            yield Entry(product.id, f"products.{product.id}", explicit, rank(explicit))


def _settle(claims: Sequence[Placement]) -> Placement:
    """One claim decides; several of equal precedence do not."""
    if len(claims) == 1:
        return claims[0]
    return Placement(candidates=len(claims), rank=claims[0].rank if claims else None)
