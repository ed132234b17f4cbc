"""What is told at once: new findings of rules that notify, one message a channel and judgement."""

import hashlib
from collections.abc import Sequence

from bot.book import Book
from bot.routing import channel_of
from bot.slack import messages
from bot.slack.text import safe
from bot.store.outbox import Letter
from rules.audience import channel_clearance, union, visible
from rules.digest import HAPPENED, Said, line
from rules.findings import NEWS, Transition
from rules.views import Line

MOST = 10
"""Findings in one message."""


def letters(book: Book, transitions: Sequence[Transition]) -> list[Letter]:
    """Messages these transitions cause. Inherited, inhibited and waived findings cause none."""
    by_channel: dict[str, list[Transition]] = {}
    for t in transitions:
        finding = t.finding
        silent = (finding.inherited and t.event != "worsened") or finding.inhibited_by is not None
        if (
            t.event not in NEWS
            or finding.state != "open"
            or silent
            or book.mode(finding.rule, finding.product) not in {"notify", "gate"}
        ):
            continue
        channel = channel_of(book.model, finding)
        if channel is not None and visible(finding.audience, channel_clearance(book.model, channel)):
            by_channel.setdefault(channel, []).append(t)
    return [_letter(book, channel, some) for channel, some in by_channel.items()]


def _letter(book: Book, channel: str, transitions: Sequence[Transition]) -> Letter:
    lines = [_line(book, t) for t in sorted(transitions, key=lambda t: -t.finding.severity)]
    shown = lines[:MOST]
    blocks = [messages.section(f"*{messages.plural(len(lines), 'finding')} to decide on*")]
    blocks += [messages.section(messages.finding(x)) for x in shown]
    if len(lines) > len(shown):
        blocks.append(messages.context(f"and {len(lines) - len(shown)} more"))
    text = f"{messages.plural(len(lines), 'finding')} to decide on: {safe(shown[0].says, 200)}"
    audience = union(t.finding.audience for t in transitions)
    episode = ",".join(sorted(map(_episode, transitions)))
    key = f"news:{channel}:{hashlib.sha256(episode.encode()).hexdigest()[:24]}"
    return Letter(key, channel, messages.Message(text, tuple(blocks)), audience)


def _episode(transition: Transition) -> str:
    """What is told once; each end of a waiver is told anew, although it is the same occurrence."""
    finding = transition.finding
    told = f"{finding.id}.{finding.occurrence}.{finding.severity}"
    return f"{told}.{finding.changed_at.isoformat()}" if transition.event == "unwaived" else told


def _line(book: Book, transition: Transition) -> Line:
    finding = transition.finding
    return line(finding, book.by_id[finding.rule], HAPPENED[transition.event], Said(finding.says, ""))
