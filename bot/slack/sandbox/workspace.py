"""A workspace and what it answers: the methods of Slack's Web API that the bot uses, without any HTTP.

Answers and error codes are those of docs.slack.dev/reference/methods; limits are written down once more, so
that a mistake in our own is found.
"""

import json
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Arguments = Mapping[str, Any]
Fault = Literal["unavailable", "limited", "lost"]
"""For one post: refused with 503, refused with 429, or taken but never answered."""

_PAGE = 100
_BLOCKS, _TEXT, _WHOLE = 50, 3000, 13_200


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel; `member`: the bot is in it."""

    id: str
    name: str
    private: bool = False
    archived: bool = False
    member: bool = True
    shared: bool = False


@dataclass(frozen=True, slots=True)
class User:
    """A member of the workspace, or of the `team` they belong to."""

    id: str
    name: str
    email: str
    team: str = "T0SANDBOX"
    guest: bool = False
    bot: bool = False
    gone: bool = False  # deactivated


@dataclass(frozen=True, slots=True)
class Config:
    """What the workspace is and which secrets open it."""

    bot_token: str
    signing_secret: str
    channels: tuple[Channel, ...]
    users: tuple[User, ...]
    app_token: str = ""
    scopes: tuple[str, ...] = (
        "channels:read",
        "chat:write",
        "commands",
        "groups:read",
        "users:read",
        "users:read.email",
    )
    team: str = "T0SANDBOX"
    command: str = "/ops"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes over the wire; `answered` is False where the connection drops instead."""

    body: Mapping[str, Any]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    answered: bool = True


@dataclass(slots=True)
class Stored:
    """A message that stands in a channel."""

    channel: str  # name
    ts: str
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any] | None


class Workspace:
    """Channels, people, messages. `one_a_second` holds a channel to Slack's pace; `faults` befall posts."""

    def __init__(self, config: Config, clock: Callable[[], float] = time.time) -> None:
        self.config = config
        self.channels = {c.id: c for c in config.channels}
        self.messages: list[Stored] = []
        self.faults: deque[Fault] = deque()
        self.one_a_second = False
        self.clock = clock
        self._last_post: dict[str, float] = {}
        self._methods: Mapping[str, Callable[[Arguments], Answer]] = {
            "auth.test": self._auth_test,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "conversations.info": self._channel_info,
            "conversations.list": self._channel_list,
            "users.info": self._user_info,
            "users.list": self._user_list,
            "users.lookupByEmail": self._user_by_email,
        }

    def call(self, method: str, arguments: Arguments, token: str) -> Answer:
        """The answer to one call of the Web API."""
        answer = self._methods.get(method)
        if answer is None:
            return _error("unknown_method")
        if token != self.config.bot_token:
            return _error("invalid_auth" if token else "not_authed")
        return answer(arguments)

    def channel_named(self, name: str) -> Channel:
        """A channel by name; KeyError where there is none."""
        return next((c for c in self.channels.values() if c.name == name), None) or self.channels[name]

    def _auth_test(self, _arguments: Arguments) -> Answer:
        body = {
            "ok": True,
            "url": "https://sandbox.slack.com/",
            "team": "Sandbox",
            "user": "opsbot",
            "team_id": self.config.team,
            "user_id": "U0OPSBOT",
            "bot_id": "B0OPSBOT",
        }
        return Answer(body, headers={"x-oauth-scopes": ",".join(self.config.scopes)})

    def _channel_list(self, arguments: Arguments) -> Answer:
        seen = [c for c in self.channels.values() if c.member or not c.private]
        return _listed("channels", [self._told(c) for c in seen], arguments)

    def _channel_info(self, arguments: Arguments) -> Answer:
        channel = self._visible(arguments)
        return (
            Answer({"ok": True, "channel": self._told(channel)}) if channel else _error("channel_not_found")
        )

    def _post(self, arguments: Arguments) -> Answer:
        fault = self.faults.popleft() if self.faults else None
        if fault == "unavailable":
            return Answer({"ok": False, "error": "service_unavailable"}, status=503)
        channel = self._visible(arguments)
        if channel is None:
            return _error("channel_not_found")
        now = self.clock()
        if fault == "limited" or (self.one_a_second and now - self._last_post.get(channel.id, now - 1) < 1):
            return Answer({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
        if refusal := _refusal(channel, arguments):
            return _error(refusal)
        self._last_post[channel.id] = now
        stored = Stored(
            channel.name,
            f"{int(now)}.{len(self.messages) + 1:06d}",
            str(arguments.get("text") or ""),
            _decoded(arguments.get("blocks")) or [],
            _decoded(arguments.get("metadata")),
        )
        self.messages.append(stored)
        return Answer({"ok": True, "channel": channel.id, "ts": stored.ts}, answered=fault != "lost")

    def _update(self, arguments: Arguments) -> Answer:
        channel = self._visible(arguments)
        if channel is None:
            return _error("channel_not_found")
        if refusal := _refusal(channel, arguments):
            return _error(refusal)
        for stored in self.messages:
            if (stored.channel, stored.ts) == (channel.name, arguments.get("ts")):
                stored.text = str(arguments.get("text") or "")
                stored.blocks = _decoded(arguments.get("blocks")) or []
                return Answer({"ok": True, "channel": channel.id, "ts": stored.ts})
        return _error("message_not_found")

    def _user_info(self, arguments: Arguments) -> Answer:
        return self._user(lambda u: u.id == arguments.get("user"), "user_not_found")

    def _user_list(self, arguments: Arguments) -> Answer:
        return _listed("members", [_member(user) for user in self.config.users], arguments)

    def _user_by_email(self, arguments: Arguments) -> Answer:
        return self._user(lambda u: u.email == arguments.get("email"), "users_not_found")

    def _user(self, wanted: Callable[[User], bool], otherwise: str) -> Answer:
        user = next(filter(wanted, self.config.users), None)
        return _error(otherwise) if user is None else Answer({"ok": True, "user": _member(user)})

    def _visible(self, arguments: Arguments) -> Channel | None:
        channel = self.channels.get(str(arguments.get("channel")))
        return channel if channel and (channel.member or not channel.private) else None

    def _told(self, channel: Channel) -> dict[str, Any]:
        return {
            "id": channel.id,
            "name": channel.name,
            "is_channel": not channel.private,
            "is_private": channel.private,
            "is_archived": channel.archived,
            "is_member": channel.member,
            "is_ext_shared": channel.shared,
            "is_pending_ext_shared": False,
        }


def _listed(name: str, rows: Sequence[Mapping[str, Any]], arguments: Arguments) -> Answer:
    """The page of a list that is asked for, and where it goes on."""
    start = int(arguments.get("cursor") or 0)
    end = start + min(int(arguments.get("limit") or _PAGE), _PAGE)
    following = str(end) if end < len(rows) else ""
    return Answer({"ok": True, name: rows[start:end], "response_metadata": {"next_cursor": following}})


def _member(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "team_id": user.team,
        "name": user.name,
        "deleted": user.gone,
        "is_bot": user.bot,
        "is_restricted": user.guest,
        "is_stranger": False,
        "profile": {"email": user.email, "real_name": user.name},
    }


def _refusal(channel: Channel, arguments: Arguments) -> str | None:
    """The error for a message that cannot stand in the channel."""
    if channel.archived:
        return "is_archived"
    if not channel.member:
        return "not_in_channel"
    blocks = _decoded(arguments.get("blocks")) or []
    if not arguments.get("text") and not blocks:
        return "no_text"
    if len(blocks) > _BLOCKS or any(not text or len(text) > _TEXT for text in _texts(blocks)):
        return "invalid_blocks"
    return "msg_blocks_too_long" if len(json.dumps(blocks, ensure_ascii=False)) > _WHOLE else None


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if not isinstance(value, dict):
        return []
    own = [value["text"]] if isinstance(value.get("text"), str) else []
    return own + [text for item in value.values() for text in _texts(item)]


def _decoded(value: Any) -> Any:
    """Structures come as JSON text in a form, and as they are in a JSON body."""
    return json.loads(value) if isinstance(value, str) else value


def _error(code: str) -> Answer:
    return Answer({"ok": False, "error": code})
