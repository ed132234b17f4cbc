"""Simulate: what a change of the operating model would open and close, before anybody makes it."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.book import Book
from bot.freshness import source_ages
from bot.pipeline import derive, judge
from bot.routing import channel_of
from bot.simulate.outlook import KINDS, Foreseen, Kind, Outlook, Unknown
from bot.store import findings, syncs, verdicts
from bot.store.copying import copy
from bot.store.database import Database
from bot.store.judging import joined_rows
from bot.words import context
from rules.explain import told
from rules.findings import ALIVE, NEWS, Finding, Transition

Rows = Mapping[tuple[str, str], Mapping[str, Any]]
"""Facts by fact table and subject."""
Counts = Mapping[tuple[str, str | None], verdicts.Count]
"""Verdicts by rule and product."""


@dataclass(frozen=True, slots=True)
class _Side:
    """A copy of the store, and the book it is judged by."""

    database: Database
    book: Book
    now: datetime

    async def judge(self) -> list[Transition]:
        """Derive and judge everything; gives what happened to findings."""
        await derive(self.database, self.book, self.now)
        judged = await judge(self.database, self.book, self.now)
        return [t for j in judged.judgements for t in j.transitions]

    async def alive(self, ids: Sequence[str]) -> dict[str, Finding]:
        """Of these findings, those that have not ended, by id."""
        async with self.database.read() as connection:
            found = await findings.by_ids(connection, ids)
        return {id_: finding for id_, finding in found.items() if finding.state in ALIVE}

    async def open(self) -> list[Finding]:
        """All open findings."""
        async with self.database.read() as connection:
            return await findings.open_now(connection)

    async def rows(self, subjects: Sequence[tuple[str, str]]) -> Rows:
        """The facts of these subjects, where there are any."""
        found: dict[tuple[str, str], Mapping[str, Any]] = {}
        async with self.database.read() as connection:
            for table in dict.fromkeys(table for table, _ in subjects):
                some = [subject for about, subject in subjects if about == table]
                rows = await joined_rows(connection, self.book, table, some, self.now)
                found |= {(table, subject): row for subject, row in rows.items()}
        return found

    async def counts(self) -> Counts:
        """Verdicts by rule and product."""
        async with self.database.read() as connection:
            return {(c.rule, c.product): c for c in await verdicts.counts(connection)}

    async def stale(self) -> list[str]:
        """Sources that were read so long ago that nothing which stands on them can be foreseen."""
        async with self.database.read() as connection:
            states = await syncs.states(connection)
        return [age.name for age in source_ages(self.book.model, states, self.now).values() if age.stale]


async def simulate(store: Database, present: Book, changed: Book, now: datetime) -> Outlook:
    """Judge a copy of the store by the present model, then by the changed one; gives what differs.

    The present model judges first, so that time alone makes no difference. Nothing is written to the store.
    """
    with tempfile.TemporaryDirectory(prefix="opsbot-simulate-") as folder:
        file = Path(folder) / "now.db"
        async with _opened(file) as database:
            await copy(store, database, present.fingerprint)
            await _Side(database, present, now).judge()
        then = file.with_name("then.db")
        shutil.copy(file, then)
        async with _opened(file) as one, _opened(then) as other:
            after = _Side(other, changed, now)
            transitions = await after.judge()
            return await _outlook(_Side(one, present, now), after, transitions)


@asynccontextmanager
async def _opened(file: Path) -> AsyncIterator[Database]:
    """A database in this file; when it is closed all is in the one file."""
    database = Database(f"sqlite+aiosqlite:///{file}")
    try:
        yield database
    finally:
        await database.close()


async def _outlook(before: _Side, after: _Side, transitions: Sequence[Transition]) -> Outlook:
    """What the second judgement changed, with the reasons of both."""
    known = await before.alive([t.finding.id for t in transitions])
    about = [(_kind(t, known), t.finding, t.why) for t in transitions]
    touched = {t.finding.id for t in transitions}
    for finding in (f for f in await after.open() if f.id not in touched):
        match [side.book.speaks(finding.rule, finding.product) for side in (before, after)]:
            case [True, False]:
                about.append(("falls silent", finding, "its rule is told to nobody any more"))
            case [False, True]:
                about.append(("is told", finding, "its rule is told from now on"))
    subjects = [(f.table, f.subject) for _, f, _ in about]
    unknown = _unknown(await before.counts(), await after.counts())
    examples = [(after.book.by_id[u.rule].about, u.example) for u in unknown if u.example is not None]
    rows_before, rows_after = await before.rows(subjects), await after.rows([*subjects, *examples])
    foreseen = [
        Foreseen(
            kind=kind,
            finding=finding.id,
            rule=finding.rule,
            key=finding.key or finding.subject,
            product=finding.product,
            product_before=known.get(finding.id, finding).product,
            severity=finding.severity,
            severity_before=known.get(finding.id, finding).severity,
            before=_reason(before, finding, rows_before),
            after=_reason(after, finding, rows_after),
            why=why,
            covered_by=finding.inhibited_by,
            lasting=_lasting(after.book, finding) if kind == "waits" else None,
        )
        for kind, finding, why in about
    ]
    return Outlook(
        at=after.now.astimezone(after.book.calendar(None).zone),
        foreseen=tuple(foreseen),
        unknown=tuple(_with_reason(after, u, rows_after) for u in unknown),
        told=_channels(after.book, transitions),
        stale=tuple(await after.stale()),
    )


def _kind(transition: Transition, known: Mapping[str, Finding]) -> Kind:
    prior = known.get(transition.finding.id)
    if prior is not None and prior.state == "pending" and transition.event == "closed":
        return "waits no more"
    return KINDS[transition.event]


def _lasting(book: Book, finding: Finding) -> str:
    return str(book.by_id[finding.rule].for_)


def _reason(side: _Side, finding: Finding, rows: Rows) -> str:
    """What the rule of that side says about the subject of a finding, with the values it met."""
    book = side.book
    rule, row = book.by_id.get(finding.rule), rows.get((finding.table, finding.subject))
    if rule is None:
        return "There is no such rule."
    if row is None:
        return "It is not there."
    if book.mode(rule.id, row.get("product")) == "off":
        return "The rule is off."
    return told(rule, row, context(book, rule, row, side.now))


def _unknown(was: Counts, is_: Counts) -> list[Unknown]:
    """Rules and products of which more or fewer verdicts are unknown."""
    found = []
    for rule, product in sorted(was.keys() | is_.keys(), key=lambda pair: (pair[0], pair[1] or "")):
        one, other = was.get((rule, product)), is_.get((rule, product))
        less, more = one.unknown if one else 0, other.unknown if other else 0
        if less != more:
            example = other.example if other and more > less else None
            found.append(Unknown(rule, product, less, more, example))
    return found


def _with_reason(side: _Side, unknown: Unknown, rows: Rows) -> Unknown:
    """The same with what one such subject lacks in the place of its id."""
    rule = side.book.by_id.get(unknown.rule)
    row = rows.get((rule.about, unknown.example)) if rule and unknown.example else None
    if rule is None or row is None:
        return unknown
    says = told(rule, row, context(side.book, rule, row, side.now))
    return replace(unknown, example=f"{row['key']}: {says}")


def _channels(book: Book, transitions: Sequence[Transition]) -> dict[str, dict[str, int]]:
    """By channel, how many findings would be told there, and how."""
    channels: dict[str, dict[str, int]] = {}
    for t in transitions:
        f = t.finding
        heard = f.state == "open" and f.inhibited_by is None and book.speaks(f.rule, f.product)
        if t.event not in NEWS or not heard:
            continue
        how = "at once" if book.mode(f.rule, f.product) in {"notify", "gate"} else "in its next digest"
        how = "as inherited" if f.inherited and t.event != "worsened" else how
        channel = channel_of(book.model, f) or "no channel"
        by_how = channels.setdefault(channel, {})
        by_how[how] = by_how.get(how, 0) + 1
    return channels
