"""The operating model looked up: each value at a path, where it was written and from which level it comes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from config.inherit import DEFAULTS, PRODUCTS, RULES, STREAMS
from config.meaning import meaning
from config.mistakes import KeyPath, dotted
from config.model import OperatingModel
from config.origins import Origin, Origins
from config.paths import reached
from rules.declared import level


@dataclass(frozen=True, slots=True)
class ModelValue:
    """One value of the model: `key` is its path; no place for a built-in default."""

    key: str
    value: Any
    place: str | None
    level: str  # declared for the product, inherited from …, built in
    holds_for: tuple[str, ...] = ()  # of a default: the products that inherit it
    origin: Origin | None = None  # the same as `place`, in its parts

    def as_object(self) -> dict[str, Any]:
        """In plain values."""
        told = {"key": self.key, "value": self.value, "place": self.place, "level": self.level}
        return {**told, **({"holds_for": list(self.holds_for)} if self.holds_for else {})}


@dataclass(frozen=True, slots=True)
class PathExplained:
    """What stands at a path of the model, and what such a key is."""

    path: str
    meaning: str
    values: tuple[ModelValue, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The model as it is judged by, in the words of its files, with the place of each."""

    model: OperatingModel
    tree: Mapping[str, Any]
    origins: Origins

    def at(self, path: str) -> PathExplained | None:
        """What stands at a path; None where nothing does and nothing could."""
        parts = parsed(path)
        if not parts:
            return None
        found = tuple(self._defaults(parts) if _is_default(parts) else self.values(parts))
        return PathExplained(dotted(parts), meaning(parts), found) if found else None

    def values(self, path: KeyPath) -> Iterator[ModelValue]:
        """What the files say at and below a path, then the built-in defaults that are not empty."""
        written = reached(self.tree, path)
        own = dict(_leaves(written, dotted(path)))
        for key, value in own.items():
            yield self._said(key, value)
        extends = isinstance(written, Mapping) and "extends" in written  # a calendar has its parent's words
        for key, value in () if extends else _leaves(self._resolved(path), dotted(path)):
            known = key in own or any(k.startswith((f"{key}.", f"{key}[")) for k in own)
            if not known and value not in (None, [], {}, "") and not self._is_below(key, own):
                yield ModelValue(key, value, None, "built in")

    def paths(self) -> Iterator[str]:
        """All paths that a person may ask about, down to the values."""
        for path, _ in _nodes(self.tree, ()):
            yield dotted(path)

    def _said(self, key: str, value: Any) -> ModelValue:
        origin = self.origins.near(key)
        return ModelValue(key, value, self.origins.short(origin), level(origin), origin=origin)

    def _is_below(self, key: str, own: Mapping[str, Any]) -> bool:
        return any(key.startswith((f"{k}.", f"{k}[")) for k in own)

    def _resolved(self, path: KeyPath) -> Any:
        """The value after inheritance, with all defaults; None where the types know no such path."""
        head, *rest = path
        dumped = self.model.model_dump(mode="json", by_alias=True, include={str(head)})
        found = reached(dumped, path)
        if head in {PRODUCTS, STREAMS} and len(rest) == 1 and isinstance(found, dict):
            return {name: value for name, value in found.items() if name != "id"}
        return found

    def _defaults(self, parts: KeyPath) -> Iterator[ModelValue]:
        """What a level lets its products inherit, as these have it."""
        if parts[:2] == (DEFAULTS, RULES):
            yield from self.values((RULES, *parts[2:]))
            return
        wanted = dotted(parts)
        found: dict[str, tuple[Any, Origin, list[str]]] = {}
        for id_, product in reached(self.tree, (PRODUCTS,), {}).items():
            for key, value in _leaves(product, f"{PRODUCTS}.{id_}"):
                origin = self.origins.near(key)
                if f"{origin.said}.".startswith(f"{wanted}."):
                    found.setdefault(origin.said, (value, origin, []))[2].append(id_)
        for said, (value, origin, heirs) in found.items():
            yield ModelValue(said, value, self.origins.short(origin), level(origin), tuple(heirs), origin)


def parsed(path: str) -> KeyPath:
    """products.shop.work[0] as its parts; empty for what is no path."""
    if not re.fullmatch(r"[^\s.\[\]]+(\.[^\s.\[\]]+|\[\d+\])*", path):
        return ()
    return tuple(int(n) if n else word for n, word in re.findall(r"\[(\d+)\]|([^.\[\]]+)", path))


def _is_default(parts: KeyPath) -> bool:
    return parts[0] == DEFAULTS or (len(parts) > 2 and (parts[0], parts[2]) == (STREAMS, DEFAULTS))


def _leaves(value: Any, key: str) -> Iterator[tuple[str, Any]]:
    """Maps are opened, lists of maps too; a list of words is one value."""
    if value is None:
        return
    if isinstance(value, dict) and value:
        for name, below in value.items():
            yield from _leaves(below, f"{key}.{name}" if key else name)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        yield from ((f"{key}[{n}]", item) for n, item in enumerate(value))
    else:
        yield key, value


def _nodes(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    if path:
        yield path, value
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _nodes(below, (*path, name))
