"""What a webhook is to us: a hint to read something again, or a message we have no use for."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Hint:
    """Something happened in the tool. The body is not believed: `keys` are read again from the source.

    Only `deleted` is taken at its word, because what is gone cannot be read again.
    """

    delivery: str  # the same for every repetition of one message: what duplicates are known by
    event: str  # the tool's own word: jira:issue_updated
    keys: tuple[str, ...]  # items to read again: keys, or ids where the message tells no key
    deleted: tuple[str, ...] = ()  # items that are gone
    at: datetime | None = None  # when it happened, by the tool's clock


@dataclass(frozen=True, slots=True)
class Ignored:
    """A genuine message without work for us; counted by event and reason."""

    event: str
    reason: str
