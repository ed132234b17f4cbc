"""What censuses saw: how many items of each container its source counts and lists, and how many are known."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import upsert
from bot.store.tables import censuses

AGREES = "agrees"
"""The source counts as many as the store knows: nothing was listed."""
WHOLE = "whole"
"""All ids were listed and compared."""
GUARDED = "guarded"
"""As `whole`, but so many had vanished that none of them is taken for deleted."""
OUT_OF_SIGHT = "out of sight"
ARCHIVED = "archived"
TRASHED = "trashed"
FAILED = "failed: "
"""How the outcome begins of one that was not finished and concluded nothing."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The last census of a container; numbers are None where they were not asked for."""

    source: str
    container: str
    at: datetime
    counted: int | None  # as the source counts
    seen: int | None  # ids that it listed
    known: int  # records of the store that should be there
    missing: int | None  # of these, those that were not listed
    outcome: str


async def keep(connection: AsyncConnection, counted: Counted) -> None:
    """Write over the one before."""
    row = {name: getattr(counted, name) for name in _NAMES}
    insert = upsert(connection, censuses).values(row)
    await connection.execute(
        insert.on_conflict_do_update(index_elements=list(censuses.primary_key), set_=row)
    )


async def forget_others(connection: AsyncConnection, source: str, containers: Collection[str]) -> None:
    """Drop what is known of containers that neither the source nor the store has any more."""
    gone = sa.and_(censuses.c.source == source, censuses.c.container.not_in(list(containers)))
    await connection.execute(sa.delete(censuses).where(gone))


async def all_of(connection: AsyncConnection, source: str | None = None) -> list[Counted]:
    """The last census of every container, by source and container."""
    query = sa.select(censuses).order_by(censuses.c.source, censuses.c.container)
    if source is not None:
        query = query.where(censuses.c.source == source)
    return [
        Counted(**{name: getattr(row, name) for name in _NAMES}) for row in await connection.execute(query)
    ]


_NAMES = tuple(f.name for f in fields(Counted))
