"""A local server that answers like GitHub's API about an invented company: for the demo and for tests."""

import json
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, NamedTuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.github import sandbox_graphql
from connectors.github.sandbox_addresses import of_profile
from connectors.github.sandbox_app import InstalledApp
from connectors.github.sandbox_cost import cost
from connectors.github.sandbox_rest import Entry, Mishap, Scene, stamp
from connectors.github.sandbox_window import MINUTE, Budget, issue_rows, part, tagged
from connectors.larkfield.world import Pull, Repository, World

Respond = Callable[[Request], Awaitable[Response]]

SEARCHES = 30  # a minute; our client sends none
DOCUMENTATION = "https://docs.github.com/rest"
DELIVERIES = uuid.UUID("6f1d0c4e-6a51-4b5e-9a39-1d3c8e6b2f70")  # the space of the delivery ids


def create_app(
    world: World,
    *,
    token: str,
    now: Callable[[], datetime],
    grants: int = 5000,
    burst: int | None = None,
    mishaps: Sequence[Mishap] = (),
    installed: InstalledApp | None = None,
) -> Starlette:
    """The server. It shows the world as of `now()`, to who brings the token, `grants` requests an hour.

    More than `burst` requests a minute meet the secondary limit. `mishaps` befall what is in the world. An
    `installed` GitHub App gets tokens of its own. Answers carry the time `now()` as their date: who runs the
    server lets no other date be added.
    """
    return Sandbox(world, token, now, grants, burst, mishaps, installed).app()


class Sandbox:
    """The endpoints that the connector asks, and what surrounds them: sign-in and budgets."""

    def __init__(
        self,
        world: World,
        token: str,
        now: Callable[[], datetime],
        grants: int,
        burst: int | None,
        mishaps: Sequence[Mishap],
        installed: InstalledApp | None,
    ) -> None:
        self._scene = Scene(world, mishaps)
        self._token = token
        self._now = now
        self._installed = installed
        self._core = Budget("core", grants, now)
        self._graphql = Budget("graphql", grants, now)
        self._burst = Budget("secondary", burst, now, MINUTE) if burst else None

    def app(self) -> Starlette:
        """The routes under their GitHub paths."""
        return Starlette(
            routes=[
                Route("/user", self._signed_in(self._user)),
                Route("/installation/repositories", self._signed_in(self._of_installation)),
                Route("/rate_limit", self._signed_in(self._rate_limit, cost=0)),
                Route("/orgs/{owner}/repos", self._signed_in(self._repositories)),
                Route("/users/{owner}/repos", self._signed_in(self._repositories)),
                Route("/repos/{owner}/{name}", self._signed_in(self._repository)),
                Route("/repos/{owner}/{name}/issues", self._signed_in(self._issues)),
                Route("/repos/{owner}/{name}/issues/{number:int}", self._signed_in(self._issue)),
                Route("/repos/{owner}/{name}/pulls/{number:int}", self._signed_in(self._pull)),
                Route("/graphql", self._signed_in(self._query, cost=0), methods=["POST"]),
                *(self._installed.routes(self._now) if self._installed else ()),
            ],
            exception_handlers={HTTPException: _refused},
        )

    def _signed_in(self, respond: Respond, *, cost: int = 1) -> Respond:
        """The endpoint behind the token and, where it costs something, the budget of REST requests."""

        async def endpoint(request: Request) -> Response:
            if not self._accepts(request.headers.get("authorization", "")):
                raise HTTPException(401, "Bad credentials")
            if self._burst and not self._burst.take(1):
                waiting = {"retry-after": str(int(MINUTE.total_seconds()))}
                raise HTTPException(403, "You have exceeded a secondary rate limit.", waiting)
            if not self._core.take(cost):
                raise HTTPException(403, "API rate limit exceeded for user ID 1.", self._core.headers())
            response = await respond(request)
            response.headers["date"] = format_datetime(self._now().astimezone(UTC), usegmt=True)
            if response.status_code == 304:
                self._core.give_back(cost)
            for name, value in self._core.headers().items():
                response.headers.setdefault(name, value)
            return response

        return endpoint

    def _accepts(self, authorization: str) -> bool:
        if self._installed and self._installed.accepts(authorization, self._now()):
            return True
        return authorization == f"Bearer {self._token}"

    async def _user(self, request: Request) -> Response:
        if request.headers["authorization"] != f"Bearer {self._token}":
            raise HTTPException(403, "Resource not accessible by integration")
        profile = of_profile("opsbot", 1, stamp(self._scene.world.begins))
        return JSONResponse({"login": "opsbot", "id": 1, "node_id": "U_1", "type": "User", **profile})

    async def _rate_limit(self, _: Request) -> Response:
        search = Budget("search", SEARCHES, self._now)
        resources = {budget.resource: budget.told() for budget in (self._core, self._graphql, search)}
        return JSONResponse({"resources": resources, "rate": self._core.told()})

    async def _repositories(self, request: Request) -> Response:
        owner = f"{request.path_params['owner']}/".casefold()
        of_user = request.url.path.startswith("/users/")
        all_of_them = [(name, r) for name, r in self._scene.repositories.items() if name.startswith(owner)]
        if not all_of_them:
            raise HTTPException(404)
        seen = [r for _, r in sorted(all_of_them, key=lambda pair: pair[0]) if not (of_user and r.private)]
        rows, headers = part(request, seen)
        return tagged(request, [self._scene.repository(r) for r in rows], headers)

    async def _of_installation(self, request: Request) -> Response:
        seen = sorted(self._scene.repositories.values(), key=lambda repository: repository.name)
        rows, headers = part(request, seen)
        told = [self._scene.repository(r) for r in rows]
        body = {"total_count": len(seen), "repositories": told}
        return JSONResponse(body, headers=headers)

    async def _repository(self, request: Request) -> Response:
        return tagged(request, self._scene.repository(self._asked(request)), {})

    async def _issues(self, request: Request) -> Response:
        now = self._now()
        try:
            found = issue_rows(self._scene, self._asked(request), request.query_params, now)
        except ValueError as error:
            raise HTTPException(422, "Validation Failed") from error
        rows, headers = part(request, found)
        return tagged(request, [self._scene.issue(entry, now) for entry in rows], headers)

    async def _issue(self, request: Request) -> Response:
        now, name, number = self._now(), self._asked(request).name, request.path_params["number"]
        entry = self._scene.entry(name, number, now)
        if entry is None and (other := self._scene.transferred(name, number, now)):
            place = request.url.replace(path=f"/repos/{other.repository}/issues/{other.number}")
            raise HTTPException(301, "Moved Permanently", {"location": str(place)})
        if entry is None:
            raise HTTPException(404)
        return JSONResponse(self._scene.issue(entry, now))

    async def _pull(self, request: Request) -> Response:
        now = self._now()
        entry = self._scene.entry(self._asked(request).name, request.path_params["number"], now)
        if not isinstance(entry, Pull):
            raise HTTPException(404)
        return JSONResponse(self._scene.pull(entry, now))

    async def _query(self, request: Request) -> Response:
        try:
            asked = json.loads(await request.body())
            name, query, variables = asked["operationName"], asked["query"], asked["variables"]
        except (ValueError, KeyError, TypeError) as error:
            raise HTTPException(400, "Problems parsing JSON") from error
        points = cost(query, variables)
        if self._graphql.take(points):
            answer = sandbox_graphql.answer_query(self._scene, name, query, variables, self._now())
            if "rateLimit" in query and isinstance(answer.get("data"), dict):
                answer["data"]["rateLimit"] = {"cost": points}
        else:
            complaint = {"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}
            answer = {"errors": [complaint]}
        return JSONResponse(answer, headers=self._graphql.headers())

    def _asked(self, request: Request) -> Repository:
        """The repository of the path."""
        name = f"{request.path_params['owner']}/{request.path_params['name']}"
        try:
            return self._scene.repositories[name.casefold()]
        except KeyError as error:
            raise HTTPException(404) from error


async def _refused(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    body = {"message": error.detail, "documentation_url": DOCUMENTATION, "status": str(error.status_code)}
    return JSONResponse(body, error.status_code, headers=error.headers)


def webhook(world: World, repository: str, number: int, at: datetime) -> tuple[dict[str, str], bytes]:
    """What GitHub would send about the last thing that happened to an item by then: headers and body.

    The headers lack the signature, which needs the receiver's secret (connectors/signing.py).

    Raises:
        LookupError: no such issue or pull request at that moment.
    """
    scene = Scene(world)
    entry = scene.entry(repository, number, at)
    if entry is None:
        raise LookupError(f"{repository}#{number} does not exist at {at.isoformat()}")
    home = scene.repositories[repository.casefold()]
    kind = "pull_request" if isinstance(entry, Pull) else "issue"
    told = scene.pull(entry, at) if isinstance(entry, Pull) else scene.issue(entry, at)
    last = _last(entry, at)
    body: dict[str, Any] = {
        "action": last.action,
        kind: told,
        "repository": scene.repository(home),
        "sender": scene.user(last.by),
    }
    if last.event == "pull_request_review":
        body["review"] = {"user": scene.user(last.by), "submitted_at": stamp(last.at)}
    named = f"{repository}#{number} {last.event}.{last.action} {stamp(last.at)}"
    headers = {
        "content-type": "application/json",
        "user-agent": "GitHub-Hookshot/sandbox",
        "x-github-event": last.event,
        "x-github-delivery": str(uuid.uuid5(DELIVERIES, named)),
    }
    return headers, json.dumps(body).encode()


class Happened(NamedTuple):
    """Something a webhook tells."""

    at: datetime
    event: str
    action: str
    by: str | None  # handle


def _last(entry: Entry, at: datetime) -> Happened:
    """The last thing that happened by then; of several at one moment the first."""
    happened = [Happened(entry.created_at, "issues", "opened", entry.author)]
    if isinstance(entry, Pull):
        happened = [Happened(entry.created_at, "pull_request", "opened", entry.author)]
        if entry.ready_at:
            happened.append(Happened(entry.ready_at, "pull_request", "ready_for_review", entry.author))
        happened += [Happened(r.at, "pull_request_review", "submitted", r.by) for r in entry.reviews]
        if entry.merged_at:
            happened.append(Happened(entry.merged_at, "pull_request", "closed", entry.merged_by))
    if entry.closed_at:
        event = "pull_request" if isinstance(entry, Pull) else "issues"
        happened.append(Happened(entry.closed_at, event, "closed", entry.author))
    return max((h for h in happened if h.at <= at), key=lambda h: h.at)
