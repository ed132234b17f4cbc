"""What a channel reads: the digest, numbers first, two lines a finding. Pure functions to Block Kit.

Plain dicts, because the models of slack_sdk drop block types they do not know; they check us in the tests.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from bot.slack.limits import BUDGET_BLOCKS, BUDGET_CHARACTERS, LIMITS, fitting, size
from bot.slack.text import code, link, plain, safe
from rules.findings import Severity
from rules.views import Digest, Happened, Line, SourceAge

Block = dict[str, Any]

OPS = "/ops"
"""The usual name of the slash command; an installation may give it another."""

MARKS: Mapping[Severity, str] = {
    Severity.CRITICAL: ":red_circle:",
    Severity.HIGH: ":large_orange_circle:",
    Severity.WARN: ":large_yellow_circle:",
    Severity.INFO: ":white_circle:",
}
"""Beside the word, never instead of it."""

_HAPPENED: Mapping[Happened, str] = {
    "new": "New",
    "worsened": "Worse than before",
    "reopened": "Back again",
    "unwaived": "No longer waived",
}
_COUNTED: Mapping[Happened, str] = {"reopened": "back again", "unwaived": "no longer waived"}
_RESERVED_BLOCKS = 5  # after them: more, resolved, inherited, next command
_RESERVED_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True)
class Message:
    """Blocks, and the sentence that notifications and screen readers get instead."""

    text: str
    blocks: tuple[Block, ...]

    @property
    def payload(self) -> dict[str, Any]:
        """Arguments of chat.postMessage and of a response_url."""
        return {"text": self.text, "blocks": list(self.blocks)}


def section(text: str) -> Block:
    """A paragraph of mrkdwn; Slack finds no links or mentions in it by itself."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def paragraph(lines: Sequence[str]) -> Block:
    """A section of as many lines as it holds, and how many more there are."""
    room = LIMITS["section.text.max_length"] - len("\nand 1,000,000 more")
    kept = sum(size <= room for size in accumulate(len(line) + 1 for line in lines))
    rest = len(lines) - kept
    return section("\n".join([*lines[:kept], *([f"and {rest:,} more"] if rest else [])]))


def context(*texts: str) -> Block:
    """Small print."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": t, "verbatim": True} for t in texts]}


def header(text: str) -> Block:
    """A title of foreign text, cleaned and cut."""
    shown = plain(text, LIMITS["header.text.max_length"])
    return {"type": "header", "text": {"type": "plain_text", "text": shown, "emoji": False}}


def digest(told: Digest, ops: str = OPS) -> Message:
    """What changed for a channel since the digest before, within the budget of one message."""
    head = [
        header(f"{plain(told.about, 100)}: governance digest, {day(told.at)}"),
        section(_numbers(told)),
        context(" | ".join(_freshness(told))),
    ]
    groups = list(_groups(told.lines))
    shown = fitting(
        groups,
        BUDGET_BLOCKS - _RESERVED_BLOCKS - len(head),
        BUDGET_CHARACTERS - _RESERVED_CHARACTERS - size(head),
    )
    body = (block for group in groups[:shown] for block in group)
    return Message(_sentence(told), (*head, *body, *_tail(told, told.more + len(told.lines) - shown, ops)))


def finding(line: Line) -> str:
    """Two lines of mrkdwn: what it is, and why it matters to whom."""
    count = f" ({line.count} items)" if line.count > 1 else ""
    word = line.severity.word.capitalize()
    title = "" if line.title == line.key else f" {safe(line.title, 120)}"
    first = f"{MARKS[line.severity]} *{word}* · {link(line.url, line.key, 80)}{title}{count}"
    return f"{first}\n{safe(line.says, 280)} {accountable(line.accountable, line.product)}"


def accountable(role: str, product: str | None) -> str:
    """The role, never the person: a channel is told who decides, not whom to blame."""
    of = f" of {safe(product, 60)}" if product else ""
    return f"{safe(role, 60).capitalize()}{of}."


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 finding`, `2 findings`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def day(at: datetime) -> str:
    """`Mon 23 Nov`."""
    return f"{at:%a} {at.day} {at:%b}"


def severities(counts: Mapping[Severity, int], *, bold: bool = False) -> str:
    """`11 open (1 critical, 4 high, 6 warn)`."""
    total = f"{sum(counts.values()):,} open"
    parts = [f"{counts[s]:,} {s.word}" for s in sorted(counts, reverse=True) if counts[s]]
    return (f"*{total}*" if bold else total) + (f" ({', '.join(parts)})" if parts else "")


def waived(count: int) -> str:
    """`, 2 waived`, after the open ones; nothing for none."""
    return f", {count:,} waived" if count else ""


def age(length: timedelta) -> str:
    """`6 min`, `3 h`, `2 d`: rounded down, as people say it."""
    minutes = max(int(length.total_seconds() // 60), 0)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} d"


def source_age(source: SourceAge, now: datetime) -> str:
    """How old a source's data is, and what follows from that."""
    name = safe(source.name, 60)
    if source.synced_at is None:
        return f"{name} was never read completely, nothing is concluded from it"
    old = age(now - source.synced_at)
    if source.stale:
        return f"{name} data is {old} old, nothing from it is marked resolved"
    return f"{name} synced just now" if old == "0 min" else f"{name} synced {old} ago"


def _counts(told: Digest) -> list[str]:
    changed = {h: sum(x.count for x in told.lines if x.happened == h) for h in _HAPPENED}
    parts = [f"{n:,} {_COUNTED.get(h, h)}" for h, n in changed.items() if n]
    if told.more:
        parts.append(f"{told.more:,} more")
    if resolved := sum(x.count for x in told.resolved):
        parts.append(f"{resolved:,} resolved")
    return parts or ["nothing changed"]


def _numbers(told: Digest) -> str:
    first, *others = _counts(told)
    since = f" since {day(told.since)}" if told.since else ""
    changed = ", ".join([f"*{first.capitalize()}*", *others])
    return f"{changed}{since}. {severities(told.open, bold=True)}{waived(told.waived)}."


def _freshness(told: Digest) -> Iterator[str]:
    if told.stream:
        yield f"Value stream *{safe(told.stream, 60)}*"
    for source in told.sources:
        yield source_age(source, told.at)
    yield f"{plural(told.checked, 'item')} checked against {plural(told.rules, 'rule')}"
    if told.unknown:
        yield f"{plural(told.unknown, 'check')} could not be decided"


def _sentence(told: Digest) -> str:
    counts = ", ".join(_counts(told))
    return f"{safe(told.about, 100)} digest, {day(told.at)}: {counts}, {severities(told.open)}."


def _groups(lines: Sequence[Line]) -> Iterator[list[Block]]:
    """A group of blocks for each finding; the first of what happened alike brings the heading."""
    for happened, heading in _HAPPENED.items():
        alike = [section(finding(x)) for x in lines if x.happened == happened]
        for place, block in enumerate(alike):
            yield [section(f"*{heading}*"), block] if place == 0 else [block]


def _tail(told: Digest, more: int, ops: str) -> Iterator[Block]:
    if more:
        yield context(f"and {more:,} more: {code(f'{ops} findings')} lists them all.")
    if told.resolved:
        better = (f"• {link(x.url, x.key, 80)} {safe(x.title, 80)}" for x in told.resolved)
        yield paragraph(["*What got better*", *better])
    if told.inherited:
        yield context(
            f"{plural(told.inherited, 'inherited finding')} from before opsbot looked;"
            f" {'it is' if told.inherited == 1 else 'they are'} not repeated here."
        )
    example = told.lines[0].key if told.lines else "KEY"
    yield context(f"Next: {code(f'{ops} explain {example}')} says why, and what to do.")
