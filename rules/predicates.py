"""From a checked tree to an expression of the database; the few constructs that differ are compiled apart."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement, Grouping
from sqlalchemy.sql.functions import FunctionElement

from rules import tree
from rules.sql import COLUMN_TYPES, Instant, folded_name
from rules.tree import Node, constant_type

_DAY, _HOUR = 86_400_000.0, 3_600_000.0

Column = ColumnElement[Any]

_ORDERS: Mapping[tree.Order, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the values of an expression are found in a statement."""

    facts: Mapping[str, Column]  # stored and joined facts by name, folded texts by their folded name
    parameters: Mapping[str, Column]
    cutoff: Callable[[tree.BusinessComparison], Column]


def now() -> Column:
    """The moment of judgement: the bind parameter `now`."""
    return sa.bindparam("now", type_=Instant)


def to_sql(node: Node, columns: Columns) -> Column:  # noqa: C901, PLR0911, PLR0912 - one return a kind of node
    """The expression over those columns, with SQL's three values."""

    def of(inner: Node) -> Column:
        return to_sql(inner, columns)

    match node:
        case tree.Constant(value):
            return sa.literal(value, COLUMN_TYPES[constant_type(value)]())
        case tree.FactValue(fact):
            return columns.facts[fact.name]
        case tree.Folded(fact):
            return columns.facts[folded_name(fact.name)]
        case tree.Virtual(body=body):
            return of(body)
        case tree.Parameter(name):
            return columns.parameters[name]
        case tree.And(parts):
            return sa.and_(*map(of, parts))
        case tree.Or(parts):
            return sa.or_(*map(of, parts))
        case tree.Not(operand):
            return Grouping(sa.not_(of(operand)))  # else "not x is null" would be about x is null
        case tree.IsNull(operand):
            return of(operand).is_(None)
        case tree.Comparison(order, left, right):
            return _compared(order, of(left), of(right))
        case tree.Arithmetic(sign, left, right):
            return _calculated(sign, of(left), of(right))
        case tree.Negative(operand):
            return -of(operand)
        case tree.OneOf(operand, options):
            return of(operand).in_([of(option) for option in options])
        case tree.Contains(element, texts):
            return ListContains(of(texts), of(element))
        case tree.StartsWith(text, prefix):
            return _begins(of(text), of(prefix))
        case tree.AnyStartsWith(texts, prefix):
            return ListContainsPrefix(of(texts), of(prefix))
        case tree.Length(texts):
            return sa.cast(ListLength(of(texts)), sa.Double)
        case tree.Coalesce(options):
            return sa.func.coalesce(*map(of, options))
        case tree.Elapsed(function, moment):
            return _elapsed(function, of(moment))
        case tree.BusinessComparison(order):
            return _compared(tree.SWAPPED[order], of(node.time.since), columns.cutoff(node))
        case tree.BusinessTime():
            raise TypeError("business time is only compared, which the checker has seen to")


class ListContains(FunctionElement[bool]):
    """Whether a list of texts holds a text; null where one of them is null."""

    type = sa.Boolean()
    inherit_cache = True


class ListContainsPrefix(FunctionElement[bool]):
    """Whether a text of the list begins with another; null where one of them is null."""

    type = sa.Boolean()
    inherit_cache = True


class ListLength(FunctionElement[int]):
    """How many texts a list holds."""

    type = sa.Integer()
    inherit_cache = True


_ELEMENTS = {
    "sqlite": "SELECT 1 FROM json_each({texts}) AS one WHERE ",
    "postgresql": "SELECT 1 FROM unnest({texts}) AS one(value) WHERE ",
}


def _compile_exists(condition: str, dialect: str) -> Callable[..., str]:
    template = (
        "CASE WHEN {texts} IS NULL OR {text} IS NULL THEN NULL ELSE "
        f"EXISTS ({_ELEMENTS[dialect]}{condition}) END"
    )

    def compiled(element: Any, compiler: SQLCompiler, **options: Any) -> str:
        texts, text = (compiler.process(clause, **options) for clause in element.clauses)
        return template.format(texts=texts, text=text)

    return compiled


for _dialect in _ELEMENTS:
    compiles(ListContains, _dialect)(_compile_exists("one.value = {text}", _dialect))
    compiles(ListContainsPrefix, _dialect)(
        _compile_exists("substr(one.value, 1, length({text})) = {text}", _dialect)
    )


@compiles(ListLength, "sqlite")
def _sqlite_length(element: ListLength, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array_length({compiler.process(element.clauses, **options)})"


@compiles(ListLength, "postgresql")
def _postgresql_length(element: ListLength, compiler: SQLCompiler, **options: Any) -> str:
    return f"cardinality({compiler.process(element.clauses, **options)})"


def _compared(order: tree.Order, left: Column, right: Column) -> Column:
    compared: Column = _ORDERS[order](left, right)
    return compared


def _calculated(sign: str, left: Column, right: Column) -> Column:
    if sign == "/":
        right = sa.func.nullif(right, sa.literal(0.0, sa.Double()), type_=sa.Double())
    calculated: Column = _ARITHMETIC[sign](left, right)
    return calculated


def _begins(text: Column, prefix: Column) -> Column:
    """LIKE would ignore case on SQLite and read % and _ as wildcards."""
    return sa.func.substr(text, 1, sa.func.length(prefix)) == prefix


def _elapsed(function: str, moment: Column) -> Column:
    between = moment - now() if function == "days_until" else now() - moment
    return sa.cast(between, sa.Double) / sa.literal(_HOUR if function == "hours_since" else _DAY, sa.Double)
