"""Jira's own CSV export ("all fields" or "current fields"), read row by row; it tells no history."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path

from config.mistakes import listed
from connectors.connector import Problem
from connectors.errors import UnexpectedAnswerError
from connectors.file.columns import DATES, Columns, clean, find_columns
from connectors.file.csv_rows import DELIMITERS, Row, Rows
from connectors.file.dates import Format, Undecided, recognise
from connectors.file.encoding import Encoding, detect
from connectors.file.refusals import COLUMNS, CUT, EMPTY, QUOTES, at_line, refusal
from connectors.file.refusals import DATES as DATES_ENTRY
from connectors.file.words import CATEGORIES, LEVELS, NO, NOBODY, UNRESOLVED
from rules.records import Container, Link, Person, Record, WorkItem

CUT_AT = 1000  # Jira's export stops after so many issues unless its administrator raised the limit
APART = "Put each export into a file of its own, and name the folder that holds them."
SEPARATED = {",": "", ";": ", separated by semicolons", "\t": ", separated by tabs"}


@dataclass(frozen=True, slots=True)
class Survey:
    """What must be known of the whole file before its first row can be read."""

    encoding: Encoding
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
        language = "" if found.columns.language == "English" else f" in {found.columns.language}"
        return (
            f"{self.path.name}: Jira CSV export{language}, {found.rows} issues, {found.encoding.words}"
            f"{SEPARATED[found.delimiter]}, dates as {found.dates.example}, "
            f"times read as {self.zone} because the file names no zone, no history"
        )

    def notes(self) -> tuple[str, ...]:
        """What a person should know of it; of a file that was read already."""
        found = self.survey()
        said = []
        if found.encoding.codec not in {"utf-8", "utf-8-sig"}:
            said.append(f"{self.path.name} was read as {found.encoding.words}.")
        if found.rows == CUT_AT:
            said.append(
                f"{self.path.name} holds exactly {CUT_AT} issues: Jira cuts an export after {CUT_AT}. "
                f"Put several exports into one folder. {CUT}"
            )
        return tuple(said)

    def records(self, tell: Callable[[Problem], None]) -> Iterator[Record]:
        """Every project and person at first sight, every issue in the file's order.

        Raises:
            UnexpectedAnswerError: characters unknown, quotes too broken, a column missing, dates undecided.
        """
        self._survey = None
        found = self.survey()
        reader = _Rows(self.source, found, self.zone)

        def broken(first: int, last: int) -> None:
            rest = f"; lines {first} to {last} are not read" if last > first else ""
            tell(
                at_line(
                    self.path,
                    first,
                    f"the record that begins here has broken quotes, or the file is cut off in it{rest}",
                    QUOTES,
                )
            )

        for line, row in self._rows(found.encoding, found.delimiter, found.columns, broken):
            try:
                yield from reader.read(row)
            except ValueError as error:
                if not find_columns(row).missing:
                    what = f":{line}: another header begins here, of an export with other columns."
                    raise refusal(self.path, what, APART, COLUMNS) from error
                tell(at_line(self.path, line, str(error)))

    def survey(self) -> Survey:
        """Read the file once for its columns, its way to write dates, and its issue ids."""
        if self._survey is None:
            encoding = detect(self.path)
            delimiter, columns = self._header(encoding)
            keys: dict[str, str] = {}
            count, lost = 0, list[int]()
            named = "parent" in columns.at and "id" in columns.at
            places = [place for word in DATES for place in columns.at.get(word, ())]

            def dates() -> Iterator[tuple[int, str]]:
                nonlocal count
                rows = self._rows(encoding, delimiter, columns, lambda first, _: lost.append(first))
                for line, row in rows:
                    count += 1
                    if len(row) != columns.width:
                        continue
                    if named and (issue := columns.one(row, "id")) and (key := columns.one(row, "key")):
                        keys[issue] = key
                    for place in places:
                        if text := row[place].strip():
                            yield line, text

            try:
                form = recognise(dates())
            except Undecided as error:
                raise self._unread(count, lost, error) from error
            self._survey = Survey(encoding, delimiter, columns, form, keys, count)
        return self._survey

    def _rows(
        self, encoding: Encoding, delimiter: str, columns: Columns, broken: Callable[[int, int], None]
    ) -> Iterator[Row]:
        """Rows of issues: without the header, which stands again in the middle where exports were joined."""
        rows = iter(Rows(self.path, encoding, delimiter, columns.at["key"][0], broken))
        header = [clean(cell) for cell in next(rows)[1]]
        for line, row in rows:
            if row[0].removeprefix("\ufeff") != header[0] or [clean(c) for c in row[1:]] != header[1:]:
                yield line, row

    def _unread(self, count: int, lost: list[int], error: Undecided) -> UnexpectedAnswerError:
        if lost and not count:
            what = f":{lost[0]}: the quotes are broken, in this record and in all that follow."
            return refusal(self.path, what, "", QUOTES)
        if not count:
            return refusal(self.path, " has a header but no issues.", "", EMPTY)
        remedy = "Export with the date format 2026-11-17 09:41 (Jira's look and feel), or as XML."
        return refusal(self.path, f" cannot be read: {error}.", remedy, DATES_ENTRY)

    def _header(self, encoding: Encoding) -> tuple[str, Columns]:
        headers = [(delimiter, Rows(self.path, encoding, delimiter).header()) for delimiter in DELIMITERS]
        found = [(delimiter, header, find_columns(header)) for delimiter, header in headers]
        delimiter, header, columns = max(found, key=lambda f: (len(f[2].at), len(f[1])))
        if columns.missing:
            word = "column" if len(columns.missing) == 1 else "columns"
            missing = f" has no {word} {listed(columns.missing, 'and')}"
            raise refusal(self.path, f"{missing}; found: {_listed(header)}.", "", COLUMNS)
        return delimiter, columns


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
            links=tuple(Link(k, text) for place, k in columns.links if (text := clean(row[place]))),
            flagged=(columns.one(row, "flagged") or "no").casefold() not in NO,
            closed_at=self._moment(row, "resolved"),
            due_on=_day(due, self.zone) if due else None,
            fields={name: ", ".join(values) for name, values in fields.items() if values},
        )

    def _person(self, row: list[str], word: str) -> Person | None:
        name = self.found.columns.one(row, word)
        key = self.found.columns.one(row, f"{word}_id") or name
        if key is None or (name or "").casefold() in NOBODY:
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
        try:
            return moment.astimezone(UTC)
        except OverflowError as error:
            raise ValueError(f'{word} "{text}" is beyond what a calendar holds') from error

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
    return None if text is None or text.casefold() in UNRESOLVED else text


def _listed(header: list[str]) -> str:
    names = list(dict.fromkeys(title.strip() for title in header))
    return ", ".join(names[:25]) + (f" and {len(names) - 25} more" if len(names) > 25 else "")
