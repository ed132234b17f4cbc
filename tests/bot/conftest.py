"""A migrated and empty database of each kind, quickly; and a shop on it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from postgres import Server
from shop import Shop, book

from bot.book import Book
from bot.store.database import Database
from bot.store.migrate import migrate


async def _migrated(url: str) -> None:
    database = Database(url)
    await migrate(database)
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
    database = Database(url)
    async with database.write() as connection:
        names = await connection.run_sync(lambda c: sa.inspect(c).get_table_names())
        tables = [n for n in names if n != "alembic_version" and not n.startswith("fact_")]
        await connection.exec_driver_sql(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY")
    await database.close()


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
