"""A product of the operating model, after inheritance, with the small things it is made of."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from config.words import Amount, Channel, Count, Day, Duration, Number, Range, Selector, Strict

Handle = str
"""A person, by the name the model gives them."""

Role = str
"""A role of the catalogue: product-owner."""

Category = Literal["run", "grow", "transform"]
Level = Literal["initiative", "epic", "story", "subtask"]
Mode = Literal["off", "shadow", "digest", "notify", "gate"]
_MODES = ("off", "shadow", "digest", "notify", "gate")


class Sle(Strict):
    """A service level expectation: `auto` (own history) or `60d at 85%`."""

    days: float | None = None  # None: auto
    probability: float = 0.85

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if isinstance(value, dict | Sle):
            return value
        if value == "auto":
            return {}
        days, _, share = str(value).partition(" at ")
        if not days.endswith("d") or not share.endswith("%"):
            raise ValueError(_SLE)
        try:
            read = {"days": float(days[:-1]), "probability": float(share[:-1]) / 100}
        except ValueError:
            raise ValueError(_SLE) from None
        if read["days"] <= 0 or not 0.5 <= read["probability"] < 1:
            raise ValueError(_SLE)
        return read


_SLE = "an expectation is auto (from own history) or days and a share of 50% to 99%: 60d at 85%"


class Quality(Strict):
    """What a reviewed change is."""

    reviews: Count = 1
    pairing_counts: bool = False
    pr_size: Count = 400
    bots: list[str] = Field(default_factory=list)  # logins whose changes need no review …
    bot_paths: list[str] = Field(default_factory=list)  # … when they touch only these paths
    emergency_label: str = "emergency"


_SETTING = f"a rule is set to a mode ({', '.join(_MODES)}), or by a map: {{days: 0.75, mode: digest}}"


def _parse_parameter(value: object) -> object:
    if isinstance(value, bool | int | float | str):
        return value
    raise ValueError("a parameter of a rule is a number, a text, true or false")


Parameter = Annotated[float | str | bool, BeforeValidator(_parse_parameter)]


class RuleSetting(Strict):
    """What a level of the model changes about one rule.

    In a file: a mode (`off`), or a map of parameters and mode (`{days: 0.75, mode: digest}`).
    """

    mode: Mode | None = None
    parameters: dict[str, Parameter] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _from_file(cls, value: object) -> object:
        if isinstance(value, str) and value in _MODES:
            return {"mode": value}
        if not isinstance(value, dict | RuleSetting):
            raise ValueError(_SETTING)  # noqa: TRY004 - pydantic collects ValueErrors
        if isinstance(value, RuleSetting) or "parameters" in value:
            return value
        read: dict[str, Any] = {"parameters": {k: v for k, v in value.items() if k != "mode"}}
        return read | ({"mode": value["mode"]} if "mode" in value else {})


class Acting(Strict):
    """A deputy for a time."""

    for_: Handle = Field(alias="for")
    by: Handle
    until: Day


class Visibility(Strict):
    """Who may read findings about it: `everyone`, or handles, teams, roles."""

    read: list[str] = Field(default_factory=lambda: ["everyone"])
    cleared_for: list[str] = Field(default_factory=list)  # audiences beyond what the selectors name


class Money(Strict):
    """What it costs, and what that is expected to bring, measure by measure."""

    budget: Amount | None = None
    per: Literal["year", "quarter", "month"] = "year"
    expect: dict[str, Number] = Field(default_factory=dict)
    review: Day | None = None


class Investment(Strict):
    """Share of finished work each category should have."""

    targets: dict[Category, Range] = Field(default_factory=dict)


class Support(Strict):
    """Answer times by priority, and the labels that mark feedback."""

    targets: dict[str, Duration] = Field(default_factory=dict)
    feedback_labels: list[str] = Field(default_factory=list)


class Risk(Strict):
    """A known risk, who holds it, and what is done about it."""

    risk: str
    owner: Handle | None = None
    response: str | None = None
    by: Day | None = None


class Technology(Strict):
    """A technology and how far it is trusted."""

    name: str
    ring: Literal["adopt", "trial", "assess", "hold"]


class Mvp(Strict):
    """The item that is the minimum viable product, and its date."""

    item: str
    by: Day | None = None


class FailureSign(Strict):
    """How a failed deployment shows: a label on its item, or a revert."""

    label: str | None = None
    revert: bool = False

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if value == "revert":
            return {"revert": True}
        if isinstance(value, dict | FailureSign):
            return value
        raise ValueError("a sign of failure is revert, or a label: {label: incident}")


class Deploys(Strict):
    """Where it is deployed, and how a failure is told."""

    environment: str | None = None
    failure: list[FailureSign] = Field(default_factory=list)


class Product(Strict):
    """A product after inheritance from its stream and the company's defaults."""

    id: str
    name: str | None = None
    kind: Literal["software", "physical", "service"] = "software"
    owner: Handle | None = None
    stream: str | None = None
    teams: list[str] = Field(default_factory=list)
    tier: Literal[1, 2, 3] = 2
    stage: str | None = None
    since: Day | None = None
    launch_on: Day | None = None
    calendar: str | None = None
    workflow: str = "standard"
    lifecycle: str | None = None
    roles: dict[Role, Handle] = Field(default_factory=dict)
    acting: list[Acting] = Field(default_factory=list)
    promise: str | None = None
    market: str | None = None
    position: str | None = None
    for_: dict[str, list[str]] = Field(default_factory=dict, alias="for")
    goals: list[str] = Field(default_factory=list)
    measures: list[str] = Field(default_factory=list)
    money: Money = Money()
    risks: list[Risk] = Field(default_factory=list)
    stakeholders: dict[str, Handle] = Field(default_factory=dict)
    technology: list[Technology] = Field(default_factory=list)
    mvp: Mvp | None = None
    work: list[Selector] = Field(default_factory=list)
    deploys: Deploys = Deploys()
    investment: Investment = Investment()
    support: Support = Support()
    sle: dict[Level, Sle] = Field(default_factory=dict)
    quality: Quality = Quality()
    rules: dict[str, RuleSetting] = Field(default_factory=dict)
    visibility: Visibility = Visibility()
    channel: Channel | None = None
