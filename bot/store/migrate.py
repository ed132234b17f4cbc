"""Bring the database to this version's schema, whoever starts first."""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.store.database import Database

_LOCK = 7_305_813  # any number, the same in every process


async def migrate(database: Database) -> None:
    """Run what is missing, in one transaction; on PostgreSQL other processes wait for it."""
    async with database.write() as connection:
        if not database.embedded:
            await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        await connection.run_sync(_upgrade)


async def is_current(database: Database) -> bool:
    """The schema is the one this version wants."""
    async with database.read() as connection:
        return await connection.run_sync(_is_newest)


def config() -> Config:
    """Alembic's configuration: where the migrations lie."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return settings


@cache
def _newest() -> str | None:
    """The last migration there is; to find it out, each is loaded."""
    return ScriptDirectory.from_config(config()).get_current_head()


def _is_newest(connection: sa.Connection) -> bool:
    return MigrationContext.configure(connection).get_current_revision() == _newest()


def _upgrade(connection: sa.Connection) -> None:
    if _is_newest(connection):
        return
    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")
