"""Atlassian Document Format, Jira Cloud's JSON for rich text, as plain text.

What a node is: https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/. Kinds of nodes
that came later are read through: their content is told, their own look is not.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

DEEPEST = 50  # of nesting; what lies deeper is not read
INLINE = {
    "text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard", "mediaInline", "placeholder",
    "inlineExtension",
}  # fmt: skip

Node = Mapping[str, Any]


def plain(value: object) -> str:
    """The text of a document, or of any part of one; a string, such as wiki text of API v2, as it is.

    Blocks are on lines of their own, cells of a row are parted by bars. What is no document is no text.
    """
    return value if isinstance(value, str) else _text(value, 0).strip()


def _text(value: object, depth: int) -> str:
    if depth > DEEPEST:
        return ""
    if isinstance(value, list):
        return _joined(value, depth)
    if not isinstance(value, dict):
        return ""
    kind = value.get("type")
    told = TOLD.get(kind) if isinstance(kind, str) else None
    return told(value, depth) if told else _content(value, depth)


def _content(node: Node, depth: int) -> str:
    return _text(node.get("content"), depth + 1)


def _joined(nodes: list[Any], depth: int) -> str:
    """Inline nodes run on, blocks begin a line."""
    whole, after_block = "", False
    for node in nodes:
        text = _text(node, depth + 1)
        if text:
            block = not _is_inline(node)
            whole += "\n" * bool(whole and (block or after_block)) + text
            after_block = block
    return whole


def _is_inline(node: object) -> bool:
    kind = node.get("type") if isinstance(node, dict) else None
    return isinstance(kind, str) and kind in INLINE


def _attribute(node: Node, *names: str) -> str:
    """The first of these attributes that is a text."""
    attributes = node.get("attrs")
    values = (attributes.get(name) for name in names) if isinstance(attributes, dict) else ()
    return next((value for value in values if isinstance(value, str) and value), "")


def _words(node: Node, _depth: int) -> str:
    text = node.get("text")
    return text if isinstance(text, str) else ""


def _date(node: Node, _depth: int) -> str:
    """The day; `timestamp` is milliseconds, written as a text."""
    try:
        return datetime.fromtimestamp(int(_attribute(node, "timestamp")) / 1000, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


def _items(node: Node) -> Iterator[object]:
    content = node.get("content")
    yield from content if isinstance(content, list) else ()


def _listed(mark: Callable[[int, Node], str]) -> Callable[[Node, int], str]:
    """A list whose items begin with a mark; what is inside an item is indented."""

    def told(node: Node, depth: int) -> str:
        lines = []
        for n, item in enumerate(_items(node)):
            text = _text(item, depth + 1).replace("\n", "\n  ")
            if text:
                lines.append(f"{mark(n, item)}{text}" if isinstance(item, dict) else text)
        return "\n".join(lines)

    return told


def _first(node: Node) -> int:
    attributes = node.get("attrs")
    order = attributes.get("order") if isinstance(attributes, dict) else None
    return order if isinstance(order, int) else 1


def _ordered(node: Node, depth: int) -> str:
    return _listed(lambda n, _item: f"{_first(node) + n}. ")(node, depth)


def _row(node: Node, depth: int) -> str:
    return " | ".join(_text(cell, depth + 1).replace("\n", " ") for cell in _items(node))


def _titled(node: Node, depth: int) -> str:
    return "\n".join(filter(None, (_attribute(node, "title"), _content(node, depth))))


def _named(*names: str) -> Callable[[Node, int], str]:
    """A node that is told by an attribute, or by what it holds."""
    return lambda node, depth: _attribute(node, *names) or _content(node, depth)


TOLD: Mapping[str, Callable[[Node, int], str]] = {
    "text": _words,
    "hardBreak": lambda _node, _depth: "\n",
    "mention": _named("text", "id"),
    "emoji": _named("text", "shortName"),
    "date": _date,
    "status": _named("text"),
    "placeholder": lambda _node, _depth: "",  # what a template asks for, not what anybody wrote
    "inlineCard": _named("url"),
    "blockCard": _named("url"),
    "embedCard": _named("url"),
    "media": _named("alt"),
    "mediaInline": _named("alt"),
    "extension": _named("text"),
    "inlineExtension": _named("text"),
    "expand": _titled,
    "nestedExpand": _titled,
    "bulletList": _listed(lambda _n, _item: "- "),
    "orderedList": _ordered,
    "decisionList": _listed(lambda _n, _item: "- "),
    "taskList": _listed(lambda _n, item: "[x] " if _attribute(item, "state") == "DONE" else "[ ] "),
    "tableRow": _row,
}
