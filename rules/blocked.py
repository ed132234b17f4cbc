"""Blocked: what holds an item back, since when without a break, and whether that reason still exists."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from rules.records import Change, WorkItem
from rules.workflow import FINISHED, Meanings, State


@dataclass(frozen=True, slots=True)
class Blockage:
    """What holds an item back now."""

    blocked: bool | None = False  # None: a linked blocker is not known to the bot
    since: datetime | None = None
    open_blockers: int | None = 0
    first: WorkItem | None = None  # first blocker that is not done
    done: tuple[str, ...] = ()  # keys of the blockers that are done
    flagged: bool = False
    stale_link: bool = False  # all linked blockers are done, yet it is still held as if they were not


_Spell = tuple[datetime, datetime | None]
"""From and until; None lasts."""


def blockage(
    item: WorkItem,
    state: State | None,
    state_since: datetime | None,
    meanings: Meanings,
    known: Callable[[str], WorkItem | None],
    state_of: Callable[[WorkItem], State | None],
    gone: Mapping[str, datetime],
) -> Blockage:
    """What holds the item back, with the linked items found by `known` and their states by `state_of`.

    An item that is done or dropped is not blocked, and a blocker that is `gone` (key and since when) holds
    nobody.
    """
    if state in FINISHED:
        return Blockage()
    keys = dict.fromkeys(link.key for link in item.links if meanings.blocks(link.kind))
    linked = [known(key) for key in keys]
    blockers = [one for one in linked if one is not None]
    closed = {
        b.key: gone.get(b.key) or _closed_at(b) for b in blockers if b.key in gone or state_of(b) in FINISHED
    }
    unknown = len(blockers) < len(linked)
    waiting = [b for b in blockers if b.key not in closed]
    flagged = item.flagged and meanings.flag_blocks
    held = flagged or meanings.holds_back(item.status)
    blocked = True if held or waiting else (None if unknown else False)
    stale = False
    if closed and not waiting and not unknown:
        last = max(closed.values())
        stale = (held or state == "waiting") and _held_since(item, state_since, flagged=flagged, before=last)
    since = None
    if blocked and item.changes is not None:
        since = _unbroken(_spells(item, item.changes, meanings, known, closed))
    return Blockage(
        blocked=blocked,
        since=since,
        open_blockers=None if unknown else len(waiting),
        first=waiting[0] if waiting else None,
        done=tuple(closed),
        flagged=flagged,
        stale_link=stale,
    )


def reason(item: WorkItem, block: Blockage, zone: tzinfo) -> str | None:
    """What holds the item back, to follow "is held up": flagged since Wed 18 Nov. None where nothing does."""
    if block.stale_link:
        return (
            f"still held although {' and '.join(block.done)} {'is' if len(block.done) == 1 else 'are'} done"
        )
    if not block.blocked:
        return None
    reasons = ["flagged"] if block.flagged else []
    reasons += [f"waiting for {block.first.key}"] if block.first is not None else []
    since = block.since.astimezone(zone) if block.since is not None else None
    words = " and ".join(reasons) or f"in status {item.status}"
    return words if since is None else f"{words} since {since:%a} {since.day} {since:%b}"


def _held_since(item: WorkItem, state_since: datetime | None, *, flagged: bool, before: datetime) -> bool:
    """It is held since before that moment; a flag of unknown age counts, a state of unknown age does not."""
    if flagged:
        raised = [c.at for c in item.changes or () if c.field == "flagged" and c.after is not None]
        return not raised or raised[-1] <= before
    return state_since is not None and state_since <= before


def _closed_at(blocker: WorkItem) -> datetime:
    return blocker.closed_at or blocker.changed_at


def _spells(
    item: WorkItem,
    changes: Sequence[Change],
    meanings: Meanings,
    known: Callable[[str], WorkItem | None],
    closed: dict[str, datetime],
) -> Iterator[_Spell]:
    """Every time the item was held back: by its flag, by its status, by each link."""
    if meanings.flag_blocks:
        flags = [(c.at, c.before is not None, c.after is not None) for c in changes if c.field == "flagged"]
        yield from _on(item.created_at, flags, now=item.flagged)
    statuses = [
        (c.at, meanings.holds_back(c.before or ""), meanings.holds_back(c.after or ""))
        for c in changes
        if c.field == "status"
    ]
    yield from _on(item.created_at, statuses, now=meanings.holds_back(item.status))
    links = [c for c in changes if c.field == "link"]
    texts = dict.fromkeys(f"{link.kind} {link.key}" for link in item.links)
    texts |= dict.fromkeys(text for c in links for text in (c.before, c.after) if text is not None)
    for text in texts:
        kind, _, key = text.rpartition(" ")
        if not meanings.blocks(kind):
            continue
        switches = [(c.at, c.before == text, c.after == text) for c in links if text in {c.before, c.after}]
        blocker = known(key)
        created = max(item.created_at, blocker.created_at) if blocker else item.created_at
        present = any(text == f"{link.kind} {link.key}" for link in item.links)
        for since, until in _on(created, switches, now=present):
            done = closed.get(key)
            end = min((end for end in (until, done) if end is not None), default=None)
            if end is None or since < end:
                yield since, end


def _on(start: datetime, switches: Iterable[tuple[datetime, bool, bool]], *, now: bool) -> Iterator[_Spell]:
    """The spells of something that is switched; its first switch tells what was before, else `now` does."""
    since: datetime | None = None
    first = True
    for at, before, after in switches:
        if first and before:
            since = start
        first = False
        if after and since is None:
            since = at
        elif not after and since is not None:
            yield since, at
            since = None
    if first and now:
        since = start
    if since is not None:
        yield since, None


def _unbroken(spells: Iterable[_Spell]) -> datetime | None:
    """Start of the present block: of the spells that last, and back through all that reach into it."""
    lasting, ended = [], []
    for start, until in spells:
        if until is None:
            lasting.append(start)
        else:
            ended.append((until, start))
    since = min(lasting, default=None)
    for until, start in sorted(ended, reverse=True):
        if since is None or until < since:
            break
        since = min(since, start)
    return since
