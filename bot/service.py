"""The service: schedule, web door and Slack in one event loop, started and stopped together."""

import asyncio
import contextlib
import signal
import socket
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from datetime import datetime
from typing import Any

import structlog
import uvicorn
from sqlalchemy.exc import SQLAlchemyError

from bot import schedule
from bot.app import App, open_app
from bot.book import Book
from bot.clock import Clock
from bot.errors import SERVICE_ADDRESS
from bot.gate import check_arrivals
from bot.progress import paced
from bot.schedule import Timer
from bot.slack.app import SlackApp, SocketMode, create_slack_app, http_handler
from bot.slack.errors import SlackError
from bot.slack.people import People
from bot.slack.poster import SlackPoster
from bot.sources import webhook_doors
from bot.store import inbox
from bot.store.migrate import is_current
from bot.store.schedule import TAKE_OVER
from bot.timetable import timers
from bot.unusable import CannotStartError
from bot.web.app import Rooms, create_app
from bot.web.server import Server
from config.settings import Settings
from connectors.errors import ConnectorError

log = structlog.get_logger(__name__)

COALESCE = 2.0
"""Seconds between a webhook and its check: several about one item become one."""
CHECK_AGAIN = 60.0
"""Seconds until arrivals whose source could not be read are tried again."""
DELIVER_EVERY = 5.0
STOP_WITHIN = 20


async def serve(settings: Settings, book: Book, clock: Clock) -> None:
    """Run until SIGTERM or Ctrl-C."""
    async with open_app(settings, book, clock) as app:
        await Service(app).run()


class Service:
    """What runs as long as the service does."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._arrived = asyncio.Event()
        self._arrived.set()  # what arrived before a restart is waiting
        self._patience: float | None = None  # seconds to the next check, whatever arrives
        self._judging = asyncio.Lock()
        self._reading: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # by source
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Start everything, wait for the signal, stop everything.

        Raises:
            CannotStartError: its address is not free.
        """
        app = self.app
        listening = _listen(app.settings.web_host, app.settings.web_port)
        with _on_signal(self.stop):
            await self._serve(listening)

    def stop(self) -> None:
        """Begin to stop; `run` returns when everything has."""
        self._stop.set()

    async def _serve(self, listening: socket.socket) -> None:
        app = self.app
        due = timers(app.book, self._sync, self._digest, self._census)
        ticking = schedule.start(app.database, due, app.clock)
        slack = await self._slack_socket()
        server = Server(
            uvicorn.Config(create_app(self._rooms()), log_config=None, timeout_graceful_shutdown=STOP_WITHIN)
        )
        tasks = [
            asyncio.create_task(server.serve(sockets=[listening])),
            asyncio.create_task(self._check_forever()),
            asyncio.create_task(self._deliver_forever()),
        ]
        missed = [asyncio.create_task(self._catch_up(timer)) for timer in due]
        log.info(
            "service_started", address=f"{app.settings.web_host}:{app.settings.web_port}", timers=len(due)
        )
        await self._stop.wait()
        log.info("service_stopping")
        async with app.database.between_writes():
            ticking.shutdown(wait=False)
            for task in missed:
                task.cancel()  # as the ticks are: a sync goes on where it was
        server.should_exit = True
        if slack is not None:
            await slack.stop()
        ended, late = await asyncio.wait([*tasks, *missed], timeout=STOP_WITHIN)
        for task in late:
            task.cancel()
        await asyncio.gather(*ended, return_exceptions=True)

    def _rooms(self) -> Rooms:
        app = self.app
        slack_http = None
        if app.poster is not None and app.settings.slack_app_token is None:
            slack_http = http_handler(self._slack_app(app.poster))
        return Rooms(
            database=app.database,
            doors=webhook_doors(app.book.model, app.settings),
            clock=app.clock,
            arrived=self._arrived.set,
            ready=self._waiting_for,
            slack=slack_http,
        )

    async def _waiting_for(self) -> Sequence[str]:
        """What keeps us from serving: the database only. An outage of Slack or Jira must not restart us."""
        try:
            return [] if await is_current(self.app.database) else ["the database's schema"]
        except SQLAlchemyError as error:
            log.warning("database_unreachable", error=type(error).__name__)
            return ["the database"]

    def _slack_app(self, poster: SlackPoster) -> SlackApp:
        settings = self.app.settings
        secret = settings.slack_signing_secret
        return create_slack_app(
            client=poster.client,
            signing_secret=secret.get_secret_value() if secret else None,
            desk=self.app.for_slack(),
            people=People(poster.client, lambda: self.app.book.model.people, poster.source),
            channels=poster.directory,
            first_time=self._first_time,
            command=settings.slack_command,
        )

    async def _slack_socket(self) -> SocketMode | None:
        token = self.app.settings.slack_app_token
        if self.app.poster is None or token is None:
            return None
        socket = SocketMode(self._slack_app(self.app.poster), token.get_secret_value())
        try:
            await socket.start()
        except SlackError as error:
            log.error("slack_socket_failed", reason=error.sentence)  # noqa: TRY400 - the sentence says it all
            return None
        return socket

    async def _first_time(self, key: str) -> bool:
        arrival = inbox.Arrival("slack", key, "command")
        async with self.app.database.write() as connection:
            return await inbox.receive(connection, arrival, key, self.app.clock(), "answered")

    async def _catch_up(self, timer: Timer) -> None:
        """Run what was missed; again when a run that died shortly before this start may be taken over."""
        for wait in (0.0, TAKE_OVER.total_seconds()):
            if not await self._unless_stopped(asyncio.sleep(wait)):
                return
            await self._safely(
                "catch_up_failed", lambda: schedule.catch_up(self.app.database, [timer], self.app.clock)
            )

    async def _sync(self, source: str, _occurrence: datetime) -> None:
        try:
            async with self._reading[source]:  # a first sync may take longer than to the next tick
                await self.app.sync(source, paced())
        except ConnectorError as error:
            # It was never connected; what the others brought is judged all the same.
            log.warning("source_not_read", source=source, reason=str(error))
        async with self._judging:
            await self.app.judge()

    async def _census(self, source: str, whole: bool, _occurrence: datetime) -> None:
        async with self._reading[source]:
            taken = await self.app.census(source, whole=whole)
        if taken is not None and taken.changed:
            async with self._judging:
                await self.app.judge()

    async def _digest(self, name: str, _occurrence: datetime) -> None:
        if self.app.poster is None:
            return  # nobody to tell: what is new waits for the first digest that can be sent
        async with self._judging:  # what a judgement writes afterwards, with an earlier time, would be missed
            await self.app.digests(name=name, keep=True)

    async def _check_forever(self) -> None:
        while await self._unless_stopped(asyncio.wait_for(self._arrived.wait(), self._patience)):
            self._arrived.clear()
            await self._unless_stopped(asyncio.sleep(COALESCE))
            await self._safely("checks_failed", self._check)

    async def _deliver_forever(self) -> None:
        while await self._unless_stopped(asyncio.sleep(DELIVER_EVERY)):
            await self._safely("delivery_failed", self.app.tell)

    async def _check(self) -> None:
        self._patience = CHECK_AGAIN
        async with self._judging:
            checked = await check_arrivals(
                self.app.database, self.app.book, self.app.connectors, self.app.clock
            )
        if not checked.waiting:
            self._patience = None

    async def _safely(self, event: str, work: Callable[[], Awaitable[object]]) -> None:
        """One bad round must not end the service."""
        try:
            await work()
        except Exception:
            log.exception(event)

    async def _unless_stopped(self, waiting: Coroutine[Any, Any, object]) -> bool:
        """Wait for it, or for the stop; false where the stop came first."""
        tasks = [asyncio.create_task(waiting), asyncio.create_task(self._stop.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return not self._stop.is_set()


def _listen(host: str, port: int) -> socket.socket:
    """A socket that takes connections, before anything else begins.

    Raises:
        CannotStartError: somebody else has the port, or the host is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0]
        raise CannotStartError(
            f"Cannot listen on {host} port {port}: {reason}."
            " Set OPSBOT_WEB_HOST and OPSBOT_WEB_PORT to a free address of this machine.",
            SERVICE_ADDRESS,
        ) from error


@contextlib.contextmanager
def _on_signal(stop: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and Ctrl-C stop; afterwards they mean again what they did."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)
    for name in signals:
        loop.add_signal_handler(name, stop)
    try:
        yield
    finally:
        for name in signals:
            loop.remove_signal_handler(name)
