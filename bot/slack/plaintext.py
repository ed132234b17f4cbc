"""A Slack message as a terminal shows it: for `digest --dry-run`, the demo and tests."""

import re
from collections.abc import Mapping
from typing import Any

from bot.slack.messages import Message

_LINK = re.compile(r"<([^|>]+)\|([^>]*)>")
_MARK = re.compile(r":[a-z_]+_circle: ?")
_BOLD = re.compile(r"\*([^*\n]+)\*")
_ESCAPED = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}


def as_text(message: Message, *, addresses: bool = False) -> str:
    """The blocks as lines of text; links show their label, and their address too where asked for."""
    return "\n".join(line for block in message.blocks for line in _lines(block, addresses))


def _lines(block: Mapping[str, Any], addresses: bool) -> list[str]:
    match block["type"]:
        case "header":
            title = block["text"]["text"]
            return [title, "=" * len(title)]
        case "divider":
            return [""]
        case "context":
            return ["", *(f"  {_read(e['text'], addresses)}" for e in block["elements"])]
        case _:
            texts = [block["text"]] if "text" in block else []
            fields = [_read(f["text"], addresses).replace("\n", ": ", 1) for f in block.get("fields", ())]
            return ["", *(_read(t["text"], addresses) for t in texts), *fields]


def _read(mrkdwn: str, addresses: bool) -> str:
    text = _LINK.sub(r"\2 (\1)" if addresses else r"\2", mrkdwn)
    text = _BOLD.sub(r"\1", _MARK.sub("", text))
    for escaped, char in _ESCAPED.items():
        text = text.replace(escaped, char)
    return text
