"""Posting to Slack: one message to one channel, at most once; every failure is named by what to do."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock, utc_now
from bot.slack.channels import Channels
from bot.slack.errors import refused, translated
from bot.slack.limits import check
from bot.slack.messages import Message
from bot.slack.signin import look_around
from connectors.connector import Check
from rules.records import Container

EVENT = "opsbot_v1"
_TIMEOUT = 20  # seconds for one request


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message is: what chat.update needs."""

    channel: str  # id
    ts: str


def create_client(token: str, base_url: str = AsyncWebClient.BASE_URL) -> AsyncWebClient:
    """A client of Slack's Web API that never repeats a request by itself.

    The default of slack_sdk repeats a post after a dropped connection and so posts twice. Each call opens its
    own connection: none can have been closed unseen while idle, which would look like an ambiguous post.
    """
    return AsyncWebClient(token=token, base_url=base_url, timeout=_TIMEOUT, retry_handlers=[])


def fingerprint(key: str) -> str:
    """What a message's metadata says of the key it was sent under: enough to find it again, no more."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


class SlackPoster:
    """Posts to channels by name. `source` is the id of the workspace in the operating model."""

    def __init__(self, client: AsyncWebClient, source: str = "slack", clock: Clock = utc_now) -> None:
        self.client = client
        self.source = source
        self._clock = clock
        self.directory = Channels(client)

    async def post(self, channel: str, message: Message, key: str) -> Posted:
        """Post once and say where it is. A fingerprint of `key` travels as metadata, which members can read.

        Raises:
            SlackWait: certainly not posted; come back in `seconds`.
            SlackRefused: certainly not posted; `permanent` where this message can never pass.
            SlackAmbiguous: perhaps posted.
        """
        if problems := check(message.payload):
            raise refused("too_large", f"#{channel}", "; ".join(problems))
        known = await self.directory.find(channel)
        now = await self.directory.now(known)
        if now.shared:
            raise refused("is_ext_shared", f"#{now.name}")
        if known.private and not now.private:
            raise refused("became_public", f"#{now.name}")
        try:
            answer = await self.client.chat_postMessage(
                channel=now.id,
                **message.payload,
                unfurl_links=False,
                unfurl_media=False,
                metadata={"event_type": EVENT, "event_payload": {"key": fingerprint(key)}},
            )
        except Exception as error:
            raise translated(error, f"#{now.name}") from error
        return Posted(answer["channel"], answer["ts"])

    async def channels(self) -> list[Container]:
        """All channels that the bot can see, as records.

        Raises:
            SlackWait, SlackRefused: the list could not be read.
        """
        return [
            Container(
                source=self.source,
                id=c.id,
                key=c.name,
                kind="channel",
                name=c.name,
                archived=c.archived,
                public=not c.private,
            )
            for c in await self.directory.all()
        ]

    async def check(self, channels: Sequence[str] = (), app_token: str | None = None) -> Sequence[Check]:
        """Sign in and look around: token, scopes, clock, the named channels, the socket where it is used."""
        return await look_around(self.client, self.directory, channels, app_token, self._clock())
