"""A local server that answers like Jira Cloud about Larkfield, for the demo and tests.

It knows the requests our client sends, with their limits and refusals as of 2026; what happened after `now()`
has not happened yet.
"""

import base64
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.jira import agile, answers
from connectors.jira.answers import MALFORMED, AbsentError, Ask, RefusedError, Site
from connectors.jira.subset import JqlError
from connectors.jira.telling import Telling
from connectors.larkfield.world import World

REMOVED = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration "
    "guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)
BURST = 350  # requests the tenant's bucket holds


def create_app(
    world: World,
    *,
    user: str,
    token: str,
    now: Callable[[], datetime],
    url: str = "https://larkfield.atlassian.net",
) -> ASGIApp:
    """The server as an ASGI application; sign in with Basic `user:token`. Its answers call it `url`."""
    site = Site(Telling(world, url), now, user)
    routes = [
        Route(path, _answering(site, answer), methods=[verb])
        for (verb, path), answer in (answers.TABLE | agile.TABLE).items()
    ]
    removed = Route("/rest/api/3/search", _removed, methods=["GET", "POST"])
    return Starlette(
        routes=[*routes, removed], middleware=[Middleware(Doorman, credentials=f"{user}:{token}".encode())]
    )


def webhook_body(world: World, key: str, at: datetime, url: str = "https://larkfield.atlassian.net") -> bytes:
    """What an admin webhook would send about the latest change of an issue at that moment.

    Raises:
        KeyError: there is no such issue.
    """
    telling = Telling(world, url)
    issue = telling.by_name[key]
    _, latest = max(telling.histories(issue, at), key=lambda entry: entry[0], default=(at, None))
    changed = {"changelog": {"id": latest["id"], "items": latest["items"]}} if latest else {}
    body = {
        "timestamp": round(at.timestamp() * 1000),
        "webhookEvent": "jira:issue_updated" if latest else "jira:issue_created",
        "issue_event_type_name": "issue_generic" if latest else "issue_created",
        "user": latest["author"] if latest else telling.account(world.people.get(issue.reporter)),
        "issue": telling.issue(issue, at),
        **changed,
    }
    return json.dumps(body).encode()


class Doorman:
    """Checks the sign-in as Jira does and writes the limits into every answer."""

    def __init__(self, app: ASGIApp, credentials: bytes) -> None:
        self._app = app
        self._expected = b"Basic " + base64.b64encode(credentials)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a signed-in request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-RateLimit-Limit"] = str(BURST)
                headers["X-RateLimit-Remaining"] = str(BURST - 1)
            await send(message)

        given = Headers(scope=scope).get("authorization", "").encode()
        app = self._app if hmac.compare_digest(given, self._expected) else _unauthorised
        await app(scope, receive, send_with_limits)


_unauthorised = PlainTextResponse(
    "Client must be authenticated to access this resource.",
    status_code=401,
    headers={"X-Failure-Category": "FAILURE_CLIENT_AUTH_MISMATCH"},
)


def _answering(site: Site, answer: Callable[[Site, Ask], Any]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that answers with JSON, or refuses in Jira's form."""

    async def endpoint(request: Request) -> Response:
        try:
            body = await request.json() if request.method == "POST" else {}
        except ValueError:
            return _refused(400, "There was an error parsing JSON. Check that your request body is valid.")
        if not isinstance(body, dict):
            return _refused(400, MALFORMED)
        try:
            return JSONResponse(answer(site, Ask(request.query_params, body, request.path_params)))
        except (RefusedError, JqlError) as error:
            return _refused(400, *error.args)
        except AbsentError as error:
            return _refused(404, *error.args)

    return endpoint


def _refused(status: int, *messages: str) -> Response:
    return JSONResponse({"errorMessages": list(messages), "errors": {}}, status_code=status)


async def _removed(_request: Request) -> Response:
    return _refused(410, REMOVED)
