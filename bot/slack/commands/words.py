"""What people type: words, quotes of any kind, pasted links, and names that are nearly right."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from urllib.parse import parse_qs, urlsplit

from bot.slack.commands.command import MisunderstoodError
from bot.slack.text import clean, code

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_WORD = re.compile(r'(?:<[^<>]*>|"[^"]*"|[^\s"<]|[<"])+')
_LINKED = re.compile(r"<(https?:[^|>]+)(?:\|[^>]*)?>")
_ISSUE_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*-\d+")
_REPOSITORY_ITEM = re.compile(r"[\w.-]+/[\w.-]+#\d+")
_REPOSITORY_PATH = re.compile(r"/([\w.-]+/[\w.-]+)/(?:issues|pull)/(\d+)")


def split(text: str) -> list[str]:
    """The words of a command. Quotes keep words together and are dropped; Slack's links become addresses."""
    straight = text.translate(_QUOTES)
    return [word for found in _WORD.findall(straight) if (word := _word(found))]


def reference(word: str) -> str:
    """The key that a word means: PAY-412, owner/repo#7, or the one in a pasted address; else the word."""
    if word.startswith(("http://", "https://")):
        return _addressed(word) or word
    if _ISSUE_KEY.fullmatch(word):
        return word.upper()
    return word


def is_reference(word: str) -> bool:
    """Whether it looks like a key or an address rather than a verb."""
    key = reference(word)
    return bool(_ISSUE_KEY.fullmatch(key) or _REPOSITORY_ITEM.fullmatch(key))


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that was probably meant."""
    close = get_close_matches(word.casefold(), list(allowed), n=1)
    return close[0] if close else None


def named(word: str, allowed: Sequence[str]) -> str | None:
    """The id that a person means: case, spaces and underscores do not matter."""
    return next((name for name in allowed if _loosely(name) == _loosely(word)), None)


def unknown(kind: str, word: str, allowed: Sequence[str], verb: str) -> MisunderstoodError:
    """The error for a name that does not exist, with the nearest that does."""
    guess = nearest(word, allowed)
    meant = f" Did you mean {code(guess)}?" if guess else ""
    return MisunderstoodError(
        f"I know no {kind} {code(word, 80)} that you may see.{meant}", f"{verb} {guess}" if guess else "help"
    )


def _word(found: str) -> str:
    address = _LINKED.sub(r"\1", found).replace('"', "")
    return clean(address.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def _addressed(address: str) -> str | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if path := _REPOSITORY_PATH.match(parts.path):
        return f"{path[1]}#{path[2]}"
    selected = parse_qs(parts.query).get("selectedIssue", [""])[0]
    last = parts.path.rstrip("/").rpartition("/")[2]
    return next((key.upper() for key in (selected, last) if _ISSUE_KEY.fullmatch(key)), None)


def _loosely(name: str) -> str:
    return re.sub(r"[\s_-]+", "-", name.casefold())
