"""A rule as data: whom it is about, what violates it, how bad that is, what to say, who answers for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import ConfigDict, Field, ValidationError

from config.errors import Entry
from config.words import Duration, Span, Strict
from rules.checking import LARGEST
from rules.errors import RULE_EXPRESSION, RULE_FORM
from rules.expression import Expression, ExpressionError, named, parse
from rules.facts import TABLES
from rules.facts.table import FactTable, Type
from rules.findings import Severity
from rules.syntax import suggestion
from rules.template import Template, read_template
from rules.tree import Node, Value, constant_type

Mode = Literal["off", "shadow", "digest", "notify", "gate"]
SeverityWord = Literal["info", "warn", "high", "critical"]

FAMILIES = (
    "traceability",
    "flow",
    "accountability",
    "quality",
    "model-health",
    "strategy",
    "delivery",
    "decision-rights",
    "investment",
    "lifecycle",
    "partners",
    "customers",
    "experimentation",
    "hygiene",
)
"""What rules are about, at large; a rule's id begins with its family."""


class RuleMistake(ValueError):  # noqa: N818 - what operators call it
    """A rule that cannot be read: which one, where it stands, which key, and what is allowed."""

    def __init__(self, rule: str, where: str, key: str, message: str, entry: Entry = RULE_FORM) -> None:
        self.rule = rule
        self.where = where
        self.key = key
        self.message = message
        self.entry = entry
        super().__init__(f"{where}: rule {rule}, {key}: {message} {entry}")


@dataclass(frozen=True, slots=True)
class Accountable:
    """A role, and the fact that names the product whose role it is (none: the subject's own product)."""

    role: str
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that has been read and checked."""

    id: str
    purpose: str
    about: str
    where: Expression
    violates: Expression
    severity: Severity
    says: Template
    fix: Template
    accountable: Accountable
    worse: Mapping[Severity, Expression]  # ascending, two at most, all above `severity`
    worse_after: Mapping[Severity, Span]
    evidence: Mapping[str, Node]  # names of facts and parameters, in the order they are shown
    inhibited_by: tuple[str, ...]
    for_: Span | None
    group: Literal["container"] | None
    parameters: Mapping[str, Value]  # with their defaults
    mode: Mode
    source: str  # who says so, outside of this organisation
    false_positives: tuple[str, ...]
    origin: str  # where it is written: file and line
    facts_used: frozenset[str] = field(init=False, repr=False)  # names of all facts that decide it

    def __post_init__(self) -> None:
        used = frozenset[str]().union(*(expression.facts_used for expression in self.expressions))
        object.__setattr__(self, "facts_used", used)

    @property
    def family(self) -> str:
        """What the rule is about, at large: flow, quality, model-health."""
        return family_of(self.id) or ""

    @property
    def table(self) -> FactTable:
        """The facts it speaks of."""
        return TABLES[self.about]

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Scope, condition, and the conditions of higher severities."""
        return (self.where, self.violates, *self.worse.values())

    @property
    def names_tier(self) -> bool:
        """It tells tiers apart by itself: the product's tier does not shift its severity."""
        return "tier" in self.facts_used


class _Written(Strict):
    """The keys of a rule in YAML."""

    model_config = ConfigDict(strict=True)

    id: str
    purpose: str
    about: str
    where: str = "true"
    violates: str
    severity: SeverityWord
    worse: dict[SeverityWord, str] = Field(default_factory=dict, max_length=2)
    worse_after: dict[SeverityWord, Duration] = Field(default_factory=dict)
    says: str
    evidence: list[str] = Field(default_factory=list)
    fix: str
    accountable: str | dict[Literal["role", "of"], str]
    inhibited_by: list[str] = Field(default_factory=list)
    for_: Duration | None = Field(default=None, alias="for")
    group: Literal["container"] | None = None
    parameters: dict[str, bool | float | str] = Field(default_factory=dict)
    mode: Mode = "shadow"
    source: str = ""
    false_positives: list[str] = Field(default_factory=list)


_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
_PARAMETER = re.compile(r"[a-z][a-z0-9_]{0,39}")


def family_of(rule: str) -> str | None:
    """The family a rule's id begins with, or None."""
    return next((family for family in FAMILIES if rule.startswith(f"{family}-")), None)


def read_rule(data: Mapping[str, Any], where: str) -> Rule:
    """The rule that stands at `where` (file and line); raises RuleMistake at the first mistake."""
    name = str(data.get("id", "without id"))
    try:
        written = _Written.model_validate(dict(data))
    except ValidationError as invalid:
        raise RuleMistake(name, where, *_told(invalid)) from None
    return _Reader(written, where).rule()


def check_parameter(rule: Rule, name: str, value: object) -> Value:
    """The value a product may give this parameter; raises ValueError that says what is allowed."""
    if name not in rule.parameters:
        nearest = suggestion(name, rule.parameters)
        hint = f"; did you mean {nearest}?" if nearest else ""
        known = ", ".join(rule.parameters) or "none"
        raise ValueError(f"{rule.id} has no parameter {name}{hint}; allowed: {known}")
    given = _parameter(value)
    wanted = constant_type(rule.parameters[name])
    if constant_type(given) is not wanted:
        raise ValueError(f"{name} of {rule.id} is a {wanted}, not {value!r}")
    return given


def _parameter(value: object) -> Value:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and abs(value) <= LARGEST:
        return float(value)
    if isinstance(value, str) and value.isprintable():
        return value
    raise ValueError(f"a parameter is a number up to {LARGEST:,.0f}, one line of text, true or false")


def _told(invalid: ValidationError) -> tuple[str, str]:
    """The key of the first mistake, and the mistake in words."""
    first = invalid.errors(include_url=False, include_input=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return key, "is missing"
    if first["type"] == "extra_forbidden":
        known = [field.alias or name for name, field in _Written.model_fields.items()]
        nearest = suggestion(key, known)
        return key, f"is no key of a rule; {f'did you mean {nearest}?' if nearest else f'allowed: {known}'}"
    return key, first["msg"].removeprefix("Value error, ")


class _Reader:
    """One rule on its way from its keys to its checked form."""

    def __init__(self, written: _Written, where: str) -> None:
        self.written = written
        self.where = where
        self.parameters: dict[str, Value] = {}

    def mistake(self, key: str, message: str, entry: Entry = RULE_FORM) -> RuleMistake:
        return RuleMistake(self.written.id, self.where, key, message, entry)

    def rule(self) -> Rule:
        written = self.written
        if not _ID.fullmatch(written.id) or family_of(written.id) is None:
            families = ", ".join(f"{family}-…" for family in FAMILIES)
            raise self.mistake("id", f"lower-case words joined by -, and first one of {families}")
        if written.about not in TABLES:
            raise self.mistake(
                "about", f"there are no facts about {written.about}; allowed: {', '.join(TABLES)}"
            )
        self.parameters = self.read_parameters()
        severity = _severity(written.severity)
        return Rule(
            id=written.id,
            purpose=written.purpose,
            about=written.about,
            where=self.expression("where", written.where),
            violates=self.expression("violates", written.violates),
            severity=severity,
            says=self.template("says", written.says),
            fix=self.template("fix", written.fix),
            accountable=self.accountable(),
            worse=self.worse(severity),
            worse_after=self.worse_after(severity),
            evidence={name: self.named(name) for name in written.evidence},
            inhibited_by=tuple(written.inhibited_by),
            for_=written.for_,
            group=self.group(),
            parameters=self.parameters,
            mode=written.mode,
            source=written.source,
            false_positives=tuple(written.false_positives),
            origin=self.where,
        )

    @property
    def table(self) -> FactTable:
        return TABLES[self.written.about]

    def read_parameters(self) -> dict[str, Value]:
        read = {}
        for name, value in self.written.parameters.items():
            if not _PARAMETER.fullmatch(name):
                raise self.mistake(f"parameters.{name}", "a name is up to 40 of a-z, 0-9 and _")
            if self.table.fact(name) is not None:
                raise self.mistake(f"parameters.{name}", f"is the name of a fact of {self.written.about}")
            try:
                read[name] = _parameter(value)
            except ValueError as mistake:
                raise self.mistake(f"parameters.{name}", str(mistake)) from None
        return read

    def expression(self, key: str, text: str) -> Expression:
        try:
            return parse(text, self.table, self.parameters)
        except ExpressionError as mistake:
            raise self.mistake(key, f"\n{mistake.shown()}", RULE_EXPRESSION) from None

    def template(self, key: str, text: str) -> Template:
        try:
            return read_template(text, self.table, self.parameters)
        except ExpressionError as mistake:
            raise self.mistake(key, f"\n{mistake.shown()}", RULE_EXPRESSION) from None

    def named(self, name: str) -> Node:
        try:
            return named(name, self.table, self.parameters)
        except ExpressionError as mistake:
            raise self.mistake("evidence", str(mistake), RULE_EXPRESSION) from None

    def accountable(self) -> Accountable:
        given = self.written.accountable
        if isinstance(given, str):
            return Accountable(given)
        if "role" not in given:
            raise self.mistake("accountable", "needs a role; allowed: a role, or {role: …, of: fact}")
        of = given.get("of")
        fact = None if of is None else self.table.fact(of)
        if of is not None and (fact is None or fact.type is not Type.TEXT):
            raise self.mistake("accountable.of", f"{of} is no text fact of {self.written.about}")
        return Accountable(given["role"], of)

    def worse(self, base: Severity) -> dict[Severity, Expression]:
        read = {}
        for word, text in sorted(self.written.worse.items(), key=lambda item: _severity(item[0])):
            self.above("worse", base, word)
            read[_severity(word)] = self.expression(f"worse.{word}", text)
        return read

    def worse_after(self, base: Severity) -> dict[Severity, Span]:
        for word in self.written.worse_after:
            self.above("worse_after", base, word)
        return {_severity(word): span for word, span in self.written.worse_after.items()}

    def above(self, key: str, base: Severity, word: str) -> None:
        if _severity(word) <= base:
            raise self.mistake(f"{key}.{word}", f"is not above the rule's own severity, {base.word}")

    def group(self) -> Literal["container"] | None:
        if self.written.group is not None and self.table.fact(self.written.group) is None:
            raise self.mistake("group", f"{self.written.about} have no {self.written.group}")
        return self.written.group


def _severity(word: str) -> Severity:
    return Severity[word.upper()]
