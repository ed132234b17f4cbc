"""Records of a CSV file, with the line each begins in; broken quotes cost the broken record and no more."""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from connectors.errors import UnexpectedAnswerError
from connectors.file.encoding import Encoding, undecodable
from connectors.file.refusals import QUOTES, refusal

DELIMITERS = ",;\t"
CELL = 1 << 20  # characters of the longest cell; a quote that never closes is noticed after so many
LOST = 50  # records with broken quotes after which the file is not to be trusted
AGAIN = 1 << 26  # characters that are looked at a second time before the file is given up

ISSUE_KEY = re.compile(r"[A-Z][A-Z0-9_]*-[0-9]+")

csv.field_size_limit(CELL)

Row = tuple[int, list[str]]  # the line it begins in, its cells


@dataclass(slots=True)
class _Lines:
    """The lines of a file; `held` are those of the present record, and can be given back to be read again."""

    file: Iterator[str]
    held: list[str] = field(default_factory=list)
    back: deque[str] = field(default_factory=deque)
    number: int = 1  # of the first line held
    again: int = 0  # characters given back so far

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.back.popleft() if self.back else next(self.file)
        self.held.append(line)
        return line

    def read(self) -> None:
        """The record is whole."""
        self.number += len(self.held)
        self.held.clear()

    def give_back(self, start: int) -> None:
        """The lines held are read again, but for the first `start`, which are done with."""
        self.number += start
        again = self.held[start:]
        self.again += sum(map(len, again))
        self.back.extendleft(reversed(again))
        self.held.clear()


@dataclass(slots=True)
class Rows:
    """Reads one file; `broken` hears of each stretch of lines that is lost: its first and last."""

    path: Path
    encoding: Encoding
    delimiter: str
    key_at: int | None = None  # the column with the key: by it a record is known after a broken one
    broken: Callable[[int, int], None] = lambda _first, _last: None
    key: re.Pattern[str] = ISSUE_KEY

    def __iter__(self) -> Iterator[Row]:
        """All records, the header first; empty lines are skipped.

        Raises:
            UnexpectedAnswerError: the quotes of too many records are broken, or a byte does not fit.
        """
        try:
            with self.encoding.open(self.path) as file:
                yield from self._records(_Lines(file))
        except UnicodeDecodeError as error:
            raise undecodable(self.path, self.encoding) from error

    def header(self) -> list[str]:
        """The first record, empty where there is none."""
        return next(iter(self), (1, []))[1]

    def _records(self, lines: _Lines) -> Iterator[Row]:
        width = lost = 0
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                row, why = None, str(error)
            else:
                why = ""
            if row is not None and (not width or len(row) == width or len(lines.held) == 1):
                if row:
                    width = width or len(row)
                    yield lines.number, row
                lines.read()
                continue
            lost += 1
            if lost > LOST or not width or self.key_at is None:
                raise self._refusal(lines.number, why)
            self._recover(lines, reader, width, self.key_at)

    def _recover(self, lines: _Lines, reader: Iterator[list[str]], width: int, key_at: int) -> None:
        """Give up the record that is held, and go on with the next line that begins a whole one."""
        first, row = lines.number, list[str]()
        while len(row) != width or self.key.fullmatch(row[key_at].strip()) is None:
            lines.give_back(1)
            if lines.again > AGAIN:
                raise self._refusal(first, "")
            try:
                row = next(reader)
            except StopIteration:
                break
            except csv.Error:
                row = []
        lines.give_back(0)
        self.broken(first, lines.number - 1)

    def _refusal(self, line: int, why: str) -> UnexpectedAnswerError:
        reason = f" ({why})" if why else ""
        what = f" has broken quotes in the record that begins in line {line}{reason}."
        remedy = "Repair that line, or export it again; a spreadsheet that saved it may have changed it."
        return refusal(self.path, what, remedy, QUOTES)
