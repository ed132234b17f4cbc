"""How the product of something was found: the selectors that were looked at, and why each holds or not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from config.words import JiraMatch, Selector
from rules.around import Around
from rules.mapping import Mapper, Placement
from rules.patterns import path_matches, repository_matches
from rules.records import PullRequest, WorkItem
from rules.selecting import Entry, Traits, holds
from rules.views import Placed, Tried

Place = Callable[[str | None], str | None]
"""file:line of a path of the model."""
Files = Mapping[str, tuple[int, int]]
"""By path selector: files that it hits, and all files; empty for what has no files."""

_PRECEDENCE = (
    "team or type",
    "project or repository",
    "label",
    "component",
    "path",
    "the label of the product",
)


def placed_item(mapper: Mapper, item: WorkItem, around: Around, place: Place) -> Placed:
    """How the product of a work item was found: its own selectors, else those of its nearest ancestor."""
    ancestors = around.ancestors(item)
    own = mapper.place(item)
    found, decided = own, item
    for ancestor in () if own.candidates else ancestors:
        found = mapper.place(ancestor)
        if found.candidates:
            decided = ancestor
            break
    tried, others = _tried(mapper, mapper.traits(item), place, {})
    by = _by(found, mapper, mapper.traits(decided))
    through: tuple[str, ...] = ()
    if decided is not item:
        above, others = _tried(mapper, mapper.traits(decided), place, {})
        tried = tuple(dict.fromkeys((*tried, *(t for t in above if t.holds))))
        by, through = f"inherited from {decided.key}, above it: {by}", (decided.key,)
    miss = mapper.place(item, ancestors).nearest_miss
    return Placed(by, place(found.mapped_by), tried, miss, others, through)


def placed_pull(mapper: Mapper, pull: PullRequest, around: Around, place: Place) -> Placed:
    """How the product of a pull request was found: label, most of its files, repository, its work items."""
    items = around.items_of(pull)
    placements = [mapper.place(item, around.ancestors(item)) for item in items]
    found = mapper.place_pull(pull, placements)
    traits = Traits(pull.container, pull.labels)
    by = _by(found, mapper, traits)
    keys: tuple[str, ...] = ()
    selectors = mapper.place_pull(pull, ())
    if not selectors.candidates and found.product is not None:
        keys = tuple(i.key for i, p in zip(items, placements, strict=True) if p.product == found.product)
        by = f"taken from the work items it names: {', '.join(keys)}"
    tried, others = _tried(mapper, traits, place, _files(mapper, pull))
    return Placed(by, place(found.mapped_by), tried, None, others, keys)


def placed_row(table: str, row: Mapping[str, Any], place: Place) -> Placed:
    """How the product of what is no record was found."""
    product = row.get("product")
    words = {
        "products": "it is the product itself",
        "team_wip": "the only product of the team",
        "references": "the product that points at it",
    }
    where = f"products.{product}" if product else None
    return Placed(words.get(table, "") if product else "", place(where), (), None)


def _by(found: Placement, mapper: Mapper, traits: Traits) -> str:
    if found.mapped_by == "field product":
        return f"its field product names {found.product}"
    if found.mapped_by is not None:
        entry = next((e for e in mapper.entries if e.where == found.mapped_by), None)
        said = "" if entry is None else f": {selector_text(entry.selector)}"
        return f"{found.mapped_by}{said}"
    if found.candidates > 1:
        claims = mapper.claims(traits)
        named = f": {', '.join(claims)}" if len(claims) == found.candidates else ""
        return f"{found.candidates} products claim it with equal precedence{named}"
    return "no selector matches"


def _tried(mapper: Mapper, traits: Traits, place: Place, files: Files) -> tuple[tuple[Tried, ...], int]:
    """The selectors that name anything of it, best first, and how many others there are."""
    near = [e for e in mapper.entries if _names(e.selector, traits)]
    matched = [e for e in near if _matches(e, traits, files)]
    highest = max((e.rank for e in matched), default=-1)
    told = [
        (e in matched, e.rank, Tried(place(e.where) or e.where, _owned(e), e in matched, why, e.product))
        for e in near
        for why in [_why(e, traits, files, highest)]
    ]
    told.sort(key=lambda one: (not one[0], -one[1]))
    return tuple(tried for _, _, tried in told), len(mapper.entries) - len(near)


def _matches(entry: Entry, traits: Traits, files: Files) -> bool:
    if not holds(entry.selector, traits):
        return False
    if entry.selector.path is None:
        return True
    met, all_ = files.get(entry.where, (0, 0))
    return 2 * met > all_


def _why(entry: Entry, traits: Traits, files: Files, highest: int) -> str:
    missing = list(unmet(entry.selector, traits))
    if missing:
        return "; ".join(missing)
    if entry.selector.path is not None:
        met, all_ = files.get(entry.where, (0, 0))
        if 2 * met <= all_:
            return f"{met} of {all_} files are in it, not more than half" if all_ else "no files are known"
    if entry.rank < highest:
        return f"holds, but {_PRECEDENCE[highest]} goes before {_PRECEDENCE[entry.rank]}"
    return "holds"


def _files(mapper: Mapper, pull: PullRequest) -> Files:
    """Of each path selector: how many files of the pull request it hits, and of how many."""
    paths = pull.paths or ()
    return {
        entry.where: (sum(path_matches(path, entry.selector.path) for path in paths), len(paths))
        for entry in mapper.entries
        if entry.selector.path is not None
    }


def _names(selector: Selector, traits: Traits) -> bool:
    """The selector names its project, repository, component, team or one of its labels."""
    jira = selector.jira or JiraMatch()
    return (
        jira.project == traits.container
        or (selector.github is not None and repository_matches(traits.container, selector.github))
        or bool({selector.label, jira.label} & set(traits.labels))
        or jira.component in traits.components
        or (selector.team is not None and selector.team == traits.team)
    )


def unmet(selector: Selector, traits: Traits) -> Iterator[str]:
    """The conditions of a selector that do not hold, in words; its path is a matter of files."""
    jira, repository = selector.jira, "/" in traits.container
    if jira is not None and repository:
        yield "it is no Jira issue"
    elif jira is not None:
        if jira.project not in {None, traits.container}:
            yield f"its project is {traits.container}"
        if jira.component is not None and jira.component not in traits.components:
            yield _only("component", traits.components)
        if jira.type is not None and jira.type.casefold() != traits.kind.casefold():
            yield f"its type is {traits.kind}"
        if jira.has is not None and not traits.fields.get(jira.has):
            yield f"its {jira.has} is empty"
    if selector.github is not None and not (
        repository and repository_matches(traits.container, selector.github)
    ):
        yield f"its repository is {traits.container}" if repository else "it is in no repository"
    label = [x for x in (selector.label, jira.label if jira and not repository else None) if x]
    if any(x not in traits.labels for x in label):
        yield _only("label", traits.labels)
    if selector.team is not None and selector.team != traits.team:
        yield f"its team is {traits.team}" if traits.team else "it names no team of the model"


def selector_text(selector: Selector) -> str:
    """A selector in words: Jira project BOOK, component Carrier."""
    jira = selector.jira or JiraMatch()
    said = (
        ("Jira project", jira.project),
        ("repository", selector.github),
        ("path", selector.path),
        ("component", jira.component),
        ("label", selector.label or jira.label),
        ("type", jira.type),
        ("with a", jira.has),
        ("team", selector.team),
    )
    return ", ".join(f"{name} {value}" for name, value in said if value is not None)


def _owned(entry: Entry) -> str:
    return f"{entry.product}: {selector_text(entry.selector)}"


def _only(kind: str, words: Sequence[str]) -> str:
    return f"its {kind}s are {', '.join(words)}" if words else f"it has no {kind}s"
