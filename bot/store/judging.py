"""Judging where the data lives: one scan writes all verdicts, and those that matter come back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.book import Book
from bot.freshness import stale_after
from bot.store import syncs
from bot.store.database import chunks
from bot.store.tables import findings, records
from bot.store.verdicts import Count
from rules.digit import Digit
from rules.facts.sources import Synced
from rules.findings import ALIVE
from rules.records import Container
from rules.scan import Scan, term_row
from rules.sql import FRESHNESS, UNREAD

MILLISECOND = timedelta(milliseconds=1)
UNSHOWN = timedelta(days=2)
"""Sources list their projects and repositories once a day at least."""
FOREVER = 10**15
"""Milliseconds after which a source that is not read on a schedule would be stale."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All verdicts on one subject."""

    subject: str
    product: str | None
    fresh: bool
    digits: Mapping[str, Digit]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan saw: the subjects that matter to findings, and counts over all."""

    verdicts: list[Verdicts]  # some rule fails, or a finding is alive
    counts: list[Count]
    checked: int


async def scan(
    connection: AsyncConnection, book: Book, compiled: Scan, now: datetime, only: Sequence[str] | None
) -> Scanned:
    """Judge the active rows and every subject with a living finding, or just `only`."""
    await lay_terms(connection, book, compiled, now, only)
    verdicts = compiled.verdicts_table
    alive = sa.select(findings.c.subject).where(
        findings.c.table == compiled.table.name, findings.c.state.in_(ALIVE)
    )
    await _fresh_table(connection, verdicts)
    await connection.execute(compiled.into(compiled.select(only=only, also=alive)), {"now": now})
    matter = sa.select(verdicts).where(
        sa.or_(compiled.has_fail(dict(verdicts.c.items())), verdicts.c.subject.in_(alive))
    )
    seen = [
        Verdicts(subject, product, fresh, compiled.unpack(*digits))
        for subject, product, fresh, *digits in await connection.execute(matter)
    ]
    counts = await _counts(connection, compiled)
    checked = (await connection.execute(sa.select(sa.func.count()).select_from(verdicts))).scalar_one()
    return Scanned(seen, counts, checked)


async def _counts(connection: AsyncConnection, compiled: Scan) -> list[Count]:
    """Verdicts by rule and product, from the few combinations of digits that occur."""
    verdicts = compiled.verdicts_table
    digits = [verdicts.c[d] for d in compiled.packed]
    an_example = sa.func.min(verdicts.c.subject)
    query = sa.select(an_example, sa.func.count(), verdicts.c.product, *digits)
    tally: dict[tuple[str, str | None], _Tally] = {}
    for example, subjects, product, *integers in await connection.execute(
        query.group_by(verdicts.c.product, *digits)
    ):
        for rule, digit in compiled.unpack(*integers).items():
            if digit is not Digit.OUT_OF_SCOPE:
                tally.setdefault((rule, product), _Tally()).add(digit, subjects, example)
    return [
        Count(rule, product, t.passed, t.failed, t.unknown, t.example) for (rule, product), t in tally.items()
    ]


@dataclass(slots=True)
class _Tally:
    passed: int = 0
    failed: int = 0
    unknown: int = 0
    example: str | None = None

    def add(self, digit: Digit, subjects: int, example: str) -> None:
        if digit is Digit.PASS:
            self.passed += subjects
        elif digit is Digit.UNKNOWN:
            self.unknown += subjects
            self.example = min(self.example or example, example)
        else:
            self.failed += subjects


async def joined_rows(
    connection: AsyncConnection, book: Book, table: str, subjects: Sequence[str], now: datetime
) -> dict[str, Mapping[str, Any]]:
    """Facts of these subjects, stored and joined, with whether they are fresh: what explaining reads."""
    found: dict[str, Mapping[str, Any]] = {}
    compiled = book.scan(table)
    for some in chunks(list(dict.fromkeys(subjects))):
        await lay_terms(connection, book, compiled, now, some)
        rows = await connection.execute(compiled.rows(some), {"now": now})
        found |= {row.subject: row._asdict() for row in rows}
    return found


async def lay_terms(
    connection: AsyncConnection, book: Book, compiled: Scan, now: datetime, only: Sequence[str] | None
) -> None:
    """Fill the TEMP tables a scan joins: its terms, and how old each source may be."""
    await _fresh_table(connection, compiled.terms_table)
    pairs = (await connection.execute(compiled.pairs(only))).all()
    rows = [
        term_row(
            compiled,
            product,
            book.calendar(calendar),
            now,
            {rule.id: book.parameters(rule, product) for rule in compiled.rules},
            {rule.id: book.mode(rule.id, product) for rule in compiled.rules},
        )
        for product, calendar in pairs
    ]
    if rows:
        await connection.execute(sa.insert(compiled.terms_table), rows)
    await _fresh_table(connection, FRESHNESS)
    states = await syncs.states(connection)
    limits = [
        {
            "source": source.id,
            "synced_at": states[source.id].last_complete if source.id in states else None,
            "stale_after": FOREVER if (longest := stale_after(source)) is None else longest // MILLISECOND,
        }
        for source in book.model.sources
    ]
    if limits:
        await connection.execute(sa.insert(FRESHNESS), limits)
    await _fresh_table(connection, UNREAD)
    unread = {(source, container) for source, state in states.items() for container in state.unread}
    unread |= await _not_listed(connection, states)
    if unread:
        rows = [{"source": source, "container": container} for source, container in sorted(unread)]
        await connection.execute(sa.insert(UNREAD), rows)


async def _not_listed(connection: AsyncConnection, states: Mapping[str, Synced]) -> set[tuple[str, str]]:
    """Projects and repositories that their source no longer shows although it is read: access is lost."""
    found: set[tuple[str, str]] = set()
    for source, state in states.items():
        if state.last_complete is not None:
            query = sa.select(records.c.key).where(
                records.c.source == source,
                records.c.kind == Container.KIND,
                records.c.observed_at < state.last_complete - UNSHOWN,
            )
            found |= {(source, key) for key in (await connection.execute(query)).scalars()}
    return found


async def _fresh_table(connection: AsyncConnection, table: sa.Table) -> None:
    await connection.execute(sa.schema.DropTable(table, if_exists=True))
    await connection.execute(sa.schema.CreateTable(table))
