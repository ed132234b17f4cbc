"""What reading a source cost: requests, what they drew on each budget by its key, and what is left of it."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import syncs, usage
from connectors.meter import Budget

REQUESTS = "requests"
"""Beside the keys of budgets: requests of any kind, however many budgets each of them draws on."""
KEPT = timedelta(days=8)


async def add(
    connection: AsyncConnection, source: str, what: str, requests: Mapping[str, int], at: datetime
) -> None:
    """Note what was spent beside syncs: by a census, by a check of items that webhooks named."""
    if not requests:
        return
    await connection.execute(sa.delete(usage).where(usage.c.source == source, usage.c.at < at - KEPT))
    row = {"source": source, "at": at, "what": what, "requests": dict(requests)}
    await connection.execute(sa.insert(usage).values(row))


async def since(connection: AsyncConnection, moment: datetime) -> dict[str, Counter[str]]:
    """All that was spent from that moment on, by source and by key of the budget."""
    found: dict[str, Counter[str]] = {}
    for table, at in ((syncs, syncs.c.started_at), (usage, usage.c.at)):
        for source, requests in await connection.execute(
            sa.select(table.c.source, table.c.requests).where(at >= moment)
        ):
            found.setdefault(source, Counter()).update(requests)
    return found


def told(budgets: Mapping[str, Budget]) -> dict[str, dict[str, object]]:
    """Budgets as plain data, to be kept with a sync."""
    return {
        key: {
            "limit": budget.limit,
            "remaining": budget.remaining,
            "resets_at": None if budget.resets_at is None else budget.resets_at.isoformat(),
            "paused_until": None if budget.paused_until is None else budget.paused_until.isoformat(),
        }
        for key, budget in budgets.items()
    }
