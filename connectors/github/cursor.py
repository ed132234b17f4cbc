"""How far each repository has been read: the text that is stored between two syncs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from connectors.errors import FixRequestError
from connectors.github.shapes import Time

OVERLAP = timedelta(minutes=2)  # GitHub's times have whole seconds, and its lists follow a little late


class Stored(msgspec.Struct):
    """The cursor's text: {"changed": {repository: time}, "closed": [repository], "public": [repository]}."""

    changed: dict[str, Time]
    closed: frozenset[str] = frozenset()
    public: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last change read of each repository, and which were archived and read to their end, or public."""

    changed: Mapping[str, datetime] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    public: frozenset[str] = frozenset()

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
        return cls(stored.changed, stored.closed, stored.public)

    def text(self) -> str:
        """The text to store."""
        changed = {repository: at.isoformat() for repository, at in sorted(self.changed.items())}
        closed, public = sorted(self.closed), sorted(self.public)
        return json.dumps({"changed": changed, "closed": closed, "public": public})

    def met(self, repository: str, *, public: bool) -> "Cursor":
        """Found in the list: one that turned private or public is read anew.

        Its items' records say who may see them, and GitHub does not count the turn as a change of them.
        """
        if (repository in self.public) == public:
            return self
        changed = {name: at for name, at in self.changed.items() if name != repository}
        others = self.public - {repository}
        return Cursor(changed, self.closed - {repository}, others | {repository} if public else others)

    def since(self, repository: str) -> datetime | None:
        """From when to read a repository, a little before the last change read; None for one never read."""
        at = self.changed.get(repository)
        return None if at is None else at - OVERLAP

    def moved(self, repository: str, until: datetime | None) -> "Cursor":
        """Read up to this change: the cursor never goes back, though the overlap does."""
        at = max((m for m in (self.changed.get(repository), until) if m is not None), default=None)
        return self if at is None else replace(self, changed={**self.changed, repository: at})

    def ended(self, repository: str, *, archived: bool) -> "Cursor":
        """Read to the end: an archived repository does not change, so it is not asked again."""
        others = self.closed - {repository}
        return replace(self, closed=others | {repository} if archived else others)
