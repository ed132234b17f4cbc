"""What aggregates and expectations are made of: small sums over the items, taken where the data is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import upsert
from bot.store.facts import FACTS, Row
from bot.store.tables import sle as sle_rows
from rules.facts.containers import ContainerCount
from rules.facts.team_wip import Started
from rules.sle import Finished

_ITEMS = FACTS["work_items"]
_IN_PROGRESS = sa.and_(_ITEMS.c.governed, _ITEMS.c.state.in_(("active", "waiting")))


async def active_by_product(connection: AsyncConnection) -> dict[str, int]:
    """Started and not finished items of each product."""
    query = sa.select(_ITEMS.c.product, sa.func.count()).where(_IN_PROGRESS, _ITEMS.c.product.is_not(None))
    return {r[0]: r[1] for r in await connection.execute(query.group_by(_ITEMS.c.product))}


async def finished_by_product(connection: AsyncConnection, since: datetime) -> dict[str, int]:
    """Items of each product finished since then."""
    done = sa.and_(_ITEMS.c.governed, _ITEMS.c.finished_at >= since, _ITEMS.c.product.is_not(None))
    query = sa.select(_ITEMS.c.product, sa.func.count()).where(done).group_by(_ITEMS.c.product)
    return {r[0]: r[1] for r in await connection.execute(query)}


async def started(connection: AsyncConnection) -> list[Started]:
    """Every started and not finished item that has a team."""
    columns = (
        _ITEMS.c.key,
        _ITEMS.c.team,
        _ITEMS.c.level,
        _ITEMS.c.started_at,
        _ITEMS.c.source,
        _ITEMS.c.audience,
    )
    query = sa.select(*columns).where(_IN_PROGRESS, _ITEMS.c.team.is_not(None)).order_by(_ITEMS.c.subject)
    return [Started(*row) for row in await connection.execute(query)]


async def container_counts(connection: AsyncConnection) -> list[ContainerCount]:
    """Active items of each project or repository, and those without a product."""
    unmapped = sa.func.count().filter(_ITEMS.c.product.is_(None))
    query = sa.select(_ITEMS.c.source, _ITEMS.c.container, sa.func.count(), unmapped).where(_IN_PROGRESS)
    query = query.group_by(_ITEMS.c.source, _ITEMS.c.container).order_by(_ITEMS.c.source, _ITEMS.c.container)
    return [ContainerCount(*row) for row in await connection.execute(query)]


async def matched_since(connection: AsyncConnection, since: datetime) -> dict[str, int]:
    """Items and pull requests changed since then, by the selector that mapped them."""
    matched: dict[str, int] = {}
    for table in (_ITEMS, FACTS["pull_requests"]):
        query = sa.select(table.c.mapped_by, sa.func.count()).where(
            table.c.mapped_by.is_not(None), table.c.changed_at >= since
        )
        for path, count in await connection.execute(query.group_by(table.c.mapped_by)):
            matched[path] = matched.get(path, 0) + count
    return matched


async def finished(connection: AsyncConnection, since: datetime, until: datetime) -> list[Finished]:
    """Items finished in that time, with their cycle time."""
    columns = (
        _ITEMS.c.product,
        _ITEMS.c.flow_item,
        _ITEMS.c.level,
        _ITEMS.c.finished_at,
        _ITEMS.c.cycle_days,
    )
    known = (c.is_not(None) for c in columns)
    query = sa.select(*columns).where(
        _ITEMS.c.governed, *known, _ITEMS.c.finished_at >= since, _ITEMS.c.finished_at < until
    )
    return [Finished(*row) for row in await connection.execute(query)]


async def expectations_of(connection: AsyncConnection, product: str, now: datetime) -> Sequence[Any]:
    """The expectations of a product that hold now, by level and flow item."""
    mine = sa.and_(sle_rows.c.product == product, sle_rows.c.effective_from <= now)
    newest = sa.select(sa.func.max(sle_rows.c.effective_from)).where(mine).scalar_subquery()
    query = sa.select(sle_rows).where(mine, sle_rows.c.effective_from == newest)
    return (await connection.execute(query.order_by(sle_rows.c.level, sle_rows.c.flow_item))).all()


async def save_expectations(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Write service level expectations; those of a quarter that are known stay frozen.

    What the model declares, or declared until now, is written over: a changed model holds at once.
    """
    if not rows:
        return
    insert = upsert(connection, sle_rows)
    insert = insert.on_conflict_do_update(
        index_elements=list(sle_rows.primary_key),
        set_={c.name: insert.excluded[c.name] for c in sle_rows.columns if not c.primary_key},
        where=sa.or_(insert.excluded["declared"], sle_rows.c.declared),
    )
    await connection.execute(insert, [dict(r) for r in rows])
