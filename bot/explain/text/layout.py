"""Lines of a terminal: aligned columns, wrapped sentences, and values as people read them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from shutil import get_terminal_size
from textwrap import wrap

WIDTH = 110
_LEAST = 60
_NARROW, _WIDE = 40, 40  # a last cell is never narrower; a cell that is wider moves its own row alone
MARKS: Mapping[bool | None, str] = {True: "✓", False: "✗", None: "?"}
"""Whether a condition holds; the words beside it say the same."""


def width() -> int:
    """How long a line may be: as wide as the terminal, where there is one, and never too long to read."""
    return min(WIDTH, max(_LEAST, get_terminal_size((WIDTH, 24)).columns))


def columns(rows: Sequence[Sequence[str]], indent: int, gap: int = 2) -> Iterator[str]:
    """Rows of cells under each other; the last cell of a row is wrapped where it is too long."""
    cells_ = [[row[n] for row in rows if n + 1 < len(row)] for n in range(max(map(len, rows), default=0))]
    widest = [max((len(c) for c in column if len(c) <= _WIDE), default=0) for column in cells_]
    for row in rows:
        cells = [f"{cell.ljust(widest[n])}{' ' * gap}" for n, cell in enumerate(row[:-1])]
        start = f"{' ' * indent}{''.join(cells)}"
        room = max(width() - len(start), _NARROW)
        for piece in wrap(row[-1], room, break_long_words=False, break_on_hyphens=False) or [""]:
            yield f"{start}{piece}".rstrip()
            start = " " * len(start)


def labelled(label: str, lines: Iterable[str], indent: int = 2, beside: int = 12) -> Iterator[str]:
    """A label, and beside it lines that are wrapped where they are too long."""
    start = label
    for line in lines:
        for piece in wrap(line, width() - indent - beside, break_long_words=False, break_on_hyphens=False):
            yield f"{' ' * indent}{start:{beside}}{piece}".rstrip()
            start = ""


def moment(at: datetime, now: datetime) -> str:
    """Mon 23 Nov 09:00 in the zone of now, with the year where it is not this one's."""
    local = at.astimezone(now.tzinfo)
    year = f" {local.year}" if local.year != now.year else ""
    return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M}"


def told(value: object, unit: str, now: datetime) -> str:
    """A value with its unit: 12 days, 85%, Mon 23 Nov 09:00, none."""
    match value:
        case None:
            return "not known"
        case bool():
            return "yes" if value else "no"
        case int() | float() if unit == "0 to 1":
            return f"{value:.0%}"
        case int() | float():
            number = f"{value:,.2f}".rstrip("0").rstrip(".")
            return f"{number} {unit}".rstrip()
        case datetime():
            return moment(value, now)
        case date():
            return f"{value:%a} {value.day} {value:%b %Y}"
        case str():
            return value
        case list() | tuple():
            return ", ".join(map(str, value)) or "none"
        case Mapping():
            return ", ".join(f"{k}: {told(v, '', now)}" for k, v in value.items())
    return str(value)


def titled(title: str, lines: Iterable[str]) -> list[str]:
    """Lines under a title, with an empty line before; nothing where there are none."""
    shown = list(lines)
    return ["", title, *shown] if shown else []
