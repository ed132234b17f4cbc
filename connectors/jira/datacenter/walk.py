"""Walks through all that changed since a moment, without offsets: by time, and within a minute by key."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from connectors.errors import UnexpectedAnswerError
from connectors.jira.checked import REMEDY, Checked
from connectors.jira.datacenter.requests import Found, Requests, by_key, quoted
from connectors.jira.datacenter.spans import Span, literal, span
from connectors.paging import Walk

ORDER = "ORDER BY updated ASC, key ASC"


@dataclass(frozen=True, slots=True)
class Step:
    """Issues not met before in this walk, at that state. `whole` is how many the walk began with."""

    issues: list[Checked]
    last: bool
    whole: int
    left: int | None


@dataclass(frozen=True, slots=True)
class Area:
    """What is walked through: `projects` as a condition (none: all that are visible), `live` one by one."""

    projects: tuple[str, ...]
    live: tuple[str, ...]
    zone: ZoneInfo

    def changed(self, since: datetime | None) -> str:
        """What changed since an end of a span, without an upper bound: what changes meanwhile comes too."""
        clauses = [f"project in ({', '.join(map(quoted, self.projects))})"] if self.projects else []
        clauses += [f"updated >= {literal(since, self.zone)}"] if since else []
        return f"{' AND '.join(clauses)} {ORDER}".strip()

    def within(self, one: Span) -> str:
        """What changed last within a span, to follow a project. What leaves it meanwhile comes later."""
        begins, ends = (literal(at, self.zone) for at in (one.begins, one.ends))
        return f" AND updated >= {begins} AND updated < {ends}"


async def changes(
    requests: Requests, area: Area, since: datetime | None, fields: Sequence[str]
) -> AsyncIterator[Step]:
    """Every issue that changed since then (None: every issue), the oldest change first, in at least one step.

    The next page begins where the last one ended, at the floor of that minute; only where more changed in one
    minute than a page holds, as after an import, that minute is walked through by key.
    """
    here = span(since, area.zone) if since else None
    met: dict[str, datetime | None] = {}
    whole: int | None = None
    walk = Walk("Jira's searches by time")
    while True:
        found = await requests.search(area.changed(here.begins if here else None), fields)
        whole = found.total if whole is None else whole
        new = _new(found, met)
        yield Step(new, found.whole, whole, found.left)
        if found.whole:
            return
        walk.on_to(str(here), empty=not new)
        there = span(_latest(found), area.zone)
        if here is None or there.begins > here.begins:
            here, met = there, {}
            _new(found, met)
            continue
        for project in area.live:
            async for part in by_key(requests, area.within(here), project, fields):
                yield Step(_new(part, met), last=False, whole=whole, left=part.left)
        here, met = span(here.ends, area.zone), {}


def _new(found: Found, met: dict[str, datetime | None]) -> list[Checked]:
    """The issues not met at that state, which then are."""
    new = []
    for one in found.issues:
        at = updated(one)
        if at is None or met.get(one.value["id"]) != at:
            new.append(one)
            met[one.value["id"]] = at
    return new


def updated(one: Checked) -> datetime | None:
    """When the issue changed last; None where that cannot be read: then the item is unreadable as a whole."""
    try:
        return one["fields"]["updated"].maybe_time()
    except UnexpectedAnswerError:
        return None


def _latest(found: Found) -> datetime:
    moments = [at for one in found.issues if (at := updated(one)) is not None]
    if not moments:
        raise UnexpectedAnswerError("Jira's search tells of no issue when it changed.", REMEDY)
    return max(moments)
