"""The outbox: messages that are due, written with the change that causes them and sent once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.slack.messages import Message
from bot.store.database import upsert
from bot.store.tables import outbox

LEASE = timedelta(minutes=5)  # several times what posting one message may take
PATIENCE = timedelta(days=3)
"""What could not be delivered for so long is no news any more."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to a channel. `key` makes it one of a kind: the same key is never sent twice."""

    key: str
    channel: str
    message: Message
    audience: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A letter that this sender holds until its lease ends; `token` fences off an earlier, late one."""

    id: int
    token: int
    attempts: int
    letter: Letter


async def put(connection: AsyncConnection, letters: Sequence[Letter], now: datetime) -> None:
    """Make letters due, in the caller's transaction. A key that is known is left as it is."""
    rows = [
        {
            "key": x.key,
            "channel": x.channel,
            "text": x.message.text,
            "blocks": list(x.message.blocks),
            "audience": x.audience,
            "state": "due",
            "created_at": now,
            "not_before": now,
            "token": 0,
            "attempts": 0,
        }
        for x in letters
    ]
    if rows:
        await connection.execute(
            upsert(connection, outbox).on_conflict_do_nothing(index_elements=[outbox.c.key]), rows
        )


async def claim(connection: AsyncConnection, now: datetime) -> Claimed | None:
    """Take the due letter that has waited longest, for this sender alone.

    A letter whose sender let the lease run out may have been posted: it is ambiguous from then on. One that
    is too old is given up.
    """
    abandoned = sa.and_(outbox.c.state == sa.literal_column("'sending'"), outbox.c.lease < now)
    await connection.execute(
        sa.update(outbox)
        .where(abandoned)
        .values(state="ambiguous", lease=None, error="its sender stopped before it could tell")
    )
    old = sa.and_(outbox.c.state == sa.literal_column("'due'"), outbox.c.created_at < now - PATIENCE)
    was = sa.func.coalesce(outbox.c.error, "nothing was sent")
    given_up = sa.literal("could not be delivered for three days: ") + was
    await connection.execute(sa.update(outbox).where(old).values(state="dead", error=given_up))
    # The state is written out: a bound one would keep SQLite from using the partial index.
    due = (
        sa.select(outbox.c.id)
        .where(outbox.c.state == sa.literal_column("'due'"), outbox.c.not_before <= now)
        .order_by(outbox.c.not_before, outbox.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = (
        sa.update(outbox)
        .where(outbox.c.id == due.scalar_subquery())
        .values(state="sending", lease=now + LEASE, token=outbox.c.token + 1, attempts=outbox.c.attempts + 1)
        .returning(outbox)
    )
    row = (await connection.execute(taken)).one_or_none()
    if row is None:
        return None
    letter = Letter(row.key, row.channel, Message(row.text, tuple(row.blocks)), tuple(row.audience))
    return Claimed(row.id, row.token, row.attempts, letter)


async def sent(connection: AsyncConnection, claimed: Claimed, channel: str, ts: str, now: datetime) -> None:
    """It was delivered as this message."""
    await _settle(
        connection,
        claimed,
        state="sent",
        sent_at=now,
        posted_channel=channel,
        posted_ts=ts,
        lease=None,
        error=None,
    )


async def again(connection: AsyncConnection, claimed: Claimed, not_before: datetime, error: str) -> None:
    """It was certainly not delivered: try again later."""
    await _settle(connection, claimed, state="due", not_before=not_before, lease=None, error=error)


async def give_up(connection: AsyncConnection, claimed: Claimed, state: str, error: str) -> None:
    """It will not be tried again by itself: `dead` (refused for good) or `ambiguous` (perhaps delivered)."""
    await _settle(connection, claimed, state=state, lease=None, error=error)


async def _settle(connection: AsyncConnection, claimed: Claimed, **values: object) -> None:
    mine = sa.and_(outbox.c.id == claimed.id, outbox.c.token == claimed.token)
    await connection.execute(sa.update(outbox).where(mine).values(**values))


async def held_up(connection: AsyncConnection) -> list[tuple[str, str, str, str]]:
    """Letters a person must look at: state, channel, key, what was said."""
    query = sa.select(outbox.c.state, outbox.c.channel, outbox.c.key, outbox.c.error)
    rows = await connection.execute(
        query.where(outbox.c.state.in_(["ambiguous", "dead"])).order_by(outbox.c.id)
    )
    return [(r.state, r.channel, r.key, r.error or "") for r in rows]


async def latest_digests(connection: AsyncConnection) -> list[tuple[datetime, Letter]]:
    """The last digest that each channel got, and when; by channel."""
    latest = sa.select(sa.func.max(outbox.c.id)).where(
        outbox.c.state == sa.literal_column("'sent'"), outbox.c.key.startswith("digest:")
    )
    query = sa.select(outbox).where(outbox.c.id.in_(latest.group_by(outbox.c.channel)))
    return [
        (r.sent_at, Letter(r.key, r.channel, Message(r.text, tuple(r.blocks)), tuple(r.audience)))
        for r in await connection.execute(query.order_by(outbox.c.channel))
    ]
