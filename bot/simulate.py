"""Simulate: what a change of the operating model would open and close, before anybody makes it."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.book import Book
from bot.freshness import source_ages
from bot.outlook import KINDS, Foreseen, Outlook, Unknown
from bot.pipeline import derive, judge
from bot.routing import channel_of
from bot.store import findings, syncs, verdicts
from bot.store.copying import copy
from bot.store.database import Database
from bot.store.judging import joined_rows
from bot.words import context
from rules.explain import told
from rules.findings import NEWS, Finding, Transition

Rows = Mapping[tuple[str, str], Mapping[str, Any]]
"""Facts by fact table and subject."""


async def simulate(store: Database, present: Book, changed: Book, now: datetime) -> Outlook:
    """Judge a copy of the store by the present model, then by the changed one; gives what differs.

    The present model judges first, so that time alone makes no difference. Nothing is written to the store.
    """
    with tempfile.TemporaryDirectory(prefix="opsbot-simulate-") as folder:
        file = Path(folder) / "now.db"
        before = Database(f"sqlite+aiosqlite:///{file}")
        try:
            await copy(store, before, present.fingerprint)
            await derive(before, present, now)
            await judge(before, present, now)
        finally:
            await before.close()  # all is in the one file now
        before = Database(f"sqlite+aiosqlite:///{file}")
        after = Database(f"sqlite+aiosqlite:///{shutil.copy(file, file.with_name('then.db'))}")
        try:
            await derive(after, changed, now)
            judged = await judge(after, changed, now)
            transitions = [t for j in judged.judgements for t in j.transitions]
            return await _outlook((before, present), (after, changed), transitions, now)
        finally:
            await before.close()
            await after.close()


async def _outlook(
    before: tuple[Database, Book],
    after: tuple[Database, Book],
    transitions: Sequence[Transition],
    now: datetime,
) -> Outlook:
    """What the second judgement changed, with the reasons of both."""
    known = {f.id: f for f in await _known(before[0], [t.finding.id for t in transitions])}
    persisting = [f for f in await _open(after[0]) if f.id not in {t.finding.id for t in transitions}]
    heard = [(f, before[1].speaks(f.rule, f.product), after[1].speaks(f.rule, f.product)) for f in persisting]
    about = [(KINDS[t.event], t.finding, t.why) for t in transitions]
    about += [
        ("falls silent", f, "its rule is told to nobody any more") for f, was, is_ in heard if was > is_
    ]
    about += [("is told", f, "its rule is told from now on") for f, was, is_ in heard if was < is_]
    subjects = [(f.table, f.subject) for _, f, _ in about]
    unknown = await _unknown(before[0], after[0])
    examples = [(after[1].by_id[u.rule].about, u.example) for u in unknown if u.example is not None]
    rows = await _rows(*before, subjects, now), await _rows(*after, [*subjects, *examples], now)
    foreseen = [
        Foreseen(
            kind=kind,
            finding=finding.id,
            rule=finding.rule,
            key=finding.key or finding.subject,
            product=finding.product,
            product_before=known[finding.id].product if finding.id in known else finding.product,
            severity=finding.severity,
            severity_before=known[finding.id].severity if finding.id in known else finding.severity,
            before=_reason(before[1], finding, rows[0], now),
            after=_reason(after[1], finding, rows[1], now),
            why=why,
            lasting=str(span) if kind == "waits" and (span := after[1].by_id[finding.rule].for_) else None,
        )
        for kind, finding, why in about
    ]
    return Outlook(
        at=now.astimezone(after[1].calendar(None).zone),
        foreseen=tuple(foreseen),
        unknown=tuple(_example(after[1], u, rows[1], now) for u in unknown),
        told=_channels(after[1], transitions),
        stale=tuple(await _stale(*after, now)),
    )


async def _stale(database: Database, book: Book, now: datetime) -> list[str]:
    """Sources that were read so long ago that nothing which stands on them can be foreseen."""
    async with database.read() as connection:
        states = await syncs.states(connection)
    return [age.name for age in source_ages(book.model, states, now).values() if age.stale]


async def _known(database: Database, ids: Sequence[str]) -> list[Finding]:
    async with database.read() as connection:
        return list((await findings.by_ids(connection, ids)).values())


async def _open(database: Database) -> list[Finding]:
    async with database.read() as connection:
        return await findings.open_now(connection)


async def _rows(
    database: Database, book: Book, subjects: Sequence[tuple[str, str]], now: datetime
) -> dict[tuple[str, str], Mapping[str, Any]]:
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    async with database.read() as connection:
        for table in dict.fromkeys(table for table, _ in subjects):
            some = [subject for about, subject in subjects if about == table]
            rows = await joined_rows(connection, book, table, some, now)
            found |= {(table, subject): row for subject, row in rows.items()}
    return found


def _reason(book: Book, finding: Finding, rows: Rows, now: datetime) -> str:
    """What the rule of a book says about the subject of a finding, with the values it met."""
    rule, row = book.by_id.get(finding.rule), rows.get((finding.table, finding.subject))
    if rule is None:
        return "There is no such rule."
    if row is None:
        return "It is not there."
    if book.mode(rule.id, row.get("product")) == "off":
        return "The rule is off."
    return told(rule, row, context(book, rule, row, now))


async def _unknown(before: Database, after: Database) -> list[Unknown]:
    """Rules and products of which more or fewer verdicts are unknown."""
    counts = []
    for database in (before, after):
        async with database.read() as connection:
            counts.append({(c.rule, c.product): c for c in await verdicts.counts(connection)})
    was, is_ = counts
    found = []
    for rule, product in sorted(was.keys() | is_.keys(), key=lambda pair: (pair[0], pair[1] or "")):
        one, other = was.get((rule, product)), is_.get((rule, product))
        less, more = one.unknown if one else 0, other.unknown if other else 0
        if less != more:
            example = other.example if other and more > less else None
            found.append(Unknown(rule, product, less, more, example))
    return found


def _example(book: Book, unknown: Unknown, rows: Rows, now: datetime) -> Unknown:
    """The same with what one such subject lacks in the place of its id."""
    if unknown.example is None:
        return unknown
    rule = book.by_id[unknown.rule]
    row = rows.get((rule.about, unknown.example))
    if row is None:
        return unknown
    says = told(rule, row, context(book, rule, row, now))
    return Unknown(unknown.rule, unknown.product, unknown.before, unknown.after, f"{row['key']}: {says}")


def _channels(book: Book, transitions: Sequence[Transition]) -> dict[str, dict[str, int]]:
    """By channel, how many findings would be told there, and how."""
    channels: dict[str, dict[str, int]] = {}
    for t in transitions:
        f = t.finding
        heard = f.state == "open" and f.inhibited_by is None and book.speaks(f.rule, f.product)
        if t.event not in NEWS or not heard:
            continue
        notifies = book.mode(f.rule, f.product) in {"notify", "gate"}
        how = (
            "as inherited"
            if f.inherited and t.event != "worsened"
            else "at once"
            if notifies
            else "in its next digest"
        )
        channel = channel_of(book.model, f) or "no channel"
        by_how = channels.setdefault(channel, {})
        by_how[how] = by_how.get(how, 0) + 1
    return channels
