"""The sandbox's answers, one function a request, with Jira's limits and its words of refusal."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from connectors.jira.site import Ask, RefusedError, Site
from connectors.jira.telling import Json

MALFORMED = "Invalid request payload. Refer to the REST API documentation and try again."
WITH_FIELDS, IDS_ONLY = 100, 5000  # issues a page
BULK_CHANGELOGS, HISTORIES = 1000, 10_000
SMALL_BULK = 100  # issues of which every field is asked, or one with a list of its own
LONG_FIELDS = {"*all", "*navigable", "comment", "worklog", "attachment"}
RECONCILED = 50


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
        if site.standing(one.key) in kinds and (not keys or one.key in keys)
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
    query = site.query(ask.body.get("jql"))
    reconciled = ask.body.get("reconcileIssues", [])
    if not isinstance(reconciled, list) or not all(isinstance(one, int) for one in reconciled):
        raise RefusedError(MALFORMED)
    if len(reconciled) > RECONCILED:
        raise RefusedError(f"The number of issues to reconcile must be at most {RECONCILED}.")
    scan = json.dumps([ask.body.get("jql"), reconciled])
    after = _opened(ask.body.get("nextPageToken"), scan)
    found = site.found(query, reconciled)[: site.manner.longest_walk]
    rest = [one for one in found if after is None or one.rank(query.order) > after]
    page = rest[:size]
    last = len(rest) <= size
    more = {} if last else {"nextPageToken": _sealed(page[-1].rank(query.order), scan)}
    return {"issues": [site.telling.issue(one.issue, one.at, wanted) for one in page], "isLast": last, **more}


def _count(site: Site, ask: Ask) -> Json:
    return {"count": len(site.found(site.query(ask.body.get("jql"))))}


def _bulk_issues(site: Site, ask: Ask) -> Json:
    wanted = _names(ask.body.get("fields", ["*navigable"]))
    names = _named(ask.body, SMALL_BULK if LONG_FIELDS & set(wanted) else site.manner.bulk)
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
        "timeZone": site.manner.zone,
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
