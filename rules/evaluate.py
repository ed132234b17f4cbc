"""What an expression says of one row, in plain Python: the same three values the databases give."""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from config.calendar import WorkingTime
from rules import tree
from rules.businesstime import business_days, business_hours, cutoff, day_number
from rules.sql import fold, to_ms
from rules.tree import Node, Value

Row = Mapping[str, Any]
"""Stored and joined facts by name; what is absent or None is null. Times are aware, lists are tuples."""

_DAY, _HOUR = 86_400_000.0, 3_600_000.0
_ORDERS: Mapping[tree.Order, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


@dataclass(frozen=True, slots=True)
class Context:
    """Everything beside the row: now, its calendar, and what its product sets of the rule's parameters."""

    now: datetime
    calendar: WorkingTime
    parameters: Mapping[str, Value]


def holds(node: Node, row: Row, context: Context) -> bool | None:
    """Whether a condition holds; None where that is not known."""
    return cast("bool | None", value(node, row, context))


def number(node: Node, row: Row, context: Context) -> float | None:
    """The value of a number."""
    return cast("float | None", value(node, row, context))


def value(node: Node, row: Row, context: Context) -> Any:  # noqa: C901, PLR0911, PLR0912 - one return a kind of node
    """The value of any node, None for null."""

    def of(inner: Node) -> Any:
        return value(inner, row, context)

    match node:
        case tree.Constant(constant):
            return constant
        case tree.FactValue(fact):
            return _today(context) if fact.name == "today" else row.get(fact.name)
        case tree.Folded(fact):
            return fold(row.get(fact.name))
        case tree.Virtual(body=body):
            return of(body)
        case tree.Parameter(name, default):
            return context.parameters.get(name, default)
        case tree.And(parts):
            return _all(of(part) for part in parts)
        case tree.Or(parts):
            return _not(_all(_not(of(part)) for part in parts))
        case tree.Not(operand):
            return _not(of(operand))
        case tree.IsNull(operand):
            return of(operand) is None
        case tree.Comparison(order, left, right):
            return _both(_ORDERS[order], of(left), of(right))
        case tree.Arithmetic("/", left, right):
            return _both(operator.truediv, of(left), of(right) or None)
        case tree.Arithmetic(sign, left, right):
            return _both(_ARITHMETIC[sign], of(left), of(right))
        case tree.Negative(operand):
            return _both(operator.sub, 0.0, of(operand))
        case tree.OneOf(operand, options):
            wanted = of(operand)
            return _not(_all(_both(operator.ne, wanted, of(option)) for option in options))
        case tree.Contains(element, texts):
            return _both(operator.contains, of(texts), of(element))
        case tree.StartsWith(text, prefix):
            return _both(str.startswith, of(text), of(prefix))
        case tree.AnyStartsWith(texts, prefix):
            return _both(lambda all_, start: any(t.startswith(start) for t in all_), of(texts), of(prefix))
        case tree.Length(texts):
            found = of(texts)
            return None if found is None else float(len(found))
        case tree.Coalesce(options):
            return next((found for option in options if (found := of(option)) is not None), None)
        case tree.Elapsed(function, moment):
            return _elapsed(function, of(moment), context.now)
        case tree.BusinessTime(unit, since):
            return _business_time(unit, of(since), context)
        case tree.BusinessComparison():
            return _beyond(node, of(node.time.since), context)


def cut_off(
    comparison: tree.BusinessComparison, parameters: Mapping[str, Value], calendar: WorkingTime, now: datetime
) -> datetime | None:
    """The moment a time is compared with instead; None where the amount is divided by zero."""
    length = number(comparison.amount, {}, Context(now, calendar, parameters))
    if length is None:
        return None
    return cutoff(calendar, now, length, comparison.time.unit, comparison.bound)


def _all(parts: Iterable[bool | None]) -> bool | None:
    known = True
    for part in parts:
        if part is False:
            return False
        known = known and part is not None
    return True if known else None


def _not(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def _both(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    return None if left is None or right is None else operation(left, right)


def _today(context: Context) -> float:
    return float(day_number(context.calendar, context.now))


def _elapsed(function: str, moment: datetime | None, now: datetime) -> float | None:
    if moment is None:
        return None
    milliseconds = to_ms(now) - to_ms(moment)
    if function == "days_until":
        return -milliseconds / _DAY
    return milliseconds / (_DAY if function == "days_since" else _HOUR)


def _business_time(unit: str, since: datetime | None, context: Context) -> float | None:
    if since is None:
        return None
    measure = business_days if unit == "bd" else business_hours
    return measure(context.calendar, since, context.now)


def _beyond(comparison: tree.BusinessComparison, since: datetime | None, context: Context) -> bool | None:
    """More business time has passed exactly if it began before the cut-off."""
    limit = cut_off(comparison, context.parameters, context.calendar, context.now)
    return cast("bool | None", _both(_ORDERS[tree.SWAPPED[comparison.order]], since, limit))
