"""People: which person of the operating model an account belongs to, and whether they are still here."""

from collections.abc import Iterable
from datetime import date

from config.model import OperatingModel
from rules.identities import Identities, Identity, gone, is_entry
from rules.records import Person


class Accounts:
    """All accounts of all tools, tied to the handles of the model as `rules/identities.py` says."""

    def __init__(self, model: OperatingModel, persons: Iterable[Person]) -> None:
        known = list(persons)
        self._left = {handle: person.left for handle, person in model.people.items()}
        self.identities = Identities(model, known)
        self._persons = {(p.source, p.key): p for p in known if not is_entry(p)}
        self._matches: dict[tuple[str, str], Identity] = {}
        self._accounts: dict[str, list[Person]] = {}
        for account, person in self._persons.items():
            match = self.identities.of(person.source, person.key, person.id, email=person.email)
            self._matches[account] = match
            if match.handle is not None:
                self._accounts.setdefault(match.handle, []).append(person)

    @property
    def matches(self) -> Iterable[tuple[Person, Identity]]:
        """Every account the tools told of, and whose it is; machines among them."""
        return [(self._persons[account], match) for account, match in self._matches.items()]

    def identity(self, source: str, account: str) -> Identity:
        """Whose an account is, and by what; also of one that no tool told of."""
        return self._matches.get((source, account)) or self.identities.of(source, account)

    def handle(self, source: str, account: str | None) -> str | None:
        """Whose account it is, or None where the model does not know."""
        return None if account is None else self.identity(source, account).handle

    def shown(self, source: str, account: str | None) -> str | None:
        """The handle, else the account's display name, else the account; None for no account."""
        if account is None:
            return None
        person = self._persons.get((source, account))
        return self.handle(source, account) or (person.name if person and person.name else account)

    def active(self, source: str, account: str, today: date) -> bool:
        """The account is not deactivated and its person has not left by that day; true where unknown."""
        person = self._persons.get((source, account))
        match = self.identity(source, account)
        left = self._left.get(match.handle) if match.handle else None
        entries = (*match.entries, *self.identities.entries.get(match.handle or "", ()))
        return (
            (person is None or person.active)
            and (left is None or left > today)
            and not (entries and all(gone(entry, today) for entry in entries))
        )

    def holds(self, handle: str) -> bool:
        """The person has no leaving date, each of their known accounts is active, and so is their entry."""
        entries = self.identities.entries.get(handle, ())
        return (
            self._left.get(handle) is None
            and all(p.active for p in self._accounts.get(handle, ()))
            and (not entries or any(e.active and e.left is None for e in entries))
        )

    def is_bot(self, source: str, account: str | None) -> bool:
        """The tool says that the account is a machine's."""
        person = self._persons.get((source, account)) if account is not None else None
        return person is not None and person.is_bot
