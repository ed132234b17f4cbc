"""OAuth 2.0 for a Jira Cloud site: access tokens of an hour, by refresh tokens that hold for one use."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.errors import ConnectorError, FixCredentialsError, TryLaterError
from connectors.jira.checked import Checked
from connectors.transport import Transport

AUTHORITY = "https://auth.atlassian.com"
TOKENS = "oauth/token"
EARLY = timedelta(minutes=1)
REFUSED = {400, 401, 403}

Renew = Callable[[str | None], Awaitable[str]]
"""Is given what was kept last, or None, and gives what to keep now."""

Keep = Callable[[Renew], Awaitable[None]]
"""Calls with what was kept last, and has stored the answer when it returns; nobody else does so meanwhile.

A refresh token that is used up and whose successor is lost ends the grant: a person must sign in again.
"""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person gave: an app, and the first refresh token of a chain in which each gives the next."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)

    def latest(self, kept: str | None) -> str:
        """The refresh token that is good now: the last of this chain, or the first if another was given."""
        begun, _, token = (kept or "").partition(":")
        return token if token and begun == self._chain else self.refresh_token

    def to_keep(self, token: str) -> str:
        """A refresh token with the chain that it belongs to."""
        return f"{self._chain}:{token}"

    @property
    def _chain(self) -> str:
        return hashlib.sha256(self.refresh_token.encode()).hexdigest()[:16]


class OAuth:
    """Signs requests in, and renews in time or when told that the present token was refused.

    `authority` is the client of the address that gives tokens. A token is used only after its refresh token
    is kept, whatever else asks at the same time, in this process or another.
    """

    def __init__(self, grant: Grant, authority: Transport, keep: Keep, clock: Callable[[], datetime]) -> None:
        self._grant = grant
        self._authority = authority
        self._keep = keep
        self._clock = clock
        self._renewing = asyncio.Lock()
        self._header = ""
        self._until: datetime | None = None

    async def __call__(self, refused: str | None) -> str:
        """The Authorization header; another one than was refused.

        Raises:
            ConnectorError: there is no token to be had.
        """
        async with self._renewing:
            late = self._until is None or self._clock() >= self._until
            if late or refused == self._header:
                await self._renew()
            return self._header

    async def close(self) -> None:
        """Give back the connections."""
        await self._authority.close()

    async def _renew(self) -> None:
        answers: list[Checked] = []

        async def exchange(kept: str | None) -> str:
            token = self._grant.latest(kept)
            answer = await self._exchange(token)
            answers.append(answer)
            return self._grant.to_keep(answer["refresh_token"].maybe_text() or token)

        await self._keep(exchange)
        (answer,) = answers
        self._header = f"Bearer {answer['access_token'].text()}"
        seconds = answer["expires_in"].maybe_number() or 0
        self._until = self._clock() + timedelta(seconds=seconds) - EARLY

    async def _exchange(self, refresh_token: str) -> Checked:
        body = {
            "grant_type": "refresh_token",
            "client_id": self._grant.client_id,
            "client_secret": self._grant.client_secret,
            "refresh_token": refresh_token,
        }
        try:
            answer = await self._authority.query(TOKENS, body)
        except ConnectorError as error:
            if error.status not in REFUSED:
                raise
            raise FixCredentialsError(
                "Atlassian does not take the refresh token any more.",
                "Connect the app again as docs/jira.md says, and set its new refresh token.",
            ) from None
        told = Checked(answer.data, "the token")
        told["access_token"].text()
        return told


async def no_second_try(_seconds: float) -> None:
    """In place of a wait before asking again: a refresh token is never sent twice.

    Raises:
        TryLaterError: always.
    """
    raise TryLaterError("Atlassian gave no token just now.", "The next sync asks again.")
