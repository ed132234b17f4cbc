"""HTTP to the delivery tools: waits as told, retries only reads, guards what comes back.

The one file that imports httpx.
"""

import asyncio
import base64
import copy
import email.utils
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import structlog

from connectors.decoded import decoded
from connectors.errors import (
    ConnectorError,
    FixCredentialsError,
    FixRequestError,
    TryLaterError,
    UnexpectedAnswerError,
    WaitError,
)
from connectors.governor import LONGEST_WAIT, Governor, Keys, OneLimit
from connectors.meter import Meter
from connectors.refusal import aware, is_number, refusal

log = structlog.get_logger(__name__)

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
WHOLE_ANSWER = 120.0  # seconds: a body that drips never runs into the time-out of one reading
LARGEST_BODY = 50 * 1024 * 1024
TRIES = 5
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A decoded JSON answer; of status 304 it has no data: what was read before is still true.

    `left` is what the source still grants in its window, where it says so.
    """

    data: Any
    headers: Mapping[str, str]
    status: int

    @property
    def left(self) -> int | None:
        """Requests left, from X-RateLimit-Remaining (Jira and GitHub use the same name)."""
        text = self.headers.get("x-ratelimit-remaining", "")
        return int(text) if is_number(text) else None

    @property
    def at(self) -> datetime | None:
        """The source's time when it answered; None where it is not readable, or a proxy added its own."""
        text = self.headers.get("date", "")
        try:
            return None if text.count(",") > 1 else aware(email.utils.parsedate_to_datetime(text))
        except ValueError:
            return None

    @property
    def etag(self) -> str | None:
        """The tag by which the same request can be asked again for nothing, if the source gave one."""
        return self.headers.get("etag")


SignIn = Callable[[str | None], Awaitable[str]]
"""Gives the value of the Authorization header; it is told the value the source has just refused, or None."""

Sleep = Callable[[float], Awaitable[None]]


class Transport:
    """A signed-in client for one base address.

    Credentials go only to that address, and only encrypted unless it is this machine: redirects are not
    followed and absolute addresses elsewhere are refused. `who` names the source in messages. `auth` is a
    user and a token, or gives the Authorization header of each request: after a 401 it is asked once more, so
    that it can renew what has run out. `sleep` and `clock` are given by tests.

    Raises:
        FixRequestError: the base address would send credentials in the clear.
    """

    def __init__(
        self,
        base_url: str,
        *,
        who: str,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | SignIn | None = None,
        governor: Governor | None = None,
        sleep: Sleep = asyncio.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.who = who
        self.governor = governor or Governor(OneLimit(who.lower()), who=who, sleep=sleep, clock=clock)
        self.meter = Meter(budgets=self.governor.budgets)
        self._background = False
        self._sign_in = auth if callable(auth) else None
        self._sleep = sleep
        self._clock = clock
        self._home = _encrypted(self.base_url + "/", who)
        self._client = httpx.AsyncClient(
            base_url=self._home,
            headers={"Accept": "application/json", "User-Agent": "product-ops-bot", **(headers or {})},
            auth=httpx.BasicAuth(*auth) if isinstance(auth, tuple) else None,
            timeout=TIMEOUT,
            verify=self._home.scheme == "https",  # loading certificates takes 30 ms that a sandbox can spare
            follow_redirects=False,
            limits=httpx.Limits(max_connections=8),
        )

    async def close(self) -> None:
        """Give back the connections."""
        await self._client.aclose()

    def in_background(self) -> "Transport":
        """The same client and budgets for work that can wait: it leaves a reserve to people's questions."""
        view = copy.copy(self)
        view._background = True  # noqa: SLF001 - its own kind
        return view

    async def get(
        self, path: str, params: Mapping[str, Any] | None = None, *, etag: str | None = None
    ) -> Answer:
        """Read a path below the base address, or an absolute `next` link of the same origin.

        With the `etag` of an earlier answer to the same request the answer may be 304, without data.

        Raises:
            ConnectorError: named by what to do; what may pass was tried five times.
        """
        headers = {"If-None-Match": etag} if etag else None
        return await self._read("GET", path, params=params, headers=headers)

    async def query(self, path: str, body: Mapping[str, Any], *, tries: int = TRIES) -> Answer:
        """A POST that only reads (search, bulk fetch, GraphQL query): retried like a GET.

        There is no POST that writes: nothing here can repeat an effect. Who can ask for less at once gives up
        an outage after fewer `tries`.
        """
        return await self._read("POST", path, tries=tries, json=body)

    async def _read(self, method: str, path: str, *, tries: int = TRIES, **content: Any) -> Answer:
        url = self._below(path)
        keys = self.governor.limits.keys(method, url.path.removeprefix(self._home.path))
        attempt = 0
        while True:
            attempt += 1
            try:
                async with self.governor.turn(keys, background=self._background):
                    return await self._signed_in(_Request(method, url, keys, attempt), **content)
            except ConnectorError as error:
                limited = isinstance(error, WaitError)
                if not error.retry or attempt == (TRIES if limited else tries):
                    raise
                await self._back_off(error, attempt)

    def _below(self, path: str) -> httpx.URL:
        absolute = path.startswith(("http://", "https://"))
        try:
            url = self._home.join(path if absolute else path.lstrip("/"))
        except httpx.InvalidURL as error:
            raise UnexpectedAnswerError(f"{self.who} pointed to something that is no address.") from error
        if _origin(url) != _origin(self._home):
            raise UnexpectedAnswerError(
                f"{self.who} pointed to another address ({url.host}); sign-in stays with {self._home.host}."
            )
        return url

    async def _back_off(self, error: ConnectorError, attempt: int) -> None:
        if isinstance(error, WaitError) and error.until is not None:
            if error.until - self._clock() > LONGEST_WAIT:
                raise error
            return  # its budget is paused: the next turn comes after that
        seconds = random.uniform(0, min(30.0, 0.5 * 2**attempt))  # noqa: S311 - full jitter, no secret
        log.info(
            "source_retry", source=self.who, attempt=attempt, seconds=round(seconds, 2), reason=error.what
        )
        await self._sleep(seconds)

    async def _signed_in(
        self, asked: "_Request", headers: Mapping[str, str] | None = None, **content: Any
    ) -> Answer:
        if self._sign_in is None:
            return await self._once(asked, headers=headers, **content)
        given = dict(headers or {}) | {"Authorization": await self._sign_in(None)}
        try:
            return await self._once(asked, headers=given, **content)
        except FixCredentialsError:
            given["Authorization"] = await self._sign_in(given["Authorization"])
        return await self._once(asked, headers=given, **content)

    async def _once(self, asked: "_Request", **content: Any) -> Answer:
        status, headers, data = 0, httpx.Headers(), None
        try:
            async with (
                asyncio.timeout(WHOLE_ANSWER),
                self._client.stream(asked.method, asked.url, **content) as response,
            ):
                status, headers = response.status_code, response.headers
                body = await self._body(response)
            data = self._decoded(body, response) if response.is_success else None
        except httpx.LocalProtocolError:
            # Its text repeats the header, and with it the token.
            remedy = "Look for line breaks in user and token."
            raise FixRequestError(f"The request to {self.who} cannot be written.", remedy) from None
        except TimeoutError as error:
            raise TryLaterError(f"{self.who} did not end its answer within {WHOLE_ANSWER:g} s.") from error
        except httpx.HTTPError as error:
            raise self._unanswered(error) from error
        finally:
            self.meter.requests += 1
            self.meter.spent.update(self.governor.learn(asked.keys, status, headers, data))
        if not response.is_success:
            body = _without_credentials(body, response.request.headers.get("authorization", ""))
        if self.governor.limits.refuses(data):
            raise self._refused(asked, 429, headers, body)
        unchanged = status == 304 and "if-none-match" in response.request.headers
        if response.is_success or unchanged:
            return Answer(data, headers, status)
        raise self._refused(asked, status, headers, body)

    def _refused(
        self, asked: "_Request", status: int, headers: Mapping[str, str], body: bytes
    ) -> ConnectorError:
        error = refusal(self.who, asked.url.path, status, headers, body, self._clock(), asked.attempt)
        if isinstance(error, WaitError) and error.until is not None:
            key = self.governor.limits.blamed(asked.keys, headers)
            self.governor.pause(key, error.until, asked.attempt)
        return error

    def _unanswered(self, error: httpx.HTTPError) -> ConnectorError:
        if isinstance(error, httpx.TimeoutException):
            return TryLaterError(f"{self.who} did not answer within {TIMEOUT.read:g} s.")
        if isinstance(error, httpx.DecodingError):
            return UnexpectedAnswerError(f"{self.who} sent a body that cannot be decompressed.")
        reason = str(error).rstrip(".") or type(error).__name__
        return TryLaterError(f"{self.who} cannot be reached: {reason}.", "Check the address and the network.")

    async def _body(self, response: httpx.Response) -> bytes:
        if "," in response.headers.get("content-encoding", ""):
            # Each layer multiplies: a few kilobytes would become gigabytes before they can be counted.
            raise UnexpectedAnswerError(f"{self.who} sent a body that is compressed more than once.")
        parts, size = [], 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > LARGEST_BODY:
                raise UnexpectedAnswerError(
                    f"{self.who} sent more than {LARGEST_BODY >> 20} MB in one answer."
                )
            parts.append(part)
        return b"".join(parts)

    def _decoded(self, body: bytes, response: httpx.Response) -> Any:
        try:
            return decoded(body) if body else None
        except (ValueError, RecursionError) as error:
            kind = response.headers.get("content-type", "no content type")
            raise UnexpectedAnswerError(
                f"{self.who} answered {response.url.path} with something that is not JSON ({kind}).",
                "Check that the address is the tool's own and not a sign-in page or a proxy.",
            ) from error


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: httpx.URL
    keys: Keys
    attempt: int


def _without_credentials(body: bytes, header: str) -> bytes:
    """A refusal without what signed the request in: its message goes to logs, to the store, and to people."""
    kind, _, value = header.partition(" ")
    secrets = [value.encode()]
    if kind == "Basic":
        with suppress(ValueError):
            secrets.append(base64.b64decode(value).partition(b":")[2])
    for secret in filter(None, secrets):
        body = body.replace(secret, b"[secret]")
    return body


def _origin(url: httpx.URL) -> tuple[str, str, int | None, bytes]:
    return url.scheme, url.host, url.port, url.userinfo


def _encrypted(address: str, who: str) -> httpx.URL:
    """The address, if credentials may be sent there: https, or this very machine."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise FixRequestError(f"The address of {who} is not a URL.") from error
    if url.scheme != "https" and url.host not in LOOPBACK:
        raise FixRequestError(f"The address of {who} must begin with https://.")
    return url
