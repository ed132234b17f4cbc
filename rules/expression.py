"""The language of rules: a text becomes a checked tree in which every name and type is known."""

from collections.abc import Mapping
from dataclasses import dataclass

from rules import tree
from rules.checking import Check
from rules.facts.table import FactTable, Type
from rules.rendering import text_of
from rules.syntax import ExpressionError, syntax_tree
from rules.tree import Node, Value, walk

__all__ = ["Expression", "ExpressionError", "Value", "parse"]


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression."""

    root: Node

    @property
    def text(self) -> str:
        """The expression in the language's own spelling."""
        return text_of(self.root)

    @property
    def facts_used(self) -> frozenset[str]:
        """Names of all facts it stands on, virtual ones and what they are made of included."""
        return frozenset(
            node.fact.name
            for node in walk(self.root)
            if isinstance(node, tree.FactValue | tree.Folded | tree.Virtual)
        )

    @property
    def business_comparisons(self) -> tuple[tree.BusinessComparison, ...]:
        """Comparisons that need a cut-off of a calendar."""
        return tuple(node for node in walk(self.root) if isinstance(node, tree.BusinessComparison))


def parse(
    text: str, table: FactTable, parameters: Mapping[str, Value], *, expects: Type = Type.BOOL
) -> Expression:
    """The checked tree of an expression about that table; raises ExpressionError at the first mistake."""
    check = Check(text, table, parameters)
    return Expression(check.whole(syntax_tree(text), expects))


def named(name: str, table: FactTable, parameters: Mapping[str, Value]) -> Node:
    """The fact or parameter of that name, business time included; raises ExpressionError."""
    return Check(name, table, parameters).node(syntax_tree(name))
