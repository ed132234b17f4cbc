"""Ids for what an export names: lower-case words with hyphens, each only once."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import chain, count

LONGEST = 40


def ids(names: Iterable[str], otherwise: str, taken: Iterable[str] = ()) -> list[str]:
    """An id for each name, in order; a name that leaves nothing readable becomes `otherwise-1` and so on."""
    given: list[str] = []
    taken = set(taken)
    for name in names:
        readable = _id(name)
        numbered = (f"{readable or otherwise}-{number}" for number in count(2 if readable else 1))
        candidates = chain([readable] if readable else [], numbered)
        given.append(next(candidate for candidate in candidates if candidate not in taken))
        taken.add(given[-1])
    return given


def _id(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")
