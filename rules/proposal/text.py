"""Writes the lines of a proposed file: values that YAML reads back, comments that keep to their line."""

import json
import re
from dataclasses import dataclass

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")
_OTHER = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
"""Words that some readers of YAML do not take for text."""
SHOWN = 60


def scalar(text: str) -> str:
    """The text as a YAML value, quoted where anything in it could be read as something else."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _OTHER:
        return text
    return "".join(c if c.isprintable() else _escape(c) for c in json.dumps(text, ensure_ascii=False))


def shown(text: str) -> str:
    """The text for a comment or a question: one line, printable, cut where it is long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"


def share(part: int, whole: int) -> str:
    """A part in per cent with its counts: 93 % (214 of 230). Never 100 % where one is missing."""
    if not whole:
        return "none there"
    percent = 100 if part == whole else min(99, round(100 * part / whole))
    return f"{percent} % ({part:,} of {whole:,})"


def many(count: int, one: str) -> str:
    """A count and its word: 1 item, 2 items, 3 people."""
    plural = {"person": "people", "repository": "repositories", "entry": "entries"}.get(one, f"{one}s")
    return f"{count:,} {one if count == 1 else plural}"


@dataclass(frozen=True, slots=True)
class Ask:
    """A question only a person can answer, and how many items the answer decides."""

    text: str
    decides: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, with why it stands there and what it asks."""

    text: str
    why: str = ""
    ask: Ask | None = None


def _escape(sign: str) -> str:
    code = ord(sign)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
