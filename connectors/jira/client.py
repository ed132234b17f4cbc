"""Jira Cloud as a source: what changed since last time, and what is asked for by name."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from config.model import Source
from connectors.connector import Census, Check, Page, Problem, part
from connectors.errors import FixRequestError, UnexpectedAnswerError
from connectors.governor import Governor
from connectors.jira import doctor, jql, parse, position
from connectors.jira.checked import Checked
from connectors.jira.fields import FieldIds, find
from connectors.jira.limits import JiraLimits
from connectors.jira.position import Position
from connectors.jira.requests import Requests
from connectors.learned import Learned
from connectors.transport import Sleep, Transport
from rules.records import Container, Person, Record, WorkItem

log = structlog.get_logger(__name__)

LIST_EVERY = timedelta(days=1)  # projects and fields
TOLERATED_GAP = 0.005  # between what Jira counts, approximately, and what it brought


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Roster:
    """The projects as just listed."""

    live: tuple[str, ...]
    containers: tuple[Container, ...]
    problems: tuple[Problem, ...]


class JiraCloud:
    """One Jira Cloud site.

    `projects` are the keys to read (none: all that are visible); `fields` further fields the operating model
    asks for, as ids, names or JQL names. Items link to `site`, wherever requests go.
    """

    def __init__(
        self,
        source: str,
        site: str,
        transport: Transport,
        projects: Sequence[str] = (),
        fields: Sequence[str] = (),
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.source = source
        self.site = site
        self._requests = Requests(transport)
        self._asked = tuple(projects)
        self._asked_fields = tuple(fields)
        self._clock = clock
        self._ids: FieldIds | None = None
        self.learned = Learned()
        self.meter = transport.meter

    @property
    def census(self) -> Census | None:
        """Not counted yet."""
        return None

    async def pages(self, cursor: str | None, touched: Sequence[str] = ()) -> AsyncIterator[Page]:  # noqa: ARG002 - search is not told yet
        """Issues with history and people, by their latest change; once a day projects on the first page.

        A project that cannot be read and an item that cannot be understood are problems of a page; the rest
        goes on. A project that became visible since the last sync is read in full.
        """
        start = position.read(cursor)
        due = start.listed is None or self._clock() - start.listed >= LIST_EVERY
        stale = due or not set(self._asked) <= set(start.projects)
        try:
            async for page in self._pages(start, listing=stale, due=due):
                yield page
        except FixRequestError:
            if stale:
                raise
            # Jira refuses a search that names a project which has gone since the projects were listed.
            async for page in self._pages(start, listing=True, due=due):
                yield page

    async def read(self, keys: Sequence[str]) -> Page:
        """The named items as they are now, those of other projects than ours left out.

        What is not visible any more is a problem and no deletion: the access may be lost, not the item.
        """
        ids = await self._field_ids(renew=False)
        issues, errors = await self._requests.issues(keys, ids.wanted)
        failed = {error["id"].identifier(): error["errorMessage"].maybe_text() or "" for error in errors}
        problems = [part(f"item:{key}", f"Jira could not give {key}: {why}.") for key, why in failed.items()]
        problems += _not_visible([key for key in keys if key not in failed], issues)
        ours = [one for one in issues if self._is_ours(one)]
        records, unread = await self._records(ours, ids, met=set())
        return Page(tuple(records), cursor="", last=True, problems=(*problems, *unread))

    async def check(self) -> Sequence[Check]:
        """Sign-in, kind of site, clock, permission, projects and fields, each with what to do about it."""
        return await doctor.look_around(
            self._requests, self.site, self._asked, self._asked_fields, self._clock
        )

    async def close(self) -> None:
        """Give back connections."""
        await self._requests.close()

    async def _pages(self, start: Position, *, listing: bool, due: bool) -> AsyncIterator[Page]:
        ids = await self._field_ids(renew=due)
        met: set[str] = set()
        live = start.projects
        if listing:
            roster = await self._roster()
            live = roster.live
            containers = roster.containers if due else ()
            yield Page(containers, start.text(), last=False, problems=roster.problems)
        newcomers = [key for key in live if key not in start.projects]
        if start.updated is not None and newcomers:
            # The cursor waits until they are read: interrupted, they are newcomers again.
            async for page in self._walk(start, start, jql.condition(newcomers, None), ids, met):
                yield replace(page, cursor=start.text(), last=False)
        here = Position(start.updated, self._clock() if due else start.listed, live)
        if self._asked and not live:
            yield Page((), here.text(), last=True)
            return
        readable = live if self._asked else ()
        async for page in self._walk(start, here, jql.condition(readable, start.updated), ids, met):
            yield page

    async def _walk(
        self, start: Position, here: Position, condition: str, ids: FieldIds, met: set[str]
    ) -> AsyncIterator[Page]:
        """The pages of one search, each with the cursor that is right once it is stored."""
        expected = await self._requests.count(condition) if start.updated is None else None
        brought = 0
        async for found in self._requests.search(condition, ids.wanted):
            brought += len(found.issues)
            records, problems = await self._records(found.issues, ids, met)
            here = here.reached(_latest(records))
            if found.last and expected is not None and brought < expected * (1 - TOLERATED_GAP):
                what = f"Jira ended after {brought} of about {expected} items; the next sync goes on."
                problems.append(part(f"source:{self.source}", what))
            yield Page(tuple(records), here.text(), found.last, tuple(problems), expected, found.left)

    async def _records(
        self, issues: Sequence[Checked], ids: FieldIds, met: set[str]
    ) -> tuple[list[Record], list[Problem]]:
        """Items and the people not met before; what cannot be understood becomes a problem of that item."""
        histories = await self._requests.histories([one.value["id"] for one in issues])
        records: list[Record] = []
        problems: list[Problem] = []
        for one in issues:
            history = histories.get(one.value["id"], [])
            try:
                item = parse.work_item(one, history, source=self.source, site=self.site, ids=ids)
                people = list(parse.people(one, history, source=self.source))
            except UnexpectedAnswerError as error:
                log.warning("jira_item_unreadable", source=self.source, item=one.name, reason=error.what)
                problems.append(Problem(f"item:{one.name}", str(error), quarantined=True))
                continue
            records.append(item)
            records += _new(people, met)
        return records, problems

    async def _roster(self) -> Roster:
        listed = await self._requests.projects(self._asked)
        containers = tuple(parse.container(one, source=self.source, site=self.site) for one in listed)
        known = {one.key for one in containers}
        remedy = "check the key, or grant access to it."
        missing = (
            part(f"project:{key}", f"Jira shows no project {key}: {remedy}")
            for key in self._asked
            if key not in known
        )
        live = tuple(sorted(one.key for one in containers if not one.archived))
        return Roster(live, containers, tuple(missing))

    async def _field_ids(self, *, renew: bool) -> FieldIds:
        if self._ids is None or renew:
            self._ids = find(await self._requests.fields(), self._asked_fields)
        return self._ids

    def _is_ours(self, one: Checked) -> bool:
        return not self._asked or one.value["key"].rpartition("-")[0] in self._asked


def connect(
    source: Source,
    *,
    user: str,
    token: str,
    url: str | None = None,
    fields: Sequence[str] = (),
    governor: Governor | None = None,
    clock: Callable[[], datetime] = _now,
    sleep: Sleep = asyncio.sleep,
) -> JiraCloud:
    """The connector of a source of the operating model, signed in with an e-mail and an API token.

    `url` is where requests go when that is not the site itself: the gateway for scoped tokens
    (https://api.atlassian.com/ex/jira/<cloudId>), or a sandbox. Sources that share an account share its
    `governor`.
    """
    if source.jira is None:
        raise ValueError(f"source {source.id} is no Jira site")
    site = source.jira.removeprefix("https://").rstrip("/")
    address = url or f"https://{site}"
    governor = governor or Governor(JiraLimits(), who="Jira", clock=clock, sleep=sleep)
    transport = Transport(
        address, who="Jira", auth=(user, token), governor=governor, clock=clock, sleep=sleep
    )
    return JiraCloud(source.id, site, transport, source.projects, fields, clock)


def _latest(records: Sequence[Record]) -> datetime | None:
    return max((one.changed_at for one in records if isinstance(one, WorkItem)), default=None)


def _new(people: Sequence[Person], met: set[str]) -> list[Person]:
    """Those not met before in this sync, who then are."""
    new = {one.id: one for one in people if one.id not in met}
    met.update(new)
    return list(new.values())


def _not_visible(keys: Sequence[str], issues: Sequence[Checked]) -> list[Problem]:
    """A problem for each key that brought nothing. A key of a moved issue brings it under another key."""
    names = [{one.value["id"], one.value["key"]} for one in issues]
    missing = [key for key in keys if not any(key in name for name in names)]
    moved = sum(1 for name in names if not name & set(keys))
    if len(missing) <= moved:
        return []
    why = "is not visible any more: it was deleted, moved, or access to it is lost."
    return [part(f"item:{key}", f"{key} {why}") for key in missing]
