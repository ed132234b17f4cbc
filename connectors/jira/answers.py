"""The sandbox's answers, one function a request, with Jira's limits and its words of refusal."""

import base64
import hashlib
import json
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.datastructures import QueryParams

from connectors.jira.subset import Query, parse
from connectors.jira.telling import Json, Telling
from connectors.larkfield.world import Issue

MALFORMED = "Invalid request payload. Refer to the REST API documentation and try again."
WITH_FIELDS, IDS_ONLY = 100, 5000  # issues a page
BULK_ISSUES, BULK_CHANGELOGS, HISTORIES = 100, 1000, 10_000


class RefusedError(Exception):
    """A request Jira would answer with 400 and these messages."""


class AbsentError(Exception):
    """Something Jira would answer with 404 and these messages."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a request asks: the parameters of its address, its body, and the names in its path."""

    parameters: QueryParams
    body: Json
    path: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listed:
    """An issue and what it is searched and sorted by."""

    issue: Issue
    updated: datetime

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

    def __init__(self, telling: Telling, now: Callable[[], datetime], user: str) -> None:
        self.telling = telling
        self.now = now
        self.user = user
        self._listed: tuple[int, list[Listed]] = (-1, [])

    def issues(self) -> list[Listed]:
        """All issues that exist by now."""
        at = self.now()
        passed = bisect_right(self.telling.moments, at)
        if self._listed[0] != passed:
            listed = ((one, self.telling.updated(one, at)) for one in self.telling.world.issues)
            self._listed = passed, [Listed(one, updated) for one, updated in listed if updated is not None]
        return self._listed[1]

    def found(self, query: Query) -> list[Listed]:
        """The issues a query finds, in its order."""
        if query.projects is not None:
            self._must_exist(query.projects)
        matching = [
            one
            for one in self.issues()
            if (query.projects is None or one.issue.project in query.projects)
            and (query.updated is None or one.updated >= query.updated)
            and (query.created is None or one.issue.created_at >= query.created)
        ]
        return sorted(matching, key=lambda one: one.rank(query.order))

    def named(self, names: list[str]) -> list[Issue]:
        """The issues of these ids or keys that exist by now, in ascending order of id."""
        at = self.now()
        known = (self.telling.by_name.get(name) for name in names)
        there = {one.id: one for one in known if one is not None and one.created_at <= at}
        return [there[number] for number in sorted(there)]

    def _must_exist(self, projects: frozenset[str]) -> None:
        live = {one.key for one in self.telling.world.projects if not one.archived}
        unknown = sorted(projects - live)
        if unknown:
            raise RefusedError(
                *(f"The value '{key}' does not exist for the field 'project'." for key in unknown)
            )


def _server(site: Site, _ask: Ask) -> Json:
    return {
        "baseUrl": site.telling.url,
        "deploymentType": "Cloud",
        "serverTitle": "Larkfield",
        "version": "1001.0.0-SNAPSHOT",
        "versionNumbers": [1001, 0, 0],
        "serverTime": site.now().isoformat(timespec="milliseconds"),
    }


def _permissions(_site: Site, ask: Ask) -> Json:
    asked = ask.parameters.get("permissions", "")
    if not asked:
        raise RefusedError("The 'permissions' query parameter is required.")
    return {
        "permissions": {
            key: {"key": key, "havePermission": key == "BROWSE_PROJECTS"} for key in asked.split(",")
        }
    }


def _projects(site: Site, ask: Ask) -> Json:
    asked = ask.parameters
    kinds = set(asked.getlist("status") or ["live"])
    keys = set(asked.getlist("keys"))
    found = [
        one
        for one in sorted(site.telling.world.projects, key=lambda one: one.key)
        if ("archived" if one.archived else "live") in kinds and (not keys or one.key in keys)
    ]
    start, size = int(asked.get("startAt", 0)), min(int(asked.get("maxResults", 50)), 100)
    page = found[start : start + size]
    with_lead = "lead" in asked.get("expand", "").split(",")
    told = site.telling.project_with_lead if with_lead else site.telling.project
    return {
        "startAt": start,
        "maxResults": size,
        "total": len(found),
        "isLast": start + size >= len(found),
        "values": [told(one) for one in page],
    }


def _search(site: Site, ask: Ask) -> Json:
    wanted = _names(ask.body.get("fields", ["id"]))
    most = IDS_ONLY if set(wanted) <= {"id", "key"} else WITH_FIELDS
    size = min(_size(ask.body, 50), most)
    query = parse(ask.body.get("jql"))
    after = _opened(ask.body.get("nextPageToken"), str(ask.body.get("jql")))
    found = site.found(query)
    rest = [one for one in found if after is None or one.rank(query.order) > after]
    page = rest[:size]
    at = site.now()
    last = len(rest) <= size
    more = {} if last else {"nextPageToken": _sealed(page[-1].rank(query.order), str(ask.body.get("jql")))}
    return {"issues": [site.telling.issue(one.issue, at, wanted) for one in page], "isLast": last, **more}


def _count(site: Site, ask: Ask) -> Json:
    return {"count": len(site.found(parse(ask.body.get("jql"))))}


def _bulk_issues(site: Site, ask: Ask) -> Json:
    names = _named(ask.body, BULK_ISSUES)
    wanted = _names(ask.body.get("fields", ["*navigable"]))
    at = site.now()
    return {"issueErrors": [], "issues": [site.telling.issue(one, at, wanted) for one in site.named(names)]}


def _bulk_changelogs(site: Site, ask: Ask) -> Json:
    at = site.now()
    told = [
        (moment, one.id, history)
        for one in site.named(_named(ask.body, BULK_CHANGELOGS))
        for moment, history in site.telling.histories(one, at)
    ]
    told.sort(key=lambda entry: entry[:2])
    scan = json.dumps(ask.body.get("issueIdsOrKeys"))
    size = min(_size(ask.body, 1000), HISTORIES)
    start = int((_opened(ask.body.get("nextPageToken"), scan) or [0])[0])
    by_issue: dict[int, list[Json]] = {}
    for _, number, history in told[start : start + size]:
        by_issue.setdefault(number, []).append(history)
    logs = [{"issueId": str(number), "changeHistories": histories} for number, histories in by_issue.items()]
    more = {"nextPageToken": _sealed([start + size], scan)} if start + size < len(told) else {}
    return {"issueChangeLogs": logs, **more}


def _names(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise RefusedError(MALFORMED)
    return value


def _named(body: Mapping[str, Any], most: int) -> list[str]:
    names = _names(body.get("issueIdsOrKeys"))
    if not 1 <= len(names) <= most:
        raise RefusedError(f"The number of issues must be between 1 and {most}.")
    return names


def _size(body: Mapping[str, Any], default: int) -> int:
    size = body.get("maxResults", default)
    if not isinstance(size, int) or size < 1:
        raise RefusedError("The value of 'maxResults' must be a positive number.")
    return size


def _sealed(place: list[float], scan: str) -> str:
    """A token that holds for one scan only."""
    return base64.urlsafe_b64encode(json.dumps([place, _digest(scan)]).encode()).decode()


def _opened(token: Any, scan: str) -> list[float] | None:
    if token is None:
        return None
    try:
        place, digest = json.loads(base64.urlsafe_b64decode(str(token)))
    except (ValueError, TypeError):
        raise RefusedError("The provided next page token is invalid.") from None
    if digest != _digest(scan):
        raise RefusedError("The provided next page token belongs to another query.")
    return [float(number) for number in place]


def _digest(scan: str) -> str:
    return hashlib.sha256(scan.encode()).hexdigest()[:16]


def _fields(site: Site, _ask: Ask) -> list[Json]:
    return site.telling.fields()


def _statuses(site: Site, _ask: Ask) -> list[Json]:
    return list(site.telling.statuses.values())


def _myself(site: Site, _ask: Ask) -> Json:
    return {
        "accountId": "712020:opsbot",
        "accountType": "atlassian",
        "displayName": "opsbot",
        "emailAddress": site.user,
        "active": True,
        "timeZone": "Europe/Berlin",
    }


TABLE: dict[tuple[str, str], Callable[[Site, Ask], Any]] = {
    ("GET", "/rest/api/3/serverInfo"): _server,
    ("GET", "/rest/api/3/myself"): _myself,
    ("GET", "/rest/api/3/mypermissions"): _permissions,
    ("GET", "/rest/api/3/field"): _fields,
    ("GET", "/rest/api/3/status"): _statuses,
    ("GET", "/rest/api/3/project/search"): _projects,
    ("POST", "/rest/api/3/search/jql"): _search,
    ("POST", "/rest/api/3/search/approximate-count"): _count,
    ("POST", "/rest/api/3/issue/bulkfetch"): _bulk_issues,
    ("POST", "/rest/api/3/changelog/bulkfetch"): _bulk_changelogs,
}
