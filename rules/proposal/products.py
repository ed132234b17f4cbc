"""Products an export suggests: a project with the repositories that work for it, or its parts."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from rules.proposal.grouping import Group, grouped, owner_of, parent_of, patterns, team_name
from rules.proposal.ids import ids
from rules.proposal.meaning import Meanings
from rules.proposal.suggested import Candidate, Part, Stream, Suggested, Suggestions, Trial
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


Counted = tuple[Cell, int]


def suggest(
    tally: Tally, meant: Meanings, placed: Collection[str] = (), taken: Collection[str] = ()
) -> Suggestions:
    """Products, the one with most unfinished items first.

    Containers that are `placed` belong elsewhere, and ids that are `taken` are not given again.
    """
    counts = tally.counted("container") + tally.pulls
    counts = Counter({c: n for c, n in counts.items() if c not in placed and c not in tally.archived})
    nameable = {c for c in counts if (_REPOSITORY if "/" in c else _PROJECT).fullmatch(c)}
    trials = sorted(_trials(nameable, tally, meant), key=lambda t: (-t.items, t.project))
    drafts = sorted(
        _drafts(nameable - {t.project for t in trials}, tally, meant),
        key=lambda p: (-p.unfinished, -p.items, -p.pulls, p.parts[0].container, p.name),
    )
    outside = [(c, counts[c]) for c in counts if c not in nameable]
    outside += [(part.container, part.items + part.pulls) for p in drafts[MOST_PRODUCTS:] for part in p.parts]
    products, streams = _in_streams(list(_with_ids(drafts[:MOST_PRODUCTS], taken)), tally)
    return Suggestions(
        products=products,
        left_out=tuple(sorted(outside, key=lambda o: (-o[1], o[0]))),
        trials=tuple(trials),
        streams=streams,
    )


def _in_streams(
    products: Sequence[Suggested], tally: Tally
) -> tuple[tuple[Suggested, ...], tuple[Stream, ...]]:
    """Products whose teams stand under one team may be one value stream: two at least, and never all."""
    owned = [p for p in products if p.team is not None]
    by_parent: dict[str, list[str]] = {}
    for product in owned:
        if (above := parent_of(product.team or "", tally)) is not None:
            by_parent.setdefault(above, []).append(product.id)
    parents = sorted(parent for parent, of in by_parent.items() if 1 < len(of) < len(owned))
    names = [team_name(parent, tally) for parent in parents]
    streams = tuple(
        Stream(id_, name, parent, tuple(by_parent[parent]))
        for id_, name, parent in zip(ids(names, "stream"), names, parents, strict=True)
    )
    of_product = {product: stream.id for stream in streams for product in stream.products}
    return tuple(replace(p, stream=of_product.get(p.id)) for p in products), streams


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
        repositories = sorted(c for c in alone if project_of(c, tally) == project)
        own = cells.get(project, [])
        leads = {c.name: c.lead for c in tally.components.get(project, ()) if c.lead}
        split = _split(own, leads)
        for component in split:
            one = _product(tally, meant, {Part(project, component): own}, component)
            yield replace(one, confidence="high" if component in leads else "medium")
        if not split:
            parts = {Part(project): own}
            for repository in repositories:
                part = Part(repository, pulls=tally.pulls[repository], why=naming(repository, project, tally))
                parts[part] = cells.get(repository, [])
            one = _product(tally, meant, parts, tally.names.get(project, project))
            teams = {owned.team for r in repositories if (owned := owner_of(r, tally)) is not None}
            team = next(iter(teams)) if len(teams) == 1 else None
            yield replace(one, confidence="high" if repositories else "medium", team=team)
            alone -= set(repositories)
    for group in grouped(alone, tally):
        yield _grouped_product(group, tally, meant, cells)


def _grouped_product(
    group: Group, tally: Tally, meant: Meanings, cells: Mapping[str, Sequence[Counted]]
) -> Suggested:
    """The product that a group of repositories suggests."""
    others = tally.claimed | set(tally.counted("container")) | set(tally.pulls)
    chosen = patterns(group.repositories, others)
    parts: dict[Part, Sequence[Counted]] = {}
    for selector in chosen:
        held = [selector] if len(chosen) > 1 or selector in group.repositories else group.repositories
        why = group.why or _unsettled(held[0], tally)
        pulls = sum(tally.pulls[repository] for repository in held)
        parts[Part(selector, pulls=pulls, why=why)] = [c for r in held for c in cells.get(r, [])]
    one = _product(tally, meant, parts, group.name)
    why = "repositories of one team" if group.team else "repositories of one name"
    if len(group.repositories) == 1:
        why = "a repository of one team" if group.team else one.why
    return replace(one, confidence=group.confidence, team=group.team, why=why)


def _with_ids(drafts: list[Suggested], taken: Collection[str]) -> Iterator[Suggested]:
    names = (_short(d.name) for d in drafts)
    for draft, id_ in zip(drafts, ids(names, "product", taken), strict=True):
        yield replace(draft, id=id_)


def _short(name: str) -> str:
    """A repository's product is called without its owner."""
    return name.rpartition("/")[2]


def project_of(repository: str, tally: Tally) -> str | None:
    """The project that a repository works for: nearly all of its pull requests name it."""
    named = tally.named.get(repository, Counter())
    most = min(named, key=lambda p: (-named[p], p), default=None)
    if most is None or named[most] < ENOUGH_CHANGES or named[most] < ONE_PROJECT * tally.pulls[repository]:
        return None
    return most


def naming(repository: str, project: str, tally: Tally) -> str:
    """How many of a repository's pull requests name a project, as a reason."""
    named = tally.named.get(repository, Counter())[project]
    return f"{named:,} of its {tally.pulls[repository]:,} pull requests name {project}"


def _split(cells: Sequence[Counted], leads: Mapping[str, str]) -> list[str]:
    """The components that are products of their own, or none: each with people, or a lead, of its own."""
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
    if len({leads.get(component) for component in by_component} - {None}) == len(by_component):
        return sorted(by_component)
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
        candidates=tuple(_candidates(list(parts), unfinished, tally)),
        components=tuple(sorted(components.items(), key=lambda c: (-c[1], c[0]))),
    )


def _why(parts: list[Part]) -> str:
    first = parts[0]
    if first.component is not None:
        return f"a component of {first.container} with people or a lead of its own"
    if "/" in first.container:
        return "a repository that works for no one project"
    return "a project" + (" and the repositories that work for it" if len(parts) > 1 else "")


def _unsettled(repository: str, tally: Tally) -> str:
    """What its pull requests say of projects, where that is too little to place it with one."""
    named = tally.named.get(repository, Counter())
    told = [f"{named[p]:,} of its {tally.pulls[repository]:,} pull requests name {p}" for p in sorted(named)]
    return f"on its own: {', '.join(told[:3])}, too few to tell" if told else ""


def _candidates(parts: Sequence[Part], unfinished: Iterable[Counted], tally: Tally) -> Iterator[Candidate]:
    """Who leads it in the tool, then those with most of its unfinished items."""
    hands: Counter[tuple[str, str]] = Counter()
    for cell, many in unfinished:
        person = tally.people.get(cell.assignee or "")
        if cell.assignee and not (person and person.is_bot):
            hands[cell.assignee, "github" if cell.in_repository else "jira"] += many
    lead, leads = _lead(parts[0], tally)
    if lead is not None:
        yield Candidate(lead, "jira", hands[lead, "jira"], hands.total(), leads)
    busiest = (h for h in sorted(hands, key=lambda h: (-hands[h], h)) if h != (lead, "jira") and hands[h])
    for account, tool in list(busiest)[:2]:
        yield Candidate(account, tool, hands[account, tool], hands.total())


def _lead(part: Part, tally: Tally) -> tuple[str | None, str]:
    """Who leads a project, or a component of it, and what that is."""
    if part.component is None:
        return tally.leads.get(part.container), part.container
    known = {c.name: c.lead for c in tally.components.get(part.container, ())}
    return known.get(part.component), f"the component {part.component}"
