"""A migrated and empty database of each kind, quickly; and a shop on it."""

import asyncio
import fcntl
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy as sa
from postgres import Server
from shop import Shop, book

from bot.app import open_app
from bot.book import Book, read_book
from bot.demo import TUESDAY, larkfield_tools
from bot.demo import prepare as prepare_demo
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


async def _tuesday(folder: Path) -> None:
    prepare_demo(folder)
    async with larkfield_tools(folder) as company:
        company.wall.now = TUESDAY
        async with open_app(company.settings, read_book(company.settings.model), company.wall) as app:
            for source in app.connectors:
                await app.sync(source)
            await app.judge()
            await app.digests(keep=True)


@pytest.fixture(scope="session")
def larkfield_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Larkfield's tools read and judged once, as they are on Tuesday: a folder to copy.

    The first worker that wants it makes it for all.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "larkfield"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            half = folder.with_suffix(".half")
            asyncio.run(_tuesday(half))
            half.rename(folder)
    return folder
