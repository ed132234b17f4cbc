"""What sources taught their connectors, kept from one sync to the next."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import upsert
from bot.store.tables import learned
from connectors.learned import Value


async def of(connection: AsyncConnection, source: str) -> dict[str, Value]:
    """Everything that this source taught, by name."""
    query = sa.select(learned.c.name, learned.c.value).where(learned.c.source == source)
    return {row.name: row.value for row in await connection.execute(query)}


async def save(
    connection: AsyncConnection, source: str, changes: Mapping[str, Value | None], at: datetime
) -> None:
    """Keep what changed, and drop what is None."""
    dropped = [name for name, value in changes.items() if value is None]
    if dropped:
        these = sa.and_(learned.c.source == source, learned.c.name.in_(dropped))
        await connection.execute(sa.delete(learned).where(these))
    rows = [
        {"source": source, "name": name, "value": value, "at": at}
        for name, value in changes.items()
        if value is not None
    ]
    if rows:
        insert = upsert(connection, learned)
        insert = insert.on_conflict_do_update(
            index_elements=list(learned.primary_key),
            set_={"value": insert.excluded["value"], "at": insert.excluded["at"]},
        )
        await connection.execute(insert, rows)
