"""One rule on one row in plain Python: its verdict, its evidence and what it says."""

from typing import Any

from rules.digit import Digit
from rules.evaluate import Context, Row, holds, value
from rules.rule import Rule


def judge(rule: Rule, row: Row, context: Context) -> Digit:
    """The verdict, as the scan gives it; `row["fresh"]`, if false, makes whatever is in scope unknown."""
    where = in_scope(rule, row, context)
    if where is False:
        return Digit.OUT_OF_SCOPE
    if not row.get("fresh", True):
        return Digit.UNKNOWN
    violates = holds(rule.violates.root, row, context)
    if violates is False:
        return Digit.PASS
    if where is None or violates is None:
        return Digit.UNKNOWN
    worse = [holds(condition.root, row, context) for condition in rule.worse.values()]
    return Digit(Digit.FAIL + max((step for step, met in enumerate(worse, 1) if met), default=0))


def in_scope(rule: Rule, row: Row, context: Context) -> bool | None:
    """Whether the rule is about this row; rules are about governed rows alone."""
    return row.get("governed") is True and holds(rule.where.root, row, context)


def evidence(rule: Rule, row: Row, context: Context) -> dict[str, Any]:
    """The values the rule shows, by name; what is not known is None."""
    return {name: value(node, row, context) for name, node in rule.evidence.items()}


def says(rule: Rule, row: Row, context: Context) -> str:
    """The rule's sentence about this row."""
    return rule.says.filled(row, context)
