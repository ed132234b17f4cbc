"""Identities: whose an account is, by what the model writes, by e-mail or by a directory; never by name.

What the model writes wins. Where e-mail and directory say different people, the account is nobody's, and the
contradiction is told instead of being merged away.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from config.model import OperatingModel
from config.organisation import TOOLS, Tool
from rules.records import Person

How = Literal["written", "e-mail", "directory"]
Place = tuple[Tool, str | None]
"""A tool and one of its sources; None: all of them."""

DIRECTORY = "directory"
"""Among the accounts of a directory's entry: its id there, which every entry has."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose an account is, on what grounds, what contradicts it, and what directories say of it."""

    handle: str | None = None
    how: How | None = None
    doubt: str | None = None
    entries: tuple[Person, ...] = ()


def is_entry(person: Person) -> bool:
    """It is an entry of a directory export, not an account of a tool."""
    return DIRECTORY in person.accounts


def gone(entry: Person, today: date) -> bool:
    """The directory says that this person is not here any more."""
    return not entry.active or (entry.left is not None and entry.left <= today)


class Identities:
    """The people of the model and the entries of directories, made ready to ask whose an account is."""

    def __init__(self, model: OperatingModel, persons: Iterable[Person]) -> None:
        self._kinds = {source.id: source.kind for source in model.sources}
        self._written: dict[tuple[Place, str], str] = {}
        self._written_as: dict[str, dict[Place, str]] = {}
        for handle, person in model.people.items():
            for tool, source, account in person.accounts():
                self._written[(tool, source), account.casefold()] = handle
                self._written_as.setdefault(account.casefold(), {})[tool, source] = handle
        self._emails = {p.email.casefold(): handle for handle, p in model.people.items() if p.email}
        self._by_account: dict[tuple[Place, str], list[Person]] = {}
        self._by_email: dict[str, list[Person]] = {}
        self._owners: dict[int, str | None] = {}
        self.entries: dict[str, list[Person]] = {}
        self.doubts: list[str] = []
        for entry in filter(is_entry, persons):
            self._enter(entry)

    def of(self, source: str, *names: str, email: str | None = None) -> Identity:
        """Whose the account of a source is that goes by these names: its id, its login."""
        places, folded = tuple(self._places(source)), {name.casefold() for name in names}
        written = {h for p in places for n in folded if (h := self._written.get((p, n))) is not None}
        by_email = self._emails.get(email.casefold()) if email else None
        entries = self._about(places, folded, email)
        by_entry = {h for e in entries if (h := self._owners[id(e)]) is not None}
        guessed = by_entry | ({by_email} if by_email else set())
        if written:
            chosen = next(iter(written)) if len(written) == 1 else None
            others = sorted((guessed | written) - {chosen})
            doubt = self._told(written, by_email, by_entry) if others else None
            return Identity(chosen, "written" if chosen else None, doubt, entries)
        if len(guessed) > 1:
            return Identity(None, None, self._told(written, by_email, by_entry), entries)
        if by_email:
            return Identity(by_email, "e-mail", None, entries)
        return Identity(next(iter(by_entry), None), "directory" if by_entry else None, None, entries)

    def _enter(self, entry: Person) -> None:
        """File an entry under its accounts and its address, and settle whose it is."""
        by_email = self._emails.get(entry.email.casefold()) if entry.email else None
        if entry.email:
            self._by_email.setdefault(entry.email.casefold(), []).append(entry)
        written: set[str] = set()
        for key, account in entry.accounts.items():
            tool, _, source = key.partition(":")
            place = next(((known, source or None) for known in TOOLS if known == tool), None)
            if place is None:
                continue
            self._by_account.setdefault((place, account.casefold()), []).append(entry)
            written |= {
                handle
                for (of, name), handle in self._written_as.get(account.casefold(), {}).items()
                if of == place[0] and (not source or name in {None, source})
            }
        owners = written | ({by_email} if by_email else set())
        owner = next(iter(owners)) if len(owners) == 1 else None
        self._owners[id(entry)] = owner
        if owner is not None:
            self.entries.setdefault(owner, []).append(entry)
        elif owners:
            told = self._told(written, by_email, set())
            self.doubts.append(f"{entry.name} in the directory {entry.source}: {told}")

    def _about(self, places: Iterable[Place], names: Iterable[str], email: str | None) -> tuple[Person, ...]:
        found = [e for p in places for n in names for e in self._by_account.get((p, n), ())]
        found += self._by_email.get(email.casefold(), ()) if email else ()
        return tuple({id(entry): entry for entry in found}.values())

    def _places(self, source: str) -> Iterator[Place]:
        """Where the accounts of a source may be written; an export may hold those of either tool of work."""
        kind = self._kinds.get(source)
        for tool in TOOLS:
            if kind == tool or (kind == "file" and tool != "slack"):
                yield from ((tool, None), (tool, source))

    @staticmethod
    def _told(written: set[str], by_email: str | None, by_entry: set[str]) -> str:
        """Who says what, as a sentence's end."""
        said = [f"{' and '.join(sorted(written))} as the model writes it"] if written else []
        said += [f"{by_email} by its e-mail address"] if by_email else []
        said += [f"{' and '.join(sorted(by_entry))} by the directory"] if by_entry else []
        return ", ".join(said)
