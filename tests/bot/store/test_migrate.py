"""Migrations: they make the very tables the code speaks of, whoever runs them and how often."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from postgres import Server

from bot.store.database import Database
from bot.store.migrate import is_current, migrate
from bot.store.tables import metadata


def _differences(connection: sa.Connection) -> list[Any]:
    def ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or not (name or "").startswith("fact_")

    options = {"compare_type": True, "include_object": ours}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_a_migrated_database_has_the_tables_of_the_code(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.run_sync(_differences) == []
    assert await is_current(database)


async def test_migrating_again_changes_nothing(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(sa.text("INSERT INTO cursors VALUES ('jira', 'here', 0)"))
    await migrate(database)
    async with database.read() as connection:
        assert (await connection.execute(sa.text("SELECT cursor FROM cursors"))).scalar_one() == "here"
    assert await is_current(database)


async def test_an_empty_database_is_not_current(database_url: str) -> None:
    database = Database(database_url)
    assert not await is_current(database)
    await database.close()


async def test_several_processes_may_migrate_at_once(postgres_server: Server) -> None:
    with postgres_server.database() as url:
        databases = [Database(url) for _ in range(4)]
        await asyncio.gather(*map(migrate, databases))
        assert await is_current(databases[0])
        await asyncio.gather(*(d.close() for d in databases))


async def test_a_migration_that_fails_leaves_nothing(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(connection: sa.Connection) -> None:
        connection.execute(sa.text("CREATE TABLE half (x INTEGER)"))
        raise RuntimeError("no")

    database = Database(database_url)
    monkeypatch.setattr("bot.store.migrate._upgrade", broken)
    with pytest.raises(RuntimeError):
        await migrate(database)
    async with database.read() as connection:
        assert await connection.run_sync(lambda c: sa.inspect(c).get_table_names()) == []
    await database.close()
