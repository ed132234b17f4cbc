"""Where reading a Jira site stopped; as text it is the cursor that is stored with the records."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from connectors.jira.jql import milliseconds

log = structlog.get_logger(__name__)

SHORTEST = timedelta(days=1)
PROJECTS_A_WINDOW = 50
MOST_SEEN = 1000


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a site that is read in full: projects (none: all that are visible), from a creation to one.

    `halved` is how often it was halved because it brought less than was counted.
    """

    projects: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    halved: int = 0

    def projectwise(self, live: Sequence[str]) -> tuple["Window", ...]:
        """The same in windows of fewer projects; none where it is one project."""
        keys = self.projects or tuple(live)
        size = min(PROJECTS_A_WINDOW, (len(keys) + 1) // 2)
        several = range(0, len(keys), size) if len(keys) > 1 else ()
        return tuple(replace(self, projects=keys[at : at + size]) for at in several)

    def halves(self, begins: datetime, now: datetime) -> tuple["Window", ...]:
        """The same in two halves by creation, the oldest issue having begun then; none where it is a day."""
        since, until = self.since or begins, self.until or now
        if until - since < 2 * SHORTEST:
            return ()
        middle = (since + (until - since) / 2).replace(second=0, microsecond=0)
        return replace(self, until=middle), replace(self, since=middle)

    def without(self, gone: set[str]) -> "Window | None":
        """This window after these projects went out of sight; None where nothing is left."""
        keys = tuple(key for key in self.projects if key not in gone)
        return replace(self, projects=keys) if keys or not self.projects else None


@dataclass(frozen=True, slots=True)
class Position:
    """Everything up to `updated` is read, in `projects`, which were listed at `listed`, but for `windows`.

    `windows` are still to be read in full, the first of them up to the id `after`. `seen` are the items of
    the latest minutes with the moment of their latest change: the next search brings them again.
    """

    updated: datetime | None = None  # by Jira's clock, never our own now
    listed: datetime | None = None
    projects: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()
    after: int = 0
    seen: Mapping[str, datetime] = field(default_factory=dict)

    def reached(self, brought: Mapping[str, datetime], overlap: timedelta) -> "Position":
        """The position after these items, each with its latest change, were read; it never goes back."""
        latest = max((at for at in (self.updated, *brought.values()) if at is not None), default=None)
        here = replace(self, updated=latest)
        return here.saw(brought, overlap)

    def passed(self, at: datetime, overlap: timedelta) -> "Position":
        """The position after everything until a moment of the site's clock was read."""
        return replace(self, updated=max(filter(None, (self.updated, at)))).saw({}, overlap)

    def saw(self, brought: Mapping[str, datetime], overlap: timedelta) -> "Position":
        """The same place, with these items known where the next search will bring them again."""
        if self.updated is None:
            return self
        floor = (self.updated - overlap).replace(second=0, microsecond=0)
        known = {**self.seen, **brought}
        recent = sorted((at, id_) for id_, at in known.items() if at >= floor)[-MOST_SEEN:]
        return replace(self, seen={id_: at for at, id_ in recent})

    def knows(self, id_: str, updated: datetime | None) -> bool:
        """Whether this item was read at this state."""
        return updated is not None and self.seen.get(id_) == updated

    def text(self) -> str:
        """The cursor."""
        data: dict[str, Any] = {
            "updated": _milliseconds(self.updated),
            "listed": _milliseconds(self.listed),
            "projects": self.projects,
        }
        if self.seen:
            data["seen"] = {id_: milliseconds(at) for id_, at in self.seen.items()}
        if self.windows:
            data["windows"] = [
                [one.projects, _milliseconds(one.since), _milliseconds(one.until), one.halved]
                for one in self.windows
            ]
            data["after"] = self.after
        return json.dumps(data)


def read(cursor: str | None) -> Position:
    """The position of a cursor. One that cannot be read means reading everything again: slow, never wrong."""
    if cursor is None:
        return Position()
    try:
        data = json.loads(cursor)
        windows = tuple(
            Window(tuple(map(str, projects)), _time(since), _time(until), int(halved))
            for projects, since, until, halved in data.get("windows", ())
        )
        return Position(
            _time(data["updated"]),
            _time(data["listed"]),
            tuple(map(str, data["projects"])),
            windows,
            int(data.get("after", 0)),
            {str(id_): _instant(at) for id_, at in data.get("seen", {}).items()},
        )
    except (ValueError, TypeError, KeyError, OverflowError, AttributeError):
        log.warning("jira_cursor_unreadable", cursor=cursor[:200])
        return Position()


def _milliseconds(at: datetime | None) -> int | None:
    return None if at is None else milliseconds(at)


def _time(value: int | None) -> datetime | None:
    return None if value is None else _instant(value)


def _instant(value: int) -> datetime:
    return datetime.fromtimestamp(value / 1000, UTC)
