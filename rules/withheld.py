"""What an explanation names beside its subject, withheld from a reader: other products and records."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from rules.views import Explanation, Input, Part, Placed, RuleExplained

RELATED = frozenset({"closes", "link", "links", "parent"})
"""Fields of records and their changes that name other records."""
ANOTHER_RECORD = "another record"
ANOTHER_PRODUCT = "another product"


def related(about: Explanation) -> set[str]:
    """The keys of other records that an explanation names."""
    named = {word for field in RELATED for word in _words(about.record.get(field))}
    for change in about.changes:
        if change.field in RELATED:
            # the value of a link is its kind, then the key
            named |= {value.rpartition(" ")[2] for value in (change.before, change.after) if value}
    return (named | set(about.placed.through)) - {about.key}


def withheld(about: Explanation, products: Iterable[str], keys: Iterable[str]) -> Explanation:
    """The explanation without these products, and without these keys of other records."""
    hidden = _Words(keys, ANOTHER_RECORD)
    return replace(
        about,
        placed=_placed(about.placed, frozenset(products), hidden),
        rules=tuple(_rule(rule, hidden) for rule in about.rules),
        changes=tuple(
            replace(c, before=hidden.out_of(c.before), after=hidden.out_of(c.after)) for c in about.changes
        ),
        record={name: hidden.out_of(value) for name, value in about.record.items()},
    )


def _placed(placed: Placed, products: frozenset[str], hidden: "_Words") -> Placed:
    others = _Words(products, ANOTHER_PRODUCT)
    miss = placed.nearest_miss
    return replace(
        placed,
        by=others.out_of(hidden.out_of(placed.by)),
        tried=tuple(t for t in placed.tried if t.product not in products),
        nearest_miss=miss if others.out_of(miss) == miss else None,
        through=tuple(hidden.out_of(key) for key in placed.through),
    )


def _rule(rule: RuleExplained, hidden: "_Words") -> RuleExplained:
    def part(one: Part) -> Part:
        return replace(one, inputs=tuple(map(value, one.inputs)))

    def value(one: Input) -> Input:
        return replace(
            one,
            value=hidden.out_of(one.value),
            source=hidden.out_of(one.source),
            made_of=tuple(map(value, one.made_of)),
        )

    return replace(
        rule,
        says=hidden.out_of(rule.says),
        where=tuple(map(part, rule.where)),
        violates=tuple(map(part, rule.violates)),
    )


class _Words:
    """Whole words that are replaced wherever they stand."""

    def __init__(self, words: Iterable[str], instead: str) -> None:
        longest_first = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        self._found = re.compile(rf"(?<![\w/-])(?:{longest_first or '(?!)'})(?![\w-])")
        self._instead = instead

    def out_of(self, value: Any) -> Any:
        """The value, and what it is made of, without the words."""
        match value:
            case str():
                return self._found.sub(self._instead, value)
            case Mapping():
                return {name: self.out_of(one) for name, one in value.items()}
            case list():
                return [self.out_of(one) for one in value]
            case tuple():
                return tuple(map(self.out_of, value))
        return value


def _words(value: object) -> list[str]:
    """The keys in a field: one, several, or those of links."""
    match value:
        case str():
            return [value]
        case Mapping():
            return _words(value.get("key"))
        case list() | tuple():
            return [word for one in value for word in _words(one)]
    return []
