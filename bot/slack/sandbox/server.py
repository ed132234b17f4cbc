"""The sandbox as a server: the Web API, Socket Mode and response addresses on one local port."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import WSMsgType, web
from slack_sdk.signature import SignatureVerifier

from bot.slack.sandbox.workspace import Config, Stored, Workspace

_USES = 5  # a response address answers five times
_PATIENCE = 10.0  # seconds
_ACKNOWLEDGED = 3.0  # seconds that Slack waits


class Sandbox:
    """A running workspace. `url` is the address of its Web API, for a client's base_url."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.url = ""
        self._origin = ""
        self._numbers = itertools.count(1)
        self._replies: dict[str, list[dict[str, Any]]] = {}
        self._sockets: list[web.WebSocketResponse] = []
        self._acknowledged: set[str] = set()
        self._changed = asyncio.Condition()

    @property
    def messages(self) -> list[Stored]:
        """All messages in all channels, oldest first."""
        return self.workspace.messages

    async def slash(
        self, text: str, user: str, channel: str, *, endpoint: str | None = None
    ) -> Mapping[str, Any]:
        """Type a slash command as this user (by id) in this channel (by name); gives the first answer.

        It goes to `endpoint` as a signed request, or down the socket.

        Raises:
            TimeoutError: no answer came.
        """
        form = self.form(text, user, channel)
        if endpoint is not None:
            body, headers = self.signed(form)
            async with aiohttp.ClientSession() as session:
                await session.post(endpoint, data=body, headers=headers)
        else:
            await self.send(form)
        return (await self.replies(form["response_url"]))[0]

    def form(self, text: str, user: str, channel: str) -> dict[str, str]:
        """The fields of a slash command."""
        config, number = self.workspace.config, next(self._numbers)
        place = self.workspace.channel_named(channel)
        who = next(u for u in config.users if u.id == user)
        return {
            "team_id": who.team,
            "team_domain": "sandbox",
            "channel_id": place.id,
            "channel_name": "privategroup" if place.private else place.name,
            "user_id": who.id,
            "user_name": who.name,
            "command": config.command,
            "text": text,
            "api_app_id": "A0SANDBOX",
            "is_enterprise_install": "false",
            "response_url": f"{self._origin}/respond/{number}",
            "trigger_id": f"{number}.sandbox",
        }

    def signed(self, form: Mapping[str, str], at: int | None = None) -> tuple[str, dict[str, str]]:
        """Body and headers of the request, signed at that second (now)."""
        stamp = str(at if at is not None else int(self.workspace.clock()))
        body = urlencode(form)
        verifier = SignatureVerifier(self.workspace.config.signing_secret)
        signature = verifier.generate_signature(timestamp=stamp, body=body) or ""
        return body, {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature,
        }

    async def send(self, form: Mapping[str, str]) -> None:
        """Send a slash command down the socket, once one is open, and wait until it is acknowledged.

        Raises:
            TimeoutError: no socket was opened, or no acknowledgement came within three seconds.
        """
        envelope = {
            "envelope_id": f"envelope-{next(self._numbers)}",
            "type": "slash_commands",
            "accepts_response_payload": True,
            "payload": form,
        }
        async with asyncio.timeout(_PATIENCE), self._changed:
            await self._changed.wait_for(lambda: self._sockets)
        await self._sockets[-1].send_json(envelope)
        async with asyncio.timeout(_ACKNOWLEDGED), self._changed:
            await self._changed.wait_for(lambda: envelope["envelope_id"] in self._acknowledged)

    async def disconnect(self) -> None:
        """Ask the bot to open a new socket, as Slack does every few hours; gives back when it has."""
        old = self._sockets[-1]
        await old.send_json({"type": "disconnect", "reason": "refresh_requested"})
        async with asyncio.timeout(_PATIENCE), self._changed:
            await self._changed.wait_for(lambda: self._sockets and self._sockets[-1] is not old)

    async def replies(self, response_url: str) -> list[dict[str, Any]]:
        """What was answered to a response address, once there is something."""
        number = response_url.rpartition("/")[2]
        async with asyncio.timeout(_PATIENCE), self._changed:
            await self._changed.wait_for(lambda: number in self._replies)
        return self._replies[number]

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator["Sandbox"]:
        """Serve on this loopback port, any free one by default, until the block ends."""
        app = web.Application()
        app.add_routes(
            [
                web.route("*", "/api/{method}", self._web_api),
                web.get("/socket", self._socket),
                web.post("/respond/{number}", self._respond),
            ]
        )
        app.on_shutdown.append(self._close_sockets)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
            self._origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
            self.url = f"{self._origin}/api/"
            yield self
        finally:
            await runner.cleanup()

    async def _web_api(self, request: web.Request) -> web.Response:
        method, token = request.match_info["method"], request.headers.get("Authorization", "")
        token = token.removeprefix("Bearer ")
        if method == "apps.connections.open":
            return web.json_response(self._opened(token))
        answer = self.workspace.call(method, await _arguments(request), token)
        if not answer.answered and request.transport is not None:
            request.transport.close()
        return web.json_response(answer.body, status=answer.status, headers=answer.headers)

    def _opened(self, token: str) -> dict[str, Any]:
        expected = self.workspace.config.app_token
        if not expected or token != expected:
            return {"ok": False, "error": "invalid_auth"}
        return {"ok": True, "url": f"{self._origin.replace('http', 'ws', 1)}/socket"}

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        async with self._changed:
            self._sockets.append(socket)
            self._changed.notify_all()
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                async with self._changed:
                    self._acknowledged.add(frame.json().get("envelope_id"))
                    self._changed.notify_all()
        self._sockets.remove(socket)
        return socket

    async def _respond(self, request: web.Request) -> web.Response:
        number = request.match_info["number"]
        if len(self._replies.get(number, ())) >= _USES:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        body = await request.json()
        async with self._changed:
            self._replies.setdefault(number, []).append(body)
            self._changed.notify_all()
        return web.Response(text="ok")

    async def _close_sockets(self, _app: web.Application) -> None:
        for socket in list(self._sockets):
            await socket.close()


def create_sandbox(config: Config) -> Sandbox:
    """A workspace of these channels and people, ready to be served."""
    return Sandbox(Workspace(config))


async def _arguments(request: web.Request) -> dict[str, Any]:
    """Arguments of a call, which may come in the address, as a form or as JSON."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        given |= json.loads(await request.text())
    else:
        given |= dict(await request.post())
    return given
