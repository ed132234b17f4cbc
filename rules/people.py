"""People: which person of the operating model an account belongs to, and whether they are still here."""

from collections.abc import Iterable
from datetime import date

from config.model import OperatingModel
from rules.records import Person


class Accounts:
    """All accounts of all tools, tied to the handles of the model: by name where written, else by e-mail."""

    def __init__(self, model: OperatingModel, persons: Iterable[Person]) -> None:
        self._left = {handle: person.left for handle, person in model.people.items()}
        self._kinds = {source.id: source.kind for source in model.sources}
        self._written = {
            (kind, name.casefold()): handle
            for handle, person in model.people.items()
            for kind, name in (("jira", person.jira), ("github", person.github), ("slack", person.slack))
            if name
        }
        by_email = {p.email.casefold(): handle for handle, p in model.people.items() if p.email}
        self._persons: dict[tuple[str, str], Person] = {}
        self._handles: dict[tuple[str, str], str] = {}
        self._accounts: dict[str, list[Person]] = {}
        for person in persons:
            account = (person.source, person.key)
            self._persons[account] = person
            handle = self._by_name(person.source, person.key) or self._by_name(person.source, person.id)
            if handle is None and person.email:
                handle = by_email.get(person.email.casefold())
            if handle is not None:
                self._handles[account] = handle
                self._accounts.setdefault(handle, []).append(person)

    def handle(self, source: str, account: str | None) -> str | None:
        """Whose account it is, or None where the model does not know."""
        if account is None:
            return None
        return self._handles.get((source, account)) or self._by_name(source, account)

    def shown(self, source: str, account: str | None) -> str | None:
        """The handle, else the account's display name, else the account; None for no account."""
        if account is None:
            return None
        person = self._persons.get((source, account))
        return self.handle(source, account) or (person.name if person and person.name else account)

    def active(self, source: str, account: str, today: date) -> bool:
        """The account is not deactivated and its person has not left by that day; true where unknown."""
        person = self._persons.get((source, account))
        handle = self.handle(source, account)
        left = self._left.get(handle) if handle else None
        return (person is None or person.active) and (left is None or left > today)

    def holds(self, handle: str) -> bool:
        """The person has no leaving date, and each of their known accounts is active."""
        return self._left.get(handle) is None and all(p.active for p in self._accounts.get(handle, ()))

    def is_bot(self, source: str, account: str | None) -> bool:
        """The tool says that the account is a machine's."""
        person = self._persons.get((source, account)) if account is not None else None
        return person is not None and person.is_bot

    def _by_name(self, source: str, account: str) -> str | None:
        kind = self._kinds.get(source, "")
        tools = ("jira", "github") if kind == "file" else (kind,)  # an export may hold either
        found = {self._written.get((tool, account.casefold())) for tool in tools} - {None}
        return found.pop() if len(found) == 1 else None
