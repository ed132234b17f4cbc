"""The app's manifest: what an admin pastes at api.slack.com/apps, asking for what the code uses and no more.

The bot cannot read conversations: it asks for no history scope and for no user token.
"""

from collections.abc import Mapping
from typing import Any

DOOR = "/slack/events"
"""Where the service takes what Slack sends."""

SCOPES_OF_METHODS: Mapping[str, tuple[str, ...]] = {
    "auth.test": (),
    "apps.connections.open": (),  # connections:write, of the app-level token
    "chat.postMessage": ("chat:write",),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.list": ("channels:read", "groups:read"),
    "users.info": ("users:read", "users:read.email"),
    "users.list": ("users:read", "users:read.email"),
}
"""Every method of Slack's Web API that we call, and the bot scopes it needs."""

SCOPES = tuple(sorted({"commands", *(s for scopes in SCOPES_OF_METHODS.values() for s in scopes)}))
"""The bot scopes of the app; `commands` is for the slash command."""


def manifest(command: str, http_url: str | None = None) -> dict[str, Any]:
    """The manifest for a slash command such as `/ops`.

    With `http_url`, the public address of the service, Slack sends commands there; without, they come over
    Socket Mode.
    """
    slash: dict[str, Any] = {
        "command": command,
        "description": "Does live work match the operating model?",
        "usage_hint": "status | findings | explain KEY | help",
        "should_escape": False,
    }
    if http_url is not None:
        slash["url"] = http_url.rstrip("/").removesuffix(DOOR) + DOOR
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "opsbot",
            "description": "Holds live work against the operating model",
            "background_color": "#1f3a5f",
        },
        "features": {
            "bot_user": {"display_name": "opsbot", "always_online": True},
            "slash_commands": [slash],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "org_deploy_enabled": False,
            "socket_mode_enabled": http_url is None,
            "token_rotation_enabled": False,
        },
    }
