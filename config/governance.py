"""What the organisation wants and who decides: objectives, measures, decisions, partners, experiments."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from config.product import Handle, Mode, Role
from config.words import Count, Day, Duration, Number, Selector, Span, Strict


class Strategy(Strict):
    """Where it goes."""

    vision: str | None = None
    period: str | None = None  # 2026-Q4


class Culture(Strict):
    """Working agreements one can observe; shown, never scored."""

    agreements: list[str] = Field(default_factory=list)


class Review(Strict):
    """When the model itself is looked through."""

    every: Duration | None = None
    last: Day | None = None
    by: Handle | None = None


class KeyResult(Strict):
    """A number that tells an objective is reached; `now` is its value on the day `as_of`."""

    metric: str
    unit: str | None = None
    from_: Number | None = Field(default=None, alias="from")
    to: Number | None = None
    now: Number | None = None
    as_of: Day | None = None
    cadence: Duration | None = None


class Objective(Strict):
    """An objective, the work that serves it, and its key results by id."""

    title: str
    owner: Handle | None = None
    kind: Literal["committed", "aspirational"] = "committed"
    parent: str | None = None
    work: list[Selector] = Field(default_factory=list)
    key_results: dict[str, KeyResult] = Field(default_factory=dict)


class Measure(Strict):
    """A measure, defined once: its unit, which way is good, how often and from where it comes."""

    owner: Handle | None = None
    unit: str | None = None
    good: Literal["up", "down"] = "up"
    cadence: Duration | None = None
    from_: Literal["slack", "csv", "api"] = Field(default="slack", alias="from")


class Capability(Strict):
    """A capability, how far it is (now) and should be (target), and the work that improves it."""

    owner: Handle | None = None
    kind: Literal["technical", "non-technical"] = "technical"
    now: Count | None = None
    target: Count | None = None
    by: Day | None = None
    improve: list[Selector] = Field(default_factory=list)


def _check_longest(span: Span) -> Span:
    if span.unit != "d":
        raise ValueError("how long it holds at most is told in days: 90d")
    return span


class Decision(Strict):
    """A decision right in the words of DACI: exactly one approver role. This version asks `waive` alone."""

    driver: Role
    approver: Role
    consult: list[Role] = Field(default_factory=list)
    inform: list[Role] = Field(default_factory=list)
    within: Duration | None = None
    record: str | None = None
    max: Annotated[Duration, AfterValidator(_check_longest)] | None = None  # waive: how long a waiver holds
    never: list[Literal["self", "subject"]] = Field(default_factory=list)  # waive: who asks, who it is about


class Delegation(Strict):
    """Decision rights lent for a time."""

    from_: Handle = Field(alias="from")
    to: Handle
    decisions: list[str] = Field(min_length=1)
    until: Day


class Waiver(Strict):
    """A long accepted deviation, reviewed like code."""

    rule: str
    subject: str  # its key: BOOK-412; or all of project:BOOK, repository:larkfield/mono, product:billing
    reason: str
    approved_by: Handle
    until: Day


class Contract(Strict):
    """Terms of a partner."""

    ends: Day | None = None
    notice: Duration | None = None
    response: Duration | None = None


class Partner(Strict):
    """Another organisation that takes part; `accounts` are patterns of logins by tool."""

    role: str | None = None
    owner: Handle | None = None
    products: list[str] = Field(default_factory=list)
    contract: Contract = Contract()
    accounts: dict[str, list[str]] = Field(default_factory=dict)


class Persona(Strict):
    """A person one builds for."""

    id: str
    who: str | None = None
    buys: bool = False
    challenges: list[str] = Field(default_factory=list)


class Consumer(Strict):
    """Who a product is for."""

    kind: Literal["external", "internal"] = "external"
    owner: Handle | None = None
    role: str | None = None
    factors: list[str] = Field(default_factory=list)
    personas: list[Persona] = Field(default_factory=list)


class Experiment(Strict):
    """A bet with a date: hypothesis, the metric that tells, the item that holds the work."""

    product: str
    hypothesis: str
    owner: Handle | None = None
    metric: str | None = None
    guardrail: str | None = None
    decide_by: Day | None = None
    item: str | None = None


class Wave(Strict):
    """Streams that are switched on together."""

    wave: Count
    streams: list[str] = Field(min_length=1)
    mode: Mode = "digest"
