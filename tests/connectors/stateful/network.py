"""A network without sockets between a connector and a sandbox server, and what goes wrong on the way."""

import json
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from email.utils import format_datetime

import httpx
from starlette.types import ASGIApp

ADDRESS = "http://127.0.0.1:1"  # loopback, and nothing listens: all goes through the network below
WAIT = timedelta(seconds=3)


class Clock:
    """The time of the tools and of the bot; who sleeps, lets it pass."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        """Later by so much."""
        self.now += timedelta(**by)

    async def sleep(self, seconds: float) -> None:
        """Time passes at once."""
        self.now += timedelta(seconds=seconds)


class Network:
    """Carries requests to `app()`; `faults` are what happens to the next ones, after that all goes well.

    "touch" lets something happen in the tool just before it answers: pages shift under who walks them.
    "again" serves a page twice.
    """

    def __init__(self, app: Callable[[], ASGIApp], clock: Clock, touch: Callable[[], None]) -> None:
        self._app, self._clock, self._touch = app, clock, touch
        self._faults = deque[str]()
        self._pages: dict[str, httpx.Response] = {}
        self.requests = 0
        self.answer = self.forward  # replaced by who answers in the tool's place

    def expect(self, faults: Iterable[str]) -> None:
        """Forget what was to go wrong, and take these."""
        self._faults = deque(faults)
        self._pages.clear()

    async def carry(self, request: httpx.Request) -> httpx.Response:
        """In place of httpx.AsyncHTTPTransport.handle_async_request."""
        self.requests += 1
        self._clock.forward(milliseconds=200)
        fault = self._faults.popleft() if self._faults else "none"
        if fault == "touch":
            self._touch()
        elif fault in BROKEN:
            raise BROKEN[fault]("the network is broken", request=request)
        elif fault in REFUSALS:
            status, headers = REFUSALS[fault](self._clock.now)
            return httpx.Response(status, headers=headers, json={"message": "Not now."}, request=request)
        response = await self.answer(request)
        return self._twice(request, response) if fault == "again" else self._kept(request, response)

    async def forward(self, request: httpx.Request) -> httpx.Response:
        """The tool's own answer."""
        response = await httpx.ASGITransport(self._app()).handle_async_request(request)
        await response.aread()
        return response

    def _kept(self, request: httpx.Request, response: httpx.Response) -> httpx.Response:
        self._pages[request.url.path] = response
        return response

    def _twice(self, request: httpx.Request, response: httpx.Response) -> httpx.Response:
        """The page before this one once more, where the tool gave one; Jira's leads on to this one."""
        before = self._pages.get(request.url.path)
        if before is None:
            return self._kept(request, response)
        body = json.loads(before.content)
        token = json.loads(request.content).get("nextPageToken") if request.method == "POST" else None
        if token is not None and isinstance(body, dict):
            body["nextPageToken"] = token + "="  # the same place, named otherwise
            return httpx.Response(200, json=body, headers={"x-page": "again"}, request=request)
        return httpx.Response(before.status_code, content=before.content, request=request)


BROKEN: dict[str, Callable[..., httpx.TransportError]] = {
    "timeout": httpx.ReadTimeout,
    "cut": httpx.RemoteProtocolError,
    "unreachable": httpx.ConnectError,
}


def _in_seconds(_now: datetime) -> tuple[int, dict[str, str]]:
    return 429, {"Retry-After": str(WAIT.seconds)}


def _at_date(now: datetime) -> tuple[int, dict[str, str]]:
    return 429, {"Retry-After": format_datetime(now + WAIT, usegmt=True)}


def _at_reset(now: datetime) -> tuple[int, dict[str, str]]:
    reset = str(int((now + WAIT).timestamp()))
    return 429, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}


def _by_reason(now: datetime) -> tuple[int, dict[str, str]]:
    reset = (now + WAIT).strftime("%Y-%m-%dT%H:%MZ")  # Jira leaves the seconds out now and then
    return 429, {"RateLimit-Reason": "jira-burst-based", "X-RateLimit-Reset": reset}


REFUSALS: dict[str, Callable[[datetime], tuple[int, dict[str, str]]]] = {
    "502": lambda _: (502, {}),
    "503": lambda _: (503, {"Retry-After": "1"}),
    "429 bare": lambda _: (429, {}),
    "429 seconds": _in_seconds,
    "429 date": _at_date,
    "429 reset": _at_reset,
    "429 reason": _by_reason,
}
FAULTS = ("none", "touch", "again", *BROKEN, *REFUSALS)
