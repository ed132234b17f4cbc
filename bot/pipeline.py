"""The system on one page: pull, derive, judge. Schedules, webhooks and commands all come here."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.book import Book
from bot.clock import Clock
from bot.derive import derive_aggregates, derive_records
from bot.judge import Judgement, judge_table
from bot.store import facts, inbox, learned, presence, quarantine, records, syncs, usage, verdicts
from bot.store.database import Database, chunks
from bot.waive import expire
from connectors.connector import Connector, Page, Problem
from connectors.errors import ConnectorError, UnexpectedAnswerError
from connectors.meter import Meter
from rules.facts import TABLES

log = structlog.get_logger(__name__)

TOUCHED = timedelta(minutes=10)
"""For so long after a webhook a search of its source may not know yet what it named."""
ITEM = "item:"
"""How the scope of a problem begins that is about one item."""

Progress = Callable[[str, Page, int], None]
"""Called after each stored page with the source, the page and how many records were read so far."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """How a sync went: complete, partial (parts could not be read) or failed (it stopped early)."""

    source: str
    outcome: str
    read: int
    changed: int
    problems: tuple[Problem, ...] = ()
    error: ConnectorError | None = None


def unwatched(_source: str, _page: Page, _read: int) -> None:
    """Nobody is looking."""


async def sync(
    database: Database, connector: Connector, clock: Clock, progress: Progress = unwatched
) -> Pulled:
    """Pull what changed. Each page and its cursor are one transaction, so a stop costs at most one page."""
    source = connector.source
    async with database.write() as connection:
        line = await syncs.begin(connection, source, clock())
        cursor = await syncs.cursor(connection, source)
        connector.learned.load(await learned.of(connection, source))
        named = await inbox.touched(connection, source, clock() - TOUCHED)
        touched = list((await presence.ids_of(connection, source, named)).values())
    before = counted(connector.meter)
    read = changed = 0
    problems: list[Problem] = []
    whole = False
    error: ConnectorError | None = None
    try:
        async for page in connector.pages(cursor, touched):
            async with database.write() as connection:
                saved = await store(connection, connector, page, clock())
                await syncs.move_cursor(connection, source, page.cursor, clock())
                await syncs.count(connection, line, saved.read, saved.changed)
            read, changed = read + saved.read, changed + saved.changed
            problems += page.problems
            whole = page.last
            progress(source, page, read)
        if not whole:
            error = UnexpectedAnswerError(
                f"{source} stopped in the middle of its pages.", "The next sync goes on."
            )
    except ConnectorError as stopped:
        error = stopped
    except Exception as mistake:
        async with database.write() as connection:
            told = f"{type(mistake).__name__}: see the log"
            await syncs.end(connection, line, "failed", clock(), error=told)
        raise
    outcome = "failed" if error else "partial" if problems else "complete"
    async with database.write() as connection:
        await learned.save(connection, source, connector.learned.take_changes(), clock())
        await syncs.end(
            connection,
            line,
            outcome,
            clock(),
            problems=[f"{p.scope}: {p.what}" for p in problems],
            error=str(error) if error else None,
            requests=spent(connector.meter, before),
            budgets=usage.told(connector.meter.budgets),
        )
    log.info(
        "synced",
        source=source,
        outcome=outcome,
        read=read,
        changed=changed,
        error=str(error) if error else None,
    )
    return Pulled(source, outcome, read, changed, tuple(problems), error)


async def store(
    connection: AsyncConnection, connector: Connector, page: Page, now: datetime, *, asked: bool = False
) -> records.Saved:
    """Store a page with all that it teaches: records, what cannot be read, what the source taught.

    `asked`: its items were read by name.
    """
    saved = await records.save(connection, page.records, now, asked=asked)
    held = {p.scope.removeprefix(ITEM): p.what for p in page.problems if p.quarantined}
    await quarantine.release(connection, page.records)
    await quarantine.put(connection, connector.source, held, now)
    await learned.save(connection, connector.source, connector.learned.take_changes(), now)
    return saved


def counted(meter: Meter) -> Counter[str]:
    """What was spent since the start: requests, and what they drew on each budget by its key."""
    return meter.spent + Counter({usage.REQUESTS: meter.requests})


def spent(meter: Meter, before: Counter[str]) -> dict[str, int]:
    """What was spent since then."""
    return dict(counted(meter) - before)


async def derive(database: Database, book: Book, now: datetime) -> int:
    """Bring facts up to date with records and model; gives how many records were derived."""
    async with database.write() as connection:
        await facts.prepare(connection, book.fingerprint)
        await facts.turn_day(connection, str(now.astimezone(book.calendar(None).zone).date()))
    derived = await derive_records(database, book, now)
    await derive_aggregates(database, book, now)
    async with database.write() as connection:
        await facts.remember(connection, derived=book.fingerprint)
    return sum(map(len, derived.values()))


@dataclass(slots=True)
class Judged:
    """What a judgement found, over all fact tables."""

    judgements: list[Judgement] = field(default_factory=list)

    @property
    def checked(self) -> int:
        """Subjects that were looked at, of tables where some rule had something to say."""
        return sum(j.checked for j in self.judgements if j.counts)

    def count(self, event: str) -> int:
        """Findings to which this happened."""
        return sum(1 for j in self.judgements for t in j.transitions if t.event == event)

    @property
    def inherited(self) -> int:
        """Findings that were there when their rule first looked."""
        return sum(
            1 for j in self.judgements for t in j.transitions if t.event == "opened" and t.finding.inherited
        )


async def judge(
    database: Database, book: Book, now: datetime, subjects: Mapping[str, Sequence[str]] | None = None
) -> Judged:
    """Judge everything, or some subjects by table: one scan a fact table, then one short write."""
    judged = Judged()
    if subjects is not None:
        for name, some in subjects.items():
            for few in chunks(some):
                judged.judgements.append(await judge_table(database, book, name, now, few))
    else:
        await expire(database, book, now)
        for name in TABLES:
            judged.judgements.append(await judge_table(database, book, name, now, None))
        async with database.write() as connection:
            await verdicts.forget_others(connection, book.by_id)
            await facts.remember(connection, judged_at=now.isoformat())
    log.info(
        "judged", checked=judged.checked, opened=judged.count("opened"), resolved=judged.count("resolved")
    )
    return judged
