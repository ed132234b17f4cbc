"""What a connector is: it yields pages of records and says where it stopped. It neither judges nor stores."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from connectors.errors import PART
from connectors.learned import Learned
from connectors.meter import Meter
from rules.records import Record


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of the source that could not be read in full; the rest goes on.

    A sync with problems is not complete: nothing is concluded from what it did not bring. `quarantined`: the
    tool gave this one item (scope item:<key>) in a form that is not understood; what the store knows of it is
    old until it can be read again.
    """

    scope: str  # project:BOOK, repository:larkfield/tracking, item:BOOK-412
    what: str  # one sentence, with what to do
    quarantined: bool = False


def part(scope: str, what: str) -> Problem:
    """A problem that names a part of the source, with the entry that says what to do about parts."""
    return Problem(scope, f"{what} {PART}")


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


Standing = Literal["live", "archived", "trashed"]
"""How a project or repository that the account can see stands."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where an item is now: under which id (a transferred GitHub issue gets another), in which container."""

    id: str
    container: str


class Census(Protocol):
    """Counts and lists what is there, without its content: how deletions and lost access are found."""

    async def roster(self) -> Mapping[str, Standing]:
        """The containers of this source that the account can see, by key. One that is absent is out of sight.

        Raises:
            ConnectorError: it cannot be told; nothing may then be concluded.
        """
        ...

    async def counts(self, containers: Sequence[str]) -> Mapping[str, int]:
        """About how many items each container holds, cheaply; one that cannot be counted is left out."""
        ...

    def ids(self, container: str) -> AsyncIterator[Sequence[str]]:
        """The ids of all items of a container, page by page.

        Raises:
            ConnectorError: the list is not whole; nothing may then be concluded.
        """
        ...

    async def find(self, ids: Sequence[str]) -> Mapping[str, Found]:
        """Where these items are now, asked for one by one; what is absent is gone or hidden."""
        ...


class Connector(Protocol):
    """One source of the operating model, ready to be read."""

    source: str
    learned: Learned
    meter: Meter

    @property
    def census(self) -> Census | None:
        """How to count and list what is there; None for a source that proves no absence, as an export."""
        ...

    def pages(self, cursor: str | None, touched: Sequence[str] = ()) -> AsyncIterator[Page]:
        """Yield everything since the cursor (None: everything), oldest change first, overlapping a little.

        `touched` are ids of items known to have changed minutes ago; a source whose search lags behind is
        told to look at them.

        Raises:
            ConnectorError: named by what to do; pages already yielded stay valid.
        """
        ...

    async def read(self, keys: Sequence[str]) -> Page:
        """Re-read the named items (ids or keys) as they are now.

        What cannot be found is a problem, never a deletion: whether it is gone, the census finds out.
        """
        ...

    async def check(self) -> Sequence[Check]:
        """Sign in and look around: credentials, scopes, clock."""
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...
