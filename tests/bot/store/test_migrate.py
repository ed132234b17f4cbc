"""Migrations: they make the very tables the code speaks of, whoever runs them and how often."""

import asyncio
import json
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from postgres import Server

from bot.store.database import Database
from bot.store.migrate import config, is_current, migrate
from bot.store.tables import metadata, records, syncs


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


async def test_what_is_stored_by_the_first_version_comes_along(database_url: str) -> None:
    """A record that its body says was deleted is deleted by its presence; a title is no such body."""
    title = '","deleted":true}'
    database = Database(database_url)
    async with database.write() as connection:
        await connection.run_sync(_at_first_version)
        for number, (name, said) in enumerate((("x", "true"), ("x", "false"), (title, "false"))):
            body = json.dumps({"title": name}, separators=(",", ":"))[:-1] + f',"deleted":{said}}}'
            await connection.execute(
                sa.text(
                    "INSERT INTO records (source, kind, id, key, changed_at, observed_at, digest, body)"
                    " VALUES ('jira', 'work_item', :id, :id, 7, 8, 'd', :body)"
                ),
                {"id": str(number), "body": body},
            )
        line = "INSERT INTO syncs (source, started_at, records, changed, problems, whole)"
        await connection.execute(sa.text(f"{line} VALUES ('jira', 1, 2, 3, '{{}}', true)"))
    await migrate(database)
    async with database.read() as connection:
        columns = records.c.id, records.c.presence, records.c.presence_at, records.c.body
        rows = (await connection.execute(sa.select(*columns).order_by(records.c.id))).all()
        assert [(r.id, r.presence) for r in rows] == [("0", "deleted"), ("1", "present"), ("2", "present")]
        assert [None if r.presence_at is None else r.presence_at.timestamp() for r in rows] == [
            0.007,
            None,
            None,
        ]
        assert json.loads(rows[0].body) == {"title": "x"}
        assert json.loads(rows[2].body) == {"title": title, "deleted": False}
        spent = await connection.execute(sa.select(syncs.c.requests, syncs.c.budgets))
        assert spent.all() == [({}, {})]
    assert await is_current(database)
    await database.close()


def _at_first_version(connection: sa.Connection) -> None:
    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, "0001")
