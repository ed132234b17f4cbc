"""What stands around an item: the records to look at beside it, and how an item points at them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rules.records import PullRequest, WorkItem

_KEY = re.compile(r"(?<![A-Za-z0-9])([A-Za-z][A-Za-z0-9]+-[1-9][0-9]*)(?![A-Za-z0-9])")
_DEEPEST_FAMILY = 10
"""Generations of parents; deeper is a loop in the source."""


@dataclass(frozen=True, slots=True)
class Around:
    """The neighbours of the items that are derived together; one may serve a whole batch.

    Neighbours come without their history: only what they are now is looked at. Keys that are missing are
    unknown, which is not the same as gone.
    """

    items: Mapping[str, WorkItem] = field(default_factory=dict)
    """By key: parents of any generation, linked items, and items that pull requests name."""
    pulls: Mapping[str, tuple[PullRequest, ...]] = field(default_factory=dict)
    """By key of the work item that they close or mention."""
    gone: Mapping[str, datetime] = field(default_factory=dict)
    """Of the items, those that are no more in their source, by key, with when that was found."""

    def ancestors(self, item: WorkItem) -> tuple[WorkItem, ...]:
        """Its parent, the parent of that, and so on, as far as they are known."""
        found: list[WorkItem] = []
        key = item.parent
        while key is not None and key != item.key and len(found) < _DEEPEST_FAMILY:
            parent = self.items.get(key)
            if parent is None:
                break
            found.append(parent)
            key = parent.parent
        return tuple(found)

    def items_of(self, pull: PullRequest) -> tuple[WorkItem, ...]:
        """The known work items that a pull request closes or mentions, each once."""
        keys = dict.fromkeys(key for _, key in edges(pull))
        return tuple(self.items[key] for key in keys if key in self.items)


def edges(record: WorkItem | PullRequest) -> tuple[tuple[str, str], ...]:
    """Whom a record points at, as (kind, key): parent, its links by their kind, closes, mentions.

    Mentions are words that look like keys ("UTF-8" too): they count only where such an item is known.
    """
    return tuple(dict.fromkeys(_edges(record)))


def _edges(record: WorkItem | PullRequest) -> Iterator[tuple[str, str]]:
    if isinstance(record, WorkItem):
        if record.parent is not None:
            yield "parent", record.parent
        yield from ((link.kind, link.key) for link in record.links)
        return
    yield from (("closes", key) for key in record.closes)
    # People write keys in branches in lower case, but in titles lower case is prose: "top-10".
    yield from (("mentions", key) for key in _KEY.findall(record.title) if key.isupper())
    yield from (("mentions", key.upper()) for key in _KEY.findall(record.branch))
