"""One statement that judges all rules of a fact table, run by the database where the facts are.

What depends on now, on the product or on the calendar stands in one small table of *terms*, a row for each
pair of product and calendar, so that the statement's text never changes while its rules do not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import add
from typing import Any

import sqlalchemy as sa

from config.calendar import WorkingTime
from rules import tree
from rules.digit import Digit
from rules.expression import parse
from rules.facts.table import FactTable
from rules.joins import Joined, join_facts
from rules.predicates import Column, Columns, to_sql
from rules.rendering import text_of
from rules.rule import Rule
from rules.terms import NO_PRODUCT, Setting, Term, Terms, on_column, parameter_column, terms_of
from rules.tree import Value
from rules.verdict import BITS, PER_INTEGER, Integers, all_unknown, fails, unpack

Subjects = Sequence[str] | sa.Select[Any]
"""Some subjects, or a query that gives them."""


@dataclass(frozen=True, slots=True)
class Scan:
    """The compiled judgement of one fact table.

    Before it runs, the connection must hold `terms_table` (filled with `term_row` for each of `pairs`) and
    `rules.sql.FRESHNESS` and `UNREAD`; every statement wants the parameter `now`.
    """

    table: FactTable
    rules: tuple[Rule, ...]
    terms: tuple[Term, ...]
    terms_table: sa.Table
    verdicts_table: sa.Table
    judging: Joined  # the facts with what the rules need
    showing: Joined  # the facts with everything that can be shown
    active: Column
    packed: Mapping[str, Integers]  # digits_0 … over `judging`

    def select(self, *, only: Subjects | None = None, also: Subjects = ()) -> sa.Select[Any]:
        """All verdicts as subject, product, fresh, digits_0, …: of the active rows and `also`, or of `only`.

        On a row that is not fresh, whatever is in scope is unknown.
        """
        subject = self.judging.facts.c.subject
        within = sa.or_(self.active, subject.in_(also)) if only is None else subject.in_(only)
        digits = [integer.label(name) for name, integer in self.packed.items()]
        facts, fresh = self.judging.facts.c, self.judging.fresh.label("fresh")
        # OFFSET 0 keeps the inner select whole: each digit is computed once, not once a use.
        judged = sa.select(facts.subject, facts.product, fresh, *digits).select_from(self.judging.source)
        inner = judged.where(within).offset(sa.literal_column("0")).subquery("judged").c
        told = [sa.case((inner.fresh, inner[d]), else_=all_unknown(inner[d])).label(d) for d in self.packed]
        return sa.select(inner.subject, inner.product, inner.fresh, *told)

    def into(self, verdicts: sa.Select[Any]) -> sa.Insert:
        """Write the verdicts of `select` into `verdicts_table`."""
        return sa.insert(self.verdicts_table).from_select(list(self.verdicts_table.c.keys()), verdicts)

    def rows(self, only: Subjects) -> sa.Select[Any]:
        """Stored and joined facts by name, and `fresh`: what `rules.evaluate` and `rules.explain` read."""
        columns = [column.label(name) for name, column in self.showing.shown.items()]
        selected = sa.select(*columns, self.showing.fresh.label("fresh"))
        return selected.select_from(self.showing.source).where(self.showing.facts.c.subject.in_(only))

    def pairs(self, only: Subjects | None = None) -> sa.Select[Any]:
        """The (product, calendar) that need a row of terms; a missing product is null."""
        facts = self.judging.facts.c
        selected = sa.select(facts.product, facts.calendar).distinct()
        return selected if only is None else selected.where(facts.subject.in_(only))

    def has_fail(self, columns: Mapping[str, Column]) -> Column:
        """SQL: some rule fails; `columns` are those of `verdicts_table` or of a `select`."""
        return sa.or_(sa.false(), *(fails(columns[name]) for name in self.packed))

    def unpack(self, *integers: int) -> dict[str, Digit]:
        """The digit of every rule by its id, from one row of digits."""
        return unpack(self.rules, integers)


def compile_scan(table: FactTable, rules: Sequence[Rule], metadata: sa.MetaData) -> Scan:
    """The scan of the rules about that table; `metadata` is that of the durable tables."""
    about = tuple(rule for rule in rules if rule.about == table.name)
    terms = terms_of(about)
    terms_table = terms.table(f"terms_{table.name}")
    active = parse(table.active, table, {})
    used = active.facts_used.union(*(rule.facts_used for rule in about))
    judging = join_facts(table, terms_table, metadata, used)
    digits = [_digit(rule, place, terms, terms_table, judging) for place, rule in enumerate(about)]
    integers = [reduce(add, digits[i : i + PER_INTEGER]) for i in range(0, len(digits), PER_INTEGER)]
    packed = {f"digits_{i}": integer for i, integer in enumerate(integers)}
    return Scan(
        table=table,
        rules=about,
        terms=terms.all,
        terms_table=terms_table,
        verdicts_table=sa.Table(
            f"verdicts_{table.name}",
            sa.MetaData(),
            sa.Column("subject", sa.Text(), primary_key=True),
            sa.Column("product", sa.Text()),
            sa.Column("fresh", sa.Boolean(), nullable=False),
            *(sa.Column(name, sa.BigInteger(), nullable=False) for name in packed),
            prefixes=["TEMPORARY"],
        ),
        judging=judging,
        showing=join_facts(table, terms_table, metadata),
        active=to_sql(active.root, Columns(judging.columns, {}, _no_cutoff)),
        packed=packed,
    )


def _digit(rule: Rule, place: int, terms: Terms, terms_table: sa.Table, judging: Joined) -> Integers:
    """The digit of one rule, moved to its place in its integer."""
    columns = Columns(
        judging.columns,
        {name: terms_table.c[parameter_column(place, name)] for name in rule.parameters},
        lambda comparison: terms_table.c[terms.cutoff(rule, comparison)],
    )

    def moved(digit: Digit) -> Column:
        return sa.literal(digit << BITS * (place % PER_INTEGER), sa.BigInteger())

    governed = sa.func.coalesce(judging.columns["governed"], sa.false())
    where = sa.and_(governed, terms_table.c[on_column(place)], to_sql(rule.where.root, columns))
    violates = to_sql(rule.violates.root, columns)
    steps = zip((Digit.WORSE, Digit.WORST), rule.worse.values(), strict=False)
    worse = [(to_sql(condition.root, columns), moved(digit)) for digit, condition in steps]
    failed = sa.case(*reversed(worse), else_=moved(Digit.FAIL)) if worse else moved(Digit.FAIL)
    return sa.case(
        (sa.not_(where), moved(Digit.OUT_OF_SCOPE)),
        (sa.not_(violates), moved(Digit.PASS)),
        (sa.and_(where, violates), failed),
        else_=moved(Digit.UNKNOWN),
    )


def _no_cutoff(comparison: tree.BusinessComparison) -> Column:
    raise TypeError(f"the active rows of a table know no business time: {text_of(comparison)}")


def term_row(
    scan: Scan,
    product: str | None,
    calendar: WorkingTime,
    now: datetime,
    parameters: Mapping[str, Mapping[str, Value]],
    modes: Mapping[str, str],
) -> dict[str, Any]:
    """One row of `terms_table`; what a product does not set, parameter or mode, is the rule's default."""
    setting = Setting(now, calendar, parameters, modes)
    values = {term.column: term.value(setting) for term in scan.terms}
    return {"product": product or NO_PRODUCT, "calendar": calendar.id, **values}
