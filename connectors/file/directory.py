"""A directory's export as CSV: who works here, and which accounts are theirs, by the columns it has.

Columns are known by their names, whatever their case: those of Okta, Microsoft Entra ID, Google Workspace,
Slack's list of members and Atlassian's list of accounts as far as they are sure, and the plain words `email`,
`name`, `jira`, `github`, `slack`, `active`, `left`. `jira:jira-emea` holds accounts of that source alone.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from pathlib import Path

from connectors.connector import Problem
from connectors.file.columns import clean
from connectors.file.csv_rows import DELIMITERS, Row, Rows
from connectors.file.dates import Format, Undecided, recognise
from connectors.file.encoding import Encoding, detect
from connectors.file.refusals import DATES, EMPTY, QUOTES, at_line, refusal
from rules.identities import DIRECTORY
from rules.records import Person

NAMES: dict[str, tuple[str, ...]] = {
    "email": (
        "email", "e-mail", "mail", "email address", "e-mail address", "email address [required]",
        "primary email", "primaryemail", "work email",
    ),
    "login": ("userprincipalname", "user principal name", "login", "username"),
    "name": ("name", "full name", "fullname", "display name", "displayname"),
    "first": ("first name", "first name [required]", "firstname", "givenname", "given name"),
    "last": ("last name", "last name [required]", "lastname", "surname", "familyname", "family name"),
    "jira": ("jira", "jira account id", "atlassian account id"),
    "atlassian": ("atlassian id",),  # of Atlassian's own list
    "github": ("github", "github login", "github username", "github com login"),
    "slack": ("slack", "slack id", "slack user id", "slack member id"),
    "member": ("userid",),  # of Slack's own list, which has billing-active too
    "billed": ("billing-active",),
    "active": (
        "active", "status", "status [read only]", "user status", "account status", "accountenabled",
        "account enabled", "enabled",
    ),
    "left": ("left", "left on", "last day", "leaving date", "termination date"),
    "id": ("id", "externalid", "external id", "objectid", "object id", "employee id", "employee number"),
}  # fmt: skip
"""Names of columns, in small letters, by what they mean."""

AWAY = frozenset((
    "false", "no", "0", "inactive", "disabled", "suspended", "deactivated", "deprovisioned", "deleted",
    "terminated", "archived", "left",
))  # fmt: skip
"""What a directory says of those who are not here any more, in small letters; all else is here."""

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
TOLD = ("name", "first", "last", "jira", "github", "slack", "active", "left", "login")

_OF_SOURCE = re.compile(r"(jira|github|slack)\s*:\s*([a-z0-9-]+)")


@dataclass(frozen=True, slots=True)
class Columns:
    """Places of the columns: by meaning, and accounts by what they are accounts of."""

    width: int
    at: dict[str, int]
    accounts: dict[str, int]  # jira, or jira:jira-emea

    @property
    def of_tool(self) -> bool:
        """It is a tool's list of its own accounts: that one of these is closed says nothing of a person."""
        return "atlassian" in self.at or ("billed" in self.at and "member" in self.at)

    @property
    def of_directory(self) -> bool:
        """It tells addresses, and something about whom they belong to."""
        names = bool(self.accounts) or any(word in self.at for word in TOLD if word != "login")
        return ("email" in self.at or "login" in self.at) and names

    def cell(self, row: Sequence[str], word: str) -> str:
        """The text of this meaning; empty where there is none."""
        place = self.at.get(word)
        return "" if place is None else clean(row[place])


def find_columns(header: Sequence[str]) -> Columns:
    """Say which columns stand where; the first of each meaning counts, unknown ones are left alone."""
    names = [" ".join(clean(title).removeprefix("\ufeff").split()).casefold() for title in header]
    meanings = {name: word for word, spelled in NAMES.items() for name in spelled}
    at: dict[str, int] = {}
    accounts: dict[str, int] = {}
    for place, name in enumerate(names):
        if (word := meanings.get(name)) is not None:
            at.setdefault(word, place)
        elif (match := _OF_SOURCE.fullmatch(name)) is not None:
            accounts.setdefault(f"{match[1]}:{match[2]}", place)
    if "billed" in at and "member" in at:
        at.setdefault("slack", at["member"])
    if "atlassian" in at:
        at.setdefault("jira", at["atlassian"])
    accounts |= {word: at[word] for word in ("jira", "github", "slack") if word in at}
    return Columns(len(names), at, accounts)


def is_directory(header: str) -> bool:
    """Whether this first line of a text is the header of a directory's export."""
    return any(find_columns(header.replace('"', "").split(d)).of_directory for d in DELIMITERS)


@dataclass(slots=True)
class DirectoryCsv:
    """A CSV export of a directory."""

    source: str
    path: Path
    _seen: int | None = field(default=None, init=False, repr=False)

    def recognised(self) -> str:
        """What it is, in words; of a file that was read already it also says how many people."""
        count = "" if self._seen is None else f", {self._seen} people"
        return f"{self.path.name}: directory export{count}, {detect(self.path).words}"

    def notes(self) -> tuple[str, ...]:
        """Nothing: each line says all of itself."""
        return ()

    def records(self, tell: Callable[[Problem], None]) -> Iterator[Person]:
        """Every person in the file's order; of two lines with the same id the second is told.

        Raises:
            UnexpectedAnswerError: characters unknown, quotes too broken, or dates undecided.
        """
        encoding = detect(self.path)
        delimiter, columns = self._header(encoding)
        left = self._dates(encoding, delimiter, columns)
        ids: dict[str, int] = {}

        def broken(first: int, last: int) -> None:
            rest = f"; lines {first} to {last} are not read" if last > first else ""
            tell(at_line(self.path, first, f"the record that begins here has broken quotes{rest}", QUOTES))

        for line, row in self._rows(encoding, delimiter, columns, broken):
            try:
                person = self._person(row, columns, left)
                _refuse_second(person, line, ids)
            except ValueError as error:
                tell(at_line(self.path, line, str(error)))
                continue
            yield person
        self._seen = len(ids)
        if not ids:
            raise refusal(self.path, " names no person that can be read.", "", EMPTY)

    def _person(self, row: list[str], columns: Columns, left: Format | None) -> Person:
        if len(row) != columns.width:
            raise ValueError(f"{len(row)} cells where the header has {columns.width}")
        login = columns.cell(row, "login")
        address = columns.cell(row, "email") or (login if ADDRESS.fullmatch(login) else "")
        if address and ADDRESS.fullmatch(address) is None:
            raise ValueError(f'"{address}" is no e-mail address')
        accounts = {key: text for key, place in columns.accounts.items() if (text := clean(row[place]))}
        own = columns.cell(row, "id") or columns.cell(row, "member")
        known = own or address.casefold() or next((f"{k}:{a}" for k, a in accounts.items()), "")
        if not (address or accounts):
            raise ValueError("it has neither an e-mail address nor an account")
        parts = (columns.cell(row, word) for word in ("first", "last"))
        name = columns.cell(row, "name") or " ".join(part for part in parts if part)
        return entry(
            self.source,
            known,
            name or address or login,
            address,
            accounts,
            active=columns.of_tool or columns.cell(row, "active").casefold() not in AWAY,
            left=_day(columns.cell(row, "left"), left),
        )

    def _header(self, encoding: Encoding) -> tuple[str, Columns]:
        headers = [(d, find_columns(Rows(self.path, encoding, d).header())) for d in DELIMITERS]
        return max(headers, key=lambda h: (len(h[1].at) + len(h[1].accounts), h[1].width))

    def _rows(
        self, encoding: Encoding, delimiter: str, columns: Columns, broken: Callable[[int, int], None]
    ) -> Iterator[Row]:
        key_at = columns.at.get("email", columns.at.get("login"))
        rows = iter(Rows(self.path, encoding, delimiter, key_at, broken, ADDRESS))
        next(rows, None)
        return rows

    def _dates(self, encoding: Encoding, delimiter: str, columns: Columns) -> Format | None:
        """How the leaving days are written; None where there are none."""
        if "left" not in columns.at:
            return None
        rows = self._rows(encoding, delimiter, columns, lambda _first, _last: None)
        days = [(n, columns.cell(r, "left")) for n, r in rows if len(r) == columns.width]
        try:
            return recognise(days) if (days := [day for day in days if day[1]]) else None
        except Undecided as error:
            remedy = "Write the days as 2026-11-17."
            raise refusal(self.path, f" cannot be read: {error}.", remedy, DATES) from error


def entry(
    source: str,
    known: str,
    name: str,
    address: str,
    accounts: dict[str, str],
    *,
    active: bool,
    left: date | None = None,
) -> Person:
    """A person as a directory tells them; `known` is their id there."""
    key = f"{DIRECTORY}:{known}"
    return Person(
        source, key, key, name, address or None, {DIRECTORY: known, **accounts}, active=active, left=left
    )


def _refuse_second(person: Person, line: int, first: dict[str, int]) -> None:
    if (before := first.setdefault(person.id, line)) != line:
        raise ValueError(f"it is the same person as in line {before}")


def _day(text: str, form: Format | None) -> date | None:
    if not text:
        return None
    moment = form.read(text, UTC) if form is not None else None
    if form is None or moment is None:
        raise ValueError(f'left "{text}" is not a day written as {form.example if form else "2026-11-17"}')
    return moment.date()
