"""The small words of the operating model: durations, days, ranges, amounts, selectors; kept exact."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)

Unit = Literal["m", "h", "d", "bh", "bd"]
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(m|h|d|bh|bd)")


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: `10m`, `4h`, `90d` elapsed; `8bh`, `3bd` business hours and days of a calendar."""

    amount: float
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount:g}{self.unit}"

    @property
    def business(self) -> bool:
        """Counted in a calendar's working time."""
        return self.unit in {"bh", "bd"}

    @property
    def hours(self) -> float:
        """Elapsed length in hours; only for m, h and d."""
        return self.amount * {"m": 1 / 60, "h": 1, "d": 24}[self.unit]


def parse_span(value: object) -> Span:
    """Read `3bd`; raises ValueError that says what is allowed."""
    if isinstance(value, Span):
        return value
    match = _DURATION.fullmatch(str(value).strip())
    if match is None:
        raise ValueError(
            "a duration is a number and a unit: 10m, 4h, 90d, 8bh (business hours), 3bd (business days)"
        )
    unit: Any = match[2]
    return Span(float(match[1]), unit)


Duration = Annotated[
    Span,
    BeforeValidator(parse_span),
    PlainSerializer(str),
    Field(json_schema_extra={"type": "string", "examples": ["3bd", "90d"]}),
]


@dataclass(frozen=True, slots=True)
class Band:
    """A range of percent, both ends included: `35-45`."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:g}-{self.high:g}"


_BAND = re.compile(r"(\d{1,3}(?:\.\d+)?)-(\d{1,3}(?:\.\d+)?)")


def parse_band(value: object) -> Band:
    """Read `35-45`; raises ValueError that says what is allowed."""
    if isinstance(value, Band):
        return value
    match = _BAND.fullmatch(str(value).strip())
    if match is None or not float(match[1]) <= float(match[2]) <= 100:
        raise ValueError("a range is two percentages from 0 to 100, the smaller first: 35-45")
    return Band(float(match[1]), float(match[2]))


Range = Annotated[
    Band,
    BeforeValidator(parse_band),
    PlainSerializer(str),
    Field(json_schema_extra={"type": "string", "examples": ["35-45"]}),
]


def _parse_day(value: object) -> object:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "")
    except ValueError:
        raise ValueError("a day is written year-month-day: 2026-12-24") from None


Day = Annotated[date, BeforeValidator(_parse_day)]

_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)([kM]?)")


def _parse_amount(value: object) -> float:
    match = _AMOUNT.fullmatch(str(value).strip())
    if match is None:
        raise ValueError("an amount is a number, shortened if you like: 900k, 1.2M")
    return float(match[1]) * {"": 1, "k": 1_000, "M": 1_000_000}[match[2]]


Amount = Annotated[float, BeforeValidator(_parse_amount)]
"""Money in the company's currency."""

Count = Annotated[int, Field(strict=True, ge=0)]
Number = Annotated[float, Field(strict=True)]


def _check_channel(name: str) -> str:
    if not name or len(name) > 80 or name != name.lower() or set(name) & set("#@ .,:;!?<>&\"'"):
        raise ValueError("a channel is its name without #, in lower case: prod-booking")
    return name


Channel = Annotated[str, AfterValidator(_check_channel)]
"""A Slack channel by name."""


class Strict(BaseModel):
    """Unknown keys are mistakes, values do not change after reading, and errors repeat no input."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
        arbitrary_types_allowed=True,
    )


def _check_project(key: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]+", key):
        raise ValueError("a Jira project is its key in capitals: BOOK")
    return key


Project = Annotated[str, AfterValidator(_check_project)]
"""Key of a Jira project."""


def _check_repositories(pattern: str) -> str:
    if not re.fullmatch(r"[^/\s]+/[^/\s]+", pattern):
        raise ValueError("repositories are owner/name, * for any part of a name: larkfield/booking-*")
    return pattern


class JiraMatch(Strict):
    """Conditions on a Jira issue; all that are given must hold."""

    project: Project | None = None
    component: str | None = None
    label: str | None = None
    type: str | None = None
    has: str | None = None  # a field that must not be empty: fixVersion


class Selector(Strict):
    """One line of `work`: keys in one selector are AND, a list of selectors is OR.

    `github` is a repository pattern (larkfield/booking-*), `path` a file pattern inside it; `label` holds in
    any tool, `team` names a team of the model. Precedence is that of the highest key present:
    label `product:<id>` 5, path 4, component 3, label 2, project or repository 1, team 0.
    """

    jira: JiraMatch | None = None
    github: Annotated[str, AfterValidator(_check_repositories)] | None = None
    path: str | None = None
    label: str | None = None
    team: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "Selector":
        if not self.model_fields_set:
            raise ValueError("a selector needs at least one of jira, github, path, label, team")
        if self.path is not None and self.github is None:
            raise ValueError("path needs github: the repository it is in")
        return self
