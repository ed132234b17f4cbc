"""A local server that answers like Jira Data Center about Larkfield, for tests.

It knows the requests our client sends, with the limits and refusals of Jira 9.12; what happened after `now()`
has not happened yet.
"""

import hmac
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from connectors.jira import agile
from connectors.jira.datacenter.subset import parse
from connectors.jira.datacenter.telling import ServerTelling
from connectors.jira.site import AbsentError, Ask, Manner, RefusedError, Site
from connectors.jira.subset import JqlError
from connectors.jira.telling import Json
from connectors.larkfield.world import Issue, World

ZONE = ZoneInfo("Europe/Berlin")  # of the account's profile
A_PAGE, MOST = 50, 1000
WINDOW = 10_000
BUCKET = {"X-RateLimit-Limit": "100", "X-RateLimit-Interval-Seconds": "1", "X-RateLimit-FillRate": "10"}
BEYOND = "We couldn't complete your search because it exceeded the search platform limit of 10,000."


class BeyondTheWindowError(Exception):
    """A search that asks for results a server does not give any more: 500."""


class Server:
    """The world as a server tells it at `now()`. It has no pages of histories, as many have not."""

    def __init__(self, world: World, url: str, now: Callable[[], datetime], most: int) -> None:
        self.telling = ServerTelling(world, url)
        self.site = Site(self.telling.cloud, now, "opsbot", Manner())
        self.most = most

    def search(self, ask: Ask) -> Json:
        """POST search: a page, and how many there are."""
        found = self._found(ask.body.get("jql"))
        start, size = int(ask.body.get("startAt", 0)), min(int(ask.body.get("maxResults", A_PAGE)), self.most)
        if start + size > WINDOW:
            raise BeyondTheWindowError
        history = "changelog" in ask.body.get("expand", ())
        page = found[start : start + size]
        told = [self._told(one, ask.body.get("fields", ["*navigable"]), history=history) for one in page]
        return {"startAt": start, "maxResults": size, "total": len(found), "issues": told}

    def issue(self, ask: Ask) -> Json:
        """GET issue: by id or key."""
        some = self.site.named([ask.path["issue"]])
        if not some:
            raise AbsentError("Issue Does Not Exist")
        wanted = ask.parameters.get("fields", "*all").split(",")
        return self._told(some[0], wanted, history="changelog" in ask.parameters.get("expand", ""))

    def projects(self, ask: Ask) -> list[Json]:
        """GET project: all of them at once, archived ones only where asked for."""
        telling = self.telling.cloud
        told = telling.project_with_lead if ask.parameters.get("expand") == "lead" else telling.project
        archived = ask.parameters.get("includeArchived") == "true"
        shown = [told(one) for one in telling.world.projects if archived or not one.archived]
        return [self.telling.older(one) for one in shown]

    def fields(self, _ask: Ask) -> list[Json]:
        """GET field."""
        return self.telling.fields()

    def myself(self, _ask: Ask) -> Json:
        """GET myself."""
        account = {"key": "JIRAUSER1", "name": "opsbot", "displayName": "opsbot", "active": True}
        return {**account, "timeZone": str(ZONE)}

    def server_info(self, _ask: Ask) -> Json:
        """GET serverInfo."""
        now = self.site.now().isoformat(timespec="milliseconds")
        return {
            "baseUrl": self.telling.cloud.url,
            "version": "9.12.7",
            "deploymentType": "Server",
            "serverTime": now,
        }

    def permissions(self, _ask: Ask) -> Json:
        """GET mypermissions: all of them."""
        return {"permissions": {"BROWSE_PROJECTS": {"key": "BROWSE_PROJECTS", "havePermission": True}}}

    def planned(self, answer: Callable[[Site, Ask], Any]) -> Callable[[Ask], Any]:
        """What Cloud answers too, in older words; boards do not tell their project."""

        def told(ask: Ask) -> Any:
            answered = self.telling.older(answer(self.site, ask))
            for value in answered.get("values", ()) if isinstance(answered, dict) else ():
                value.pop("location", None)
            return answered

        return told

    def _told(self, issue: Issue, wanted: list[str], *, history: bool) -> Json:
        return self.telling.issue(issue, self.site.now(), wanted, history=history)

    def _found(self, jql: Any) -> list[Issue]:
        query = parse(jql, ZONE)
        live = {one.key for one in self.telling.cloud.world.projects if not one.archived}
        if unknown := sorted((query.projects or frozenset()) - live):
            raise RefusedError(
                *(f"The value '{key}' does not exist for the field 'project'." for key in unknown)
            )
        after = self._after(query.after)
        found = [
            (one.updated if query.order == "updated" else one.issue.created_at, _number(one.issue), one.issue)
            for one in self.site.issues()
            if one.issue.project in (live if query.projects is None else query.projects)
            and (query.since is None or one.updated >= query.since)
            and (query.until is None or one.updated < query.until)
            and (
                after is None or (one.issue.project == after.project and _number(one.issue) > _number(after))
            )
        ]
        if query.order == "key":
            found.sort(key=lambda entry: (entry[2].project, entry[1]))
        else:
            found.sort(key=lambda entry: (entry[0], entry[2].project, entry[1]))
        return [issue for _, _, issue in found]

    def _after(self, key: str | None) -> Issue | None:
        """A comparison of keys needs an issue that exists, and holds within its project."""
        if key is None:
            return None
        some = self.site.named([key])
        if not some:
            raise RefusedError(f"An issue with key '{key}' does not exist for field 'key'.")
        return some[0]


def create_app(
    world: World,
    *,
    token: str,
    now: Callable[[], datetime],
    url: str = "https://jira.larkfield.example",
    most: int = MOST,
) -> ASGIApp:
    """The server as an ASGI application; sign in with Bearer `token`. `most` issues come on a page."""
    server = Server(world, url, now, most)
    table: dict[tuple[str, str], Callable[[Ask], Any]] = {
        ("POST", "/rest/api/2/search"): server.search,
        ("GET", "/rest/api/2/issue/{issue}"): server.issue,
        ("GET", "/rest/api/2/project"): server.projects,
        ("GET", "/rest/api/2/field"): server.fields,
        ("GET", "/rest/api/2/myself"): server.myself,
        ("GET", "/rest/api/2/serverInfo"): server.server_info,
        ("GET", "/rest/api/2/mypermissions"): server.permissions,
    }
    for (verb, path), answer in agile.TABLE.items():
        table[verb, path.replace("/rest/api/3/", "/rest/api/2/")] = server.planned(answer)
    routes = [
        Route(path, _answering(answer, f"Bearer {token}"), methods=[verb])
        for (verb, path), answer in table.items()
    ]
    return Starlette(routes=routes)


def _answering(answer: Callable[[Ask], Any], expected: str) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint for who is signed in, that answers with JSON or refuses in Jira's form."""

    async def endpoint(request: Request) -> Response:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), expected.encode()):
            return Response("Client must be authenticated to access this resource.", 401)
        body = await request.json() if request.method == "POST" else {}
        try:
            told = answer(Ask(request.query_params, body, request.path_params))
        except (RefusedError, JqlError) as error:
            return _refused(400, *error.args)
        except AbsentError as error:
            return _refused(404, *error.args)
        except BeyondTheWindowError:
            return _refused(500, BEYOND)
        return JSONResponse(told, headers={**BUCKET, "X-RateLimit-Remaining": "99"})

    return endpoint


def _refused(status: int, *messages: str) -> Response:
    return JSONResponse({"errorMessages": list(messages), "errors": {}}, status_code=status)


def _number(issue: Issue) -> int:
    return int(issue.key.rpartition("-")[2])
