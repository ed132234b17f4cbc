"""Digests: for each channel what is new since its last one, cut to what the channel may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.book import Book
from bot.freshness import source_ages
from bot.routing import Target, targets
from bot.slack import messages
from bot.slack.messages import Message
from bot.store import digests, findings, outbox, syncs, verdicts
from bot.store.database import Database
from bot.words import said
from rules.audience import channel_clearance, lets_in, union, visible
from rules.digest import Coverage, Occasion, compose
from rules.findings import Event, Finding
from rules.views import Digest, SourceAge


@dataclass(frozen=True, slots=True)
class Made:
    """A digest and its message."""

    name: str
    digest: Digest
    message: Message
    audience: tuple[str, ...]
    seen: int  # the last row of the history that it takes in


@dataclass(frozen=True, slots=True)
class Order:
    """Which digest is made, as of when; for one channel and since another moment where these are given."""

    name: str
    now: datetime
    channel: str | None = None
    since: datetime | None = None
    command: str = messages.OPS


async def make(database: Database, book: Book, order: Order) -> list[Made]:
    """The digest for each of its channels; nothing is written."""
    wanted = targets(book.model, book.model.digests[order.name])
    async with database.read() as connection:
        return [
            await _one(connection, book, order, target)
            for target in wanted
            if order.channel in {None, target.channel}
        ]


async def keep(database: Database, made: Iterable[Made], now: datetime) -> None:
    """Make their letters due and remember the digests, each channel in one transaction."""
    for one in made:
        async with database.write() as connection:
            first = await digests.remember(
                connection, one.name, one.digest.channel, now, silent=one.digest.silent, seen=one.seen
            )
            if first and not one.digest.silent:
                key = f"digest:{one.name}:{one.digest.channel}:{now.isoformat()}"
                letter = outbox.Letter(key, one.digest.channel, one.message, one.audience)
                await outbox.put(connection, [letter], now)


async def _one(connection: AsyncConnection, book: Book, order: Order, target: Target) -> Made:
    name, now = order.name, order.now
    clearance = channel_clearance(book.model, target.channel)

    def belongs(finding: Finding) -> bool:
        return (
            finding.product in target.products
            and book.speaks(finding.rule, finding.product)
            and visible(finding.audience, clearance)
            and lets_in(book.model, finding.product, handle=None, channel=target.channel, today=now.date())
        )

    last = await digests.last(connection, name, target.channel)
    row = last.seen if last is not None and order.since is None else None
    since = order.since or (last.at if last is not None else None)
    history: list[tuple[Event, Finding]] = [
        (h.event, h.finding)
        for h in await findings.since(connection, row=row, moment=order.since)
        if belongs(h.finding)
    ]
    open_now = [f for f in await findings.open_now(connection) if belongs(f)]
    waived = sum(map(belongs, await findings.waived_now(connection)))
    told = {f.id: f for _, f in history} | {f.id: f for f in open_now}
    words = await said(connection, book, told.values(), now)
    counts = [c for c in await verdicts.counts(connection) if c.product in target.products]
    ages = source_ages(book.model, await syncs.states(connection), now)
    most = book.model.digests[name].max
    zone = book.calendar(_calendar(book, target)).zone
    local_since = since.astimezone(zone) if since else None
    digest = compose(
        Occasion(target.channel, target.about, target.stream, now.astimezone(zone), local_since, most),
        history,
        open_now,
        book.by_id,
        lambda f: words[f.id],
        _coverage(counts, ages.values(), waived),
    )
    return Made(
        name,
        digest,
        messages.digest(digest, order.command),
        union(f.audience for f in told.values()),
        await findings.last_row(connection),
    )


def _coverage(counts: Sequence[verdicts.Count], ages: Iterable[SourceAge], waived: int) -> Coverage:
    return Coverage(
        checked=max((c.passed + c.failed + c.unknown for c in counts), default=0),
        rules=len({c.rule for c in counts}),
        unknown=sum(c.unknown for c in counts),
        sources=tuple(ages),
        waived=waived,
    )


def _calendar(book: Book, target: Target) -> str | None:
    if len(target.products) == 1:
        product = book.model.product(next(iter(target.products)))
        return product.calendar if product else None
    return None
