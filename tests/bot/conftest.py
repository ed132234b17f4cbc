"""A migrated and empty database of each kind, quickly; and a shop on it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy as sa
from postgres import Server
from shop import Shop, book

from bot.book import Book
from bot.store.database import Database
from bot.store.facts import FACTS, prepare
from bot.store.migrate import migrate
from bot.store.tables import facts_state, metadata


async def _migrated(url: str) -> None:
    database = Database(url)
    await migrate(database)
    async with database.write() as connection:
        await prepare(connection, "no model yet")
    await database.close()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database to copy."""
    file = tmp_path_factory.mktemp("store") / "migrated.db"
    asyncio.run(_migrated(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: Server) -> Iterator[str]:
    """A migrated PostgreSQL database that is emptied before each test."""
    with postgres_server.database() as url:
        asyncio.run(_migrated(url))
        yield url


async def _emptied(url: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    all_of = [sa.delete(t) for t in (*metadata.sorted_tables, *FACTS.values()) if t is not facts_state]
    but_schema = "DELETE FROM facts_state WHERE name <> 'schema'"
    await connection.execute("; ".join([*map(str, all_of), but_schema]))
    await connection.close()


@pytest.fixture(params=["sqlite", "postgres"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database at the present schema with nothing in it, of each kind."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "opsbot.db")
        return f"sqlite+aiosqlite:///{file}"
    url: str = request.getfixturevalue("migrated_postgres")
    asyncio.run(_emptied(url))
    return url


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    """A database at the present schema with nothing in it; the test runs once on each kind."""
    database = Database(migrated_url)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def shop_book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """The shop's operating model, read once."""
    return book(tmp_path_factory.mktemp("model"))


@pytest.fixture
def shop(database: Database, shop_book: Book) -> Shop:
    """The shop on a fresh database."""
    return Shop(database, shop_book)
