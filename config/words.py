"""The small words of the operating model: durations, ranges and selectors, read from text and kept exact."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

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


class Strict(BaseModel):
    """Unknown keys are mistakes, values do not change after reading, and errors repeat no input."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
        arbitrary_types_allowed=True,
    )


class JiraMatch(Strict):
    """Conditions on a Jira issue; all that are given must hold."""

    project: str | None = None
    component: str | None = None
    label: str | None = None
    type: str | None = None
    has: str | None = None  # a field that must not be empty: fixVersion


class Selector(Strict):
    """One line of `work`: keys in one selector are AND, a list of selectors is OR.

    `github` is a repository pattern (larkfield/booking-*), `path` a file pattern inside it; `label` holds in
    any tool, `team` names a team of the model. Precedence is that of the highest key present:
    label `product:<id>` 5, path 4, component 3, label 2, project or repository 1, team 0 (SETTLED 26).
    """

    jira: JiraMatch | None = None
    github: str | None = None
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
