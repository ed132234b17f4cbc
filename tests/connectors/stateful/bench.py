"""A tool, the network to it and a store side by side: what happens between them is said step by step."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.census import take
from bot.pipeline import Pulled, sync
from tests.connectors.stateful.keeping import Kept, Killed, Mortal
from tests.connectors.stateful.network import Network


@dataclass
class Bench:
    """A tool, the network to it, and the store that its connector fills."""

    tool: Any
    store: Mortal
    network: Network = field(init=False)

    def __post_init__(self) -> None:
        self.network = Network(
            self.tool.app, self.tool.clock, lambda: self.tool.act("comment", self.network.requests)
        )

    async def read(self, *, killed_after: int | None = None) -> Pulled | None:
        """A sync by a new connector; None where it was killed."""
        connector = self.tool.connector(named=False)
        self.store.killed_after = killed_after
        try:
            return await sync(self.store, connector, self.tool.clock)
        except Killed:
            return None
        finally:
            self.store.killed_after = None
            await connector.close()

    async def count(self) -> None:
        """A census."""
        connector = self.tool.connector(named=False)
        await take(self.store, connector, self.tool.clock, whole=True)
        await connector.close()

    async def kept(self) -> dict[str, Kept]:
        """What the store holds."""
        return await self.store.kept(self.tool.source)

    async def must_hold_the_truth(self) -> None:
        """The store knows every item as it is."""
        kept, truth = await self.kept(), self.tool.truth()
        assert {id_: self.tool.told(one) for id_, one in kept.items() if id_ in truth} == truth

    def altering(self, path: str, alter: Callable[[httpx.Request, Any], Any]) -> None:
        """Answers to that path are other ones from now on: a body, or a status."""

        async def answer(request: httpx.Request) -> httpx.Response:
            response = await self.network.forward(request)
            if request.url.path != path:
                return response
            other = alter(request, json.loads(response.content or b"null"))
            if isinstance(other, int):
                return httpx.Response(other, json={"message": "no"}, request=request)
            headers = {k: v for k, v in response.headers.items() if k not in {"content-length", "etag"}}
            return httpx.Response(200, json=other, headers=headers, request=request)

        self.network.answer = answer
