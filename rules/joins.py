"""The facts of a table together with what is joined to them: terms, expectations, aggregates, freshness."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from rules.facts import TABLES
from rules.facts.table import COMMON, Fact, FactTable
from rules.predicates import Column, now
from rules.sql import FRESHNESS, UNREAD, fact_table, folded_name, sle_table
from rules.terms import NO_PRODUCT


@dataclass(frozen=True, slots=True)
class Joined:
    """A FROM clause, and the column of every fact in it."""

    facts: sa.Table
    source: sa.FromClause
    columns: Mapping[str, Column]  # by name, folded texts by their folded name
    shown: Mapping[str, Column]  # the same without folded texts
    fresh: Column  # never null: the row's data is young enough to judge


def join_facts(
    table: FactTable, terms: sa.Table, metadata: sa.MetaData, used: Iterable[str] | None = None
) -> Joined:
    """The facts with the joined facts that are used, or with all of them."""
    facts = fact_table(table, metadata)
    joined = [f for f in (*COMMON, *table.facts) if f.joined and (used is None or f.name in used)]
    source: sa.FromClause = facts.outerjoin(
        terms,
        sa.and_(
            sa.func.coalesce(facts.c.product, NO_PRODUCT) == terms.c.product,
            facts.c.calendar == terms.c.calendar,
        ),
    )
    columns: dict[str, Column] = {fact.name: facts.c[fact.name] for fact in table.stored}
    for name in dict.fromkeys(_place(fact)[0] for fact in joined):
        other: sa.FromClause = terms
        if name != "terms":
            other, condition = _others(name, facts, metadata)
            source = source.outerjoin(other, condition)
        columns |= {f.name: other.c[_place(f)[1]] for f in joined if _place(f)[0] == name}
    fresh, source = _freshness(table, facts, source)
    folded = {folded_name(f.name): facts.c[folded_name(f.name)] for f in table.stored if f.folded}
    return Joined(facts, source, columns | folded, columns, fresh)


def _place(fact: Fact) -> tuple[str, str]:
    """Table and column of a joined fact: sle.days."""
    name, _, column = (fact.joined or "").partition(".")
    return name, column


def _others(name: str, facts: sa.Table, metadata: sa.MetaData) -> tuple[sa.FromClause, Column]:
    """A small table by its name, and what joins at most one of its rows to a row of facts."""
    if name == "sle":
        sle = _expectations(metadata)
        same = [sle.c[key] == facts.c[key] for key in ("product", "flow_item", "level")]
        return sle, sa.and_(sle.c.newest == 1, *same)
    other = fact_table(TABLES[name], metadata)
    return other, sa.and_(other.c.source == facts.c.source, other.c.key == facts.c.container)


def _expectations(metadata: sa.MetaData) -> sa.Subquery:
    """Expectations until now, the one that holds numbered 1."""
    sle = sle_table(metadata)
    newest = sa.func.row_number().over(
        partition_by=(sle.c.product, sle.c.flow_item, sle.c.level), order_by=sle.c.effective_from.desc()
    )
    return sa.select(sle, newest.label("newest")).where(sle.c.effective_from <= now()).subquery("sle_now")


def _freshness(table: FactTable, facts: sa.Table, source: sa.FromClause) -> tuple[Column, sa.FromClause]:
    """Whether the row is fresh, never null, and the FROM clause that tells."""
    if table.fresh == "always":
        return sa.true(), source
    itself: Column = facts.c.source.is_(None)  # the model itself
    if table.fresh == "row":
        return sa.func.coalesce(facts.c.fresh_until >= now(), itself), source
    limits = FRESHNESS.c
    synced: Column = sa.func.coalesce(limits.synced_at + limits.stale_after >= now(), sa.false())
    observed = sa.func.coalesce(facts.c.observed_at + limits.stale_after >= now(), sa.false())
    if "container" in facts.c:
        unread = sa.exists().where(UNREAD.c.source == facts.c.source, UNREAD.c.container == facts.c.container)
        synced = sa.and_(synced, sa.not_(unread))
    shown = sa.func.coalesce(facts.c.fresh_until > now(), sa.true())  # of what went out of sight, it is past
    return sa.and_(shown, sa.or_(itself, synced, observed)), source.outerjoin(
        FRESHNESS, limits.source == facts.c.source
    )
