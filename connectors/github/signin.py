"""Signing in as a GitHub App: its key signs for an hour's token of one installation, narrowed to reading.

Source: docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app. Asking for a token is a
POST, and yet repeated like a reading: it changes nothing that anyone has at GitHub, and one token too many
ends by itself within the hour.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from msgspec import Struct

from connectors.errors import FixCredentialsError, FixRequestError, NotThereError
from connectors.github.shapes import Time, shaped
from connectors.transport import Transport

SKEW = timedelta(seconds=60)  # GitHub refuses what is signed in its future: clocks differ
SIGNED_FOR = timedelta(minutes=9)  # with the skew it is ten, the most GitHub takes
RENEWED = timedelta(minutes=5)  # before the token ends, so that no request meets its end
MOST_NAMES = 500  # that a token can be narrowed to
NEEDED = ("metadata", "issues", "pull_requests")
FURTHER = ("checks", "contents", "deployments", "members", "organization_projects", "statuses")
"""Permissions of an installation that are read with, where they are granted: docs/github.md says for what."""


@dataclass(frozen=True, slots=True)
class App:
    """A GitHub App: its id or client id, and its private key in PEM; `installation` where it is known."""

    id: str
    private_key: str
    installation: int | None = None

    def __repr__(self) -> str:
        """Never the key."""
        return f"App({self.id!r})"


class Installation(Struct, frozen=True):
    """Where the app is installed, and what it may there."""

    id: int
    permissions: Mapping[str, str] = {}
    app_slug: str = "?"
    suspended_at: Time | None = None


class _Token(Struct, frozen=True):
    token: str
    expires_at: Time


class AppSignIn:
    """Gives the Authorization header of each request (see `Transport`), and renews it before it ends."""

    def __init__(
        self,
        app: App,
        url: str,
        owner: str,
        repositories: Sequence[str],
        *,
        headers: Mapping[str, str],
        clock: Callable[[], datetime],
    ) -> None:
        self._app = app
        self._owner = owner
        self._repositories = tuple(repositories)
        self._clock = clock
        self._transport = Transport(url, who="GitHub", headers=headers, auth=self._signed, clock=clock)
        self._token: _Token | None = None
        self._lock = asyncio.Lock()

    async def __call__(self, refused: str | None) -> str:
        """The header's value; a new token where the known one was `refused` or is about to end.

        Raises:
            FixCredentialsError: GitHub does not know the app, its key is none, or it is not installed there.
            ConnectorError: as the transport has it.
        """
        async with self._lock:
            token = self._token
            if token is None or _bearer(token) == refused or token.expires_at - self._clock() < RENEWED:
                token = self._token = await self._renewed()
        return _bearer(token)

    async def installation(self) -> Installation:
        """Where the app is installed, and what it may there.

        Raises:
            ConnectorError: as for a token.
        """
        if self._app.installation:
            paths = [f"app/installations/{self._app.installation}"]
        elif self._repositories:
            paths = [f"repos/{self._repositories[0]}/installation"]
        else:
            paths = [f"orgs/{self._owner}/installation", f"users/{self._owner}/installation"]
        for path in paths:
            try:
                answer = await self._transport.get(path)
            except NotThereError:
                continue
            return shaped(answer.data, Installation, "the installation of the GitHub App")
        # No NotThereError: it would be taken for the absence of what was asked for with the token.
        raise FixCredentialsError(
            f"The GitHub App is not installed at {self._owner}, or not for the repositories of this source.",
            "Install it there (docs/github.md), or set the number of its installation.",
        )

    async def close(self) -> None:
        """Give back connections."""
        await self._transport.close()

    async def _renewed(self) -> _Token:
        installed = await self.installation()
        granted = (name for name in (*NEEDED, *FURTHER) if name in installed.permissions)
        narrowed: dict[str, object] = {"permissions": dict.fromkeys(granted, "read")}
        path = f"app/installations/{installed.id}/access_tokens"
        names = [name.partition("/")[2] for name in self._repositories]
        if 0 < len(names) <= MOST_NAMES:
            try:
                answer = await self._transport.query(path, {**narrowed, "repositories": names})
                return shaped(answer.data, _Token, "a token for the GitHub App")
            except FixRequestError as error:
                if error.status != 422:
                    raise
                # One of the names is hidden from the app: the list of repositories will say which.
        answer = await self._transport.query(path, narrowed)
        return shaped(answer.data, _Token, "a token for the GitHub App")

    async def _signed(self, _refused: str | None) -> str:
        now = self._clock()
        claims = {"iss": self._app.id, "iat": now - SKEW, "exp": now + SIGNED_FOR}
        try:
            signed = jwt.encode(claims, self._app.private_key.replace("\\n", "\n"), algorithm="RS256")
        except (jwt.PyJWTError, ValueError, TypeError):
            # Its text may repeat parts of the key.
            raise FixCredentialsError(
                "The private key of the GitHub App cannot be read.",
                "Give the whole .pem file that GitHub made for the app, best by a variable with _FILE.",
            ) from None
        return f"Bearer {signed}"


def _bearer(token: _Token) -> str:
    return f"Bearer {token.token}"
