"""Inheritance: a product has what it says itself, else what its value stream says, else the company.

Maps merge, lists replace, `null` clears, and `{add: [...]}` extends the list that is inherited. Pure; for
every resolved value it is known where it was said.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from config.mistakes import KeyPath

PRODUCTS, STREAMS, DEFAULTS, RULES = "products", "value_streams", "defaults", "rules"


@dataclass(slots=True)
class Resolved:
    """The tree after inheritance; `said` maps a resolved path to the path it was written at.

    A path that is not in `said` was said below its nearest parent that is.
    """

    tree: dict[str, Any] = field(default_factory=dict)
    said: dict[KeyPath, KeyPath] = field(default_factory=dict)

    def source(self, path: KeyPath) -> KeyPath:
        """The path in the files at which the value of a resolved path was written."""
        for n in range(len(path), -1, -1):
            if path[:n] in self.said:
                return (*self.said[path[:n]], *path[n:])
        return path


Layer = tuple[KeyPath, Any]
"""What one level says, with the path it is written at."""


def inherit(tree: Mapping[str, Any]) -> Resolved:
    """Resolve products and value streams; the company's rules become `rules` of the whole model."""
    resolved = Resolved()
    company = _mapping(tree.get(DEFAULTS))
    streams = _mapping(tree.get(STREAMS))
    plain = {k: v for k, v in tree.items() if k not in {DEFAULTS, RULES, PRODUCTS, STREAMS}}
    resolved.tree = merge(resolved, (), [((), plain)])
    for section in (STREAMS, PRODUCTS):
        entries = tree.get(section)
        if not isinstance(entries, dict):
            resolved.tree |= {section: entries} if entries is not None else {}
            continue
        resolved.tree[section] = {}
        for id_, entry in entries.items():
            path = (section, id_)
            if section == STREAMS or not isinstance(entry, dict):
                own = {k: v for k, v in entry.items() if k != DEFAULTS} if isinstance(entry, dict) else entry
                layers: Sequence[Layer] = [(path, own)]
            else:
                layers = [*_above(entry, company, streams), (path, entry)]
            if entry is not None:
                resolved.tree[section][id_] = merge(resolved, path, layers)
    if RULES in company:
        resolved.tree[RULES] = merge(resolved, (RULES,), [((DEFAULTS, RULES), _as_maps(company[RULES]))])
    return resolved


def _above(
    product: Mapping[str, Any], company: Mapping[str, Any], streams: Mapping[str, Any]
) -> Iterator[Layer]:
    """What a product inherits, the farthest first."""
    yield (DEFAULTS,), company
    stream = product.get("stream", company.get("stream"))
    if isinstance(stream, str):
        yield (STREAMS, stream, DEFAULTS), _mapping(_mapping(streams.get(stream)).get(DEFAULTS))


def merge(resolved: Resolved, path: KeyPath, layers: Iterable[Layer]) -> Any:
    """Lay the layers over each other at `path`, the farthest first."""
    here = Resolved()
    value: Any = None
    for at, layer in layers:
        over = (
            {**layer, RULES: _as_maps(layer[RULES])} if isinstance(layer, dict) and RULES in layer else layer
        )
        value = _lay(here, value, over, path, at)
    resolved.said |= here.said
    return value


def _lay(resolved: Resolved, under: Any, over: Any, path: KeyPath, at: KeyPath) -> Any:
    if _extends(over) and isinstance(under, list | None):
        return _extend(resolved, under or [], over["add"], path, at)
    if under is not None and not (isinstance(under, dict) and isinstance(over, dict)):
        _forget(resolved, path)
    if not isinstance(over, dict):
        resolved.said[path] = at
        return over
    merged = dict(_mapping(under))
    for key, value in over.items():
        below, written = (*path, key), (*at, key)
        if value is None:
            if merged.pop(key, None) is not None:
                _forget(resolved, below)
            resolved.said[below] = written
        else:
            merged[key] = _lay(resolved, merged.get(key), value, below, written)
    resolved.said[path] = at
    return merged


def _extends(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"add"} and isinstance(value["add"], list)


def _extend(resolved: Resolved, under: list[Any], added: list[Any], path: KeyPath, at: KeyPath) -> list[Any]:
    items = {(*path, n): resolved.source((*path, n)) for n in range(len(under))}
    items |= {(*path, len(under) + n): (*at, "add", n) for n in range(len(added))}
    _forget(resolved, path)
    resolved.said |= {path: (*at, "add"), **items}
    return [*under, *added]


def _forget(resolved: Resolved, path: KeyPath) -> None:
    for known in [p for p in resolved.said if p[: len(path)] == path]:
        del resolved.said[known]


def _as_maps(rules: Any) -> Any:
    """`flow-wip-limit: off` as `{mode: off}`, so that a mode and parameters of other levels merge."""
    if not isinstance(rules, dict):
        return rules
    return {rule: {"mode": set_} if isinstance(set_, str) else set_ for rule, set_ in rules.items()}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
