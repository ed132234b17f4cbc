"""Jira's own CSV export ("all fields" or "current fields"), read row by row; it tells no history."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Literal

from connectors.connector import Problem
from connectors.errors import UnexpectedAnswerError
from connectors.file.columns import DATES, Columns, find_columns
from connectors.file.dates import Format, Undecided, recognise
from rules.records import Container, Link, Person, Record, WorkItem

DELIMITERS = ",;\t"
CATEGORIES: dict[str, Literal["new", "indeterminate", "done"]] = {
    "to do": "new",
    "new": "new",
    "in progress": "indeterminate",
    "indeterminate": "indeterminate",
    "done": "done",
}
LEVELS = {
    "sub-task": -1,
    "subtask": -1,
    "epic": 1,
    "initiative": 2,
}  # Jira's standard types; others are stories
CUT_AT = 1000  # Jira's export stops after so many issues unless its administrator raised the limit

Row = tuple[int, list[str]]  # the line it begins in, its cells


@dataclass(frozen=True, slots=True)
class Survey:
    """What must be known of the whole file before its first row can be read."""

    delimiter: str
    columns: Columns
    dates: Format
    keys: dict[str, str]  # Issue id → Issue key: Jira names a parent by its id
    rows: int


@dataclass(slots=True)
class CsvExport:
    """A Jira CSV export. Its times name no zone: they are read in `zone`."""

    source: str
    path: Path
    zone: tzinfo = UTC
    _survey: Survey | None = field(default=None, init=False, repr=False)

    def recognised(self) -> str:
        """What it is, in words; raises UnexpectedAnswerError as `records` does."""
        found = self.survey()
        words = (
            f"{self.path.name}: Jira CSV export, {found.rows} issues, dates as {found.dates.example}, "
            f"times read as {self.zone} because the file names no zone, no history"
        )
        cut = f"; Jira cuts an export after {CUT_AT} issues, put several exports into one folder"
        return words + (cut if found.rows == CUT_AT else "")

    def records(self, tell: Callable[[Problem], None]) -> Iterator[Record]:
        """Every project and person at first sight, every issue in the file's order.

        Raises:
            UnexpectedAnswerError: not UTF-8, quotes broken, a required column missing, dates undecidable.
        """
        self._survey = None
        reader = _Rows(self.source, self.survey(), self.zone)
        rows = self._rows(reader.found.delimiter)
        next(rows)
        for line, row in rows:
            try:
                yield from reader.read(row)
            except ValueError as error:
                tell(Problem(f"line {line} of {self.path.name}", f"{self.path.name}:{line}: {error}."))

    def survey(self) -> Survey:
        """Read the file once for its columns, its way to write dates, and its issue ids."""
        if self._survey is None:
            delimiter, columns = self._header()
            keys: dict[str, str] = {}
            count = 0

            def dates() -> Iterator[tuple[int, str]]:
                nonlocal count
                rows = self._rows(delimiter)
                next(rows)
                for line, row in rows:
                    count += 1
                    if len(row) != columns.width:
                        continue
                    if (issue := columns.one(row, "id")) and (key := columns.one(row, "key")):
                        keys[issue] = key
                    for word in DATES:
                        yield from ((line, text) for text in columns.all(row, word))

            try:
                form = recognise(dates())
            except Undecided as error:
                if not count:
                    raise self._refusal("has a header but no issues") from error
                remedy = (
                    "Export with the date format 2026-11-17 09:41 (Jira's look and feel), or as JSON lines."
                )
                raise self._refusal(f"cannot be read: {error}", remedy) from error
            self._survey = Survey(delimiter, columns, form, keys, count)
        return self._survey

    def _header(self) -> tuple[str, Columns]:
        found = []
        for delimiter in DELIMITERS:
            header = next(self._rows(delimiter), (1, []))[1]
            found.append((len(find_columns(header).at), delimiter, header))
        _, delimiter, header = max(found, key=lambda f: f[0])
        columns = find_columns(header)
        if columns.missing:
            raise self._refusal(
                f"has no column {' and no column '.join(columns.missing)}; found: {_listed(header)}",
                "Export from Jira's issue search with Export > CSV (all fields), in English.",
            )
        return delimiter, columns

    def _rows(self, delimiter: str) -> Iterator[Row]:
        """All records with their first line, the header first; empty lines are skipped."""
        reader = csv.reader(self._text(), delimiter=delimiter, strict=True)
        line = 1
        try:
            for row in reader:
                if row:
                    yield line, row
                line = reader.line_num + 1
        except csv.Error as error:
            raise self._refusal(
                f"has broken quotes in the record that begins in line {line} ({error})",
                "Export it again; a spreadsheet that saved it may have changed it.",
            ) from error

    def _text(self) -> Iterator[str]:
        with self.path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                try:
                    text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
                except UnicodeDecodeError as error:
                    raise self._refusal(
                        f"is not UTF-8 (line {number})",
                        "Save it as CSV UTF-8, or export it again without opening it in a spreadsheet.",
                    ) from error
                yield text.replace("\0", "")

    def _refusal(self, what: str, remedy: str = "") -> UnexpectedAnswerError:
        return UnexpectedAnswerError(f"{self.path.name} {what}.", remedy)


@dataclass(slots=True)
class _Rows:
    """Turns rows into records, remembering whom and what it has shown already."""

    source: str
    found: Survey
    zone: tzinfo
    shown: set[str] = field(default_factory=set)

    def read(self, row: list[str]) -> Iterator[Record]:
        """The issue of a row, after the project and people that are new; ValueError says what is wrong."""
        columns = self.found.columns
        if len(row) != columns.width:
            raise ValueError(f"{len(row)} cells where the header has {columns.width}")
        key = self._needed(row, "key")
        project = columns.one(row, "project") or key.rpartition("-")[0]
        people = {word: self._person(row, word) for word in ("assignee", "reporter", "creator")}
        issue = self._issue(row, key, project, people)
        audience = f"jira:{self.source}:{project}"
        if self._first(f"project {project}"):
            name = columns.one(row, "project_name") or project
            yield Container(self.source, project, project, "project", name, audience=audience)
        for person in people.values():
            if person is not None and self._first(f"person {person.key}"):
                yield person
        yield issue

    def _issue(self, row: list[str], key: str, project: str, people: dict[str, Person | None]) -> WorkItem:
        columns = self.found.columns
        kind = self._needed(row, "kind")
        security = columns.one(row, "security")
        due = self._moment(row, "due")
        reporter = people["reporter"] or people["creator"]
        fields = {"fixVersion": columns.all(row, "versions"), "sprint": columns.all(row, "sprint")}
        return WorkItem(
            source=self.source,
            id=columns.one(row, "id") or key,
            key=key,
            container=project,
            kind=kind,
            title=self._needed(row, "title"),
            url="",
            status=self._needed(row, "status"),
            created_at=self._utc(row, "created"),
            changed_at=self._utc(row, "updated"),
            audience=f"jira:{self.source}:{project}" + (f":{security}" if security else ""),
            status_category=CATEGORIES.get((columns.one(row, "status_category") or "").casefold()),
            level=LEVELS.get(kind.casefold(), 0),
            resolution=_resolution(columns.one(row, "resolution")),
            priority=columns.one(row, "priority"),
            labels=columns.all(row, "labels"),
            components=columns.all(row, "components"),
            assignee=people["assignee"].key if people["assignee"] else None,
            reporter=reporter.key if reporter else None,
            team=columns.one(row, "team"),
            parent=self._parent(row),
            links=tuple(Link(k, text) for place, k in columns.links if (text := row[place].strip())),
            flagged=columns.one(row, "flagged") is not None,
            closed_at=self._moment(row, "resolved"),
            due_on=_day(due, self.zone) if due else None,
            fields={name: ", ".join(values) for name, values in fields.items() if values},
        )

    def _person(self, row: list[str], word: str) -> Person | None:
        name = self.found.columns.one(row, word)
        key = self.found.columns.one(row, f"{word}_id") or name
        if key is None or (name or "").casefold() == "unassigned":
            return None
        return Person(self.source, key, key, name or key)

    def _parent(self, row: list[str]) -> str | None:
        said = self.found.columns.one(row, "parent_key") or self.found.columns.one(row, "parent")
        return self.found.keys.get(said, None if said.isdigit() else said) if said else None

    def _needed(self, row: list[str], word: str) -> str:
        text = self.found.columns.one(row, word)
        if text is None:
            raise ValueError(f"{word.replace('_', ' ')} is empty")
        return text

    def _moment(self, row: list[str], word: str) -> datetime | None:
        text = self.found.columns.one(row, word)
        if text is None:
            return None
        moment = self.found.dates.read(text, self.zone)
        if moment is None:
            raise ValueError(f'{word} "{text}" is not a date written as {self.found.dates.example}')
        return moment.astimezone(UTC)

    def _utc(self, row: list[str], word: str) -> datetime:
        moment = self._moment(row, word)
        if moment is None:
            raise ValueError(f"{word} is empty")
        return moment

    def _first(self, what: str) -> bool:
        new = what not in self.shown
        self.shown.add(what)
        return new


def _day(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date()


def _resolution(text: str | None) -> str | None:
    return None if text is None or text.casefold() == "unresolved" else text


def _listed(header: list[str]) -> str:
    names = list(dict.fromkeys(title.strip() for title in header))
    return ", ".join(names[:25]) + (f" and {len(names) - 25} more" if len(names) > 25 else "")
