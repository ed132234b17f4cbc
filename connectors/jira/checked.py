"""Steps through what Jira sent and checks each step: what is not as documented is named by item and field."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from connectors.decoded import believable
from connectors.errors import UnexpectedAnswerError

SECONDS_END = (
    100_000_000_000  # the year 5138 in seconds, 1973 in milliseconds: larger numbers are milliseconds
)
_TEXTS = {str, type(None)}
REMEDY = "Check that the address is Jira's own and not a proxy; if it is, report this answer as a bug."


@dataclass(slots=True)  # not frozen: an issue with its history takes some 300 steps, and that costs half
class Checked:
    """A place in a decoded JSON answer.

    A step into something absent is absent too, so `fields["assignee"]["accountId"].maybe_text()` needs no
    conditions; a step into something of another kind is an UnexpectedAnswerError that names the place.
    """

    value: Any
    name: str
    above: "Checked | None" = None

    def __getitem__(self, name: str) -> "Checked":
        if self.value is None:
            return Checked(None, name, self)
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        return Checked(self.value.get(name), name, self)

    def __iter__(self) -> Iterator["Checked"]:
        """The elements of a list; nothing where the list is absent."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            raise self.wrong("a list")
        for n, value in enumerate(self.value):
            yield Checked(value, str(n), self)

    @property
    def there(self) -> bool:
        """Neither absent nor null."""
        return self.value is not None

    def text(self) -> str:
        """A text that must not be absent or empty."""
        if not isinstance(self.value, str) or not self.value:
            raise self.wrong("a text")
        return self.value

    def maybe_text(self) -> str | None:
        """A text; None where it is absent or empty."""
        if self.value is None or self.value == "":
            return None
        return self.text()

    def texts(self, *names: str) -> list[str | None]:
        """Several texts of an object, None for each that is absent or empty: as one by one, but faster."""
        if isinstance(self.value, dict):
            values = list(map(self.value.get, names))
            if _TEXTS.issuperset(map(type, values)):
                return [value or None for value in values]
        return [self[name].maybe_text() for name in names]

    def identifier(self) -> str:
        """An id, written as text or as a number."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return str(self.value)
        return self.text()

    def maybe_number(self) -> int | None:
        """A whole number; None where it is absent."""
        if self.value is None:
            return None
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.wrong("a whole number")
        return self.value

    def flag(self, *, absent: bool) -> bool:
        """A truth value, with what its absence means."""
        if self.value is None:
            return absent
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def time(self) -> datetime:
        """An instant in UTC. Jira writes ISO 8601, and epoch seconds or milliseconds in bulk changelogs."""
        value = self.value
        try:
            if isinstance(value, int | float) and not isinstance(value, bool):
                at = datetime.fromtimestamp(value / 1000 if value > SECONDS_END else value, UTC)
            else:
                at = datetime.fromisoformat(self.text())
        except (ValueError, OverflowError, OSError):
            raise self.wrong("a time") from None
        if at.tzinfo is None:
            raise self.wrong("a time with its offset")
        if not believable(at):
            raise self.wrong("a time of this age")
        return at.astimezone(UTC)

    def maybe_time(self) -> datetime | None:
        """An instant in UTC; None where it is absent."""
        return self.time() if self.there else None

    def maybe_day(self) -> date | None:
        """A calendar day; None where it is absent."""
        text = self.maybe_text()
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise self.wrong("a date") from None

    def wrong(self, expected: str) -> UnexpectedAnswerError:
        """The error that says where something else than expected was."""
        names, place = [self.name], self.above
        while place is not None:
            names.append(place.name)
            place = place.above
        item, *path = reversed(names)
        where = f"{'.'.join(path)} of {item}" if path else item
        return UnexpectedAnswerError(f"Jira sent {where}, and it is not {expected}.", REMEDY)
