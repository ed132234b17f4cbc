"""A throw-away copy of the store in a SQLite file, to try there what must not be tried on the real one."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.book import FACT_TABLES
from bot.store import facts
from bot.store.database import CHUNK, Database
from bot.store.migrate import migrate
from bot.store.tables import (
    censuses,
    digests,
    facts_state,
    history,
    inbox,
    learned,
    ledger,
    metadata,
    outbox,
    quarantine,
    schedule_runs,
    usage,
)

UNREAD = (
    censuses,
    digests,
    history,
    inbox,
    learned,
    ledger,
    outbox,
    quarantine,
    schedule_runs,
    usage,
)
"""What happened, was sent or came in: no judgement reads it."""


async def copy(store: Database, into: Database, model: str) -> None:
    """Copy what a judgement reads, as one snapshot, into an empty SQLite database.

    Facts come along where they are up to date with the model of that fingerprint; else they are left to be
    derived from the records.
    """
    await migrate(into)
    async with store.read() as source, into.write() as target:
        tables = [t for t in metadata.sorted_tables if t not in (*UNREAD, facts_state)]
        if await facts.stand(source, model):
            await target.run_sync(FACT_TABLES.create_all)
            tables += [facts_state, *facts.FACTS.values()]
        for table in tables:
            await _copy(source, target, table)


async def _copy(source: AsyncConnection, target: AsyncConnection, table: sa.Table) -> None:
    async with source.stream(sa.select(table)) as rows:
        async for some in rows.mappings().partitions(CHUNK):
            await target.execute(sa.insert(table), [dict(row) for row in some])
