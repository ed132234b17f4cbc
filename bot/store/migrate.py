"""Bring the database to this version's schema, whoever starts first."""

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
        revision = await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())
    return revision == ScriptDirectory.from_config(config()).get_current_head()


def config() -> Config:
    """Alembic's configuration: where the migrations lie."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return settings


def _upgrade(connection: sa.Connection) -> None:
    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")
