"""Which column of a Jira export means what: names as Jira writes them, a table for each language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "English": {
        "key": ("issue key", "work item key", "key"),
        "id": ("issue id", "work item id"),
        "kind": ("issue type", "work type", "work item type"),
        "title": ("summary",),
        "status": ("status",),
        "status_category": ("status category",),
        "project": ("project key",),
        "project_name": ("project name",),
        "priority": ("priority",),
        "resolution": ("resolution",),
        "assignee": ("assignee",),
        "assignee_id": ("assignee id",),
        "reporter": ("reporter",),
        "reporter_id": ("reporter id",),
        "creator": ("creator",),
        "creator_id": ("creator id",),
        "created": ("created",),
        "updated": ("updated",),
        "resolved": ("resolved",),
        "due": ("due date",),
        "labels": ("labels",),
        "components": ("components", "component/s", "component"),
        "parent": ("parent", "parent id"),
        "parent_key": ("parent key", "custom field (epic link)"),
        "flagged": ("custom field (flagged)", "flagged"),
        "team": ("team name", "custom field (team)", "team"),
        "security": ("security level",),
        "versions": ("fix versions", "fix version/s"),
        "sprint": ("sprint",),
    },
}
REQUIRED = ("key", "title", "kind", "status", "created", "updated")
DATES = ("created", "updated", "resolved", "due")

LINK = re.compile(r"(inward|outward) (?:issue|work item) link \((.+)\)", re.IGNORECASE)
LINK_KINDS: dict[str, tuple[str, str]] = {  # link type → (inward, outward), as Jira's own types read
    "blocks": ("is blocked by", "blocks"),
    "duplicate": ("is duplicated by", "duplicates"),
    "cloners": ("is cloned by", "clones"),
    "relates": ("relates to", "relates to"),
    "problem/incident": ("is caused by", "causes"),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Places of the columns in a row; a name may stand in the header several times, once for each value."""

    width: int
    at: dict[str, tuple[int, ...]] = field(default_factory=dict)
    links: tuple[tuple[int, str], ...] = ()  # (place, link kind in the item's direction)

    @property
    def missing(self) -> list[str]:
        """Required columns that are not there, by their first English name."""
        return [NAMES["English"][word][0].capitalize() for word in REQUIRED if word not in self.at]

    def all(self, row: Sequence[str], word: str) -> tuple[str, ...]:
        """The values that stand in the columns of this meaning, in order, without the empty ones."""
        return tuple(text for place in self.at.get(word, ()) if (text := row[place].strip()))

    def one(self, row: Sequence[str], word: str) -> str | None:
        """The first value of this meaning."""
        return next(iter(self.all(row, word)), None)


def find_columns(header: Sequence[str]) -> Columns:
    """Say which columns stand where; unknown ones are left alone."""
    meanings = {name: word for table in NAMES.values() for word, names in table.items() for name in names}
    at: dict[str, tuple[int, ...]] = {}
    links = []
    for place, title in enumerate(header):
        name = " ".join(title.split()).casefold()
        if word := meanings.get(name):
            at[word] = (*at.get(word, ()), place)
        elif match := LINK.fullmatch(name):
            inward, outward = LINK_KINDS.get(match[2], (match[2], match[2]))
            links.append((place, inward if match[1] == "inward" else outward))
    return Columns(len(header), at, tuple(links))
