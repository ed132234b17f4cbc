from datetime import UTC, datetime, timedelta, timezone

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from rules.facts import TABLES
from rules.sql import Instant, Texts, column_values, fact_table, to_ms


async def test_times_and_lists_come_back_as_they_were_stored(engine: AsyncEngine) -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("at", Instant), sa.Column("list", Texts))
    berlin = timezone(timedelta(hours=1))
    rows = [
        {"at": datetime(2026, 11, 29, 11, 30, 0, 250_000, tzinfo=berlin), "list": ("it's", 'a"b', "é\\", "")},
        {"at": datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), "list": ()},
        {"at": None, "list": None},
    ]
    async with engine.connect() as connection:
        await connection.run_sync(table.create)
        await connection.execute(sa.insert(table), rows)
        found = [tuple(r) for r in await connection.execute(sa.select(table))]
    assert found == [(r["at"], r["list"]) for r in rows]
    assert found[0][0].utcoffset() == timedelta(0)


def test_a_moment_is_stored_to_the_nearest_millisecond() -> None:
    assert to_ms(datetime(1970, 1, 1, 0, 0, 1, 999_600, tzinfo=UTC)) == 2000


def test_a_fact_table_has_a_column_for_every_stored_fact_and_no_other() -> None:
    metadata = sa.MetaData()
    table = fact_table(TABLES["work_items"], metadata)
    assert fact_table(TABLES["work_items"], metadata) is table
    assert {"state", "title", "title_folded", "product"} <= set(table.c.keys())
    assert not {"age_days", "sle_days", "today"} & set(table.c.keys())
    assert [c.name for c in table.primary_key] == ["subject"]


def test_folded_texts_are_stored_beside_the_facts() -> None:
    values = column_values(TABLES["work_items"], {"subject": "jira:1", "title": "Größe"})
    assert (values["title"], values["title_folded"], values["state"]) == ("Größe", "grösse", None)
