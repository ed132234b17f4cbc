"""Waivers that were asked for, in the store; those of the model are read beside them."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.book import Book
from bot.store.tables import waivers
from rules.waivers import Waiver, declared

_NAMES = tuple(f.name for f in fields(Waiver))


async def add(connection: AsyncConnection, waiver: Waiver) -> Waiver:
    """Store a new waiver; gives it with its number."""
    values = {name: getattr(waiver, name) for name in _NAMES if name != "id"}
    number = await connection.execute(sa.insert(waivers).values(values).returning(waivers.c.id))
    return replace(waiver, id=number.scalar_one())


async def keep(connection: AsyncConnection, waiver: Waiver) -> None:
    """Write a stored waiver as it is after a step of its life."""
    now_is = {"state": waiver.state, "decided_by": waiver.decided_by, "decided_at": waiver.decided_at}
    await connection.execute(
        sa.update(waivers).where(waivers.c.id == waiver.id).values(**now_is, critical=waiver.critical)
    )


async def by_id(connection: AsyncConnection, number: int) -> Waiver | None:
    """The waiver of that number, in any state."""
    rows = await _select(connection, waivers.c.id == number)
    return rows[0] if rows else None


async def about(connection: AsyncConnection, finding: str) -> list[Waiver]:
    """All waivers ever asked for a finding, oldest first."""
    return await _select(connection, waivers.c.finding == finding)


async def all_of(connection: AsyncConnection) -> list[Waiver]:
    """All waivers ever asked for, oldest first."""
    return await _select(connection, sa.true())


async def holding(connection: AsyncConnection, book: Book, now: datetime) -> list[Waiver]:
    """Approved waivers of the store, and those of the model."""
    approved = await _select(connection, waivers.c.state == "approved")
    return [*approved, *declared(book.model, book.today(now))]


async def _select(connection: AsyncConnection, condition: sa.ColumnElement[bool]) -> list[Waiver]:
    rows = await connection.execute(sa.select(waivers).where(condition).order_by(waivers.c.id))
    return [_waiver(row) for row in rows]


def _waiver(row: Any) -> Waiver:
    return Waiver(**{name: getattr(row, name) for name in _NAMES})
