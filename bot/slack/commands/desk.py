"""What the commands ask of the rest of the bot: the desk that answers, and who is asking."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from rules.findings import Severity
from rules.views import Explanation, Line, Status


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where. `handle` is the person of the operating model, None where it knows none."""

    user: str  # Slack user id
    team: str | None  # Slack workspace id
    channel: str | None  # name of the channel, None in direct messages and where the bot is not a member
    handle: str | None
    operator: bool = False  # asks beside the database, where everything can be read anyway


@dataclass(frozen=True, slots=True)
class FindingsQuery:
    """Which open findings; empty means all. Names are canonical ids of products and streams."""

    products: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    severities: frozenset[Severity] = field(default_factory=frozenset)
    without_labels: tuple[str, ...] = ()
    page: int = 1  # from 1
    waived: bool = False  # those that a waiver covers, instead of the open ones


@dataclass(frozen=True, slots=True)
class FindingsPage:
    """One page of the answer. `total` counts what the asker may see, nothing else."""

    lines: tuple[Line, ...]
    page: int
    pages: int
    total: int
    waived: int = 0  # how many match that a waiver covers


class Desk(Protocol):
    """Answers from the store, filtered by what the asker is cleared for."""

    def now(self) -> datetime:
        """The moment answers are given at, in the company's time zone."""
        ...

    def products(self, asker: Asker) -> Sequence[str]:
        """Ids of the products this person may ask about."""
        ...

    def streams(self, asker: Asker) -> Sequence[str]:
        """Ids of the value streams this person may ask about."""
        ...

    def here(self, asker: Asker) -> str | None:
        """Id of the product or value stream whose channel this is."""
        ...

    async def status(self, asker: Asker, about: str | None) -> Status:
        """Status of a product or stream by id; None: of everything the asker may see."""
        ...

    async def findings(self, asker: Asker, query: FindingsQuery) -> FindingsPage:
        """A page of open findings, or of waived ones; most severe first."""
        ...

    async def explain(self, asker: Asker, what: str) -> Explanation | None:
        """All rules about a key or a finding's id; None where it is unknown or not for this person."""
        ...
