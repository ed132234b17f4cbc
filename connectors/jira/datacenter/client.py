"""Jira Data Center as a source: what changed since last time, and what is asked for by name."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from config.model import Source
from connectors.connector import Check, Page, Problem, part
from connectors.errors import FixRequestError, NotThereError, UnexpectedAnswerError
from connectors.governor import Governor
from connectors.jira import doctor, parse, plans, position
from connectors.jira.checked import REMEDY, Checked
from connectors.jira.datacenter.census import DataCenterCensus
from connectors.jira.datacenter.requests import API, Requests
from connectors.jira.datacenter.walk import Area, changes
from connectors.jira.fields import FieldIds, find
from connectors.jira.items import not_met
from connectors.jira.limits import JiraLimits
from connectors.jira.position import Position
from connectors.jira.sprints import of_issue
from connectors.learned import Learned
from connectors.refusal import believed_until
from connectors.transport import Sleep, Transport
from rules.records import Record, WorkItem

log = structlog.get_logger(__name__)

LIST_EVERY = timedelta(days=1)  # projects, fields, versions, boards
OVERLAP = timedelta(minutes=10)  # the nodes of a cluster share their indexes with a delay


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Sync:
    """What holds for one sync. `met` are the people and sprints it brought already."""

    ids: FieldIds
    zone: ZoneInfo
    met: set[str] = field(default_factory=set)


class JiraDataCenter:
    """One Jira Data Center or Server.

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
        self.learned = Learned()
        self.meter = transport.meter
        self._requests = Requests(transport, self.learned)
        self._waiting = Requests(transport.in_background(), self.learned)
        self._asked = tuple(projects)
        self._asked_fields = tuple(fields)
        self._clock = clock
        self._ids: FieldIds | None = None
        self.census = DataCenterCensus(self._waiting, self._asked)

    async def pages(self, cursor: str | None, touched: Sequence[str] = ()) -> AsyncIterator[Page]:  # noqa: ARG002 - the index lags less than the overlap
        """Issues with history and people by their latest change; once a day projects and plans come first.

        A project that cannot be read and an item that cannot be understood are problems of a page; the rest
        goes on. A project that became visible since the last sync is read in full.
        """
        start = position.read(cursor)
        due = start.listed is None or self._clock() - start.listed >= LIST_EVERY
        stale = due or not set(self._asked) <= set(start.projects)
        try:
            async for page in self._pages(start, listing=stale, due=due):
                start = position.read(page.cursor)
                yield page
        except FixRequestError:
            if stale:
                raise
            # A search that names a project which has gone since the projects were listed is refused.
            async for page in self._pages(start, listing=True, due=due):
                yield page

    async def read(self, keys: Sequence[str]) -> Page:
        """The named items as they are now, those of other projects than ours left out.

        What is not visible any more is a problem and no deletion: the access may be lost, not the item.
        """
        ids = await self._field_ids(self._requests, renew=False)
        issues: list[Checked] = []
        problems: list[Problem] = []
        for key in keys:
            one = await self._requests.issue(key, ids.wanted)
            if one is None:
                why = "is not visible any more: it was deleted, moved, or access to it is lost."
                problems.append(part(f"item:{key}", f"{key} {why}"))
            elif not self._asked or one.value["key"].rpartition("-")[0] in self._asked:
                issues.append(one)
        records, unread = await self._records(self._requests, issues, Sync(ids, ZoneInfo("UTC")))
        return Page(tuple(records), cursor="", last=True, problems=(*problems, *unread))

    async def check(self) -> Sequence[Check]:
        """Sign-in, kind of installation, clock, permission, projects and fields, each with what to do."""
        return await doctor.look_around(
            self._requests,
            self.site,
            self._asked,
            self._asked_fields,
            self._clock,
            get=self._requests.get,
            kind=doctor.SERVER,
        )

    async def close(self) -> None:
        """Give back connections."""
        await self._requests.close()

    async def _pages(self, start: Position, *, listing: bool, due: bool) -> AsyncIterator[Page]:
        sync = Sync(await self._field_ids(self._waiting, renew=due), await self._zone())
        live = start.projects
        if listing:
            listed, problems = await self._listed()
            containers = [parse.container(one, source=self.source, site=self.site) for one in listed]
            live = tuple(sorted(one.key for one in containers if not one.archived))
            records = await self._plans(listed) if due else plans.Plans((), (), (), ())
            new = not_met([*records.containers, *records.people, *records.others], sync.met)
            yield Page(tuple(new), start.text(), last=False, problems=(*problems, *records.problems))
        newcomers = tuple(key for key in live if key not in start.projects)
        if start.updated is not None and newcomers:
            # The cursor waits until they are read: interrupted, they are newcomers again.
            area = Area(newcomers, newcomers, sync.zone)
            async for page in self._walk(start, area, None, sync):
                yield replace(page, cursor=start.text(), last=False)
        here = replace(start, listed=self._clock() if due else start.listed, projects=live)
        if self._asked and not live:
            yield Page((), here.text(), last=True)
            return
        area = Area(live if self._asked else (), live, sync.zone)
        since = start.updated - OVERLAP if start.updated else None
        async for page in self._walk(here, area, since, sync):
            yield page

    async def _walk(
        self, here: Position, area: Area, since: datetime | None, sync: Sync
    ) -> AsyncIterator[Page]:
        """The pages of one walk, each with the cursor that is right once it is stored."""
        async for step in changes(self._waiting, area, since, sync.ids.wanted):
            records, problems = await self._records(self._waiting, step.issues, sync)
            until = believed_until(self._clock())
            moments = [
                one.changed_at for one in records if isinstance(one, WorkItem) and one.changed_at <= until
            ]
            here = replace(here, updated=max([*filter(None, [here.updated]), *moments], default=None))
            expected = step.whole if since is None else None
            yield Page(tuple(records), here.text(), step.last, tuple(problems), expected, step.left)

    async def _records(
        self, requests: Requests, issues: Sequence[Checked], sync: Sync
    ) -> tuple[list[Record], list[Problem]]:
        """Items, and the people and sprints not met before; one that cannot be understood is a problem."""
        records: list[Record] = []
        problems: list[Problem] = []
        for one in issues:
            try:
                history = await _history(requests, one)
                known = history or ()
                item = parse.work_item(one, known, source=self.source, site=self.site, ids=sync.ids)
                people = list(parse.people(one, known, source=self.source, met=sync.met))
            except UnexpectedAnswerError as error:
                log.warning("jira_item_unreadable", source=self.source, item=one.name, reason=error.what)
                problems.append(Problem(f"item:{one.name}", str(error), quarantined=True))
                continue
            if history is None:
                what = f"Jira tells only a part of the history of {one.name}: how long it stands is unknown."
                problems.append(part(f"item:{one.name}", what))
                item = replace(item, changes=None)
            records.append(item)
            its_sprints = of_issue(one, source=self.source, ids=sync.ids)
            records += not_met([*people, *its_sprints], sync.met)
        return records, problems

    async def _listed(self) -> tuple[list[Any], list[Problem]]:
        """The projects we read as they are listed, and those that are not shown."""
        listed = await self._waiting.projects(self._asked)
        known = {one["key"] for one in listed}
        remedy = "check the key, or grant access to it."
        missing = [
            part(f"project:{key}", f"Jira shows no project {key}: {remedy}")
            for key in self._asked
            if key not in known
        ]
        return listed, missing

    async def _plans(self, listed: Sequence[Any]) -> plans.Plans:
        return await plans.read(
            self._waiting.get, API, listed, site=self.site, source=self.source, learned=self.learned
        )

    async def _field_ids(self, requests: Requests, *, renew: bool) -> FieldIds:
        if self._ids is None or renew:
            self._ids = find(await requests.fields(), self._asked_fields)
        return self._ids

    async def _zone(self) -> ZoneInfo:
        """The zone in which JQL reads times: that of the account's profile, which may change any day."""
        name = Checked((await self._waiting.myself()).data, "the account")["timeZone"].text()
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError) as error:
            raise UnexpectedAnswerError(
                f"Jira names a time zone that is not known: {name[:60]}.", REMEDY
            ) from error


async def _history(requests: Requests, one: Checked) -> list[Checked] | None:
    """The whole history of an issue that was asked for with it; None where a part of it cannot be had."""
    log = one["changelog"]
    told = [Checked(entry.value, f"the history of {one.name}") for entry in log["histories"]]
    total = log["total"].maybe_number()
    if log.there and (total is None or len(told) >= total):
        return told
    try:
        more = await requests.histories(one.value["id"])
    except NotThereError:
        return None
    return more if more is not None and len(more) >= (total or 0) else None


def connect(
    source: Source,
    *,
    token: str,
    url: str | None = None,
    fields: Sequence[str] = (),
    governor: Governor | None = None,
    clock: Callable[[], datetime] = _now,
    sleep: Sleep = asyncio.sleep,
) -> JiraDataCenter:
    """The connector of a source of the operating model, signed in with a personal access token.

    `url` is where requests go when that is not the site itself.
    """
    if source.jira is None:
        raise ValueError(f"source {source.id} is no Jira site")
    site = source.jira.removeprefix("https://").rstrip("/")
    governor = governor or Governor(JiraLimits(), who="Jira", clock=clock, sleep=sleep)
    transport = Transport(
        url or f"https://{site}",
        who="Jira",
        headers={"Authorization": f"Bearer {token}"},
        governor=governor,
        clock=clock,
        sleep=sleep,
    )
    return JiraDataCenter(source.id, site, transport, source.projects, fields, clock)
