"""The sandbox's site: which issues a query finds at a moment, and how this site differs from others."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.datastructures import QueryParams

from connectors.jira.subset import JqlError, Query, parse
from connectors.jira.telling import Json, Telling
from connectors.larkfield.world import Issue


class RefusedError(Exception):
    """A request Jira would answer with 400 and these messages."""


class AbsentError(Exception):
    """Something Jira would answer with 404 and these messages."""


@dataclass(frozen=True, slots=True)
class Manner:
    """What differs between sites: what bulkfetch takes at once, how late search is, how it reads moments.

    Without `epoch` the site takes no epoch milliseconds, only wall times in `zone`. `scoped`: the API token
    has scopes, and is let in at the gateway alone. Projects in `trashed` were deleted, and can be restored.
    A walk through more than `longest_walk` issues ends there, and says nothing.
    """

    bulk: int = 100
    lag: timedelta = timedelta()
    epoch: bool = True
    zone: str = "Europe/Berlin"
    scoped: bool = False
    trashed: frozenset[str] = frozenset()
    longest_walk: int | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """What a request asks: the parameters of its address, its body, and the names in its path."""

    parameters: QueryParams
    body: Json
    path: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listed:
    """An issue as search knows it: by its state of that moment."""

    issue: Issue
    updated: datetime
    at: datetime

    def rank(self, order: tuple[tuple[str, bool], ...]) -> list[float]:
        """Numbers that sort as the order says."""
        values = {
            "updated": self.updated.timestamp(),
            "created": self.issue.created_at.timestamp(),
            "id": float(self.issue.id),
        }
        return [-values[field] if descending else values[field] for field, descending in order]


class Site:
    """The world as it is told at `now()`; the list of issues is kept until the next thing happens."""

    def __init__(self, telling: Telling, now: Callable[[], datetime], user: str, manner: Manner) -> None:
        self.telling = telling
        self.now = now
        self.user = user
        self.manner = manner
        self._listed: tuple[int, list[Listed]] = (-1, [])

    def standing(self, key: str) -> str | None:
        """Jira's word for how a project stands; None where there is no such project."""
        for one in self.telling.world.projects:
            if one.key == key:
                return "deleted" if key in self.manner.trashed else "archived" if one.archived else "live"
        return None

    def query(self, jql: object) -> Query:
        """Read a query as this site does.

        Raises:
            JqlError: it is unbounded, or says something the sandbox does not know.
        """
        query = parse(jql, self.manner.zone)
        if not self.manner.epoch and query.epoch:
            raise JqlError(
                "Date value for field 'updated' is invalid. Valid formats include: 'yyyy-MM-dd HH:mm'."
            )
        return query

    def issues(self) -> list[Listed]:
        """All issues that search knows by now."""
        at = self.now() - self.manner.lag
        passed = bisect_right(self.telling.moments, at)
        if self._listed[0] != passed:
            live = {one.key for one in self.telling.world.projects if self.standing(one.key) == "live"}
            of_live = (one for one in self.telling.world.issues if one.project in live)
            listed = ((one, self.telling.updated(one, at)) for one in of_live)
            known = [Listed(one, updated, at) for one, updated in listed if updated is not None]
            self._listed = passed, known
        return self._listed[1]

    def found(self, query: Query, reconciled: Collection[int] = ()) -> list[Listed]:
        """The issues a query finds, in its order; those reconciled as they really are."""
        if query.projects is not None:
            self._must_be_live(query.projects)
        known = self.issues()
        if reconciled and self.manner.lag:
            now = self.now()
            named = self.named([str(number) for number in reconciled])
            fresh = {one.id: Listed(one, self.telling.updated(one, now) or now, now) for one in named}
            known = [*(one for one in known if one.issue.id not in fresh), *fresh.values()]
        return sorted(
            (one for one in known if query.matches(one.issue, one.updated)),
            key=lambda one: one.rank(query.order),
        )

    def named(self, names: list[str]) -> list[Issue]:
        """The issues of these ids or keys that exist by now, in ascending order of id."""
        at = self.now()
        known = (self.telling.by_name.get(name) for name in names)
        there = {
            one.id: one
            for one in known
            if one is not None and one.created_at <= at and one.project not in self.manner.trashed
        }
        return [there[number] for number in sorted(there)]

    def _must_be_live(self, projects: frozenset[str]) -> None:
        unknown = sorted(key for key in projects if self.standing(key) != "live")
        if unknown:
            raise RefusedError(
                *(f"The value '{key}' does not exist for the field 'project'." for key in unknown)
            )
