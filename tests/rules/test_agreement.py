"""A database of either kind and plain Python give the same three values, for any expression."""

from random import Random
from typing import Any

import sqlalchemy as sa
from random_expressions import CALENDAR, NOW, PARAMETERS, TABLE, Writer, row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from rules.evaluate import Context, cut_off, value
from rules.expression import Expression, parse
from rules.predicates import Columns, to_sql
from rules.sql import COLUMN_TYPES, Instant, column_values, fact_table
from rules.tree import constant_type

EXPRESSIONS, ROWS, AT_ONCE = 900, 30, 60
CONTEXT = Context(NOW, CALENDAR, PARAMETERS)


async def test_databases_and_python_agree_on_random_expressions(engine: AsyncEngine) -> None:
    random = Random(20261129)  # noqa: S311 - repeatable on purpose
    facts = fact_table(TABLE, sa.MetaData())
    rows = [row(random, f"{n:03}") for n in range(ROWS)]
    texts = [Writer(random).condition(random.randrange(1, 5)) for _ in range(EXPRESSIONS)]
    expressions = [parse(text, TABLE, PARAMETERS) for text in texts if len(text) < 1000]
    async with engine.connect() as connection:
        await connection.run_sync(facts.create)
        await connection.execute(sa.insert(facts), [column_values(TABLE, r) for r in rows])
        for start in range(0, len(expressions), AT_ONCE):
            batch = expressions[start : start + AT_ONCE]
            for found, given in zip(await _answers(connection, facts, batch), rows, strict=True):
                expected = [value(e.root, given, CONTEXT) for e in batch]
                wrong = [(e.text, a, b) for e, a, b in zip(batch, found, expected, strict=True) if a is not b]
                assert not wrong, given


async def _answers(
    connection: AsyncConnection, facts: sa.Table, batch: list[Expression]
) -> list[tuple[Any, ...]]:
    columns = Columns(
        {column.name: column for column in facts.c},
        {name: sa.literal(v, COLUMN_TYPES[constant_type(v)]()) for name, v in PARAMETERS.items()},
        lambda comparison: sa.literal(cut_off(comparison, PARAMETERS, CALENDAR, NOW), Instant()),
    )
    asked = sa.select(
        *(sa.type_coerce(to_sql(e.root, columns), sa.Boolean).label(f"e{n}") for n, e in enumerate(batch))
    )
    found = await connection.execute(asked.select_from(facts).order_by(facts.c.subject), {"now": NOW})
    return [tuple(answers) for answers in found]
