"""A local server that answers like Jira Cloud about Larkfield, for the demo and tests.

It knows the requests our client sends, with their limits and refusals as of 2026; what happened after `now()`
has not happened yet.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from connectors.jira import agile, answers
from connectors.jira.answers import MALFORMED
from connectors.jira.sandbox_door import CLOUD_ID, Doorman, Tokens
from connectors.jira.site import AbsentError, Ask, Manner, RefusedError, Site
from connectors.jira.subset import JqlError
from connectors.jira.telling import Telling
from connectors.larkfield.world import World

REMOVED = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration "
    "guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)


def create_app(
    world: World,
    *,
    user: str,
    token: str,
    now: Callable[[], datetime],
    url: str = "https://larkfield.atlassian.net",
    manner: Manner = Manner(),  # noqa: B008 - it is frozen
    tokens: Tokens | None = None,
) -> ASGIApp:
    """The server as an ASGI application; sign in with Basic `user:token`, or OAuth where it gives `tokens`.

    It is also Atlassian's gateway (below /ex/jira/) and the authority that gives tokens. Its answers call it
    `url`.
    """
    site = Site(Telling(world, url), now, user, manner)
    routes = [
        Route(path, _answering(site, answer), methods=[verb])
        for (verb, path), answer in (answers.TABLE | agile.TABLE).items()
    ]
    removed = Route("/rest/api/3/search", _removed, methods=["GET", "POST"])
    tenant = Route("/_edge/tenant_info", _tenant)
    grants = [Route("/oauth/token", tokens.endpoint, methods=["POST"])] if tokens else []
    door = Middleware(Doorman, basic=f"{user}:{token}", scoped=manner.scoped, tokens=tokens)
    return Starlette(routes=[*routes, removed, tenant, *grants], middleware=[door])


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


async def _tenant(_request: Request) -> Response:
    return JSONResponse({"cloudId": CLOUD_ID})


async def _removed(_request: Request) -> Response:
    return _refused(410, REMOVED)
