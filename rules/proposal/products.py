"""Products an export suggests: a project with the repositories that work for it, or its parts."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rules.proposal.ids import ids
from rules.proposal.meaning import Meanings
from rules.proposal.tally import Cell, Tally
from rules.proposal.words import TRIALS

ENOUGH_CHANGES = 5
"""Fewer pull requests than this that name a project say nothing about where a repository belongs."""
ONE_PROJECT = 0.8
"""A repository belongs to a project that this share of its pull requests names; below, it serves several."""
SPLIT_COVERS = 0.9
"""Components split a project only where nearly every item has exactly one; else much would stay outside."""
SPLIT_MOST = 8
"""More parts than a department has products are areas of one product."""
SPLIT_LEAST = 20
"""A part with fewer items is too small to tell a product from a topic."""
SPLIT_HANDS = 0.8
"""Parts are products where people work within one: this share of items is done in the person's own part."""
MOST_PRODUCTS = 100
"""More files than this nobody answers questions in; the largest are proposed, the others named."""

_PROJECT = re.compile(r"[A-Z][A-Z0-9_]+")
_WORD = re.compile(r"\w+")
_REPOSITORY = re.compile(r"[^/\s*?\[\]]+/[^/\s*?\[\]]+")


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a product's work: a project, a component of it, or a repository."""

    container: str
    component: str | None = None
    items: int = 0
    pulls: int = 0
    why: str = ""


Counted = tuple[Cell, int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who might own a product: an account, and how many of its assigned unfinished items it has."""

    account: str
    tool: str  # jira, github
    items: int
    of: int


@dataclass(frozen=True, slots=True)
class Suggested:
    """A product as the export suggests it."""

    id: str
    name: str
    parts: tuple[Part, ...]
    items: int
    unfinished: int
    pulls: int
    why: str
    candidates: tuple[Candidate, ...]
    components: tuple[tuple[str, int], ...] = ()  # that could be products of their own


@dataclass(frozen=True, slots=True)
class Trial:
    """A project for trying things out, as its name says."""

    project: str
    name: str
    items: int
    unfinished: int


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The products, and what no product can name."""

    products: tuple[Suggested, ...]
    left_out: tuple[tuple[str, int], ...]  # container and its items and pull requests
    trials: tuple[Trial, ...] = ()  # projects that are proposed as no product's work


def suggest(tally: Tally, meant: Meanings) -> Suggestions:
    """Products, the one with most unfinished items first."""
    counts = tally.counted("container") + tally.pulls
    nameable = {c for c in counts if (_REPOSITORY if "/" in c else _PROJECT).fullmatch(c)}
    trials = sorted(_trials(nameable, tally, meant), key=lambda t: (-t.items, t.project))
    drafts = sorted(
        _drafts(nameable - {t.project for t in trials}, tally, meant),
        key=lambda p: (-p.unfinished, -p.items, -p.pulls, p.parts[0].container, p.name),
    )
    outside = [(c, counts[c]) for c in counts if c not in nameable]
    outside += [(part.container, part.items + part.pulls) for p in drafts[MOST_PRODUCTS:] for part in p.parts]
    return Suggestions(
        products=tuple(_with_ids(drafts[:MOST_PRODUCTS])),
        left_out=tuple(sorted(outside, key=lambda o: (-o[1], o[0]))),
        trials=tuple(trials),
    )


def _trials(nameable: set[str], tally: Tally, meant: Meanings) -> Iterator[Trial]:
    """Projects whose whole name or key says a trial; such a word among others says nothing."""
    for project in (c for c in nameable if "/" not in c):
        name = tally.names.get(project, project)
        words = set(_WORD.findall(name.casefold()))
        if project.casefold() in TRIALS or name.casefold() in TRIALS or (words and words <= TRIALS):
            cells = [(cell, n) for cell, n in tally.cells.items() if cell.container == project]
            unfinished = sum(n for cell, n in cells if not meant.finished(cell))
            yield Trial(project, name, sum(n for _, n in cells), unfinished)


def _drafts(nameable: set[str], tally: Tally, meant: Meanings) -> Iterator[Suggested]:
    cells: dict[str, list[Counted]] = {}
    for cell, many in tally.cells.items():
        cells.setdefault(cell.container, []).append((cell, many))
    alone = {c for c in nameable if "/" in c}
    for project in sorted(nameable - alone):
        repositories = sorted(c for c in alone if _project_of(c, tally) == project)
        own = cells.get(project, [])
        split = _split(own)
        for component in split:
            yield _product(tally, meant, {Part(project, component): own}, component)
        if not split:
            parts = {Part(project): own}
            for repository in repositories:
                pulls, naming = tally.pulls[repository], tally.named[repository][project]
                part = Part(
                    repository, pulls=pulls, why=f"{naming:,} of its {pulls:,} pull requests name {project}"
                )
                parts[part] = cells.get(repository, [])
            yield _product(tally, meant, parts, tally.names.get(project, project))
            alone -= set(repositories)
    for repository in sorted(alone):
        part = Part(repository, pulls=tally.pulls[repository], why=_unsettled(repository, tally))
        yield _product(tally, meant, {part: cells.get(repository, [])}, repository)


def _with_ids(drafts: list[Suggested]) -> Iterator[Suggested]:
    for draft, id_ in zip(drafts, ids((_short(d.name) for d in drafts), "product"), strict=True):
        yield replace(draft, id=id_)


def _short(name: str) -> str:
    """A repository's product is called without its owner."""
    return name.rpartition("/")[2]


def _project_of(repository: str, tally: Tally) -> str | None:
    named = tally.named.get(repository, Counter())
    most = min(named, key=lambda p: (-named[p], p), default=None)
    if most is None or named[most] < ENOUGH_CHANGES or named[most] < ONE_PROJECT * tally.pulls[repository]:
        return None
    return most


def _split(cells: Sequence[Counted]) -> list[str]:
    """The components that are products of their own, or none."""
    by_component: dict[str, Counter[str]] = {}
    items = 0
    for cell, many in cells:
        if not cell.subtask:
            items += many
            if cell.component:
                by_component.setdefault(cell.component, Counter())[cell.assignee or ""] += many
    sizes = [hands.total() for hands in by_component.values()]
    if not 2 <= len(sizes) <= SPLIT_MOST or min(sizes) < SPLIT_LEAST or sum(sizes) < SPLIT_COVERS * items:
        return []
    accounts = {account for hands in by_component.values() for account in hands if account}
    home = sum(max(hands[account] for hands in by_component.values()) for account in accounts)
    assigned = sum(hands[account] for hands in by_component.values() for account in accounts)
    return sorted(by_component) if assigned and home >= SPLIT_HANDS * assigned else []


def _product(tally: Tally, meant: Meanings, parts: Mapping[Part, Sequence[Counted]], name: str) -> Suggested:
    held = {
        part: [(cell, n) for cell, n in cells if part.component in (None, cell.component)]
        for part, cells in parts.items()
    }
    cells = [counted for some in held.values() for counted in some]
    unfinished = [(cell, n) for cell, n in cells if not meant.finished(cell)]
    components: Counter[str] = Counter()
    for cell, many in cells:
        if cell.component and not cell.in_repository:
            components[cell.component] += many
    return Suggested(
        id="",
        name=name,
        parts=tuple(replace(part, items=sum(n for _, n in some)) for part, some in held.items()),
        items=sum(n for _, n in cells),
        unfinished=sum(n for _, n in unfinished),
        pulls=sum(part.pulls for part in parts),
        why=_why(list(parts)),
        candidates=tuple(_candidates(unfinished, tally)),
        components=tuple(sorted(components.items(), key=lambda c: (-c[1], c[0]))),
    )


def _why(parts: list[Part]) -> str:
    first = parts[0]
    if first.component is not None:
        return f"a component of {first.container} with people of its own"
    if "/" in first.container:
        return "a repository that works for no one project"
    return "a project" + (" and the repositories that work for it" if len(parts) > 1 else "")


def _unsettled(repository: str, tally: Tally) -> str:
    """What its pull requests say of projects, where that is too little to place it with one."""
    named = tally.named.get(repository, Counter())
    told = [f"{named[p]:,} of its {tally.pulls[repository]:,} pull requests name {p}" for p in sorted(named)]
    return f"on its own: {', '.join(told[:3])}, too few to tell" if told else ""


def _candidates(unfinished: Iterable[Counted], tally: Tally) -> Iterator[Candidate]:
    hands: Counter[tuple[str, str]] = Counter()
    for cell, many in unfinished:
        person = tally.people.get(cell.assignee or "")
        if cell.assignee and not (person and person.is_bot):
            hands[cell.assignee, "github" if cell.in_repository else "jira"] += many
    for account, tool in sorted(hands, key=lambda h: (-hands[h], h))[:2]:
        yield Candidate(account, tool, hands[account, tool], hands.total())
