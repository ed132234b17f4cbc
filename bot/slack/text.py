"""Foreign text made safe for Slack: titles cannot mention people, forge links or hide what they say.

Slack gives meaning to `&`, `<` and `>` only (docs.slack.dev/messaging/formatting-message-text): these three
are replaced and nothing else. Text is cleaned, then cut, then escaped: cutting last could split an escape.
"""

import unicodedata
from itertools import accumulate
from urllib.parse import urlsplit

MORE = "…"
LONGEST_ADDRESS = 500
"""Characters of an address as it is sent; a longer one would crowd out what the message says."""

_INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_DROPPED = frozenset({"Cc", "Cf", "Cs"})  # control, format (bidi, zero-width), lone surrogates
_MEANINGFUL = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_IN_ADDRESS = str.maketrans({"|": "%7C", "<": "%3C", ">": "%3E", " ": "%20", '"': "%22"})


def clean(text: str) -> str:
    """The text on one line, without characters that cannot be seen or that turn the reading direction."""
    return " ".join("".join(c for c in text if _visible(c)).split())


def _visible(char: str) -> bool:
    return char.isspace() or (char not in _INVISIBLE_LETTERS and unicodedata.category(char) not in _DROPPED)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, the last one an ellipsis where something is missing."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + MORE


def esc(text: str) -> str:
    """The text with Slack's three control characters replaced."""
    return text.translate(_MEANINGFUL)


def plain(text: str, limit: int = 200) -> str:
    """Foreign text for a plain_text element, where Slack reads no markup."""
    return cut(clean(text), limit)


def safe(text: str, limit: int = 200) -> str:
    """Foreign text for a mrkdwn element: clean, escaped, at most `limit` characters as it is sent."""
    cleaned = clean(text)
    if len(whole := esc(cleaned)) <= limit:
        return whole
    sizes = accumulate(len(esc(char)) for char in cleaned)
    kept = sum(size < limit for size in sizes)
    return esc(cleaned[:kept].rstrip()) + MORE


def code(text: str, limit: int = 200) -> str:
    """Text in backticks; its own backticks become apostrophes so that it cannot leave them."""
    return f"`{safe(text.replace('`', chr(39)), limit)}`"


def link(url: str, label: str, limit: int = 200) -> str:
    """A mrkdwn link, or the label alone where the address is not a plain http(s) address."""
    shown, address = safe(label, limit), esc(url.translate(_IN_ADDRESS))
    if not shown or len(address) > LONGEST_ADDRESS or not _leads_somewhere(url):
        return shown
    return f"<{address}|{shown}>"


def _leads_somewhere(url: str) -> bool:
    if clean(url) != url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
