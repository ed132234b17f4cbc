"""The sentences of a rule: "{key} is {age_days} days old", with names checked when the rule is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from typing import Any

from rules import tree
from rules.evaluate import Context, Row, value
from rules.expression import ExpressionError, named
from rules.facts.table import FactTable
from rules.tree import Node, Value

_NAME = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with places for facts and parameters."""

    text: str
    parts: tuple[str | Node, ...]

    def filled(self, row: Row, context: Context) -> str:
        """The sentence for one row; an absent fact reads as what its absence means."""
        return "".join(
            part if isinstance(part, str) else words(part, value(part, row, context), context)
            for part in self.parts
        )


def read_template(text: str, table: FactTable, parameters: Mapping[str, Value]) -> Template:
    """The sentence with its names looked up; raises ExpressionError."""
    parts: list[str | Node] = []
    try:
        pieces = list(Formatter().parse(text))
    except ValueError:
        message = "a brace is not closed; a brace of the text itself is written twice"
        raise ExpressionError(text, 1, 1, message, allowed=("{name}", "{{", "}}")) from None
    for before, name, style, conversion in pieces:
        parts += [before] if before else []
        if name is None:
            continue
        column = max(text.find(f"{{{name}"), 0) + 2
        if style or conversion or not _NAME.fullmatch(name):
            message = f"{name or '{}'} is not the plain name of a fact or parameter"
            raise ExpressionError(text, 1, column, message, allowed=("{name}",))
        try:
            parts.append(named(name, table, parameters))
        except ExpressionError as mistake:
            raise ExpressionError(
                text, 1, column, mistake.message, allowed=mistake.allowed, hint=mistake.hint
            ) from None
    return Template(text, tuple(parts))


def words(node: Node, found: Any, context: Context) -> str:
    """A value as a person reads it: no needless decimals, shares in percent, local dates."""
    fact = node.fact if isinstance(node, tree.FactValue | tree.Folded | tree.Virtual) else None
    if found is None:
        return "unknown" if fact is None or fact.absence == "never absent" else fact.absence
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, int | float):
        return short(found * 100) + "%" if fact is not None and fact.unit == "0 to 1" else short(found)
    if isinstance(found, datetime):
        return f"{found.astimezone(context.calendar.zone):%Y-%m-%d}"
    if isinstance(found, str):
        return found
    return ", ".join(found) or "none"


def short(number: float) -> str:
    """12, 2.5, 0.75: one decimal at most, two below 1."""
    text = f"{round(number, 1 if abs(number) >= 1 else 2) + 0.0:.2f}"
    return text.rstrip("0").rstrip(".")
