"""How large a Slack message may be, and what is wrong with one that is not right; asked before every send.

Names and values are those of Slack's Block Kit reference, spelled as the slackblocks project does; a test
holds the two equal. Slack documents no limit for a whole message: near 13,200 characters it answers
msg_blocks_too_long (slackapi/bolt-js#2509).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

LIMITS: Mapping[str, int] = {
    "message.blocks.max_items": 50,
    "message.text.max_length": 4_000,  # longer ones are split or cut by Slack
    "message.characters.max_length": 13_000,
    "block_id.max_length": 255,
    "text.min_length": 1,
    "header.text.max_length": 150,
    "section.text.max_length": 3000,
    "section.fields.max_items": 10,
    "section.fields.item_max_length": 2000,
    "context.elements.max_items": 10,
}
BUDGET_BLOCKS = 45
BUDGET_CHARACTERS = 12_000
"""What our own messages keep to, so that a small mistake in counting is never refused."""

_KINDS = {"header", "section", "context", "divider"}
_TEXTS = {"plain_text", "mrkdwn"}


def size(blocks: Sequence[Mapping[str, Any]]) -> int:
    """Characters of the blocks as they are sent."""
    return len(json.dumps(list(blocks), ensure_ascii=False, separators=(",", ":")))


def fitting(groups: Iterable[Sequence[Mapping[str, Any]]], blocks: int, characters: int) -> int:
    """How many of the groups, from the first, fit in so many blocks and characters."""
    fit = 0
    for group in groups:
        blocks -= len(group)
        characters -= size(group)
        if blocks < 0 or characters < 0:
            break
        fit += 1
    return fit


def check(payload: Mapping[str, Any]) -> list[str]:
    """What Slack would refuse in a message of `text` and `blocks`, one sentence each; empty if nothing."""
    blocks = payload.get("blocks") or ()
    found = [
        *_length("message.text", payload.get("text") or "", "message.text.max_length"),
        *_count("message.blocks", blocks, "message.blocks.max_items"),
    ]
    if (characters := size(blocks)) > LIMITS["message.characters.max_length"]:
        limit = LIMITS["message.characters.max_length"]
        found.append(f"message: {characters} characters of blocks, at most {limit}")
    named = [b["block_id"] for b in blocks if "block_id" in b]
    found += [f"block_id {name!r} is used twice" for name in sorted({n for n in named if named.count(n) > 1})]
    for number, block in enumerate(blocks):
        found += _block(f"blocks[{number}]", block)
    return found


def _block(at: str, block: Mapping[str, Any]) -> Iterator[str]:
    kind = block.get("type")
    if kind not in _KINDS:
        yield f"{at}: a block of type {kind!r} is not one of {', '.join(sorted(_KINDS))}"
        return
    if "block_id" in block:
        yield from _length(f"{at}.block_id", block["block_id"], "block_id.max_length")
    if kind == "header":
        yield from _text(f"{at}.text", block.get("text"), "header.text.max_length", kinds={"plain_text"})
    elif kind == "section":
        fields = block.get("fields") or ()
        if "text" in block or not fields:
            yield from _text(f"{at}.text", block.get("text"), "section.text.max_length")
        yield from _count(f"{at}.fields", fields, "section.fields.max_items")
        for number, field in enumerate(fields):
            yield from _text(f"{at}.fields[{number}]", field, "section.fields.item_max_length")
    elif kind == "context":
        elements = block.get("elements") or ()
        if not elements:
            yield f"{at}.elements: at least one"
        yield from _count(f"{at}.elements", elements, "context.elements.max_items")
        for number, element in enumerate(elements):
            yield from _text(f"{at}.elements[{number}]", element, "section.text.max_length")


def _text(at: str, text: Any, limit: str, kinds: set[str] = _TEXTS) -> Iterator[str]:
    if not isinstance(text, Mapping) or text.get("type") not in kinds:
        yield f"{at}: must be a text of type {' or '.join(sorted(kinds))}"
        return
    yield from _length(f"{at}.text", text.get("text"), limit)


def _length(at: str, text: Any, limit: str) -> Iterator[str]:
    if not isinstance(text, str) or len(text) < LIMITS["text.min_length"]:
        yield f"{at}: must not be empty"
    elif len(text) > LIMITS[limit]:
        yield f"{at}: {len(text)} characters, at most {LIMITS[limit]}"


def _count(at: str, items: Sequence[Any], limit: str) -> Iterator[str]:
    if len(items) > LIMITS[limit]:
        yield f"{at}: {len(items)} items, at most {LIMITS[limit]}"
