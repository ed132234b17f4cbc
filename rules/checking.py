"""From the parse tree of an expression to the checked tree: every name, type and bound is looked at here."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, cast

import lark

from rules import tree
from rules.facts.table import COMMON, Fact, FactTable, Type
from rules.syntax import ExpressionError, suggestion, syntax_tree
from rules.tree import Node, Value, type_of, unwrapped, walk

MOST_NODES = 400
DEEPEST = 30
LARGEST = 1e9
"""The largest number that can be written."""
FINEST = 9
"""Decimals that can be written."""
MOST_FACTORS = 12
"""Facts and numbers multiplied or divided in one product: more could exceed what the databases can hold."""

_ORDERS: Mapping[str, tree.Order] = {
    "=": "=",
    "==": "=",
    "<>": "<>",
    "!=": "<>",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}

_FUNCTIONS: Mapping[str, str] = {
    "len": "len(list)",
    "starts_with": "starts_with(text, 'x')",
    "any_starts_with": "any_starts_with(list, 'x')",
    "lower": "lower(fact)",
    "coalesce": "coalesce(a, b)",
    "days_since": "days_since(time)",
    "hours_since": "hours_since(time)",
    "days_until": "days_until(time)",
    "business_days_since": "business_days_since(time)",
    "business_hours_since": "business_hours_since(time)",
}


@lru_cache(maxsize=512)
def virtual_fact(fact: Fact, table: FactTable) -> tree.Virtual:
    """A virtual fact with the expression it stands for."""
    check = Check(fact.virtual or "", table, {})
    parsed = syntax_tree(fact.virtual or "")
    return tree.Virtual(fact, check.typed(parsed, fact.type, business=True))


_Item = lark.Tree[lark.Token]


class Check:
    """One expression on its way from parse tree to checked tree."""

    def __init__(self, text: str, table: FactTable, parameters: Mapping[str, Value]) -> None:
        self.text = text
        self.table = table
        self.facts = (*COMMON, *table.facts)
        self.parameters = parameters
        self.nodes = 0
        self.depth = 0

    def whole(self, item: _Item, expects: Type) -> Node:
        """The root, which must have the type asked for."""
        root = self.typed(item, expects)
        if any(_factors(node) > MOST_FACTORS for node in walk(root)):
            message = f"more than {MOST_FACTORS} facts and numbers are multiplied or divided"
            raise self.mistake(item, message)
        return root

    def mistake(
        self, item: _Item, message: str, *, allowed: tuple[str, ...] = (), hint: str = ""
    ) -> ExpressionError:
        """An error with its place."""
        return ExpressionError(
            self.text, item.meta.line, item.meta.column, message, allowed=allowed, hint=hint
        )

    def words(self, item: _Item) -> str:
        """The text of this part, shortened."""
        text = " ".join(self.text[item.meta.start_pos : item.meta.end_pos].split())
        return text if len(text) <= 60 else f"{text[:59]}…"

    def typed(self, item: _Item, *types: Type, business: bool = False) -> Node:
        """The node, of one of these types (of any, if none is given)."""
        node = self.node(item)
        if types and type_of(node) not in types:
            wanted = " or ".join(_a(kind) for kind in types)
            message = f"{self.words(item)} is {_a(type_of(node))}, here {wanted} is needed"
            raise self.mistake(item, message)
        if isinstance(unwrapped(node), tree.BusinessTime) and not business:
            message = f"{self.words(item)} is business time, which can only be compared with a number"
            raise self.mistake(item, message, allowed=("< <= > >=", "between"))
        return node

    def node(self, item: _Item) -> Node:
        """The node of this part, whatever its type; bounds the size and the depth of the whole."""
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise self.mistake(item, f"the expression has more than {MOST_NODES} parts")
        if self.depth >= DEEPEST:
            raise self.mistake(item, f"the expression is nested more than {DEEPEST} deep")
        self.depth += 1
        try:
            return self._node(item)
        finally:
            self.depth -= 1

    def _node(self, item: _Item) -> Node:  # noqa: C901, PLR0911, PLR0912 - one return a rule of the grammar
        inner = item.children
        match item.data:
            case "any":
                return tree.Or(tuple(self.typed(_item(part), Type.BOOL) for part in inner))
            case "all":
                return tree.And(tuple(self.typed(_item(part), Type.BOOL) for part in inner))
            case "negation":
                return tree.Not(self.typed(_item(inner[0]), Type.BOOL))
            case "compare":
                return self.compare(item, _item(inner[0]), str(inner[1]), _item(inner[2]))
            case "is_null":
                return tree.IsNull(self.typed(_item(inner[0])))
            case "one_of":
                return self.one_of(item)
            case "contains":
                return tree.Contains(
                    self.typed(_item(inner[0]), Type.TEXT), self.typed(_item(inner[1]), Type.TEXTS)
                )
            case "between":
                operand, least, most = (_item(part) for part in inner)
                return tree.And(
                    (self.compare(item, operand, ">=", least), self.compare(item, operand, "<=", most))
                )
            case "is_not_null" | "not_one_of" | "not_contains" | "not_between":
                positive = str(item.data).replace("not_", "")
                return tree.Not(self._node(lark.Tree(positive, inner, item.meta)))
            case "arithmetic":
                operator = cast("Literal['+', '-', '*', '/']", str(inner[1]))
                left, right = (self.typed(_item(part), Type.NUMBER) for part in (inner[0], inner[2]))
                return tree.Arithmetic(operator, left, right)
            case "negative":
                return tree.Negative(self.typed(_item(inner[1]), Type.NUMBER))
            case "call":
                return self.call(item)
            case "name":
                return self.name(item)
            case _:
                return self.constant(item)

    def constant(self, item: _Item) -> tree.Constant:
        """A literal."""
        if item.data in {"true", "false"}:
            return tree.Constant(item.data == "true")
        written = str(item.children[0])
        if item.data == "text":
            return tree.Constant(written[1:-1].replace("''", "'"))
        if float(written) > LARGEST or len(written.partition(".")[2]) > FINEST:
            raise self.mistake(item, f"a number is at most {LARGEST:,.0f} and has at most {FINEST} decimals")
        return tree.Constant(float(written))

    def name(self, item: _Item) -> Node:
        """A fact or a parameter."""
        name = str(item.children[0])
        fact = self.table.fact(name)
        if name in self.parameters:
            if fact is not None:
                message = (
                    f"{name} is a fact of {self.table.name} and a parameter of the rule: rename the parameter"
                )
                raise self.mistake(item, message)
            return tree.Parameter(name, self.parameters[name])
        if fact is None:
            known = sorted({*(fact.name for fact in self.facts), *self.parameters})
            nearest = suggestion(name, known)
            raise self.mistake(
                item,
                f"{self.table.name} has no fact {name}, nor is it a parameter",
                hint=nearest,
                allowed=() if nearest else tuple(known),
            )
        return tree.FactValue(fact) if fact.virtual is None else virtual_fact(fact, self.table)

    def compare(self, item: _Item, left_item: _Item, written: str, right_item: _Item) -> Node:
        """Left <order> right, both of one type that knows the order."""
        order = _ORDERS[written]
        left, right = (self.typed(part, business=True) for part in (left_item, right_item))
        if isinstance(unwrapped(left), tree.BusinessTime):
            return self.compare_business(item, left, order, right, right_item)
        if isinstance(unwrapped(right), tree.BusinessTime):
            return self.compare_business(item, right, tree.SWAPPED[order], left, left_item)
        kind = type_of(left)
        if kind is not type_of(right):
            sides = (
                f"{self.words(left_item)} is {_a(kind)} and {self.words(right_item)} is {_a(type_of(right))}"
            )
            message = f"{sides}: they cannot be compared"
            raise self.mistake(item, message)
        if kind is Type.TEXTS:
            raise self.mistake(item, "lists are not compared", allowed=("'x' in list", "len(list) = 2"))
        if order not in {"=", "<>"} and kind not in {Type.NUMBER, Type.TIME}:
            raise self.mistake(item, f"{_a(kind)} knows no {order}", allowed=("=", "<>"))
        self.check_folded(right_item, left, right)
        self.check_folded(left_item, right, left)
        return tree.Comparison(order, left, right)

    def compare_business(
        self, item: _Item, measure: Node, order: tree.Order, amount: Node, amount_item: _Item
    ) -> Node:
        """Business time against an amount that is the same for all rows of a product."""
        fixed = tree.Constant | tree.Parameter | tree.Arithmetic | tree.Negative
        if type_of(amount) is not Type.NUMBER or not all(isinstance(part, fixed) for part in walk(amount)):
            message = (
                f"business time is only compared with a number or a parameter, not {self.words(amount_item)}"
            )
            raise self.mistake(amount_item, message)
        if order in {"=", "<>"}:
            message = f"business time is hardly ever exact: {order} says too little"
            raise self.mistake(item, message, allowed=("<", "<=", ">", ">="))
        return tree.BusinessComparison(
            cast("Literal['<', '<=', '>', '>=']", order),
            cast("tree.BusinessTime | tree.Virtual", measure),
            amount,
        )

    def one_of(self, item: _Item) -> Node:
        """Whether a value is one of several."""
        first, *rest = (_item(part) for part in item.children)
        operand = self.typed(first)
        if type_of(operand) is Type.TEXTS:
            raise self.mistake(first, "a list is not in a list", allowed=("'x' in list",))
        options = tuple(self.typed(option, type_of(operand)) for option in rest)
        for option_item, option in zip(rest, options, strict=True):
            self.check_folded(option_item, operand, option)
        return tree.OneOf(operand, options)

    def check_folded(self, item: _Item, folded: Node, against: Node) -> None:
        """lower(…) never equals a text with capitals."""
        if isinstance(folded, tree.Folded) and isinstance(against, tree.Constant):
            lower = str(against.value).casefold()
            if lower != against.value:
                raise self.mistake(item, "lower(…) is never equal to this text", hint=f"'{lower}'")

    def call(self, item: _Item) -> Node:
        """A function of the language."""
        function, *rest = item.children
        name, arguments = str(function).lower(), [_item(part) for part in rest]
        if name not in _FUNCTIONS:
            nearest = suggestion(name, _FUNCTIONS)
            raise self.mistake(
                item,
                f"there is no function {name}",
                hint=_FUNCTIONS.get(nearest, ""),
                allowed=() if nearest else tuple(_FUNCTIONS.values()),
            )
        count = 2 if name in {"starts_with", "any_starts_with"} else 1
        if len(arguments) < 2 if name == "coalesce" else len(arguments) != count:
            raise self.mistake(item, "the function is called with other values", allowed=(_FUNCTIONS[name],))
        return self.called(name, arguments)

    def called(self, name: str, arguments: list[_Item]) -> Node:
        """The node of a function that exists, with as many values as it takes."""
        first = arguments[0]
        match name:
            case "len":
                return tree.Length(self.typed(first, Type.TEXTS))
            case "lower":
                return self.lower(first)
            case "coalesce":
                option = self.typed(first)
                return tree.Coalesce((option, *(self.typed(part, type_of(option)) for part in arguments[1:])))
            case "starts_with":
                text = self.typed(first, Type.TEXT)
                prefix = self.prefix(arguments[1])
                self.check_folded(arguments[1], text, prefix)
                return tree.StartsWith(text, prefix)
            case "any_starts_with":
                return tree.AnyStartsWith(self.typed(first, Type.TEXTS), self.prefix(arguments[1]))
            case "business_days_since" | "business_hours_since":
                return tree.BusinessTime("bd" if "days" in name else "bh", self.typed(first, Type.TIME))
            case _:
                function = cast("Literal['days_since', 'hours_since', 'days_until']", name)
                return tree.Elapsed(function, self.typed(first, Type.TIME))

    def lower(self, item: _Item) -> Node:
        """Lower case: only of facts that are stored a second time, case-folded."""
        node = self.typed(item, Type.TEXT)
        if not isinstance(node, tree.FactValue) or not node.fact.folded:
            allowed = tuple(f"lower({fact.name})" for fact in self.facts if fact.folded)
            raise self.mistake(item, f"there is no lower-case {self.words(item)}", allowed=allowed)
        return tree.Folded(node.fact)

    def prefix(self, item: _Item) -> tree.Constant | tree.Parameter:
        """What a text starts with: written in the rule, or a parameter."""
        node = self.typed(item, Type.TEXT)
        if not isinstance(node, tree.Constant | tree.Parameter):
            raise self.mistake(item, "the beginning is a 'text' or a parameter")
        return node


def _item(child: _Item | lark.Token) -> _Item:
    """A child that the grammar makes a tree."""
    assert isinstance(child, lark.Tree)  # noqa: S101 - tokens stand only where the grammar says so
    return child


def _a(kind: Type) -> str:
    return "a condition" if kind is Type.BOOL else f"a {kind}"


def _factors(node: Node) -> int:
    """How many values are multiplied in the longest product."""
    match node:
        case tree.Arithmetic(operator, left, right) if operator in {"*", "/"}:
            return _factors(left) + _factors(right)
        case tree.Arithmetic(left=left, right=right):
            return max(_factors(left), _factors(right))
        case tree.Negative(operand):
            return _factors(operand)
        case tree.Virtual(body=body):
            return _factors(body)
        case tree.Coalesce(options):
            return max(_factors(option) for option in options)
        case _:
            return 1
