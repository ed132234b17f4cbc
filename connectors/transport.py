"""HTTP to the delivery tools: the one file that imports httpx. Waits as told, retries only reads, guards what comes back."""

import asyncio
import email.utils
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import structlog

from connectors.errors import (
    ConnectorError,
    FixCredentialsError,
    FixRequestError,
    GrantAccessError,
    NotThereError,
    TryLaterError,
    UnexpectedAnswerError,
    UpgradeError,
    WaitError,
)

log = structlog.get_logger(__name__)

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
LARGEST_BODY = 50 * 1024 * 1024
TRIES = 5
LONGEST_WAIT = timedelta(minutes=15)
TRANSIENT = {408, 425, 500, 502, 503, 504}


@dataclass(frozen=True, slots=True)
class Answer:
    """A decoded JSON answer. `left` is what the source still grants in its window, where it says so."""

    data: Any
    headers: Mapping[str, str]
    status: int

    @property
    def left(self) -> int | None:
        """Requests left, from X-RateLimit-Remaining (Jira and GitHub use the same name)."""
        text = self.headers.get("x-ratelimit-remaining", "")
        return int(text) if text.isdigit() else None


Sleep = Callable[[float], Awaitable[None]]


class Transport:
    """A signed-in client for one base address.

    Credentials go only to that address: redirects are not followed and absolute addresses elsewhere are refused.
    `who` names the source in messages. `sleep` and `clock` are given by tests.
    """

    def __init__(
        self,
        base_url: str,
        *,
        who: str,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        sleep: Sleep = asyncio.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.who = who
        self._sleep = sleep
        self._clock = clock
        self._paused_until: datetime | None = None
        self._client = httpx.AsyncClient(
            base_url=self.base_url + "/",
            headers={"Accept": "application/json", **(headers or {})},
            auth=httpx.BasicAuth(*auth) if auth else None,
            timeout=TIMEOUT,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=8),
        )

    async def close(self) -> None:
        """Give back the connections."""
        await self._client.aclose()

    async def get(self, path: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Read a path below the base address, or an absolute `next` link of the same origin."""
        return await self._read("GET", path, params=params)

    async def query(self, path: str, body: Mapping[str, Any]) -> Answer:
        """A POST that only reads (search, bulk fetch, GraphQL query): retried like a GET."""
        return await self._read("POST", path, json=body)

    async def _read(self, method: str, path: str, **kwargs: Any) -> Answer:
        url = self._below(path)
        for attempt in range(1, TRIES + 1):
            await self._wait_for_pause()
            try:
                return await self._once(method, url, **kwargs)
            except ConnectorError as error:
                if not error.retry or attempt == TRIES:
                    raise
                await self._back_off(error, attempt)
        raise AssertionError("unreachable")

    def _below(self, path: str) -> httpx.URL:
        url = self._client.base_url.join(path.lstrip("/") if "://" not in path else path)
        home = self._client.base_url
        if (url.scheme, url.host, url.port) != (home.scheme, home.host, home.port):
            raise UnexpectedAnswerError(
                f"{self.who} pointed to another address ({url.host}); credentials stay with {home.host}."
            )
        return url

    async def _wait_for_pause(self) -> None:
        if self._paused_until is None:
            return
        seconds = (self._paused_until - self._clock()).total_seconds()
        self._paused_until = None
        if seconds > 0:
            await self._sleep(seconds)

    async def _back_off(self, error: ConnectorError, attempt: int) -> None:
        if isinstance(error, WaitError) and error.until is not None:
            if error.until - self._clock() > LONGEST_WAIT:
                raise error
            self._paused_until = error.until + timedelta(seconds=random.uniform(0, 1))  # noqa: S311 - jitter, no secret
            log.info("source_asks_to_wait", source=self.who, until=error.until.isoformat())
            return
        seconds = random.uniform(0, min(30.0, 0.5 * 2**attempt))  # noqa: S311 - full jitter, no secret
        log.info(
            "source_retry", source=self.who, attempt=attempt, seconds=round(seconds, 2), reason=error.what
        )
        await self._sleep(seconds)

    async def _once(self, method: str, url: httpx.URL, **kwargs: Any) -> Answer:
        try:
            async with self._client.stream(method, url, **kwargs) as response:
                body = await self._body(response)
        except httpx.TimeoutException as error:
            raise TryLaterError(f"{self.who} did not answer within {TIMEOUT.read:g} s.") from error
        except httpx.DecodingError as error:
            raise UnexpectedAnswerError(f"{self.who} sent a body that cannot be decompressed.") from error
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise TryLaterError(
                f"{self.who} cannot be reached: {reason}.", "Check the address and the network."
            ) from error
        if not response.is_success:
            refusal = self._refusal(response, body)
            refusal.status = response.status_code
            raise refusal
        try:
            data = json.loads(body) if body else None
        except ValueError as error:
            kind = response.headers.get("content-type", "no content type")
            raise UnexpectedAnswerError(
                f"{self.who} answered {url.path} with something that is not JSON ({kind}).",
                "Check that the address is the tool's own and not a sign-in page or a proxy.",
            ) from error
        return Answer(data, response.headers, response.status_code)

    async def _body(self, response: httpx.Response) -> bytes:
        parts, size = [], 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > LARGEST_BODY:
                raise UnexpectedAnswerError(
                    f"{self.who} sent more than {LARGEST_BODY >> 20} MB in one answer."
                )
            parts.append(part)
        return b"".join(parts)

    def _refusal(self, response: httpx.Response, body: bytes) -> ConnectorError:
        status, path = response.status_code, response.url.path
        said = _said(body)
        until = _wait_until(response.headers, self._clock())
        limited = status == 429 or (
            status == 403 and (until is not None or "secondary rate limit" in said.lower())
        )
        if limited:
            until = until or self._clock() + timedelta(seconds=60)
            return WaitError(
                f"{self.who} limits requests until {until:%H:%M:%S} UTC.",
                "The next sync goes on from here.",
                until=until,
            )
        if status in TRANSIENT:
            return TryLaterError(f"{self.who} answered {status} on {path}.", "The next sync tries again.")
        if status == 401:
            return FixCredentialsError(
                f"{self.who} refused the sign-in (401).", "Check token, user and address."
            )
        if status == 403:
            return GrantAccessError(
                f"{self.who} forbids {path} (403){said}.", "Grant the bot's account read access."
            )
        if status == 404:
            return NotThereError(
                f"{self.who} has no {path} (404), or hides it.", "Check the name, or grant access."
            )
        if status == 410:
            return UpgradeError(f"{self.who} has removed {path} (410).", "Update opsbot.")
        if 300 <= status < 400:
            return FixRequestError(
                f"{self.who} redirects {path} ({status}).", "Write the final address in the settings."
            )
        return FixRequestError(f"{self.who} refused {path} ({status}){said}.")


def _said(body: bytes) -> str:
    """The vendor's own message, at most 200 characters, as ': …' or nothing."""
    try:
        data = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(data, dict):
        return ""
    messages = [data.get("message"), *(data.get("errorMessages") or [])]
    text = "; ".join(str(m) for m in messages if m)[:200]
    return f": {text.rstrip('.')}" if text else ""


def _wait_until(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When a source allows the next request: Retry-After (seconds or date), else an exhausted GitHub window."""
    retry_after = headers.get("retry-after", "").strip()
    if retry_after.isdigit():
        return now + timedelta(seconds=int(retry_after))
    if retry_after:
        try:
            return email.utils.parsedate_to_datetime(retry_after).astimezone(UTC)
        except ValueError:
            return None
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        return datetime.fromtimestamp(int(reset), UTC)
    return None
