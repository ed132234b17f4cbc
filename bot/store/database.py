"""The database: SQLite in a file by default, PostgreSQL for several machines. Same tables, same queries."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

CHUNK = 2000  # values bound in one IN list

T = TypeVar("T")


WRITING = 7_305_814
"""The lock that writers of all processes take on PostgreSQL; any number, the same everywhere."""


class Database:
    """Connections, handed out for reading (one snapshot) or for a short write.

    On SQLite every write is one `BEGIN IMMEDIATE` at a time in this process: a transaction that reads first
    and writes later fails at once with SQLITE_BUSY_SNAPSHOT, and no timeout helps.
    """

    def __init__(self, url: str) -> None:
        self.engine: AsyncEngine
        self.embedded = url.startswith("sqlite")
        if self.embedded:
            self.engine = create_async_engine(url, pool_size=2, max_overflow=2)
            sa.event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine.sync_engine, "begin", _begin_sqlite)
        else:
            # A plan made while the tables were small would be kept, and read them whole once they are large.
            unplanned = {"prepared_statement_cache_size": 0}
            self.engine = create_async_engine(url, pool_size=5, pool_pre_ping=True, connect_args=unplanned)
        self._writing = asyncio.Lock()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one snapshot of the data until it is given back."""
        async with self.engine.connect() as connection:
            if not self.embedded:
                await connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection
            await connection.rollback()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits at the end, or leaves nothing behind; one at a time, whoever asks."""
        if not self.embedded:
            async with self.engine.begin() as connection:
                await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITING)))
                yield connection
            return
        async with self._writing, self.engine.connect() as connection:
            await connection.execution_options(immediate=True)
            async with connection.begin():
                yield connection

    @asynccontextmanager
    async def between_writes(self) -> AsyncIterator[None]:
        """No write of ours is under way on SQLite: a task that is cancelled now leaves no lock behind.

        The driver works in threads, and one whose caller is cancelled in the middle still begins what it was
        told: nobody would end that transaction.
        """
        async with self._writing:
            yield

    async def close(self) -> None:
        """Give back every connection."""
        await self.engine.dispose()


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of at most `size`."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def upsert(connection: AsyncConnection, table: sa.Table) -> Any:
    """An INSERT that knows ON CONFLICT, in the words of the database at hand."""
    return (sqlite_insert if connection.dialect.name == "sqlite" else pg_insert)(table)


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions begin where we say so, not where the driver guesses
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "busy_timeout=5000",
        "foreign_keys=ON",
        "synchronous=NORMAL",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
