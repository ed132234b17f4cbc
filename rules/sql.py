"""From the checked tree of a rule to the database: column types, tables of facts, and SQL expressions."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from rules.facts.table import FactTable, Type

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(at: datetime) -> int:
    """Whole milliseconds since the epoch, the nearest; `at` is aware."""
    return ((at - _EPOCH) // timedelta(microseconds=1) + 500) // 1000


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware UTC datetime, stored as milliseconds since the epoch."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """To the database."""
        return None if value is None else to_ms(value)

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """From the database."""
        return None if value is None else _EPOCH + value * _MILLISECOND


class Texts(sa.types.TypeDecorator[tuple[str, ...]]):
    """A list of texts: TEXT[] on PostgreSQL, JSON text on SQLite. No element is ever null."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """The column's type in this database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.ARRAY(sa.Text))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: sa.Dialect) -> Any:
        """To the database."""
        if value is None:
            return None
        return list(value) if dialect.name == "postgresql" else json.dumps(list(value), ensure_ascii=False)

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> tuple[str, ...] | None:
        """From the database."""
        if value is None:
            return None
        return tuple(value if dialect.name == "postgresql" else json.loads(value))


COLUMN_TYPES: Mapping[Type, type[sa.types.TypeEngine[Any]]] = {
    Type.TEXT: sa.Text,
    Type.NUMBER: sa.Double,
    Type.TIME: Instant,
    Type.BOOL: sa.Boolean,
    Type.TEXTS: Texts,
}
"""The column type of each type of the rule language."""


def fold(text: str | None) -> str | None:
    """The text as its folded column holds it, for `lower(…)`."""
    return None if text is None else text.casefold()


def folded_name(fact: str) -> str:
    """Name of the column that holds the fact a second time, case-folded."""
    return f"{fact}_folded"


def fact_table(table: FactTable, metadata: sa.MetaData) -> sa.Table:
    """The durable table `fact_<name>`: a column per stored fact, made once per metadata."""
    name = f"fact_{table.name}"
    if name in metadata.tables:
        return metadata.tables[name]
    columns = [
        sa.Column(f.name, COLUMN_TYPES[f.type](), primary_key=f.name == "subject") for f in table.stored
    ]
    folded = [sa.Column(folded_name(f.name), sa.Text()) for f in table.stored if f.folded]
    return sa.Table(name, metadata, *columns, *folded, sa.Index(f"ix_{name}_product", "product", "calendar"))


def column_values(table: FactTable, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of facts as the columns of its table: absent facts as None, folded texts added."""
    values = {f.name: row.get(f.name) for f in table.stored}
    return values | {folded_name(f.name): fold(row.get(f.name)) for f in table.stored if f.folded}


def sle_table(metadata: sa.MetaData) -> sa.Table:
    """The durable table of service level expectations; the latest `effective_from` until now holds."""
    if "sle" in metadata.tables:
        return metadata.tables["sle"]
    return sa.Table(
        "sle",
        metadata,
        sa.Column("product", sa.Text(), primary_key=True),
        sa.Column("flow_item", sa.Text(), primary_key=True),
        sa.Column("level", sa.Text(), primary_key=True),
        sa.Column("effective_from", Instant(), primary_key=True),
        sa.Column("days", sa.Double()),
        sa.Column("share", sa.Double()),
        sa.Column("p95", sa.Double()),
        sa.Column("n", sa.Double()),
        sa.Column("provisional", sa.Boolean()),
        sa.Column("declared", sa.Boolean()),
    )


UNREAD = sa.Table(
    "unread",
    sa.MetaData(),
    sa.Column("source", sa.Text(), primary_key=True),
    sa.Column("container", sa.Text(), primary_key=True),
    prefixes=["TEMPORARY"],
)
"""Projects and repositories that the last sync of their source did not read."""

FRESHNESS = sa.Table(
    "freshness",
    sa.MetaData(),
    sa.Column("source", sa.Text(), primary_key=True),
    sa.Column("synced_at", Instant()),
    sa.Column("stale_after", sa.BigInteger(), nullable=False),
    prefixes=["TEMPORARY"],
)
"""How old data may be: one row a source, its last complete sync and the milliseconds it stays fresh."""
