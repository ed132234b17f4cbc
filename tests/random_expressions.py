"""Random expressions and rows for the laws of the rule language."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from config.calendar import WorkingTime
from rules.expression import parse
from rules.facts.table import Fact, FactTable, Type
from rules.findings import Severity
from rules.rule import Accountable, Rule
from rules.template import Template

NOW = datetime(2026, 11, 29, 10, 30, tzinfo=UTC)  # a Sunday
CALENDAR = WorkingTime(
    "default",
    ZoneInfo("Europe/Berlin"),
    {day: ((time(9), time(12)), (time(13), time(17, 30))) for day in range(5)},
    frozenset({datetime(2026, 11, 26, tzinfo=UTC).date()}),
)
PARAMETERS: dict[str, float | str | bool] = {"few": 3.0, "word": "it's", "strict": True}
TABLE = FactTable(
    name="samples",
    subject="a sample",
    doc="Facts of every type.",
    facts=(
        *(Fact(name, Type.NUMBER, name) for name in ("a", "b", "c")),
        *(Fact(name, Type.TEXT, name, folded=name == "t") for name in ("s", "t")),
        *(Fact(name, Type.BOOL, name) for name in ("p", "q")),
        *(Fact(name, Type.TIME, name) for name in ("u", "v")),
        *(Fact(name, Type.TEXTS, name) for name in ("l", "m")),
        Fact("twice", Type.NUMBER, "twice", virtual="a + a"),
        Fact("worked", Type.NUMBER, "worked", virtual="business_days_since(u)"),
    ),
)
_TEXTS = [
    "",
    "a",
    "A",
    "ab",
    "it's",
    'a"b',
    "a_b",
    "a%",
    "x\\y",
    "été",
    "ß",
    "日本",
    "👍🏽",
    "wip: x",
    "null",
]
_NUMBERS = [0.0, 1.0, 2.0, 3.0, 0.5, -1.0, 10.0, 1 / 3, 1e9, -7.25]


def row(random: Random, subject: str) -> dict[str, Any]:
    """A row of the table; a third of its facts is absent."""

    def maybe(value: Any) -> Any:
        return None if random.random() < 0.33 else value

    def moment() -> datetime:
        back = random.choice([random.randrange(1_500_000_000), 0, 3 * 86_400_000, 23 * 3_600_000])
        return NOW - timedelta(milliseconds=back * random.choice([1, 1, 1, -1]))

    values = {fact.name: None for fact in TABLE.stored}
    return values | {
        "subject": subject,
        "calendar": "default",
        **{name: maybe(random.choice(_NUMBERS)) for name in "abc"},
        **{name: maybe(random.choice(_TEXTS)) for name in "st"},
        **{name: maybe(random.random() < 0.5) for name in "pq"},
        **{name: maybe(moment()) for name in "uv"},
        **{name: maybe(tuple(random.choices(_TEXTS, k=random.randrange(4)))) for name in "lm"},
    }


class Writer:
    """Writes random expressions of a type that are well-formed and well-typed."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def condition(self, depth: int) -> str:
        if depth <= 0:
            return self.random.choice(["p", "q", "true", "false", "strict", "p", "q"])
        return self._one_of(self._conditions)(depth - 1)

    def _one_of(self, choices: list[Callable[[int], str]]) -> Callable[[int], str]:
        return self.random.choice(choices)

    @property
    def _conditions(self) -> list[Callable[[int], str]]:
        order = self.random.choice(["=", "<>", "<", "<=", ">", ">=", "==", "!="])
        equal = self.random.choice(["=", "<>"])
        strict = self.random.choice(["<", "<=", ">", ">="])
        negation = self.random.choice(["", "not "])
        amount = self.random.choice(["0", "1", "2.5", "few", "few - 3", "8 / 2", "few / 0", "-1"])
        business = self.random.choice(
            ["worked", "business_days_since(v)", "business_hours_since(coalesce(u, v))"]
        )
        return [
            lambda d: f"({self.condition(d)} and {self.condition(d)} and {self.condition(d)})",
            lambda d: f"({self.condition(d)} or {self.condition(d)})",
            lambda d: f"not ({self.condition(d)})",
            lambda d: f"{self.number(d)} {order} {self.number(d)}",
            lambda d: f"{self.number(d)} {order} {self.number(d)}",
            lambda d: f"{self.number(d)} {negation}between {self.number(d)} and {self.number(d)}",
            lambda d: f"{self.number(d)} {negation}in ({self.number(d)}, {self.number(d)})",
            lambda d: f"{self.text(d)} {equal} {self.text(d)}",
            lambda d: f"{self.text(d)} {negation}in ({self.text(d)}, {self.text(d)}, {self.text(d)})",
            lambda d: f"{self.text(d)} {negation}in {self.texts(d)}",
            lambda d: f"starts_with({self.text(d)}, {self.word()})",
            lambda d: f"any_starts_with({self.texts(d)}, {self.word()})",
            lambda d: f"{self.moment(d)} {order} {self.moment(d)}",
            lambda _: f"{business} {strict} {amount}",
            lambda _: f"{amount} {strict} {business}",
            lambda d: f"({self.condition(d)}) {equal} ({self.condition(d)})",
            lambda d: f"coalesce({self.condition(d)}, {self.condition(d)})",
            lambda d: f"({self.anything(d)}) is {negation}null",
        ]

    def anything(self, depth: int) -> str:
        return self._one_of([self.condition, self.number, self.text, self.moment, self.texts])(depth)

    def number(self, depth: int) -> str:
        if depth <= 0:
            return self.random.choice(["a", "b", "c", "0", "1", "2.5", "1000000000", "few", "twice", "0.1"])
        return self._one_of(
            [
                self.number_leaf,
                lambda d: f"({self.number(d)} {self.random.choice('+-*/')} {self.number(d)})",
                lambda d: f"-{self.number(d)}",
                lambda d: f"coalesce({self.number(d)}, {self.number(d)})",
                lambda d: f"len({self.texts(d)})",
                lambda d: (
                    f"{self.random.choice(['days_since', 'hours_since', 'days_until'])}({self.moment(d)})"
                ),
            ]
        )(depth - 1)

    def number_leaf(self, _: int) -> str:
        return self.number(0)

    def text(self, depth: int) -> str:
        if depth > 0 and self.random.random() < 0.2:
            return f"coalesce({self.text(depth - 1)}, {self.text(depth - 1)})"
        return self.random.choice(["s", "t", "s", "t", "coalesce(lower(t), s)", self.word()])

    def word(self) -> str:
        quoted = self.random.choice(_TEXTS).replace("'", "''")
        return self.random.choice(["word", f"'{quoted}'", f"'{quoted}'"])

    def moment(self, depth: int) -> str:
        if depth > 0 and self.random.random() < 0.2:
            return f"coalesce({self.moment(depth - 1)}, {self.moment(depth - 1)})"
        return self.random.choice("uv")

    def texts(self, depth: int) -> str:
        if depth > 0 and self.random.random() < 0.2:
            return f"coalesce({self.texts(depth - 1)}, {self.texts(depth - 1)})"
        return self.random.choice("lm")


def rule(name: str, where: str, violates: str, worse: dict[Severity, str]) -> Rule:
    """A rule about the table."""
    nothing = Template("", ())
    return Rule(
        id=name,
        purpose="A sample.",
        about=TABLE.name,
        where=parse(where, TABLE, PARAMETERS),
        violates=parse(violates, TABLE, PARAMETERS),
        severity=Severity.WARN,
        says=nothing,
        fix=nothing,
        accountable=Accountable("operator"),
        worse={severity: parse(text, TABLE, PARAMETERS) for severity, text in worse.items()},
        worse_after={},
        evidence={},
        inhibited_by=(),
        for_=None,
        group=None,
        parameters=PARAMETERS,
        mode="digest",
        source="",
        false_positives=(),
        origin="here:1",
    )
