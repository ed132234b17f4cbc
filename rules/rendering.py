"""How a checked tree reads as text: the same words it was written in, with only the brackets it needs."""

from decimal import Decimal

from rules import tree
from rules.tree import Node, Value

_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _UNARY, _ATOM = range(8)


def text_of(node: Node) -> str:
    """The expression as text; reading that text gives the same tree."""
    return _render(node)[0]


def number_text(value: float) -> str:
    """A number as it is written in a rule: 2, 0.85."""
    return f"{Decimal(repr(float(value))):f}".removesuffix(".0")


def _render(node: Node) -> tuple[str, int]:  # noqa: C901, PLR0911, PLR0912 - one return a kind of node
    """The text, and how tightly it holds together."""
    match node:
        case tree.Constant(value):
            return _constant(value), _ATOM
        case tree.FactValue(fact) | tree.Virtual(fact):
            return fact.name, _ATOM
        case tree.Folded(fact):
            return f"lower({fact.name})", _ATOM
        case tree.Parameter(name):
            return name, _ATOM
        case tree.Arithmetic(operator, left, right):
            level = _SUM if operator in "+-" else _PRODUCT
            return f"{_inside(left, level)} {operator} {_inside(right, level + 1)}", level
        case tree.Negative(operand):
            return f"-{_inside(operand, _UNARY)}", _UNARY
        case tree.Elapsed(function, moment):
            return f"{function}({text_of(moment)})", _ATOM
        case tree.BusinessTime(unit, since):
            return f"business_{'days' if unit == 'bd' else 'hours'}_since({text_of(since)})", _ATOM
        case tree.Length(texts):
            return f"len({text_of(texts)})", _ATOM
        case tree.Coalesce(options):
            return f"coalesce({_listed(options)})", _ATOM
        case tree.Comparison(order, left, right) | tree.BusinessComparison(order, left, right):
            return f"{_inside(left, _SUM)} {order} {_inside(right, _SUM)}", _COMPARISON
        case tree.StartsWith(text, prefix):
            return f"starts_with({text_of(text)}, {text_of(prefix)})", _ATOM
        case tree.AnyStartsWith(texts, prefix):
            return f"any_starts_with({text_of(texts)}, {text_of(prefix)})", _ATOM
        case tree.And(parts):
            return " and ".join(_inside(part, _NOT) for part in parts), _AND
        case tree.Or(parts):
            return " or ".join(_inside(part, _AND) for part in parts), _OR
        case tree.Not(operand):
            return _negated(operand)
        case _:
            return _membership(node, ""), _COMPARISON


def _negated(operand: Node) -> tuple[str, int]:
    if isinstance(operand, tree.OneOf | tree.Contains | tree.IsNull):
        return _membership(operand, "not "), _COMPARISON
    return f"not {_inside(operand, _NOT)}", _NOT


def _membership(node: tree.OneOf | tree.Contains | tree.IsNull, negation: str) -> str:
    match node:
        case tree.OneOf(operand, options):
            return f"{_inside(operand, _SUM)} {negation}in ({_listed(options)})"
        case tree.Contains(element, texts):
            return f"{_inside(element, _SUM)} {negation}in {text_of(texts)}"
        case tree.IsNull(operand):
            return f"{_inside(operand, _SUM)} is {negation}null"


def _inside(node: Node, at_least: int) -> str:
    text, level = _render(node)
    return text if level >= at_least else f"({text})"


def _listed(nodes: tuple[Node, ...]) -> str:
    return ", ".join(text_of(node) for node in nodes)


def _constant(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        quoted = value.replace("'", "''")
        return f"'{quoted}'"
    return number_text(value)
