"""The checked tree of a rule's expression: what it can be made of, and how it reads as text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rules.facts.table import Fact, Type

Value = float | str | bool
"""What is written in a rule, or given as its parameter."""

Order = Literal["=", "<>", "<", "<=", ">", ">="]
SWAPPED: Mapping[Order, Order] = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""The comparison that says the same with its sides exchanged."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a text, or true or false."""

    value: Value


@dataclass(frozen=True, slots=True)
class FactValue:
    """A fact that is stored or joined."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Folded:
    """lower(fact): the fact's case-folded text."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Virtual:
    """A fact that is computed from others when it is asked for."""

    fact: Fact
    body: "Node"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the rule; each product may have its own value."""

    name: str
    default: Value


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """left + right and its kin; what is divided by zero is null."""

    operator: Literal["+", "-", "*", "/"]
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Negative:
    """-number."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Elapsed time in days or hours since a moment, or until it."""

    function: Literal["days_since", "hours_since", "days_until"]
    moment: "Node"


@dataclass(frozen=True, slots=True)
class BusinessTime:
    """Business days or hours since a moment: compared with a cut-off, computed only to be shown."""

    unit: Literal["bd", "bh"]
    since: "Node"


@dataclass(frozen=True, slots=True)
class Length:
    """len(texts)."""

    texts: "Node"


@dataclass(frozen=True, slots=True)
class Coalesce:
    """The first option that is not null."""

    options: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values of one type; texts, truths and lists know only = and <>."""

    order: Order
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class BusinessComparison:
    """Business time against an amount that depends on nothing but parameters."""

    order: Literal["<", "<=", ">", ">="]
    measure: "BusinessTime | Virtual"
    amount: "Node"

    @property
    def time(self) -> BusinessTime:
        """The business time that is compared, also where a virtual fact names it."""
        time = unwrapped(self.measure)
        assert isinstance(time, BusinessTime)  # noqa: S101 - the checker builds nothing else
        return time

    @property
    def bound(self) -> Literal["earliest", "latest"]:
        """Business time stands still over nights: which end of the night is the cut-off."""
        return "earliest" if self.order in {">", "<="} else "latest"


@dataclass(frozen=True, slots=True)
class OneOf:
    """operand in (options)."""

    operand: "Node"
    options: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Contains:
    """element in texts."""

    element: "Node"
    texts: "Node"


@dataclass(frozen=True, slots=True)
class StartsWith:
    """starts_with(text, prefix)."""

    text: "Node"
    prefix: "Constant | Parameter"


@dataclass(frozen=True, slots=True)
class AnyStartsWith:
    """any_starts_with(texts, prefix)."""

    texts: "Node"
    prefix: "Constant | Parameter"


@dataclass(frozen=True, slots=True)
class IsNull:
    """operand is null."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class Not:
    """not operand."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """a and b and c."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """a or b or c."""

    parts: tuple["Node", ...]


Node: TypeAlias = (
    Constant
    | FactValue
    | Folded
    | Virtual
    | Parameter
    | Arithmetic
    | Negative
    | Elapsed
    | BusinessTime
    | Length
    | Coalesce
    | Comparison
    | BusinessComparison
    | OneOf
    | Contains
    | StartsWith
    | AnyStartsWith
    | IsNull
    | Not
    | And
    | Or
)
"""All there is: whatever is not in this list cannot be said."""


def unwrapped(node: Node) -> Node:
    """What a virtual fact stands for; any other node as it is."""
    while isinstance(node, Virtual):
        node = node.body
    return node


def children(node: Node) -> Iterator[Node]:
    """The nodes directly inside of this one."""
    for name in node.__slots__:
        value = getattr(node, name)
        yield from (inner for inner in _flat(value) if isinstance(inner, Node))


def walk(node: Node) -> Iterator[Node]:
    """The node and everything in it, also inside of virtual facts."""
    yield node
    for child in children(node):
        yield from walk(child)


def _flat(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def type_of(node: Node) -> Type:
    """The type of the node's value."""
    match node:
        case Constant(value) | Parameter(default=value):
            return constant_type(value)
        case FactValue(fact) | Virtual(fact):
            return fact.type
        case Folded():
            return Type.TEXT
        case Arithmetic() | Negative() | Elapsed() | BusinessTime() | Length():
            return Type.NUMBER
        case Coalesce(options):
            return type_of(options[0])
        case _:
            return Type.BOOL


def constant_type(value: Value) -> Type:
    """The type of a value that is written in a rule."""
    if isinstance(value, bool):
        return Type.BOOL
    return Type.TEXT if isinstance(value, str) else Type.NUMBER
