"""Fact tables in the store: one plain row a subject, rebuilt when their schema or the model changes."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.book import FACT_TABLES
from bot.store.database import chunks, upsert
from bot.store.records import mark_all, mark_items
from bot.store.tables import facts_state
from bot.store.tables import sle as sle_rows
from rules.facts import TABLES
from rules.facts.containers import ContainerCount
from rules.facts.team_wip import Started
from rules.sle import Finished
from rules.sql import column_values, fact_table

FACTS: Mapping[str, sa.Table] = {name: fact_table(table, FACT_TABLES) for name, table in TABLES.items()}
Row = Mapping[str, Any]
_ITEMS = FACTS["work_items"]
_STARTED = ("active", "waiting")


def schema_fingerprint() -> str:
    """Changes when any fact table has other columns."""
    shape = [(t.name, [(f.name, f.type, f.folded) for f in t.stored]) for t in TABLES.values()]
    return hashlib.sha256(repr(shape).encode()).hexdigest()


async def prepare(connection: AsyncConnection, model: str) -> bool:
    """Make the fact tables fit the schema; true where schema or model changed and all must be derived."""
    schema = schema_fingerprint()
    known = await _state(connection)
    if known.get("schema") != schema:
        for table in FACTS.values():
            await connection.execute(sa.schema.DropTable(table, if_exists=True))
        await connection.run_sync(FACT_TABLES.create_all)
    if known.get("schema") == schema and known.get("model") == model:
        return False
    await mark_all(connection)
    await remember(connection, schema=schema, model=model, derived="")
    return True


async def turn_day(connection: AsyncConnection, day: str) -> None:
    """On a new day open items are derived again: who is away or has left depends on it."""
    if (await _state(connection)).get("day") == day:
        return
    finished = _ITEMS.c.state.in_(("done", "dropped"))
    await mark_items(
        connection, sa.select(_ITEMS.c.key).where(sa.not_(sa.func.coalesce(finished, sa.false())))
    )
    await remember(connection, day=day)


async def stand(connection: AsyncConnection, model: str) -> bool:
    """All facts have been derived with this schema and this model: what has no row is really not there."""
    known = await _state(connection)
    return known.get("schema") == schema_fingerprint() and known.get("derived") == model


async def remember(connection: AsyncConnection, **values: str) -> None:
    """Keep small words about the facts: schema, model, whether all are derived, when they were judged."""
    insert = upsert(connection, facts_state)
    insert = insert.on_conflict_do_update(
        index_elements=[facts_state.c.name], set_={"value": insert.excluded["value"]}
    )
    await connection.execute(insert, [{"name": k, "value": v} for k, v in values.items()])


async def _state(connection: AsyncConnection) -> dict[str, str]:
    return {r.name: r.value for r in await connection.execute(sa.select(facts_state))}


async def judged_at(connection: AsyncConnection) -> datetime | None:
    """When everything was last judged."""
    text = (await _state(connection)).get("judged_at")
    return None if text is None else datetime.fromisoformat(text)


async def save(connection: AsyncConnection, name: str, rows: Sequence[Row]) -> None:
    """Write rows over those of the same subject."""
    if not rows:
        return
    table = FACTS[name]
    insert = upsert(connection, table)
    columns = {c.name: insert.excluded[c.name] for c in table.columns if c.name != "subject"}
    insert = insert.on_conflict_do_update(index_elements=[table.c.subject], set_=columns)
    await connection.execute(insert, [column_values(TABLES[name], r) for r in rows])


async def replace_all(connection: AsyncConnection, name: str, rows: Sequence[Row]) -> None:
    """Write the whole table anew: aggregates, and what the model itself says."""
    await connection.execute(sa.delete(FACTS[name]))
    if rows:
        await connection.execute(sa.insert(FACTS[name]), [column_values(TABLES[name], r) for r in rows])


async def remove(connection: AsyncConnection, name: str, subjects: Sequence[str]) -> None:
    """These subjects are gone: their source said so."""
    for some in chunks(subjects):
        await connection.execute(sa.delete(FACTS[name]).where(FACTS[name].c.subject.in_(some)))


async def rows_of(connection: AsyncConnection, name: str, subjects: Iterable[str]) -> dict[str, Row]:
    """The stored facts of these subjects, by subject."""
    table = FACTS[name]
    found: dict[str, Row] = {}
    for some in chunks(list(dict.fromkeys(subjects))):
        for row in await connection.execute(sa.select(table).where(table.c.subject.in_(some))):
            found[row.subject] = row._asdict()
    return found


async def find(connection: AsyncConnection, key: str) -> list[tuple[str, str]]:
    """Tables and subjects that people call by this key, whatever its case."""
    found = []
    for name, table in FACTS.items():
        query = sa.select(table.c.subject).where(sa.func.lower(table.c.key) == key.lower())
        found += [(name, subject) for subject in (await connection.execute(query)).scalars()]
    return found


async def seen_after(
    connection: AsyncConnection, name: str, subjects: Sequence[str], moment: datetime
) -> set[str]:
    """Of these subjects, those whose source was asked for them after that moment."""
    table = FACTS[name]
    found: set[str] = set()
    for some in chunks(subjects):
        query = sa.select(table.c.subject).where(table.c.subject.in_(some), table.c.observed_at > moment)
        found |= set((await connection.execute(query)).scalars())
    return found


# -- what aggregates are made of: small sums, taken where the data is

_IN_PROGRESS = sa.and_(_ITEMS.c.governed, _ITEMS.c.state.in_(_STARTED))


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


async def save_expectations(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Write service level expectations; those of a quarter that are known stay frozen."""
    if rows:
        await connection.execute(
            upsert(connection, sle_rows).on_conflict_do_nothing(), [dict(r) for r in rows]
        )


async def has_expectations(connection: AsyncConnection, effective_from: datetime) -> bool:
    """Expectations of that quarter are known."""
    query = sa.select(sa.func.count()).where(sle_rows.c.effective_from == effective_from)
    return bool((await connection.execute(query)).scalar_one())
