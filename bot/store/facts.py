"""Fact tables in the store: one plain row a subject, rebuilt when their schema or the model changes."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.book import FACT_TABLES
from bot.store.database import chunks, upsert
from bot.store.marks import mark_all, mark_items
from bot.store.tables import facts_state
from rules.facts import TABLES
from rules.sql import column_values, fact_table

FACTS: Mapping[str, sa.Table] = {name: fact_table(table, FACT_TABLES) for name, table in TABLES.items()}
Row = Mapping[str, Any]
_ITEMS = FACTS["work_items"]
_ALIKE = 500


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


async def alike(connection: AsyncConnection, key: str) -> list[str]:
    """Some keys of items and pull requests that begin like this one, to suggest what was meant."""
    start = key[: max(2, len(key) * 2 // 3)].lower()
    found: list[str] = []
    for name in ("work_items", "pull_requests"):
        column = FACTS[name].c.key
        query = sa.select(column).where(sa.func.lower(column).startswith(start, autoescape=True))
        found += (await connection.execute(query.order_by(column).limit(_ALIKE))).scalars()
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
