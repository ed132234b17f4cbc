"""Why a rule says what it says of one subject: each condition, the values it met, and what is not known."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rules import tree
from rules.accountable import accountable_for
from rules.declared import Declared
from rules.digit import Digit
from rules.evaluate import Context, Row, holds, value
from rules.expression import Expression
from rules.facts.table import Fact
from rules.inputs import Ground, facts, inputs, shown, to_know
from rules.judge import judge, says
from rules.measured import measured
from rules.presence import HIDDEN, TO_KNOW
from rules.rendering import text_of
from rules.rule import Rule
from rules.template import words
from rules.tree import Node
from rules.verdict import severity_of
from rules.views import Part, RuleExplained


@dataclass(frozen=True, slots=True)
class Standing:
    """How a rule stands in the model: what is declared, the rule's mode and who set it."""

    declared: Declared
    mode: str
    mode_place: str | None
    today: date  # decides who holds a role


def explain_rule(rule: Rule, row: Row, context: Context, standing: Standing) -> RuleExplained:
    """The rule on this row, with its reasons; finding, since and history are the caller's to add."""
    digit = judge(rule, row, context)
    ground = Ground(rule, row, context, standing.declared)
    return RuleExplained(
        rule=rule.id,
        purpose=rule.purpose,
        verdict=digit.word,
        severity=severity_of(rule, digit),
        says=told(rule, row, context),
        fix=rule.fix.filled(row, context),
        accountable=rule.accountable.role.replace("-", " "),
        where=parts(rule.where, ground),
        violates=parts(rule.violates, ground),
        rule_place=rule.origin,
        mode=standing.mode,
        mode_place=standing.mode_place,
        measured=measured(ground),
        holder=accountable_for(rule, row, standing.declared, standing.today),
        any_of=(isinstance(rule.where.root, tree.Or), isinstance(rule.violates.root, tree.Or)),
        grades=tuple(_grades(ground)) if digit >= Digit.FAIL else (),
        to_know=_to_know(ground) if digit is Digit.UNKNOWN else "",
    )


def _grades(ground: Ground) -> Iterator[str]:
    """The rule's own severity, then each higher one whose condition holds."""
    rule, row, context = ground.rule, ground.row, ground.context
    yield f"{rule.severity.word} by the rule"
    for severity, condition in rule.worse.items():
        if holds(condition.root, row, context):
            met = ", ".join(
                f"{text_of(n)} {words(n, value(n, row, context), context)}" for n in shown(condition.root)
            )
            yield f"{severity.word} because {condition.text} ({met})"


def parts(expression: Expression, ground: Ground) -> tuple[Part, ...]:
    """The pieces of a condition that `and` or `or` joins at its top, each with the values it met."""
    return tuple(
        Part(text_of(piece), holds(piece, ground.row, ground.context), inputs(piece, ground))
        for piece in _pieces(expression.root)
    )


def _pieces(root: Node) -> tuple[Node, ...]:
    if isinstance(root, tree.And | tree.Or):
        return root.parts
    return () if root == tree.Constant(value=True) else (root,)


def told(rule: Rule, row: Row, context: Context) -> str:
    """What the rule says of the row where it fails, else why it does not."""
    digit = judge(rule, row, context)
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
    if hidden := row.get("hidden"):
        return f"Unknown: {HIDDEN[hidden]}; nobody can say how it is now."
    if not row.get("fresh", True):
        return f"Unknown: what {row.get('source') or 'the source'} said is too old to judge by."
    missing = _missing(rule, row, context)
    if not missing:
        return "Unknown: a value is divided by zero."
    return f"Unknown: {'; '.join(_unknown(fact) for fact in missing)}."


def _missing(rule: Rule, row: Row, context: Context) -> list[Fact]:
    """The facts without which the pieces that are unknown cannot be decided, each once."""
    found = {
        node.fact.name: node.fact
        for expression in (rule.where, rule.violates)
        for piece in _pieces(expression.root)
        if holds(piece, row, context) is None
        for node in facts(piece)
        if value(node, row, context) is None
    }
    return list(found.values())


def _unknown(fact: Fact) -> str:
    meaning = "" if fact.absence in {"unknown", "never absent"} else f" ({fact.absence})"
    return f"{fact.name} is not known{meaning}"


def _to_know(ground: Ground) -> str:
    if hidden := ground.row.get("hidden"):
        return TO_KNOW[hidden]
    if not ground.row.get("fresh", True):
        return f"Read {ground.row.get('source') or 'the sources'} again: opsbot sync, then opsbot judge."
    ways = dict.fromkeys(to_know(f, ground) for f in _missing(ground.rule, ground.row, ground.context))
    return f"{'; '.join(ways)}." if ways else ""


def _not_met(expression: Expression, row: Row, context: Context) -> str:
    """The conditions that do not hold, with the values they met: draft = false is not met (draft yes)."""
    met_not = []
    for piece in _pieces(expression.root):
        if holds(piece, row, context) is False:
            met = ", ".join(f"{text_of(n)} {words(n, value(n, row, context), context)}" for n in _seen(piece))
            met_not.append(f"{text_of(piece)} is not met" + (f" ({met})" if met else ""))
    return "; ".join(met_not) or f"{expression.text} is not met"


def _seen(piece: Node) -> Iterator[Node]:
    """What a sentence names: values, and the moments that times are counted from."""
    for node in shown(piece):
        yield node
        if isinstance(node, tree.Elapsed | tree.BusinessTime):
            yield from _seen(next(tree.children(node)))
