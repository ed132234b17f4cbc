"""Where reading a Jira site stopped; as text it is the cursor that is stored with the records."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from connectors.jira.jql import milliseconds

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Position:
    """Everything up to `updated` is read, in `projects`, which were listed at `listed`."""

    updated: datetime | None = None  # by Jira's clock: the latest change seen, never our own now
    listed: datetime | None = None
    projects: tuple[str, ...] = ()

    def reached(self, updated: datetime | None) -> "Position":
        """The position after more was read; it never goes back."""
        latest = max(filter(None, (self.updated, updated)), default=None)
        return Position(latest, self.listed, self.projects)

    def text(self) -> str:
        """The cursor."""
        return json.dumps(
            {
                "updated": milliseconds(self.updated) if self.updated else None,
                "listed": milliseconds(self.listed) if self.listed else None,
                "projects": self.projects,
            }
        )


def read(cursor: str | None) -> Position:
    """The position of a cursor. One that cannot be read means reading everything again: slow, never wrong."""
    if cursor is None:
        return Position()
    try:
        data = json.loads(cursor)
        return Position(_time(data["updated"]), _time(data["listed"]), tuple(map(str, data["projects"])))
    except (ValueError, TypeError, KeyError, OverflowError):
        log.warning("jira_cursor_unreadable", cursor=cursor[:200])
        return Position()


def _time(value: int | None) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(value / 1000, UTC)
