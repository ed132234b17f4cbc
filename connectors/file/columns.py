"""Which column of a Jira export means what, and in which language its names are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from connectors.file.words import LINKS, NAMES

REQUIRED = ("key", "title", "kind", "status", "created", "updated")
DATES = ("created", "updated", "resolved", "due")

LINK_KINDS: dict[str, tuple[str, str]] = {  # link type → (inward, outward), as Jira's own types read
    "blocks": ("is blocked by", "blocks"),
    "duplicate": ("is duplicated by", "duplicates"),
    "cloners": ("is cloned by", "clones"),
    "relates": ("relates to", "relates to"),
    "problem/incident": ("is caused by", "causes"),
}


def clean(cell: str) -> str:
    """The text of a cell without blanks around it, and without NUL, which no database takes."""
    return cell.replace("\0", "").strip()


@dataclass(frozen=True, slots=True)
class Columns:
    """Places of the columns in a row; a name may stand in the header several times, once for each value."""

    width: int
    language: str = "English"
    at: dict[str, tuple[int, ...]] = field(default_factory=dict)
    links: tuple[tuple[int, str], ...] = ()  # (place, link kind in the item's direction)

    @property
    def missing(self) -> list[str]:
        """Required columns that are not there, by their first name in the export's language."""
        names = {**NAMES["English"], **NAMES[self.language]}
        return [names[word][0].capitalize() for word in REQUIRED if word not in self.at]

    def all(self, row: Sequence[str], word: str) -> tuple[str, ...]:
        """The values that stand in the columns of this meaning, in order, without the empty ones."""
        return tuple(text for place in self.at.get(word, ()) if row[place] and (text := clean(row[place])))

    def one(self, row: Sequence[str], word: str) -> str | None:
        """The first value of this meaning."""
        for place in self.at.get(word, ()):
            if row[place] and (text := clean(row[place])):
                return text
        return None


def find_columns(header: Sequence[str]) -> Columns:
    """Say which columns stand where, in the language that knows most of them; unknown ones are left alone.

    English names count in every language: Jira leaves those of apps and of newer fields untranslated.
    """
    names = [" ".join(title.replace("\0", "").replace("\ufeff", "").split()).casefold() for title in header]
    links = tuple(link for place, name in enumerate(names) if (link := _link(place, name)))
    found = [Columns(len(names), language, _places(names, language), links) for language in NAMES]
    return max(found, key=lambda columns: len(columns.at))


def _places(names: Sequence[str], language: str) -> dict[str, tuple[int, ...]]:
    tables = (NAMES[language], NAMES["English"])
    meanings = {name: word for table in reversed(tables) for word, all_ in table.items() for name in all_}
    at: dict[str, tuple[int, ...]] = {}
    for place, name in enumerate(names):
        if word := meanings.get(name):
            at[word] = (*at.get(word, ()), place)
    return at


def _link(place: int, name: str) -> tuple[int, str] | None:
    for pattern, direction in LINKS.items():
        if match := re.fullmatch(pattern, name):
            inward, outward = LINK_KINDS.get(match[1], (match[1], match[1]))
            return place, inward if direction == "inward" else outward
    return None
