"""Jira Cloud as a source: what changed since last time, and what is asked for by name."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from config.model import Source
from connectors.connector import Check, Page, Problem, part
from connectors.errors import FixRequestError
from connectors.governor import Governor
from connectors.jira import doctor, jql, oauth, parse, plans, position, selftest
from connectors.jira.backfill import Backfill
from connectors.jira.census import JiraCensus
from connectors.jira.checked import Checked
from connectors.jira.fields import FieldIds, find
from connectors.jira.items import Items, not_given, not_met, not_visible, updated
from connectors.jira.jql import Moments
from connectors.jira.limits import OAUTH_POINTS, JiraLimits
from connectors.jira.plans import Plans
from connectors.jira.position import Position, Window
from connectors.jira.requests import API, ISSUES_A_PAGE, RECONCILED, Requests, gathered
from connectors.jira.signin import GATEWAY, Door
from connectors.learned import Learned
from connectors.refusal import believed_until
from connectors.transport import SignIn, Sleep, Transport

LIST_EVERY = timedelta(days=1)  # fields, projects, and what belongs to them


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Roster:
    """The projects as just listed."""

    live: tuple[str, ...]
    listed: tuple[Any, ...]  # as Jira tells them
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class Sync:
    """What holds for one sync. `met` are the people and sprints it brought already."""

    ids: FieldIds
    moments: Moments
    touched: Sequence[int]
    met: set[str]


class JiraCloud:
    """One Jira Cloud site.

    `projects` are the keys to read (none: all that are visible); `fields` further fields the operating model
    asks for, as ids, names or JQL names. Items link to `site`, wherever requests go.
    """

    def __init__(
        self,
        source: str,
        site: str,
        door: Door,
        learned: Learned,
        projects: Sequence[str] = (),
        fields: Sequence[str] = (),
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.source = source
        self.site = site
        self._door = door
        self._requests = Requests(door, learned)
        self._waiting = Requests(door.in_background(), learned)
        self._items = Items(source, site)
        self._asked = tuple(projects)
        self._asked_fields = tuple(fields)
        self._clock = clock
        self._ids: FieldIds | None = None
        self.learned = learned
        self.meter = door.meter
        self.census = JiraCensus(self._waiting, self._asked)

    async def pages(self, cursor: str | None, touched: Sequence[str] = ()) -> AsyncIterator[Page]:
        """Issues with history and people: what was never read in full, and then what changed.

        Once a day projects come on the first page. A project that cannot be read and an item that cannot be
        understood are problems of a page; the rest goes on. A project that became visible since the last sync
        is read in full. The issues in `touched` are found even where the search index is late with them.
        """
        here = position.read(cursor)
        due = here.listed is None or self._clock() - here.listed >= LIST_EVERY
        stale = due or not set(self._asked) <= set(here.projects)
        numbers = [int(id_) for id_ in touched if id_.isascii() and id_.isdecimal()][-RECONCILED:]
        try:
            async for page in self._pages(here, numbers, listing=stale, due=due):
                here = position.read(page.cursor)
                yield page
        except FixRequestError:
            if stale:
                raise
            # Jira refuses a search that names a project which has gone since the projects were listed.
            async for page in self._pages(here, numbers, listing=True, due=due):
                yield page

    async def read(self, keys: Sequence[str]) -> Page:
        """The named items as they are now, those of other projects than ours left out.

        What is not visible any more is a problem and no deletion: the access may be lost, not the item.
        """
        ids = await self._field_ids(self._requests, renew=False)
        issues, errors = await self._requests.issues(keys, ids.wanted, most=ISSUES_A_PAGE)
        problems = not_given(errors)
        failed = {one["id"].identifier() for one in errors}
        problems += not_visible([key for key in keys if key not in failed], issues)
        ours = [one for one in issues if self._is_ours(one)]
        histories = await self._requests.histories([one.value["id"] for one in ours])
        read = self._items.read(ours, histories, ids, met=set())
        return Page(read.records, cursor="", last=True, problems=(*problems, *read.problems))

    async def check(self) -> Sequence[Check]:
        """Sign-in, kind of site, clock, permission, projects and fields, each with what to do about it."""
        checks = await doctor.look_around(
            self._requests, self.site, self._asked, self._asked_fields, self._clock, get=self._door.get
        )
        signed_in = checks[0].state == "ok"
        return [*checks, *(doctor.learned(self._door, self.learned) if signed_in else ())]

    async def close(self) -> None:
        """Give back connections."""
        await self._door.close()

    async def _pages(
        self, start: Position, touched: Sequence[int], *, listing: bool, due: bool
    ) -> AsyncIterator[Page]:
        ids = await self._field_ids(self._waiting, renew=due)
        here, met = start, set[str]()
        if listing:
            roster = await self._roster()
            here = self._listed(start, roster, due=due)
            planned = await self._plans(roster) if due else Plans()
            records = not_met([*planned.containers, *planned.people, *planned.others], met)
            problems = (*roster.problems, *planned.problems)
            yield Page(tuple(records), start.text(), last=False, problems=problems)
        if self._asked and not here.projects:
            yield Page((), here.text(), last=True)
            return
        fresh = start.updated is None
        if fresh:
            # The floor of the first search for changes: what changes during the backfill is found by it.
            everything = jql.condition(here.projects if self._asked else (), None)
            began = await selftest.site_time(self._waiting, everything)
            here = replace(here, updated=began and min(began, self._present()))
        sync = Sync(ids, await self._moments(here, renew=due), touched, met)
        async for page in self._filled(here, sync, ends=fresh):
            here = position.read(page.cursor)
            yield page
        if not fresh:
            async for page in self._changed(here, sync):
                yield page

    def _listed(self, start: Position, roster: Roster, *, due: bool) -> Position:
        """The position with the projects as they are now: new ones are to be read in full, gone ones not."""
        gone = {key for window in start.windows for key in window.projects} - set(roster.live)
        windows = [left for one in start.windows if (left := one.without(gone)) is not None]
        if start.updated is None:
            windows = [Window(roster.live if self._asked else ())] if roster.live or not self._asked else []
        elif newcomers := tuple(key for key in roster.live if key not in start.projects):
            windows.append(Window(newcomers))
        listed = self._clock() if due else start.listed
        return replace(start, listed=listed, projects=roster.live, windows=tuple(windows))

    async def _filled(self, here: Position, sync: Sync, *, ends: bool) -> AsyncIterator[Page]:
        """What is left to be read in full. `ends`: nothing else comes after it in this sync."""
        backfill = Backfill(
            self._waiting,
            sync.moments,
            sync.ids.wanted,
            here.projects,
            self.source,
            self._clock,
            by_search=self._door.counts_points,
        )
        async for batch in backfill.batches(here):
            read = self._items.read(batch.issues, batch.histories, sync.ids, sync.met)
            here = batch.here.saw(here.seen, sync.moments.overlap).saw(read.items, sync.moments.overlap)
            yield Page(
                read.records,
                here.text(),
                ends and not here.windows,
                (*batch.problems, *not_given(batch.errors), *read.problems),
                batch.expected,
                self._waiting.left,
            )

    async def _changed(self, here: Position, sync: Sync) -> AsyncIterator[Page]:
        """What changed since the position; what was read at that very state costs no further request.

        After thousands of changes in a few minutes, each search would bring all of them again for as long as
        nothing else changes: the site's clock then says that these minutes are over.
        """
        projects = here.projects if self._asked else ()
        condition = jql.condition(projects, here.updated, sync.moments)
        crowded = len(here.seen) >= ISSUES_A_PAGE
        passed = await selftest.site_time(self._waiting, condition) if crowded else None
        search = self._waiting.search(condition, sync.ids.wanted, reconcile=sync.touched)
        async for found in gathered(search):
            new = [one for one in found.issues if not here.knows(one.value["id"], updated(one))]
            histories = await self._waiting.histories([one.value["id"] for one in new])
            read = self._items.read(new, histories, sync.ids, sync.met)
            here = here.reached(self._passed(read.items), sync.moments.overlap)
            here = here.saw(read.items, sync.moments.overlap)
            if found.last and passed:
                here = here.passed(min(passed, self._present()), sync.moments.overlap)
            problems = (*not_given(found.errors), *read.problems)
            yield Page(read.records, here.text(), found.last, problems, budget_left=self._waiting.left)

    async def _moments(self, here: Position, *, renew: bool) -> Moments:
        """How the site is told moments; where it needed the zone, it is asked again once a day."""
        known = selftest.known(self.learned)
        if known is not None and not (renew and known.zone):
            return known
        if here.updated is None:
            return jql.EPOCH
        return await selftest.moments(self._waiting, self.learned, here.updated)

    async def _plans(self, roster: Roster) -> Plans:
        """What is asked about the projects once a day."""
        get = self._door.in_background().get
        site, source = self.site, self.source
        return await plans.read(get, API, roster.listed, site=site, source=source, learned=self.learned)

    async def _roster(self) -> Roster:
        listed = await self._waiting.projects(self._asked)
        containers = tuple(parse.container(one, source=self.source, site=self.site) for one in listed)
        known = {one.key for one in containers}
        remedy = "check the key, or grant access to it."
        missing = (
            part(f"project:{key}", f"Jira shows no project {key}: {remedy}")
            for key in self._asked
            if key not in known
        )
        live = tuple(sorted(one.key for one in containers if not one.archived))
        return Roster(live, tuple(listed), tuple(missing))

    async def _field_ids(self, requests: Requests, *, renew: bool) -> FieldIds:
        if self._ids is None or renew:
            self._ids = find(await requests.fields(), self._asked_fields)
        return self._ids

    def _present(self) -> datetime:
        """The present by the later of the site's clock and ours."""
        return max(filter(None, (self._waiting.told_at, self._clock())))

    def _passed(self, items: Mapping[str, datetime]) -> Mapping[str, datetime]:
        """Items with their latest change, without those of the future: no floor goes where nobody is yet."""
        until = believed_until(self._present())
        return {id_: at for id_, at in items.items() if at <= until}

    def _is_ours(self, one: Checked) -> bool:
        return not self._asked or one.value["key"].rpartition("-")[0] in self._asked


def connect(
    source: Source,
    *,
    user: str,
    token: str,
    url: str | None = None,
    gateway: str | None = None,
    fields: Sequence[str] = (),
    governor: Governor | None = None,
    clock: Callable[[], datetime] = _now,
    sleep: Sleep = asyncio.sleep,
) -> JiraCloud:
    """The connector of a source of the operating model, signed in with an e-mail and an API token.

    Requests go to the site, or to Atlassian's `gateway` where the site refuses the token; with `url` only
    there: a fixed address of the gateway, or a sandbox. Sources that share an account share its `governor`.
    """
    site = _site(source)
    governor = governor or Governor(JiraLimits(), who="Jira", clock=clock, sleep=sleep)

    def at(address: str, auth: tuple[str, str] | None = (user, token)) -> Transport:
        return Transport(address, who="Jira", auth=auth, governor=governor, clock=clock, sleep=sleep)

    learned = Learned()
    base = url or f"https://{site}"
    gateway = gateway if url else gateway or GATEWAY
    door = Door(at, site=base, gateway=gateway, stranger=at(base, None), learned=learned)
    return JiraCloud(source.id, site, door, learned, source.projects, fields, clock)


def connect_by_oauth(
    source: Source,
    *,
    grant: oauth.Grant,
    keep: oauth.Keep,
    url: str | None = None,
    gateway: str = GATEWAY,
    authority: str = oauth.AUTHORITY,
    fields: Sequence[str] = (),
    governor: Governor | None = None,
    clock: Callable[[], datetime] = _now,
    sleep: Sleep = asyncio.sleep,
) -> JiraCloud:
    """The connector of a source, signed in by OAuth 2.0.

    Refresh tokens go to `authority`, requests to `gateway`. `keep` stores each new refresh token. `url` is
    where the site tells its cloud id, if not at its own name.
    """
    site = _site(source)
    governor = governor or Governor(JiraLimits(OAUTH_POINTS), who="Jira", clock=clock, sleep=sleep)
    tokens = Transport(authority, who="Atlassian", clock=clock, sleep=oauth.no_second_try)
    sign_in = oauth.OAuth(grant, tokens, keep, clock)

    def at(address: str, auth: SignIn | None = sign_in) -> Transport:
        return Transport(address, who="Jira", auth=auth, governor=governor, clock=clock, sleep=sleep)

    learned = Learned()
    door = Door(
        at,
        site=None,
        gateway=gateway,
        stranger=at(url or f"https://{site}", None),
        learned=learned,
        counts_points=True,
        beside=(tokens,),
    )
    return JiraCloud(source.id, site, door, learned, source.projects, fields, clock)


def _site(source: Source) -> str:
    if source.jira is None:
        raise ValueError(f"source {source.id} is no Jira site")
    return source.jira.removeprefix("https://").rstrip("/")
