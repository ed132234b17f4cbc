"""The book: the operating model with the rules that hold it, read and checked, ready to judge by."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from config.calendar import WorkingTime, working_times
from config.inherit import Resolved
from config.load import Loaded, Origin, Origins, load_model
from config.mistakes import Mistake, ModelMistakes, nearest
from config.model import OperatingModel, RuleSetting
from config.yaml import read_yaml
from rules.errors import RULE_PARAMETER, RULE_TWICE, RULE_UNKNOWN
from rules.facts import TABLES
from rules.profiles import mode
from rules.rule import Rule, RuleMistake, check_parameter, read_rule
from rules.scan import Scan, compile_scan
from rules.tree import Value

_MUTE = frozenset({"off", "shadow"})
"""Modes of rules that people hear nothing of."""

FACT_TABLES = sa.MetaData()
"""The fact tables as SQLAlchemy knows them, one object each for the whole process."""


@dataclass(frozen=True, slots=True)
class Book:
    """Everything the organisation declared. `fingerprint` changes with any word of it that counts."""

    model: OperatingModel
    fingerprint: str
    rules: tuple[Rule, ...]
    calendars: Mapping[str, WorkingTime]
    own: frozenset[str] = frozenset()  # rules of the organisation itself, which carry their mode
    origins: Origins = field(default_factory=lambda: Origins(Resolved(), {}, ""), repr=False)
    tree: Mapping[str, Any] = field(default_factory=dict, repr=False)  # what the files say, in their words
    by_id: Mapping[str, Rule] = field(init=False)
    _scans: dict[tuple[str, ...], Scan] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {r.id: r for r in self.rules})

    def scan(self, table: str, rules: Sequence[Rule] | None = None) -> Scan:
        """The compiled judgement of a fact table by these rules (default: all about it); compiled once."""
        about = [r for r in (self.rules if rules is None else rules) if r.about == table]
        name = (table, *(r.id for r in about))
        if name not in self._scans:
            self._scans[name] = compile_scan(TABLES[table], about, FACT_TABLES)
        return self._scans[name]

    def setting(self, rule: str, product: str | None) -> RuleSetting | None:
        """What the model says about a rule for a product; None: for what belongs to no product."""
        known = self.model.product(product)
        return (known.rules if known else self.model.rules).get(rule)

    def mode(self, rule: str, product: str | None) -> str:
        """off, shadow, digest, notify or gate: the product's setting, else the profile's."""
        setting = self.setting(rule, product)
        if rule in self.own and (setting is None or setting.mode is None):
            return self.by_id[rule].mode
        return mode(rule, self.model.profile, setting)

    def speaks(self, rule: str, product: str | None) -> bool:
        """Whether people hear of this rule's findings: it still exists and is neither off nor in shadow."""
        return rule in self.by_id and self.mode(rule, product) not in _MUTE

    def parameters(self, rule: Rule, product: str | None) -> Mapping[str, Value]:
        """The rule's parameters with the product's own values."""
        setting = self.setting(rule.id, product)
        return {**rule.parameters, **(setting.parameters if setting else {})}

    def today(self, now: datetime) -> date:
        """The day it is in the company's time zone."""
        return now.astimezone(self.calendar(None).zone).date()

    def calendar(self, name: str | None) -> WorkingTime:
        """A calendar by name, else the company's."""
        return self.calendars.get(name or "") or self.calendars[self.model.company.calendar]


def read_book(path: Path, changed: Iterable[str] = ()) -> Book:
    """Read the model, with changes laid over it, and every rule.

    Raises:
        ModelMistakes: all mistakes of the model; where it has none, all of its rules.
    """
    return book_of(load_model(path, changed))


def book_of(loaded: Loaded) -> Book:
    """The book of a model that was read.

    Raises:
        ModelMistakes: all mistakes of its own rules and of its settings of rules, at once.
    """
    rules = {r.id: r for r in builtin_rules()}
    added: set[str] = set()
    mistakes: list[Mistake] = []
    for n, data in enumerate(loaded.model.custom_rules):
        place = loaded.origins.near(f"custom_rules[{n}]")
        try:
            own = read_rule(data, loaded.origins.short(place))
        except RuleMistake as error:
            at = loaded.origins.near(f"custom_rules[{n}].{error.key}")
            what = f"rule {error.rule}, {error.key}: {error.message}"
            mistakes.append(Mistake(at.file, at.line, at.said, what, entry=error.entry))
            continue
        if own.id in added:
            what = f"there are two rules {own.id}"
            mistakes.append(Mistake(place.file, place.line, place.said, what, entry=RULE_TWICE))
        rules[own.id] = own
        added.add(own.id)
    mistakes += _unfit_settings(loaded, rules)
    if mistakes:
        raise ModelMistakes(mistakes)
    return Book(
        loaded.model,
        loaded.fingerprint,
        tuple(rules.values()),
        working_times(loaded.model),
        frozenset(added),
        loaded.origins,
        loaded.tree,
    )


@cache
def builtin_rules() -> tuple[Rule, ...]:
    """The rules that come with opsbot, in the order of their families; read once in a process."""
    rules = []
    for file in sorted(resources.files("rules.catalog").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            document = read_yaml(file.read_bytes(), f"rules/catalog/{file.name}")
            rules += [read_rule(data, str(document.places[n,])) for n, data in enumerate(document.content)]
    return tuple(rules)


def _unfit_settings(loaded: Loaded, rules: Mapping[str, Rule]) -> Iterator[Mistake]:
    """Settings and waivers of rules that do not exist, and of parameters their rule does not have."""
    levels = {"defaults": loaded.model.rules} | {
        f"products.{p.id}": p.rules for p in loaded.model.products.values()
    }
    for level, settings in levels.items():
        for name, setting in settings.items():
            origin = loaded.origins.near(f"{level}.rules.{name}")
            rule = rules.get(name)
            if rule is None:
                yield _no_rule(origin, name, rules)
                continue
            for parameter, value in setting.parameters.items():
                try:
                    check_parameter(rule, parameter, value)
                except ValueError as error:
                    origin = loaded.origins.near(f"{level}.rules.{name}.{parameter}")
                    yield Mistake(origin.file, origin.line, origin.said, str(error), entry=RULE_PARAMETER)
    for n, waiver in enumerate(loaded.model.waivers):
        if waiver.rule not in rules:
            yield _no_rule(loaded.origins.near(f"waivers[{n}].rule"), waiver.rule, rules)


def _no_rule(origin: Origin, name: str, rules: Mapping[str, Rule]) -> Mistake:
    what = f"there is no rule {name}"
    allowed, meant = "see: opsbot rules", nearest(name, rules)
    return Mistake(origin.file, origin.line, origin.said, what, allowed, meant, entry=RULE_UNKNOWN)
