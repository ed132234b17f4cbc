"""Derive: from records and the model to facts, for what changed and for what hangs on it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.book import Book
from bot.freshness import stale_after
from bot.store import aggregates, facts, loading, marks, syncs
from bot.store.database import Database
from bot.store.loading import Stored
from rules.around import Around, edges
from rules.facts import containers, products, pull_requests, references, sources, team_wip, work_items
from rules.facts.context import Context
from rules.presence import GONE, HIDDEN
from rules.records import Container, Person, PullRequest, WorkItem
from rules.sle import HISTORY, expectations

BATCH = 2000
RECENT = timedelta(days=30)
_TABLES = {WorkItem.KIND: "work_items", PullRequest.KIND: "pull_requests"}


async def derive_records(database: Database, book: Book, now: datetime) -> dict[str, Sequence[str]]:
    """Derive every record that is marked; gives the subjects by fact table.

    A batch and its marks are one transaction: a stop in between derives it again, which changes nothing.
    What was marked again since it was read keeps its mark and its old row, and comes with the next batch.
    """
    derived: dict[str, Sequence[str]] = {}
    async with database.read() as connection:
        persons: list[Person] = await loading.every(connection, Person.KIND)
    context = Context.of(book.model, persons, book.calendars, now)
    for kind, table in _TABLES.items():
        while True:
            async with database.read() as connection:
                batch = await loading.marked(connection, kind, BATCH)
                if not batch:
                    break
                around = await neighbours(connection, batch)
            rows = await asyncio.to_thread(_rows, batch, around, context)
            async with database.write() as connection:
                same = [_subject(s) for s in await marks.unmark(connection, batch)]
                await facts.save(connection, table, [rows[s] for s in same if s in rows])
                await facts.remove(connection, table, [s for s in same if s not in rows])
            derived[table] = [*derived.get(table, ()), *same]
    return derived


async def neighbours(connection: AsyncConnection, batch: Sequence[Stored]) -> Around:
    """What stands around a batch: whom it points at, their parents, and the pull requests about them."""
    items: dict[str, WorkItem] = {}
    gone: dict[str, datetime] = {}
    batched = [s.record for s in batch if isinstance(s.record, WorkItem | PullRequest)]
    wanted = {key for record in batched for _, key in edges(record)}
    while wanted:
        found = await loading.by_key(connection, WorkItem.KIND, wanted)
        fresh = {key: n.record for key, n in found.items() if isinstance(n.record, WorkItem)}
        items |= fresh
        gone |= {key: n.gone_at for key, n in found.items() if n.gone_at is not None}
        wanted = {item.parent for item in fresh.values() if item.parent} - items.keys()
    keys = {r.key for r in batched} | items.keys()
    pulls: dict[str, list[PullRequest]] = {}
    for key, pull in await loading.pointing_at(connection, PullRequest.KIND, keys):
        pulls.setdefault(key, []).append(pull)
    return Around(items, {key: tuple(some) for key, some in pulls.items()}, gone)


def _rows(batch: Sequence[Stored], around: Around, context: Context) -> dict[str, dict[str, Any]]:
    """Rows of facts by subject; none for what is gone, or whose source left the model.

    What is hidden keeps the facts it had, but nobody may judge by them: they are fresh no longer.
    """
    rows: dict[str, dict[str, Any]] = {}
    sources = {source.id for source in context.model.sources}
    for stored in batch:
        if stored.record.source not in sources or stored.presence in GONE:
            continue
        match stored.record:
            case WorkItem() as item:
                row = work_items.derive(item, around, context)
            case PullRequest() as pull:
                row = pull_requests.derive(pull, around, context)
            case _:
                continue
        hidden = stored.presence_at if stored.presence in HIDDEN else None
        rows[_subject(stored)] = row | {"observed_at": stored.observed_at, "fresh_until": hidden}
    return rows


def _subject(stored: Stored) -> str:
    return f"{stored.record.source}:{stored.record.id}"


async def derive_aggregates(database: Database, book: Book, now: datetime) -> None:
    """Derive what stands on many items or on the model itself: all other tables, and expectations."""
    async with database.read() as connection:
        persons: list[Person] = await loading.every(connection, Person.KIND)
        places: list[Container] = await loading.every(connection, Container.KIND)
        states = await syncs.states(connection)
        active = await aggregates.active_by_product(connection)
        finished = await aggregates.finished_by_product(connection, now - RECENT)
        started = await aggregates.started(connection)
        counts = await aggregates.container_counts(connection)
        matched = await aggregates.matched_since(connection, now - RECENT)
        quarter = quarter_start(book, now)
        history = await aggregates.finished(connection, min(quarter, now) - HISTORY, now)
    model = book.model
    fresh_until = {
        s.id: last + longest
        for s in model.sources
        if (longest := stale_after(s)) is not None
        and s.id in states
        and (last := states[s.id].last_complete) is not None
    }
    complete = [source for source, state in states.items() if state.last_complete is not None]
    context = Context.of(model, persons, book.calendars, now)
    oldest = min(fresh_until.values(), default=None)
    tables = {
        "products": products.derive(model, context.accounts, active, finished),
        "team_wip": team_wip.derive(model, started, fresh_until),
        "containers": containers.derive(model, counts, fresh_until),
        "sources": sources.derive(model, states),
        "references": references.derive(model, places, persons, matched, complete, oldest),
    }
    expected = expectations(model, history, quarter, now)
    async with database.write() as connection:
        for name, rows in tables.items():
            await facts.replace_all(connection, name, rows)
        await aggregates.save_expectations(connection, expected)


def quarter_start(book: Book, now: datetime) -> datetime:
    """Midnight of the quarter's first day in the company's time zone."""
    local = now.astimezone(book.calendar(None).zone)
    first = local.replace(
        month=(local.month - 1) // 3 * 3 + 1, day=1, hour=0, minute=0, second=0, microsecond=0
    )
    return first.astimezone(now.tzinfo)
