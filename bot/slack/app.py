"""Slack's door: slash commands come in signed, over Socket Mode or HTTP; each is answered once, to the asker.

The only file that imports slack_bolt.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.slack import answers, commands
from bot.slack.channels import Channels
from bot.slack.commands.desk import Asker, Desk
from bot.slack.errors import SlackError, reading
from bot.slack.limits import check
from bot.slack.messages import OPS, Message
from bot.slack.people import People

log = structlog.get_logger(__name__)

SlackApp = AsyncApp
"""What the rest of the bot holds without knowing slack_bolt."""
FirstTime = Callable[[str], Awaitable[bool]]
"""Whether this key was never seen before; remembers it."""


def create_slack_app(
    *,
    client: AsyncWebClient,
    signing_secret: str | None,
    desk: Desk,
    people: People,
    channels: Channels,
    first_time: FirstTime,
    command: str = OPS,
) -> AsyncApp:
    """An app that answers the slash command. Without a signing secret no HTTP request is believed."""
    app = AsyncApp(
        name="opsbot",
        client=client,
        signing_secret=signing_secret or secrets.token_hex(32),
    )

    async def on_command(
        ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, context: AsyncBoltContext
    ) -> None:
        await ack()
        reference = secrets.token_hex(2)
        try:
            if not await first_time(f"slack:{body['trigger_id']}"):
                return
            ours = context.authorize_result.team_id if context.authorize_result else None
            message = await _answer(body, ours, desk, people, channels, command)
            if problems := check(message.payload):
                raise ValueError("; ".join(problems))  # noqa: TRY301 - a mistake of ours, told like any other
        except Exception:  # whatever it was: the asker gets a sentence, the log the rest
            log.exception("slack.command_failed", reference=reference, user=body.get("user_id"))
            message = answers.broken(reference)
        await _deliver(respond, message)

    app.command(command)(on_command)
    return app


async def _answer(
    body: Mapping[str, Any], ours: str | None, desk: Desk, people: People, channels: Channels, command: str
) -> Message:
    team = body.get("team_id")
    if ours is None or team != ours:
        return answers.say("I answer only people of the workspace I belong to.", f"{command} help")
    asker = Asker(
        user=body["user_id"],
        team=team,
        channel=await _channel(channels, body["channel_id"]),
        handle=await people.handle(body["user_id"], ours),
    )
    return await commands.answer(body.get("text") or "", desk, asker, command)


async def _channel(channels: Channels, channel_id: str) -> str | None:
    """The channel's name; None where Slack does not tell, so that less is shown, not more."""
    try:
        return await channels.name(channel_id)
    except SlackError as error:
        log.warning("slack.channel_unknown", channel=channel_id, error=error.sentence)
        return None


async def _deliver(respond: AsyncRespond, message: Message) -> None:
    try:
        answer = await respond(**message.payload, response_type="ephemeral", unfurl_links=False)
    except Exception as error:  # noqa: BLE001 - whatever it was, the asker can only ask again
        log.warning("slack.answer_lost", error=type(error).__name__)
        return
    if answer.status_code != 200:
        log.warning("slack.answer_refused", status=answer.status_code)


def http_handler(app: AsyncApp) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint of starlette or FastAPI for Slack's signed requests."""
    handler = AsyncSlackRequestHandler(app)

    async def endpoint(request: Request) -> Response:
        try:
            return await handler.handle(request)
        except UnicodeDecodeError:  # read as text before the signature is checked
            return PlainTextResponse("invalid request", status_code=401)

    return endpoint


class SocketMode:
    """Slack's requests over a connection that we open: nothing of ours is reachable from outside."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        self._app = app
        self._token = app_token
        self._handler: AsyncSocketModeHandler | None = None

    async def start(self) -> None:
        """Connect; from then on it reconnects by itself.

        Raises:
            SlackRefused: the app-level token is not accepted.
            SlackWait: Slack cannot be reached now.
        """
        opened = await reading(self._app.client.apps_connections_open(app_token=self._token))
        self._handler = AsyncSocketModeHandler(self._app, self._token)
        self._handler.client.wss_uri = opened["url"]
        await self._handler.client.connect()  # type: ignore[no-untyped-call]  # published untyped

    async def stop(self) -> None:
        """Disconnect, and wait until its tasks have ended."""
        if self._handler is None:
            return
        client = self._handler.client
        await client.close()  # type: ignore[no-untyped-call]  # published untyped
        tasks = (client.message_processor, client.current_session_monitor, client.message_receiver)
        await asyncio.gather(*(t for t in tasks if t is not None), return_exceptions=True)
        self._handler = None
