"""The ways into a Jira Cloud site: an API token at the site or at Atlassian's gateway, or OAuth 2.0 there.

Credentials go to the site and to Atlassian alone: the cloud id is asked for without any.
"""

import asyncio
import copy
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from connectors.errors import ConnectorError, FixCredentialsError, UnexpectedAnswerError
from connectors.jira.checked import Checked
from connectors.learned import Learned
from connectors.transport import TRIES, Answer, Transport

GATEWAY = "https://api.atlassian.com"
TENANT = "_edge/tenant_info"
KNOWN_BASE = "base"
SCOPE_MISSING = "FAILURE_CLIENT_SCOPE_CHECK"  # x-failure-category: the right address, and too few rights
_CLOUD_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Door:
    """Where requests to a site go, and how they are signed in.

    A token with scopes gets a 401 at the site and is let in at the gateway: what worked is remembered in
    `learned`.
    `at` makes the signed-in client of an address. Without `site` only the gateway is tried, without `gateway`
    only the site. `stranger` asks the site for its cloud id, without any credentials. `counts_points` says
    that each object costs, and not each request. Clients `beside` are closed with the door.
    """

    def __init__(
        self,
        at: Callable[[str], Transport],
        *,
        site: str | None,
        gateway: str | None = None,
        stranger: Transport,
        learned: Learned,
        counts_points: bool = False,
        beside: Sequence[Transport] = (),
    ) -> None:
        self.meter = stranger.meter
        self.counts_points = counts_points
        self._at = at
        self._site = site
        self._gateway = gateway.rstrip("/") if gateway else None
        self._stranger = stranger
        self._learned = learned
        self._beside = tuple(beside)
        self._clients: dict[str, Transport] = {}
        self._finding = asyncio.Lock()
        self._background = False
        if site is not None:
            self._client(site)  # an address that is none is told at once

    @property
    def base(self) -> str | None:
        """The address that requests go to, as far as is known."""
        known = self._learned.text(KNOWN_BASE)
        return known if known and self._is_at_gateway(known) else self._site

    def in_background(self) -> "Door":
        """The same door for work that can wait."""
        view = copy.copy(self)
        view._background = True  # noqa: SLF001 - its own kind
        return view

    async def get(self, path: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Read a path below the base address.

        Raises:
            ConnectorError: named by what to do.
        """
        return await self._through(lambda client: client.get(path, params))

    async def query(self, path: str, body: Mapping[str, Any], *, tries: int = TRIES) -> Answer:
        """A POST that only reads; who can ask for less gives up after fewer `tries`.

        Raises:
            ConnectorError: named by what to do.
        """
        return await self._through(lambda client: client.query(path, body, tries=tries))

    async def close(self) -> None:
        """Give back the connections."""
        for client in (*self._clients.values(), self._stranger, *self._beside):
            await client.close()

    async def _through(self, ask: Callable[[Transport], Awaitable[Answer]]) -> Answer:
        base = self.base or await self._found_gateway()
        try:
            return await ask(self._client(base))
        except FixCredentialsError as refused:
            # Whoever misses a scope has found the right address.
            other = None if refused.reason == SCOPE_MISSING else await self._other(base)
            if other is None:
                raise
            try:
                answer = await ask(self._client(other))
            except FixCredentialsError as also:
                raise (also if also.reason == SCOPE_MISSING else refused) from None
        if other == self._site:
            self._learned.forget(KNOWN_BASE)
        else:
            self._learned.put(KNOWN_BASE, other)
        return answer

    async def _other(self, base: str) -> str | None:
        """The other address to try after a refusal; None where there is none."""
        if self._site is not None and base != self._site:
            return self._site
        if self._site is None or self._gateway is None:
            return None
        try:
            return await self._found_gateway()
        except ConnectorError:
            return None

    async def _found_gateway(self) -> str:
        """The address of this site at the gateway."""
        if self._gateway is None:
            raise ValueError("a door without a site needs a gateway")
        async with self._finding:
            if (known := self._learned.text(KNOWN_BASE)) and self._is_at_gateway(known):
                return known
            answer = await self._stranger.get(TENANT)
            cloud_id = Checked(answer.data, "the site's description")["cloudId"].text()
        if not _CLOUD_ID.fullmatch(cloud_id):
            raise UnexpectedAnswerError("Jira told a cloud id that is none.")
        base = f"{self._gateway}/ex/jira/{cloud_id}"
        if self._site is None:
            self._learned.put(KNOWN_BASE, base)
        return base

    def _is_at_gateway(self, base: str) -> bool:
        """Whether a stored address is one that credentials may go to."""
        beginning = f"{self._gateway}/ex/jira/"
        return (
            self._gateway is not None
            and base.startswith(beginning)
            and _CLOUD_ID.fullmatch(base.removeprefix(beginning)) is not None
        )

    def _client(self, base: str) -> Transport:
        client = self._clients.get(base)
        if client is None:
            client = self._clients[base] = self._at(base)
            client.meter = self.meter
        return client.in_background() if self._background else client
