"""The manifest asks for what the code uses, no more and no less."""

import ast
import re
from pathlib import Path

from bot.slack.manifest import SCOPES, SCOPES_OF_METHODS, manifest

SOURCES = Path(__file__).parents[3] / "bot" / "slack"
FAMILIES = (
    "auth",
    "apps",
    "chat",
    "conversations",
    "users",
    "views",
    "files",
    "reactions",
    "team",
    "usergroups",
)


def methods_called() -> set[str]:
    """Web API methods that the code calls on a client: chat_postMessage is chat.postMessage."""
    called = set()
    for file in SOURCES.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and re.match(rf"({'|'.join(FAMILIES)})_", node.func.attr)
            ):
                called.add(node.func.attr.replace("_", "."))
    return called


def test_the_scopes_are_those_of_the_methods_that_are_called() -> None:
    assert methods_called() == set(SCOPES_OF_METHODS)
    assert manifest("/ops")["oauth_config"]["scopes"]["bot"] == list(SCOPES)


def test_no_scope_lets_the_bot_read_conversations_or_post_uninvited() -> None:
    assert not [s for s in SCOPES if "history" in s or s == "chat:write.public"]


def test_socket_mode_needs_no_address_and_http_names_one() -> None:
    socket = manifest("/ops")
    assert socket["settings"]["socket_mode_enabled"]
    assert "url" not in socket["features"]["slash_commands"][0]
    http = manifest("/govern", "https://ops.example/slack/events")
    assert not http["settings"]["socket_mode_enabled"]
    assert http["features"]["slash_commands"][0]["url"] == "https://ops.example/slack/events"
    assert http["features"]["slash_commands"][0]["command"] == "/govern"
    assert manifest("/govern", "https://ops.example/")["features"] == http["features"]
