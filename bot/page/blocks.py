"""Slack messages as a browser shows them: Block Kit and its mrkdwn, where nothing foreign becomes markup."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from bot.slack.messages import Message

Inside = Callable[[str, str], str | None]
"""The anchor on this page for a link, by its label and the text it stands in; None: it leads out."""

EMOJI: Mapping[str, str] = {
    "red_circle": "🔴",
    "large_orange_circle": "🟠",
    "large_yellow_circle": "🟡",
    "white_circle": "⚪",
}
_TOKEN = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<url>https?://[^|>\s]+)(?:\|(?P<label>[^>]*))?>"
    r"|<(?P<other>[^>]*)>"
    r"|(?<![\w*])\*(?P<bold>[^*\n]+)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^_\n]+)_(?![\w_])"
    r"|:(?P<emoji>[a-z0-9_+-]+):"
)
_BULLET = re.compile(r"^(?:•|-) ")
_ESCAPED = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}  # in this order: the ampersand last


def message_html(message: Message, inside: Inside) -> Markup:
    """All blocks of a message; links whose finding stands on this page lead there."""
    return Markup().join(_block(block, inside) for block in message.blocks)


def web_address(url: str) -> str:
    """The address where a browser may follow it: http and https alone; else nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.hostname else ""


def _block(block: Mapping[str, Any], inside: Inside) -> Markup:
    match block["type"]:
        case "header":
            return Markup('<p class="slack-header">{}</p>').format(block["text"]["text"])
        case "divider":
            return Markup("<hr>")
        case "context":
            texts = (_text(element, inside) for element in block["elements"])
            return Markup('<div class="slack-context">{}</div>').format(Markup().join(texts))
        case _:
            texts = (_text(t, inside) for t in (block.get("text"), *block.get("fields", ())) if t)
            return Markup('<div class="slack-section">{}</div>').format(Markup().join(texts))


def _text(element: Mapping[str, Any], inside: Inside) -> Markup:
    if element["type"] != "mrkdwn":
        return Markup("<p>{}</p>").format(element.get("text", ""))
    return mrkdwn_html(element["text"], inside)


def mrkdwn_html(text: str, inside: Inside) -> Markup:
    """Paragraphs and lists of mrkdwn: bold, italic, code, links and the emoji we use."""
    parts: list[Markup] = []
    bullets: list[Markup] = []
    lines: list[Markup] = []

    def close() -> None:
        if bullets:
            parts.append(Markup("<ul>{}</ul>").format(Markup().join(bullets)))
            bullets.clear()
        if lines:
            parts.append(Markup("<p>{}</p>").format(Markup("<br>").join(lines)))
            lines.clear()

    for line in text.split("\n"):
        bullet = _BULLET.match(line)
        if bool(bullet) != bool(bullets):
            close()
        if bullet:
            spans = Markup().join(_spans(line[bullet.end() :], text, inside))
            bullets.append(Markup("<li>{}</li>").format(spans))
        else:
            lines.append(Markup().join(_spans(line, text, inside)))
    close()
    return Markup().join(parts)


def _spans(line: str, whole: str, inside: Inside) -> Iterator[Markup]:
    end = 0
    for token in _TOKEN.finditer(line):
        yield escape(_unescaped(line[end : token.start()]))
        yield _span(token, whole, inside)
        end = token.end()
    yield escape(_unescaped(line[end:]))


def _span(token: re.Match[str], whole: str, inside: Inside) -> Markup:
    match token.lastgroup:
        case "code":
            return Markup("<code>{}</code>").format(_unescaped(token["code"]))
        case "bold":
            return Markup("<b>{}</b>").format(Markup().join(_spans(token["bold"], whole, inside)))
        case "italic":
            return Markup("<i>{}</i>").format(Markup().join(_spans(token["italic"], whole, inside)))
        case "emoji":
            sign = EMOJI.get(token["emoji"])
            return Markup('<span aria-hidden="true">{}</span>').format(sign) if sign else escape(token[0])
        case "url" | "label":
            return _link(_unescaped(token["url"]), _unescaped(token["label"] or token["url"]), whole, inside)
    return escape(_unescaped(token["other"] or ""))


def _link(url: str, label: str, whole: str, inside: Inside) -> Markup:
    anchor = inside(label, _unescaped(whole))
    if anchor is not None:
        return Markup('<a href="{}">{}</a>').format(anchor, label)
    address = web_address(url)
    if not address:
        return escape(label)
    return Markup('<a class="out" href="{}" rel="noreferrer noopener">{}</a>').format(address, label)


def _unescaped(text: str) -> str:
    for escaped, char in _ESCAPED.items():
        text = text.replace(escaped, char)
    return text
