"""The values a condition met: what each means, its unit, where it comes from, and what it is made of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from rules import tree
from rules.declared import Declared, level
from rules.evaluate import Context, Row, value
from rules.facts.table import Fact, Type
from rules.rendering import text_of
from rules.rule import Rule
from rules.sle import ENOUGH
from rules.tree import Node
from rules.views import Input

FactNode = tree.FactValue | tree.Folded | tree.Virtual

_UNITS = {
    "days_since": "days",
    "days_until": "days",
    "hours_since": "hours",
    "bd": "business days",
    "bh": "business hours",
}
_SOURCES: Mapping[str, str] = {
    "derived": "worked out from what was read",
    "history": "changelog of the item",
    "history; links": "changelog and links of the item",
    "mapping": "selectors of the model",
    "model": "operating model",
    "clock": "clock, in the calendar's zone",
}
"""Words of the fact tables about where a fact comes from, for people who do not know the tables."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a rule stands on when it looks at one row."""

    rule: Rule
    row: Row
    context: Context
    declared: Declared


def inputs(condition: Node, ground: Ground) -> tuple[Input, ...]:
    """The values of a condition, each once, in the order they are written."""
    named = {text_of(node): node for node in shown(condition)}
    return tuple(_input(name, node, ground) for name, node in named.items())


def shown(node: Node) -> Iterator[Node]:
    """What of a condition has a value worth seeing: facts, parameters, times; not what these are made of."""
    if isinstance(node, FactNode | tree.Parameter | tree.Elapsed | tree.BusinessTime):
        yield node
        return
    for child in tree.children(node):
        yield from shown(child)


def facts(condition: Node) -> Iterator[FactNode]:
    """The facts of a condition, those that a time is counted from included."""
    for node in shown(condition):
        if isinstance(node, FactNode):
            yield node
        else:
            for child in tree.children(node):
                yield from facts(child)


def _input(name: str, node: Node, ground: Ground) -> Input:
    met = value(node, ground.row, ground.context)
    match node:
        case tree.Parameter():
            source, place = _parameter(name, ground)
            meaning = f"Parameter of {ground.rule.id}."
            return Input(name, met, "parameter", meaning, "", source, place)
        case tree.Elapsed(function, moment):
            meaning = f"Elapsed time {'until' if function == 'days_until' else 'since'} {text_of(moment)}."
            made_of = inputs(moment, ground)
            return Input(name, met, "time", meaning, _UNITS[function], "clock", None, made_of)
        case tree.BusinessTime(unit, since):
            meaning = f"Working time since {text_of(since)}, in calendar {ground.context.calendar.id}."
            made_of = inputs(since, ground)
            return Input(name, met, "time", meaning, _UNITS[unit], "clock and calendar", None, made_of)
        case tree.Virtual(fact, body):
            made_of = inputs(body, ground)
            return Input(name, met, "fact", fact.doc, fact.unit, f"computed: {fact.virtual}", None, made_of)
        case tree.FactValue(fact) | tree.Folded(fact):
            source, place = _fact(fact, met, ground)
            day = fact.unit == "day number" and met is not None
            told = date.fromordinal(int(met)) if day else met
            return Input(name, told, "fact", fact.doc, "" if day else fact.unit, source, place)
        case _:
            raise TypeError(f"{name} has no value worth seeing")


def _parameter(name: str, ground: Ground) -> tuple[str, str | None]:
    origin = ground.declared.parameter(ground.rule, name, ground.row.get("product"))
    if origin is None:
        return "default of the rule", ground.rule.origin
    return level(origin), ground.declared.origins.short(origin)


def _fact(fact: Fact, met: object, ground: Ground) -> tuple[str, str | None]:
    """Where a fact comes from, and the file and line where it is declared."""
    row, declared = ground.row, ground.declared
    if _of_history(fact, row):
        return _history(row, ground.context), None
    if (origin := declared.fact(fact, row)) is not None:
        follows = fact.type is Type.BOOL or fact.source.startswith("workflow")  # from what is written there
        said = f"by {origin.said}" if follows else level(origin)
        return said, declared.origins.short(origin)
    if fact.source == "workflow" or fact.source.startswith("workflow."):
        return f"workflow {declared.workflow(row)}", None
    if fact.source.startswith("people"):
        return "nothing is declared for the person", None
    if fact.declared and "jira" not in fact.source and "github" not in fact.source:
        return "nothing is declared" if met is None else "nothing is declared: the built-in default", None
    return _read(fact, row), None


def _read(fact: Fact, row: Row) -> str:
    source = row.get("source")
    if source is not None and fact.source.partition(";")[0] in {"jira, github", "jira", "github"}:
        return f"read from {source}"
    return _SOURCES.get(fact.source, fact.source)


def _of_history(fact: Fact, row: Row) -> bool:
    """An expectation is declared or stands on history; what is beside it always stands on history."""
    of_declared = fact.name in {"sle_days", "sle_share"} and row.get("sle_declared") is True
    return (fact.joined or "").startswith("sle.") and not of_declared


def _history(row: Row, context: Context) -> str:
    sample = row.get("sle_sample")
    if sample is None or sample < ENOUGH:
        return f"own history, fewer than {ENOUGH} items finished"
    since = row.get("sle_since")
    local = since.astimezone(context.calendar.zone) if isinstance(since, datetime) else None
    quarter = f", for the quarter from {local:%Y-%m-%d}" if local else ""
    provisional = ", provisional" if row.get("sle_provisional") else ""
    return f"own history, {sample:g} items{quarter}{provisional}"


def to_know(fact: Fact, ground: Ground) -> str:
    """What a person can do so that a missing value becomes known."""
    path = ground.declared.path(fact, ground.row)
    if (fact.joined or "").startswith("sle."):
        wait = f"wait until {ENOUGH} such items are finished"
        return f"declare {path}, or {wait}" if path else "let the item belong to a product"
    if path is not None:
        return f"declare {path}"
    if "history" in fact.source or fact.absence.endswith("no history is known"):
        return "read the item from its tool with its history; an export without history does not tell it"
    return f"let {_read(fact, ground.row)} tell it, then run opsbot sync and opsbot judge"
