"""How the sandbox lets in: API tokens at the site or the gateway, and OAuth tokens that it gives itself."""

import base64
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CLOUD_ID = "11223344-a1b2-4c33-8d44-abcdef012345"
GATEWAY = f"/ex/jira/{CLOUD_ID}"
OPEN = {"/_edge/tenant_info", "/oauth/token"}
BURST = 350  # requests the tenant's bucket holds
LASTS = timedelta(hours=1)


@dataclass(slots=True)
class Tokens:
    """An OAuth app and its grant: each refresh token is good once and gives the next.

    `refresh_token` is the one that is good now, `given` how many were given since the start.
    """

    client_id: str
    client_secret: str
    refresh_token: str
    now: Callable[[], datetime]
    given: int = 0
    _access: dict[str, datetime] = field(default_factory=dict)

    async def endpoint(self, request: Request) -> Response:
        """Give a token for a refresh token, as POST /oauth/token does."""
        body = await request.json()
        app = (body.get("client_id"), body.get("client_secret"))
        if body.get("grant_type") != "refresh_token" or app != (self.client_id, self.client_secret):
            return JSONResponse({"error": "access_denied", "error_description": "Unauthorized"}, 401)
        if body.get("refresh_token") != self.refresh_token:
            said = "Unknown or invalid refresh token."
            return JSONResponse({"error": "unauthorized_client", "error_description": said}, 403)
        self.given += 1
        self.refresh_token = secrets.token_urlsafe(24)
        token = secrets.token_urlsafe(24)
        self._access[token] = self.now() + LASTS
        return JSONResponse(
            {
                "access_token": token,
                "refresh_token": self.refresh_token,
                "expires_in": int(LASTS.total_seconds()),
                "scope": "read:jira-work read:jira-user offline_access",
                "token_type": "Bearer",
            }
        )

    def lets_in(self, authorization: str) -> bool:
        """Whether this is the header of a token that was given and still lasts."""
        until = self._access.get(authorization.removeprefix("Bearer "))
        return until is not None and self.now() < until

    def revoke(self) -> None:
        """End all access tokens before their time."""
        self._access.clear()


class Doorman:
    """Checks the sign-in as Atlassian does, and writes the limits into every answer.

    What is asked below the path of the gateway is asked of the site. A `scoped` token is let in only there,
    and so are OAuth tokens.
    """

    def __init__(self, app: ASGIApp, basic: str, *, scoped: bool, tokens: Tokens | None) -> None:
        self._app = app
        self._basic = b"Basic " + base64.b64encode(basic.encode())
        self._scoped = scoped
        self._tokens = tokens

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

        given = Headers(scope=scope).get("authorization", "")
        at_gateway = scope["path"].startswith(f"{GATEWAY}/")
        app = self._app if scope["path"] in OPEN or self._lets_in(given, at_gateway) else _unauthorised
        if at_gateway:
            scope = {**scope, "path": scope["path"].removeprefix(GATEWAY)}
        await app(scope, receive, send_with_limits)

    def _lets_in(self, given: str, at_gateway: bool) -> bool:
        if given.startswith("Bearer "):
            return at_gateway and self._tokens is not None and self._tokens.lets_in(given)
        return at_gateway >= self._scoped and hmac.compare_digest(given.encode(), self._basic)


_unauthorised = PlainTextResponse(
    "Client must be authenticated to access this resource.",
    status_code=401,
    headers={"X-Failure-Category": "FAILURE_CLIENT_AUTH_MISMATCH"},
)
