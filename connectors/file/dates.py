"""The one way in which a Jira export writes its dates, recognised from the dates themselves."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from connectors.file.words import HALVES, MONTHS

_HALF = r"(?P<half>[AaPp]\.?[Mm]\.?|午[前後])?"
_TIME = rf"(?:(?:,?\s+|T)(?P<H>\d{{1,2}}):(?P<M>\d\d)(?::(?P<S>\d\d)(?:[.,]\d+)?)?\s*{_HALF})?"
_ZONE = r"(?P<zone>\s*(?:Z|[+-]\d\d:?\d\d))?"
_NAME = r"(?P<m>[^\W\d_]{3,10}|\d{1,2}月)\.?"
_YEAR = r"(?P<y>\d{4}|\d\d)"
_DAY = r"(?P<d>\d{1,2})"
_MONTH = r"(?P<m>\d{1,2})"


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a date; `example` is how a message shows it."""

    example: str
    pattern: re.Pattern[str]

    def read(self, text: str, zone: tzinfo) -> datetime | None:
        """The moment, in `zone` where the text names none; None where the text is written otherwise."""
        match = self.pattern.fullmatch(text)
        if match is None:
            return None
        part = match.groupdict()
        month = int(part["m"]) if part["m"].isdecimal() else MONTHS.get(part["m"].lower())
        year, hour = int(part["y"]), int(part["H"] or 0)
        if part["half"]:
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + HALVES[part["half"].lower()]
        if part.get("zone"):
            zone = datetime.strptime(part["zone"].strip(), "%z").tzinfo or zone
        try:
            return datetime(
                year if year > 99 else 2000 + year,
                month or 0,
                int(part["d"]),
                hour,
                int(part["M"] or 0),
                int(part["S"] or 0),
                tzinfo=zone,
            )
        except ValueError:
            return None


FORMATS = (
    Format("2026-11-17 09:41", re.compile(rf"(?P<y>\d{{4}})[-/.]{_MONTH}[-/.]{_DAY}{_TIME}{_ZONE}")),
    Format("17/Nov/26 9:41 AM", re.compile(rf"{_DAY}\.?[-/. ]{_NAME}[-/. ]{_YEAR}{_TIME}")),
    Format("Nov 17, 2026 9:41 AM", re.compile(rf"{_NAME}[-/ ]{_DAY},?[-/ ]{_YEAR}{_TIME}")),
    Format("day/month/year", re.compile(rf"{_DAY}[-/.]{_MONTH}[-/.]{_YEAR}{_TIME}")),
    Format("month/day/year", re.compile(rf"{_MONTH}[-/]{_DAY}[-/]{_YEAR}{_TIME}")),
)


class Undecided(ValueError):  # noqa: N818 - it names the state of knowledge, and the sentence is the caller's
    """No single way of writing reads all dates. The message is one sentence."""


def recognise(cells: Iterable[tuple[int, str]]) -> Format:
    """The one format that reads all dates; `cells` are (line, text).

    A text that no format reads does not decide anything: its own line is reported when it is read.

    Raises:
        Undecided: dates are written in two ways, or as day/month and month/day alike, or there are none.
    """
    alive: tuple[Format, ...] = FORMATS
    seen = ""
    for line, text in cells:
        able = tuple(f for f in alive if f.read(text, UTC) is not None)
        if able:
            alive, seen = able, text
        elif seen and any(f.read(text, UTC) is not None for f in FORMATS):
            raise Undecided(f'dates are written in two ways: "{seen}", and "{text}" in line {line}')
    if not seen:
        raise Undecided(
            "no date in it is written in a way that is known (2026-11-17 09:41, 17/Nov/26 9:41 AM)"
        )
    if len(alive) > 1:
        raise Undecided(
            f'dates such as "{seen}" may be day/month or month/day, and no date in the file decides it'
        )
    return alive[0]
