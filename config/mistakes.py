"""Mistakes in the operating model: where each one is, what is wrong, and what is allowed instead."""

import difflib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from config.errors import Entry

KeyPath = tuple[str | int, ...]
"""Where a value stands: ("products", "shop", "work", 0)."""

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file; lines count from 1, and what stands in no file has line 0."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to correct; `path` is the dotted place in the model, empty where a whole file is meant."""

    file: str
    line: int
    path: str
    what: str
    allowed: str = ""
    hint: str | None = None  # the nearest thing that would be right
    entry: Entry = field(kw_only=True)

    def __str__(self) -> str:
        meant = f"did you mean {self.hint}?" if self.hint else ""
        said = "; ".join(filter(None, (self.what, self.allowed, meant)))
        return f"{Place(self.file, self.line)}: {said} {self.entry}"


class ModelMistakes(Exception):  # noqa: N818 - it is a list of mistakes, and is read as one
    """The operating model cannot be used as it is written; `mistakes` holds all that were found."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        unique = dict.fromkeys(mistakes)
        self.mistakes: tuple[Mistake, ...] = tuple(
            sorted(unique, key=lambda m: (m.file, m.line, m.path, m.what))
        )
        super().__init__("\n".join(map(str, self.mistakes)))


def dotted(path: KeyPath) -> str:
    """The path as people write it: products.shop.work[0].jira."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def nearest(word: str, options: Iterable[str]) -> str | None:
    """The option that `word` was probably meant to be, or None."""
    by_folded = {o.casefold(): o for o in options}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None


def listed(options: Collection[str], last: str = "or") -> str:
    """The options as a sentence lists them: "a, b or c"; long lists are cut."""
    names = list(options)
    if len(names) > _SHOWN:
        return f"{', '.join(names[:_SHOWN])} … ({len(names)} in all)"
    return f" {last} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
