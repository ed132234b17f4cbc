"""How far each repository has been read: the text that is stored between two syncs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

from connectors.errors import FixRequestError
from connectors.github.shapes import Time

OVERLAP = timedelta(minutes=2)  # GitHub's times have whole seconds, and its lists follow a little late
QUIET = timedelta(minutes=10)  # after so long without a change nothing that late is waited for
SECOND = timedelta(seconds=1)
V = TypeVar("V")


class Scan(msgspec.Struct, frozen=True):
    """A first reading that is under way: the query of its next page, and what had changed when it began."""

    rest: str
    known: Time | None = None


class Stored(msgspec.Struct):
    """The cursor's text: {"changed": {repository: time}, "closed": [repository], "public": [repository]}."""

    changed: dict[str, Time]
    closed: frozenset[str] = frozenset()
    public: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()
    scans: dict[str, Scan] = {}


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last change read of each repository, and which were archived and read to their end, or public.

    In a `settled` one nothing happened for a while after its last change: that is not read again.
    """

    changed: Mapping[str, datetime] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    public: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()
    scans: Mapping[str, Scan] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str | None) -> "Cursor":
        """The cursor of a stored text; None is the beginning.

        Raises:
            FixRequestError: not a text that `text` gave.
        """
        if text is None:
            return cls()
        try:
            stored = msgspec.json.decode(text, type=Stored)
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise FixRequestError(
                "The stored cursor of the GitHub source cannot be read.", "Start it over with a full sync."
            ) from error
        return cls(stored.changed, stored.closed, stored.public, stored.settled, stored.scans)

    def text(self) -> str:
        """The text to store."""
        told: dict[str, Any] = {
            "changed": {repository: at.isoformat() for repository, at in sorted(self.changed.items())},
            "closed": sorted(self.closed),
            "public": sorted(self.public),
            "settled": sorted(self.settled),
            "scans": {name: msgspec.to_builtins(scan) for name, scan in sorted(self.scans.items())},
        }
        return json.dumps({name: value for name, value in told.items() if value or name == "changed"})

    def met(self, repository: str, *, public: bool) -> "Cursor":
        """Found in the list: one that turned private or public is read anew.

        Its items' records say who may see them, and GitHub does not count the turn as a change of them.
        """
        if (repository in self.public) == public:
            return self
        others = self.public - {repository}
        return replace(self.unread(repository), public=others | {repository} if public else others)

    def unread(self, repository: str) -> "Cursor":
        """To be read anew, from its beginning."""
        return Cursor(
            _without(self.changed, repository),
            self.closed - {repository},
            self.public,
            self.settled - {repository},
            _without(self.scans, repository),
        )

    def since(self, repository: str) -> datetime | None:
        """From when to read a repository on; None for one never read to its end.

        It is a little before the last change read, and just after it where that is settled.
        """
        at = self.changed.get(repository)
        if at is None or repository in self.scans:
            return None
        return at + SECOND if repository in self.settled else at - OVERLAP

    def scanning(self, repository: str, rest: str, known: datetime | None) -> "Cursor":
        """A page of a first reading was read, and more are to come."""
        return replace(self, scans={**self.scans, repository: Scan(rest, known)})

    def moved(self, repository: str, until: datetime | None, seen: datetime | None = None) -> "Cursor":
        """Read up to this change: the cursor never goes back, though the overlap does.

        `seen` is GitHub's time when its list ended with this change; None in the middle of a list.
        """
        scans = _without(self.scans, repository)
        old = self.changed.get(repository)
        if until is None or (old is not None and until <= old):
            return replace(self, scans=scans)
        changed = {**self.changed, repository: until}
        now = replace(self, changed=changed, settled=self.settled - {repository}, scans=scans)
        return now.settling(repository, seen)

    def settling(self, repository: str, seen: datetime | None) -> "Cursor":
        """At that time of GitHub's the last change read was still the last one."""
        at = self.changed.get(repository)
        if at is None or seen is None or seen - at < QUIET:
            return self
        return replace(self, settled=self.settled | {repository})

    def ended(self, repository: str, *, archived: bool) -> "Cursor":
        """Read to the end: an archived repository does not change, so it is not asked again."""
        others = self.closed - {repository}
        return replace(self, closed=others | {repository} if archived else others)


def _without(values: Mapping[str, V], name: str) -> Mapping[str, V]:
    return {key: value for key, value in values.items() if key != name}
