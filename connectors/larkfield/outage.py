"""Larkfield's tools can be told to break, as real ones do: for trying what happens then, and for tests."""

from dataclasses import dataclass

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_WORDS = {
    401: "Client must be authenticated to access this resource.",
    429: "Rate limit exceeded.",
    503: "Service Unavailable: the site is under maintenance.",
}


@dataclass(slots=True)
class Outage:
    """How a server fails at the moment: with this status, or not at all; changed while it runs."""

    status: int | None = None
    retry_after: int | None = None  # seconds it asks to wait


class Breakable:
    """A server in front of another one: it answers as the outage says, and passes on where there is none."""

    def __init__(self, app: ASGIApp, outage: Outage) -> None:
        self._app = app
        self._outage = outage

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on."""
        status, wait = self._outage.status, self._outage.retry_after
        if status is None or scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {} if wait is None else {"Retry-After": str(wait)}
        await PlainTextResponse(_WORDS.get(status, ""), status, headers)(scope, receive, send)
