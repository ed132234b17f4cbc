"""By which clock and calendar a rule counts time, and whose calendar that is."""

from collections.abc import Mapping
from datetime import time
from itertools import groupby
from typing import Literal

from config.schedule import WEEKDAYS
from config.week import Window
from rules import tree
from rules.belonging import calendar_name
from rules.declared import Declared
from rules.inputs import Ground
from rules.rule import Rule
from rules.tree import walk
from rules.views import Measured


def measured(ground: Ground) -> Measured:
    """The clock of the rule, and the calendar of the row it looks at."""
    calendar = ground.context.calendar
    chosen, place = _chosen(ground)
    return Measured(
        clock=clock_of(ground.rule),
        calendar=calendar.id,
        zone=calendar.zone.key,
        hours=hours(calendar.week),
        place=ground.declared.place(f"calendars.{calendar.id}"),
        chosen=f"{chosen}, {place}" if place else chosen,
    )


def clock_of(rule: Rule) -> Literal["elapsed", "business", "none"]:
    """By working time where any limit is in it, by elapsed time where time counts at all."""
    nodes = [node for expression in rule.expressions for node in walk(expression.root)]
    spans = [*rule.worse_after.values(), *([rule.for_] if rule.for_ else [])]
    if any(isinstance(n, tree.BusinessTime | tree.BusinessComparison) for n in nodes) or any(
        span.business for span in spans
    ):
        return "business"
    counted = any(
        isinstance(n, tree.Elapsed) or (isinstance(n, tree.FactValue) and n.fact.name == "today")
        for n in nodes
    )
    return "elapsed" if counted or spans else "none"


def hours(week: Mapping[int, tuple[Window, ...]]) -> str:
    """Working hours as the model writes them: Mon-Fri 09:00-17:30."""
    told = []
    for windows, days in groupby(range(7), key=lambda day: week.get(day, ())):
        run = [WEEKDAYS[day].capitalize() for day in days]
        name = run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}"
        told += [f"{name} {_clock(begin)}-{_clock(end)}" for begin, end in windows]
    return ", ".join(told)


def _clock(moment: time) -> str:
    return f"{moment:%H:%M}"


def _chosen(ground: Ground) -> tuple[str, str | None]:
    """Whose calendar it is, in words, and where that was said."""
    declared, product, name = ground.declared, ground.row.get("product"), ground.context.calendar.id
    if name != calendar_name(declared.model, product):
        whose = {"pull_requests": "of the reviewer or the team", "team_wip": "of the team"}
        return whose.get(ground.rule.about, "of the row"), None
    return chosen_for(declared, product)


def chosen_for(declared: Declared, product: str | None) -> tuple[str, str | None]:
    """Which level chose the calendar of a product: itself, its value stream or the company."""
    known = declared.model.product(product)
    if known is not None and known.calendar:
        return "of the product", declared.place(f"products.{known.id}.calendar")
    stream = declared.model.value_streams.get((known.stream or "") if known else "")
    if stream is not None and stream.calendar:
        return "of the value stream", declared.place(f"value_streams.{stream.id}.calendar")
    return "of the company", declared.place("company.calendar")
