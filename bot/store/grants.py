"""OAuth refresh tokens, each good for one use: the next is stored before anything else is done with it."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import sqlalchemy as sa

from bot.store import learned
from bot.store.database import Database
from bot.store.tables import learned as table

REFRESH = "oauth:refresh"

Renew = Callable[[str | None], Awaitable[str]]


def keeper(
    database: Database, clock: Callable[[], datetime], source: str
) -> Callable[[Renew], Awaitable[None]]:
    """Gives what was kept of a source to who renews it, and keeps the answer, in one transaction.

    Whoever else wants to renew waits until it is stored, in whichever process: two who used the same token
    would lose the grant.
    """

    async def keep(renew: Renew) -> None:
        async with database.write() as connection:
            query = sa.select(table.c.value).where(table.c.source == source, table.c.name == REFRESH)
            kept = await connection.scalar(query)
            value = await renew(kept)
            await learned.save(connection, source, {REFRESH: value}, clock())

    return keep
