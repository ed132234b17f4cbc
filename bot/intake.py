"""Reads an export once into a store that is thrown away: for judging it and for proposing a model."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.clock import Clock
from bot.pipeline import Progress, sync, unwatched
from bot.store import loading
from bot.store.database import Database
from bot.store.migrate import migrate
from connectors.connector import Page
from connectors.file.client import connect
from rules.records import PullRequest, Record, WorkItem


@dataclass(frozen=True, slots=True)
class Taken:
    """An export in a store of its own, what could not be read of it, and what a person should know."""

    database: Database
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    async def records(self) -> AsyncIterator[Record]:
        """Every record once, the newest where several files tell it; none is held."""
        async with self.database.read() as connection:
            async for record in loading.stream(connection):
                yield record


@asynccontextmanager
async def taken(
    path: Path, source: str, clock: Clock, progress: Progress = unwatched
) -> AsyncIterator[Taken]:
    """The export read as this source; the store goes with the block.

    Raises:
        ConnectorError: the export cannot be read.
    """
    connector = connect(source, path)
    read = 0

    def counted(name: str, page: Page, so_far: int) -> None:
        nonlocal read
        read += sum(isinstance(record, WorkItem | PullRequest) for record in page.records)
        progress(name, page, so_far)

    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{folder}/export.db")
        try:
            await migrate(database)
            pulled = await sync(database, connector, clock, counted)
            if pulled.error is not None:
                raise pulled.error
            async with database.read() as connection:
                again = read - await loading.count(connection, (WorkItem.KIND, PullRequest.KIND))
            yield Taken(
                database,
                tuple(f"{p.scope}: {p.what}" for p in pulled.problems),
                (*connector.notes(), *([_repeated(again)] if again else [])),
            )
        finally:
            await database.close()


def _repeated(many: int) -> str:
    stand = "item stands" if many == 1 else "items stand"
    return f"{many:,} {stand} in the export a second time; the newest of each counts."
