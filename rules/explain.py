"""Why a rule says what it says of one subject: each condition, the values it met, and what is not known."""

from collections.abc import Iterator

from rules import tree
from rules.digit import Digit
from rules.evaluate import Context, Row, holds, value
from rules.expression import Expression
from rules.facts.table import Fact
from rules.judge import judge, says
from rules.rendering import text_of
from rules.rule import Rule
from rules.template import words
from rules.tree import Node
from rules.verdict import severity_of
from rules.views import Holder, Input, Measured, Part, RuleExplained


def explain_rule(rule: Rule, row: Row, context: Context) -> RuleExplained:
    """The rule on this row, with its reasons; `finding` and `since` are the caller's to add."""
    digit = judge(rule, row, context)
    return RuleExplained(
        rule=rule.id,
        purpose=rule.purpose,
        verdict=digit.word,
        severity=severity_of(rule, digit),
        says=_sentence(rule, digit, row, context),
        fix=rule.fix.filled(row, context),
        accountable=rule.accountable.role.replace("-", " "),
        where=parts(rule.where, row, context),
        violates=parts(rule.violates, row, context),
        rule_place=rule.origin,
        mode=rule.mode,
        mode_place=None,
        measured=Measured("none", context.calendar.id, context.calendar.zone.key, "", None),
        holder=Holder(rule.accountable.role.replace("-", " "), None, (), None),
    )


def parts(expression: Expression, row: Row, context: Context) -> tuple[Part, ...]:
    """The pieces of a condition that `and` or `or` joins at its top, each with the values it met."""
    return tuple(
        Part(text_of(piece), holds(piece, row, context), _inputs(piece, row, context))
        for piece in _pieces(expression.root)
    )


def _pieces(root: Node) -> tuple[Node, ...]:
    if isinstance(root, tree.And | tree.Or):
        return root.parts
    return () if root == tree.Constant(value=True) else (root,)


def _shown(node: Node) -> Iterator[Node]:
    """What of a condition has a value worth seeing: facts, parameters, times; not what facts stand on."""
    if isinstance(node, tree.FactValue | tree.Folded | tree.Virtual | tree.Parameter):
        yield node
        return
    if isinstance(node, tree.Elapsed | tree.BusinessTime):
        yield node
    for child in tree.children(node):
        yield from _shown(child)


def _inputs(piece: Node, row: Row, context: Context) -> tuple[Input, ...]:
    return tuple(_input(node, row, context) for node in {text_of(n): n for n in _shown(piece)}.values())


def _input(node: Node, row: Row, context: Context) -> Input:
    name, met = text_of(node), value(node, row, context)
    match node:
        case tree.FactValue(fact) | tree.Folded(fact) | tree.Virtual(fact):
            return Input(name, met, "fact", fact.doc, fact.unit, fact.source, None)
        case tree.Parameter():
            return Input(name, met, "parameter", "Parameter of the rule.", "", "parameter of the rule", None)
        case _:
            return Input(name, met, "time", "Time that has passed.", "", "clock", None)


def _sentence(rule: Rule, digit: Digit, row: Row, context: Context) -> str:
    if digit >= Digit.FAIL:
        return says(rule, row, context)
    if digit is Digit.UNKNOWN:
        return _why_unknown(rule, row, context)
    if digit is Digit.PASS:
        return f"Fine: {_not_met(rule.violates, row, context)}."
    if row.get("governed") is not True:
        return "Out of scope: it is a sub-task, ignored, or a bot's."
    return f"Out of scope: {_not_met(rule.where, row, context)}."


def _why_unknown(rule: Rule, row: Row, context: Context) -> str:
    if not row.get("fresh", True):
        return f"Unknown: what {row.get('source') or 'the source'} said is too old to judge by."
    missing: dict[str, Fact] = {}
    for expression in (rule.where, rule.violates):
        for piece in _pieces(expression.root):
            if holds(piece, row, context) is None:
                missing |= {n.fact.name: n.fact for n in _facts(piece) if value(n, row, context) is None}
    if not missing:
        return "Unknown: a value is divided by zero."
    return f"Unknown: {'; '.join(_missing(fact) for fact in missing.values())}."


def _missing(fact: Fact) -> str:
    meaning = "" if fact.absence in {"unknown", "never absent"} else f" ({fact.absence})"
    return f"{fact.name} is not known{meaning}"


def _facts(piece: Node) -> list[tree.FactValue | tree.Folded | tree.Virtual]:
    return [n for n in _shown(piece) if isinstance(n, tree.FactValue | tree.Folded | tree.Virtual)]


def _not_met(expression: Expression, row: Row, context: Context) -> str:
    """The conditions that do not hold, with the values they met: draft = false is not met (draft yes)."""
    told = []
    for piece in _pieces(expression.root):
        if holds(piece, row, context) is False:
            met = ", ".join(
                f"{text_of(n)} {words(n, value(n, row, context), context)}" for n in _shown(piece)
            )
            told.append(f"{text_of(piece)} is not met" + (f" ({met})" if met else ""))
    return "; ".join(told) or f"{expression.text} is not met"
