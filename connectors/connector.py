"""What a connector is: it yields pages of records and says where it stopped. It neither judges nor stores."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from rules.records import Record


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of the source that could not be read in full; the rest goes on.

    A sync with problems is not complete: nothing is concluded from what it did not bring.
    """

    scope: str  # project:BOOK, repository:larkfield/tracking, item:BOOK-412
    what: str  # one sentence, with what to do


@dataclass(frozen=True, slots=True)
class Page:
    """Records and the cursor that is right once they are stored: both go into one transaction."""

    records: tuple[Record, ...]
    cursor: str  # opaque text of the connector
    last: bool  # this page ends the sync
    problems: tuple[Problem, ...] = ()
    expected: int | None = None  # items this sync will bring, where the source tells
    budget_left: int | None = None  # requests or points the source still grants in its window


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `opsbot doctor`."""

    name: str
    state: Literal["ok", "warn", "fail"]
    detail: str
    remedy: str = ""


class Connector(Protocol):
    """One source of the operating model, ready to be read."""

    source: str

    def pages(self, cursor: str | None) -> AsyncIterator[Page]:
        """Yield everything since the cursor (None: everything), oldest change first, overlapping a little.

        Raises:
            ConnectorError: named by what to do; pages already yielded stay valid.
        """
        ...

    async def read(self, keys: Sequence[str]) -> Page:
        """Re-read the named items (ids or keys) as they are now.

        Items known to be gone come back as deleted; those that are only out of sight are problems.
        """
        ...

    async def check(self) -> Sequence[Check]:
        """Sign in and look around: credentials, scopes, clock."""
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...
