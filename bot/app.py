"""The composition root: everything is built here, by hand, and handed to those who need it."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot import digests
from bot.book import Book
from bot.census import Progress as Counting
from bot.census import Round, take
from bot.census import unwatched as uncounted
from bot.clock import Clock
from bot.deliver import Told, tell
from bot.desk import StoreDesk
from bot.errors import DATABASE_ADDRESS, DATABASE_DRIVER, DATABASE_UNUSABLE
from bot.pipeline import Judged, Progress, Pulled, derive, judge, sync, unwatched
from bot.report import Report, report
from bot.slack.commands.desk import Asker
from bot.slack.poster import SlackPoster
from bot.sources import connect_all
from bot.store import outbox
from bot.store.database import Database
from bot.store.grants import keeper
from bot.store.migrate import migrate
from bot.timetable import next_digest
from bot.unusable import CannotStartError
from bot.workspaces import directories, poster_of
from config.settings import Settings
from connectors.connector import Connector
from connectors.errors import ConnectorError
from rules.audience import Clearance, asker_clearance, channel_clearance

OPERATOR = Clearance(known=True, everything=True, levels=True)
"""Whoever can run commands beside the database can read the database."""


@dataclass(slots=True)
class App:
    """The parts, and the few things that are done with them together."""

    settings: Settings
    book: Book
    database: Database
    connectors: Mapping[str, Connector]
    refused: Mapping[str, ConnectorError]  # sources that cannot be read, and why
    poster: SlackPoster | None
    clock: Clock
    desk: StoreDesk

    def operator(self) -> Asker:
        """Who asks at the command line."""
        return Asker(user="", team=None, channel=None, handle=self.book.model.operator, operator=True)

    async def sync(self, source: str, progress: Progress = unwatched) -> Pulled:
        """Pull one source.

        Raises:
            ConnectorError: it cannot be read at all: no user, no token, no such file.
        """
        if source in self.refused:
            raise self.refused[source]
        return await sync(self.database, self.connectors[source], self.clock, progress)

    async def census(
        self,
        source: str,
        *,
        whole: bool,
        believed: Collection[str] = (),
        progress: Counting = uncounted,
    ) -> Round | None:
        """Compare what a source holds with what is stored; None where it cannot be asked, or holds no census.

        `whole` lists every container; `believed` are those of which a person says that as much was deleted
        as it looks.
        """
        connector = self.connectors.get(source)
        if connector is None:
            return None
        return await take(
            self.database, connector, self.clock, whole=whole, believed=believed, progress=progress
        )

    async def judge(self) -> Judged:
        """Derive what changed and judge everything."""
        await derive(self.database, self.book, self.clock())
        return await judge(self.database, self.book, self.clock())

    async def judge_now(self) -> Report:
        """Derive, judge, and say what is open."""
        judged = await self.judge()
        return await report(self.database, self.book, judged, self.clock())

    async def digests(
        self,
        *,
        name: str | None = None,
        channel: str | None = None,
        since: datetime | None = None,
        keep: bool,
    ) -> list[digests.Made]:
        """Make the digests of the model (or one, or one channel's), and with `keep` make them due."""
        made, now = [], self.clock()
        for digest in [name] if name else self.book.model.digests:
            order = digests.Order(digest, now, channel, since, self.settings.slack_command)
            made += await digests.make(self.database, self.book, order)
        if keep:
            await digests.keep(self.database, made, now)
        return made

    async def tell(self) -> Told:
        """Deliver what is due; nothing without Slack."""
        if self.poster is None:
            return Told()
        return await tell(self.database, self.poster, self.channel_clearance, self.clock)

    async def held_up(self) -> list[tuple[str, str, str, str]]:
        """Messages a person must look at: state, channel, key, what was said."""
        async with self.database.read() as connection:
            return await outbox.held_up(connection)

    def channel_clearance(self, channel: str) -> Clearance:
        """What may be posted to a channel."""
        return channel_clearance(self.book.model, channel)

    def for_slack(self) -> StoreDesk:
        """The desk as people in Slack meet it: each sees what their roles and the channel are cleared for."""
        return replace(self.desk, clearance=self._asker_clearance)

    def _asker_clearance(self, asker: Asker) -> Clearance:
        return asker_clearance(self.book.model, asker.handle, asker.channel, today=self.desk.now().date())


@asynccontextmanager
async def open_app(settings: Settings, book: Book, clock: Clock) -> AsyncIterator[App]:
    """Build the app on a database at the present schema; at the end everything is given back.

    Raises:
        CannotStartError: the database cannot be used.
    """
    database = _database(settings)
    poster = poster_of(book.model, settings, clock)
    connected = connect_all(book.model, settings, clock, partial(keeper, database, clock))
    connectors = connected.connectors | directories(book.model, settings, clock)
    desk = StoreDesk(database, lambda: book, clock, lambda _: OPERATOR, partial(next_digest, book))
    try:
        await _migrated(database)
        yield App(settings, book, database, connectors, connected.refused, poster, clock, desk)
    finally:
        for connector in connectors.values():
            await connector.close()
        await database.close()


def _database(settings: Settings) -> Database:
    """The database; nothing is connected yet."""
    try:
        return Database(settings.database_url)
    except (SQLAlchemyError, ValueError):  # their texts repeat the address, which holds the password
        pass
    except ModuleNotFoundError as error:
        says = f"PostgreSQL needs {error.name}: install opsbot with its postgres extra."
        raise CannotStartError(says, DATABASE_DRIVER) from error
    says = "OPSBOT_DATABASE is not an address: postgresql://user:password@host:5432/database"
    raise CannotStartError(says, DATABASE_ADDRESS)


async def _migrated(database: Database) -> None:
    """Bring the database to the present schema, or say which database cannot be used, and why."""
    try:
        _touch(database)
        await migrate(database)
    except CommandError as error:
        reason, remedy = str(error), "A newer opsbot wrote it: run that one, or restore an older backup."
        raise CannotStartError(_unusable(database, reason, remedy), DATABASE_UNUSABLE) from error
    except (SQLAlchemyError, OSError) as error:
        said = error.orig if isinstance(error, DBAPIError) else getattr(error, "strerror", None)
        remedy = "Make its folder, or correct" if isinstance(error, FileNotFoundError) else "Check"
        says = _unusable(database, str(said or error), f"{remedy} OPSBOT_DATABASE.")
        raise CannotStartError(says, DATABASE_UNUSABLE) from error


def _touch(database: Database) -> None:
    """Open SQLite's file: the error says more than SQLite's own would, no folder or no permission."""
    if database.embedded and (file := database.engine.url.database):
        Path(file).open("ab").close()


def _unusable(database: Database, reason: str, remedy: str) -> str:
    address = database.engine.url.set(drivername=database.engine.dialect.name)
    said = " ".join(reason.split()).rstrip(".")
    return f"The database {address.render_as_string(hide_password=True)} cannot be used: {said}. {remedy}"
