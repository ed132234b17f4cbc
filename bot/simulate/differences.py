"""Which values of the operating model a change says anew: what stands there today, where, and what then."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.book import Book
from bot.simulate.outlook import Altered
from bot.words import spelled
from config.changes import Change
from config.inherit import DEFAULTS, PRODUCTS, RULES
from config.load import Loaded, Origins
from config.mistakes import KeyPath, dotted
from config.paths import reached


def altered(present: Loaded, changed: Loaded, book: Book) -> list[Altered]:
    """The changes that were laid over a model; between two models, the values that differ."""
    between = _between(present, changed) if present.files != changed.files else ()
    return [*between, *(_altered(change, present, book) for change in changed.changes)]


def _altered(change: Change, present: Loaded, book: Book) -> Altered:
    if change.place is not None:
        before = f"{spelled(change.before)} ({change.place})"
    else:
        before = _unwritten(change.path, present, book)
    return Altered(dotted(change.path), before, spelled(change.value))


def _unwritten(path: KeyPath, present: Loaded, book: Book) -> str:
    """What holds today where the files say nothing: what is inherited, or what the rule itself says."""
    resolved = path[1:] if path[:2] == (DEFAULTS, RULES) else path
    value = reached(present.tree, resolved)
    if value is not None:
        return f"{spelled(value)} ({present.origins.near(resolved)})"
    if RULES in path[:-2]:
        rule, part = book.by_id.get(str(path[-2])), str(path[-1])
        product = str(path[1]) if path[0] == PRODUCTS else None
        if rule is not None and part == "mode":
            return f"{book.mode(rule.id, product)} (profile {book.model.profile})"
        if rule is not None and part in rule.parameters:
            return f"{spelled(rule.parameters[part])} (default of the rule)"
    return "not said"


def _between(present: Loaded, changed: Loaded) -> Iterator[Altered]:
    """Values that two models resolve to differently, each once, at the place where it is written."""
    was, is_ = dict(_leaves(present.tree)), dict(_leaves(changed.tree))
    told: set[str] = set()
    for path in [*was, *(p for p in is_ if p not in was)]:
        if was.get(path) == is_.get(path):
            continue
        name = (changed if path in is_ else present).origins.near(path).said
        if name not in told:
            told.add(name)
            yield Altered(name, _placed(was, path, present.origins), _placed(is_, path, changed.origins))


def _placed(leaves: Mapping[KeyPath, Any], path: KeyPath, origins: Origins) -> str:
    return f"{spelled(leaves[path])} ({origins.near(path)})" if path in leaves else "not said"


def _leaves(tree: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    match tree:
        case dict() if tree:
            for key, value in tree.items():
                yield from _leaves(value, (*path, key))
        case list() if tree:
            for n, value in enumerate(tree):
                yield from _leaves(value, (*path, n))
        case _:
            yield path, tree
