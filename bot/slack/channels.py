"""The channels of the workspace: names to ids and back, and what is known about each."""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import reading, refused

_PAGE = 1000  # the most that conversations.list gives
_OLDEST = 60.0  # seconds before a name that is not known is looked for again


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel that the bot can see: every public one, and private ones it is a member of."""

    id: str
    name: str
    private: bool
    archived: bool
    member: bool
    shared: bool  # with another organisation, or about to be


class Channels:
    """Reads conversations.list once and again only for a name it does not know. `clock` counts seconds."""

    def __init__(self, client: AsyncWebClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._by_id: Mapping[str, Channel] = {}
        self._read_at: float | None = None

    async def all(self) -> list[Channel]:
        """Every channel, read anew, archived ones too.

        Raises:
            SlackWait, SlackRefused: the list could not be read.
        """
        self._by_id = {c.id: c async for c in self._pages()}
        self._read_at = self._clock()
        return list(self._by_id.values())

    async def find(self, name: str) -> Channel:
        """The channel of that name, with or without `#`, or of that id.

        Raises:
            SlackRefused: channel_not_found.
            SlackWait: the list could not be read now.
        """
        wanted = name.removeprefix("#")
        found = self._lookup(wanted)
        if found is None and await self._read_again():
            found = self._lookup(wanted)
        if found is None:
            raise refused("channel_not_found", f"#{wanted}")
        return found

    async def name(self, channel_id: str) -> str | None:
        """The name of a channel by id; None for direct messages and channels the bot cannot see."""
        if channel_id not in self._by_id and not channel_id.startswith("D"):
            await self._read_again()
        known = self._by_id.get(channel_id)
        return known.name if known else None

    async def now(self, channel: Channel) -> Channel:
        """The channel as it is at this moment (conversations.info).

        Raises:
            SlackWait, SlackRefused: it could not be read.
        """
        call = self._client.conversations_info(channel=channel.id)
        return _channel((await reading(call, f"#{channel.name}"))["channel"])

    def _lookup(self, wanted: str) -> Channel | None:
        named = (c for c in self._by_id.values() if c.name == wanted.lower())
        return self._by_id.get(wanted) or next(named, None)

    async def _read_again(self) -> bool:
        if self._read_at is not None and self._clock() - self._read_at < _OLDEST:
            return False
        await self.all()
        return True

    async def _pages(self) -> AsyncIterator[Channel]:
        cursor, seen = "", set[str]()
        while cursor not in seen:
            seen.add(cursor)
            call = self._client.conversations_list(
                types="public_channel,private_channel", limit=_PAGE, cursor=cursor or None
            )
            page = await reading(call)
            for raw in page["channels"]:
                yield _channel(raw)
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return


def _channel(raw: Mapping[str, Any]) -> Channel:
    return Channel(
        id=raw["id"],
        name=raw["name"],
        private=bool(raw.get("is_private")),
        archived=bool(raw.get("is_archived")),
        member=bool(raw.get("is_member")),
        shared=bool(raw.get("is_ext_shared") or raw.get("is_pending_ext_shared")),
    )
