"""Verdicts as digits: three bits a rule, twenty rules to an integer, and what to ask of such integers."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from rules.digit import Digit
from rules.findings import Severity
from rules.rule import Rule

PER_INTEGER = 20
BITS = 3
_LOWEST = sum(1 << BITS * place for place in range(PER_INTEGER))

Integers = ColumnElement[int]
"""A column of packed digits."""


def severity_of(rule: Rule, digit: int) -> Severity | None:
    """The severity of a failing digit, before the product's tier; None where the rule does not fail."""
    steps = (rule.severity, *rule.worse)
    return steps[digit - Digit.FAIL] if digit >= Digit.FAIL else None


def unpack(rules: Sequence[Rule], integers: Sequence[int]) -> dict[str, Digit]:
    """The digit of every rule, by id; `integers` as the scan of these rules gives them."""
    return {
        rule.id: Digit(integers[place // PER_INTEGER] >> BITS * (place % PER_INTEGER) & 7)
        for place, rule in enumerate(rules)
    }


def fails(digits: Integers) -> ColumnElement[bool]:
    """SQL: some rule of this integer fails (3, 4 or 5: the high bit, or both others)."""
    return _lowest(_down(digits, 2).bitwise_or(_down(digits, 1).bitwise_and(digits))) != 0


def all_unknown(digits: Integers) -> Integers:
    """SQL: unknown for every rule that is in scope, as on a row whose data is too old."""
    in_scope = _lowest(digits.bitwise_or(_down(digits, 1)).bitwise_or(_down(digits, 2)))
    return in_scope * sa.literal(int(Digit.UNKNOWN), sa.BigInteger)


def _down(digits: Integers, bits: int) -> Integers:
    return digits.bitwise_rshift(sa.literal(bits, sa.Integer))


def _lowest(digits: Integers) -> Integers:
    """The lowest bit of each digit alone."""
    return digits.bitwise_and(sa.literal(_LOWEST, sa.BigInteger))
