"""Webhook-triggered checks: a webhook is a hint; the items are read again and go the same way as ever."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from bot.book import Book
from bot.clock import Clock
from bot.derive import derive_records
from bot.pipeline import Judged, counted, judge, spent, store
from bot.store import facts, inbox, presence, usage
from bot.store.database import Database
from connectors.connector import Connector
from connectors.errors import ConnectorError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a round over the inbox did."""

    judged: Judged
    waiting: int = 0  # of the arrivals: their source could not be read


async def check_arrivals(
    database: Database, book: Book, connectors: Mapping[str, Connector], clock: Clock
) -> Checked:
    """Read again what the waiting webhooks name, derive it with its dependents, judge it.

    A source that cannot be read leaves its arrivals waiting for the next round: nothing is lost. Before the
    facts stand, records are only stored: the first judgement takes them with everything else.
    """
    async with database.read() as connection:
        arrivals = await inbox.waiting(connection)
    by_source: dict[str, list[inbox.Arrival]] = {}
    for arrival in arrivals:
        by_source.setdefault(arrival.source, []).append(arrival)
    waiting = 0
    for source, some in by_source.items():
        if not await _read_again(database, connectors.get(source), source, some, clock):
            waiting += len(some)
    async with database.read() as connection:
        ready = await facts.stand(connection, book.fingerprint)
    judged = Judged()
    if ready:
        derived = await derive_records(database, book, clock())
        judged = await judge(database, book, clock(), derived)
    return Checked(judged, waiting)


async def _read_again(
    database: Database, connector: Connector | None, source: str, arrivals: list[inbox.Arrival], clock: Clock
) -> bool:
    """Whether they have had their effect."""
    if connector is None:
        async with database.write() as connection:
            await inbox.done(connection, arrivals, "source is not read", clock())
        return True
    deleted = list(dict.fromkeys(k for a in arrivals for k in a.deleted))
    keys = list(dict.fromkeys(k for a in arrivals for k in a.keys if k not in deleted))
    before = counted(connector.meter)
    try:
        page = await connector.read(keys) if keys else None
    except ConnectorError as error:
        log.warning("webhook_read_failed", source=source, keys=keys, error=str(error))
        return False
    async with database.write() as connection:
        now = clock()
        if page is not None:
            await store(connection, connector, page, now, asked=True)
            for problem in page.problems:
                log.warning("webhook_item_not_read", source=source, scope=problem.scope, reason=problem.what)
        if deleted:
            await presence.delete(connection, source, deleted, now)
        await usage.add(connection, source, "check", spent(connector.meter, before), now)
        await inbox.done(connection, arrivals, "checked", now)
    return True
