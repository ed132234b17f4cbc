"""The operating model after reading and inheritance: what the organisation says about itself.

Types only, and every type of the model can be imported from here. `config/load.py` reads the files and says
where a mistake is; see docs/model.md for each key.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from config.governance import (
    Capability,
    Consumer,
    Contract,
    Culture,
    Decision,
    Delegation,
    Experiment,
    KeyResult,
    Measure,
    Objective,
    Partner,
    Persona,
    Review,
    Strategy,
    Waiver,
    Wave,
)
from config.organisation import ROLES, Away, Calendar, Company, Person, Team
from config.product import (
    Acting,
    Deploys,
    FailureSign,
    Handle,
    Investment,
    Money,
    Mvp,
    Product,
    Quality,
    Risk,
    Role,
    RuleSetting,
    Sle,
    Support,
    Technology,
    Visibility,
)
from config.schedule import cron_line
from config.words import Channel, Duration, Project, Selector, Span, Strict
from config.workflow import (
    FLOW_ITEMS,
    STANDARD_WORKFLOW,
    BlockedWhen,
    CategoryMatch,
    Dropped,
    FlowItem,
    FlowMatch,
    Stage,
    Workflow,
)

__all__ = [
    "FLOW_ITEMS",
    "ROLES",
    "STANDARD_WORKFLOW",
    "Acting",
    "Away",
    "BlockedWhen",
    "Calendar",
    "Capability",
    "CategoryMatch",
    "Company",
    "Consumer",
    "Contract",
    "Culture",
    "Decision",
    "Delegation",
    "Deploys",
    "Digest",
    "Dropped",
    "Experiment",
    "FailureSign",
    "FlowItem",
    "FlowMatch",
    "Handle",
    "Investment",
    "KeyResult",
    "Measure",
    "Money",
    "Mvp",
    "Objective",
    "OperatingModel",
    "Partner",
    "Person",
    "Persona",
    "Product",
    "Quality",
    "Review",
    "Risk",
    "Role",
    "RuleSetting",
    "Sle",
    "Source",
    "Stage",
    "Step",
    "Strategy",
    "Support",
    "Team",
    "Technology",
    "ValueStream",
    "Visibility",
    "Waiver",
    "Wave",
    "Workflow",
]


class Step(Strict):
    """A step of a value stream: who is responsible, and the states or the tool it happens in."""

    name: str
    role: Role | None = None
    states: list[Literal["backlog", "active", "waiting", "done"]] = Field(default_factory=list)
    tool: str | None = None


class ValueStream(Strict):
    """A value stream: from a trigger to an outcome, through its products."""

    id: str
    owner: Handle | None = None
    trigger: str | None = None
    outcome: str | None = None
    steps: list[Step] = Field(default_factory=list)
    calendar: str | None = None
    channel: Channel | None = None


SourceKind = Literal["jira", "github", "slack", "file"]
_KINDS: tuple[SourceKind, ...] = ("jira", "github", "slack", "file")


def _check_site(host: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.-]+\.[A-Za-z]{2,}", host):
        raise ValueError("a Jira site is its host name, without https:// and path: larkfield.atlassian.net")
    return host


_USUAL = {"jira": "10m", "github": "10m", "slack": "1h"}


def _check_interval(every: Span) -> Span:
    if every.business or every.hours < 1 / 60:
        raise ValueError("a source is read every so many minutes, hours or days, 1m at least: 10m")
    return every


class Source(Strict):
    """A tool to read: exactly one of jira, github, slack, file. Secrets stay in the environment."""

    id: str
    jira: Annotated[str, AfterValidator(_check_site)] | None = None  # site: larkfield.atlassian.net
    github: str | None = None  # organisation: larkfield, or one repository
    slack: str | None = None  # workspace
    file: str | None = None  # path of an export
    path: str | None = None
    branch: str | None = None
    projects: list[Project] = Field(default_factory=list)  # empty: all that is visible
    repositories: list[str] = Field(default_factory=list)
    boards: list[int] = Field(default_factory=list)  # numbers of GitHub projects whose fields count
    every: Annotated[Duration, AfterValidator(_check_interval)] | None = None  # else 10m, Slack 1h

    @model_validator(mode="before")
    @classmethod
    def _usual_interval(cls, said: Any) -> Any:
        if isinstance(said, dict) and "every" not in said and "path" not in said:
            usual = next((every for kind, every in _USUAL.items() if said.get(kind) is not None), None)
            return {**said, "every": usual} if usual else said
        return said

    @property
    def kind(self) -> SourceKind:
        """jira, github, slack or file."""
        return next(k for k in _KINDS if getattr(self, k) is not None)

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> "Source":
        if sum(getattr(self, k) is not None for k in _KINDS) != 1:
            raise ValueError(
                "a source has exactly one of jira, github, slack, file: {id: jira, jira: my.atlassian.net}"
            )
        return self


def _check_when(at: str) -> str:
    cron_line(at)
    return at


class Digest(Strict):
    """One kind of digest: to whom, when, how much."""

    to: str = "products"  # products, teams, value_streams, operations: their channels; else one channel
    at: Annotated[
        str, AfterValidator(_check_when)
    ]  # "daily 09:30", "Mon 09:00"; or a cron line of five fields
    max: int = Field(default=8, ge=1, le=20, strict=True)
    show: list[str] = Field(default_factory=list)


class OperatingModel(Strict):
    """The whole model, resolved. Every mapping is by id."""

    version: Literal[1] = 1
    company: Company = Company()
    review: Review = Review()
    calendars: dict[str, Calendar] = Field(default_factory=dict)
    people: dict[Handle, Person] = Field(default_factory=dict)
    teams: dict[str, Team] = Field(default_factory=dict)
    roles: list[Role] = Field(default_factory=list)  # beside the built-in ones
    sources: list[Source] = Field(default_factory=list)
    workflows: dict[str, Workflow] = Field(default_factory=dict)
    lifecycles: dict[str, dict[str, Stage]] = Field(default_factory=dict)  # stages in their order
    value_streams: dict[str, ValueStream] = Field(default_factory=dict)
    products: dict[str, Product] = Field(default_factory=dict)
    objectives: dict[str, Objective] = Field(default_factory=dict)
    measures: dict[str, Measure] = Field(default_factory=dict)
    decisions: dict[str, Decision] = Field(default_factory=dict)
    delegations: list[Delegation] = Field(default_factory=list)
    partners: dict[str, Partner] = Field(default_factory=dict)
    consumers: dict[str, Consumer] = Field(default_factory=dict)
    experiments: dict[str, Experiment] = Field(default_factory=dict)
    capabilities: dict[str, Capability] = Field(default_factory=dict)
    strategy: Strategy = Strategy()
    culture: Culture = Culture()
    ignore: list[Selector] = Field(default_factory=list)
    commitments: list[Selector] = Field(default_factory=list)
    imports: dict[str, Any] = Field(default_factory=dict)
    profile: Literal["off", "starter", "recommended", "strict"] = "starter"
    rules: dict[str, RuleSetting] = Field(default_factory=dict)  # of defaults: for what belongs to no product
    custom_rules: list[dict[str, Any]] = Field(default_factory=list)  # in the form of rules/catalog
    waivers: list[Waiver] = Field(default_factory=list)
    digests: dict[str, Digest] = Field(default_factory=dict)
    operations: Channel | None = None  # of product operations: unmapped items, sources, the model itself
    operator: Handle | None = None
    people_data: Literal["none", "role", "self", "named"] = "self"
    retention: Duration | None = None
    visibility: Visibility = Visibility()
    rollout: list[Wave] = Field(default_factory=list)

    def product(self, name: str | None) -> Product | None:
        """The product of that id; None for what belongs to none, or to one that is not in the model."""
        return None if name is None else self.products.get(name)
