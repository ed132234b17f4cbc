"""Terms: what a scan needs from outside the facts, one value for each product and calendar."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from config.calendar import WorkingTime
from rules import tree
from rules.businesstime import day_number
from rules.evaluate import cut_off
from rules.facts.table import Type
from rules.rule import Rule
from rules.sql import COLUMN_TYPES
from rules.tree import Value, constant_type, walk

NO_PRODUCT = ""
"""The product of the terms of rows that belong to none."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What one row of terms is computed from: a product's rules and a calendar, now."""

    now: datetime
    calendar: WorkingTime
    parameters: Mapping[str, Mapping[str, Value]]  # rule id → what the product says otherwise
    modes: Mapping[str, str]  # rule id → mode, where the product says otherwise

    def parameter(self, rule: Rule, name: str) -> Value:
        """The value that holds here."""
        value = self.parameters.get(rule.id, {}).get(name, rule.parameters[name])
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@dataclass(frozen=True, slots=True)
class Term:
    """One column of the terms."""

    column: str
    type: Type
    value: Callable[[Setting], Any]


CutoffKey = tuple[str, str, tree.Node, str | None]


@dataclass(frozen=True, slots=True)
class Terms:
    """All terms of a scan, and which of them stands for what."""

    all: tuple[Term, ...]
    cutoffs: Mapping[CutoffKey, str]

    def table(self, name: str) -> sa.Table:
        """The TEMP table that holds them."""
        return sa.Table(
            name,
            sa.MetaData(),
            sa.Column("product", sa.Text(), primary_key=True),
            sa.Column("calendar", sa.Text(), primary_key=True),
            *(sa.Column(term.column, COLUMN_TYPES[term.type]()) for term in self.all),
            prefixes=["TEMPORARY"],
        )

    def cutoff(self, rule: Rule, comparison: tree.BusinessComparison) -> str:
        """The column of the moment that a business time is compared with."""
        return self.cutoffs[_key(rule, comparison)]


def on_column(place: int) -> str:
    """Whether the rule at that place is on."""
    return f"on_{place}"


def parameter_column(place: int, name: str) -> str:
    """A parameter of the rule at that place."""
    return f"is_{place}_{name}"


def terms_of(rules: Iterable[Rule]) -> Terms:
    """Everything those rules need; equal cut-offs are shared."""
    terms = [Term("today", Type.NUMBER, lambda setting: float(day_number(setting.calendar, setting.now)))]
    cutoffs: dict[CutoffKey, str] = {}
    for place, rule in enumerate(rules):
        terms.append(_on(place, rule))
        terms += [_parameter(place, rule, name) for name in rule.parameters]
        for comparison in (c for e in rule.expressions for c in e.business_comparisons):
            if (key := _key(rule, comparison)) not in cutoffs:
                cutoffs[key] = f"cutoff_{len(cutoffs)}"
                terms.append(_cutoff(cutoffs[key], rule, comparison))
    return Terms(tuple(terms), cutoffs)


def _on(place: int, rule: Rule) -> Term:
    return Term(on_column(place), Type.BOOL, lambda setting: setting.modes.get(rule.id, rule.mode) != "off")


def _parameter(place: int, rule: Rule, name: str) -> Term:
    kind = constant_type(rule.parameters[name])
    return Term(parameter_column(place, name), kind, lambda setting: setting.parameter(rule, name))


def _cutoff(column: str, rule: Rule, comparison: tree.BusinessComparison) -> Term:
    def moment(setting: Setting) -> datetime | None:
        return cut_off(comparison, setting.parameters.get(rule.id, {}), setting.calendar, setting.now)

    return Term(column, Type.TIME, moment)


def _key(rule: Rule, comparison: tree.BusinessComparison) -> CutoffKey:
    own = any(isinstance(node, tree.Parameter) for node in walk(comparison.amount))
    return comparison.time.unit, comparison.bound, comparison.amount, rule.id if own else None
