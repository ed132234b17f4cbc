"""A store that can be killed between any two of its transactions, emptied, and read without its own help."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.tables import changes, metadata, records


class Killed(BaseException):
    """The process is no more: nobody catches that."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A record as it stands in the tables."""

    kind: str
    body: dict[str, Any]
    presence: str
    changes: tuple[tuple[datetime, str, str | None, str | None], ...]  # at, field, before, after


class Mortal(Database):
    """The store; `killed_after` so many transactions, each further one kills."""

    killed_after: int | None = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction, if it still comes to it."""
        if self.killed_after == 0:
            raise Killed
        if self.killed_after is not None:
            self.killed_after -= 1
        async with super().write() as connection:
            yield connection

    async def empty(self) -> None:
        """Forget everything."""
        self.killed_after = None
        async with self.write() as connection:
            for table in FILLED:
                await connection.execute(sa.delete(table))

    async def kept(self, source: str) -> dict[str, Kept]:
        """The items of a source by id."""
        async with self.read() as connection:
            history = defaultdict(list)
            told = sa.select(changes).where(changes.c.source == source).order_by(changes.c.at, changes.c.id)
            for row in await connection.execute(told):
                history[row.item].append((row.at, row.field, row.before, row.after))
            query = sa.select(records).where(records.c.source == source)
            query = query.where(records.c.kind.in_(["work_item", "pull_request"]))
            rows = (await connection.execute(query)).all()
        kept = {}
        for row in rows:
            body, told = msgspec.json.decode(row.body), tuple(history[row.id])
            kept[row.id] = Kept(row.kind, body, row.presence, told)
        return kept


FILLED = [
    table
    for name, table in metadata.tables.items()
    if name
    in {"records", "changes", "edges", "cursors", "syncs", "learned", "quarantine", "censuses", "usage"}
]
