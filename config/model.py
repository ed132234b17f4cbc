"""The operating model after reading and inheritance: what the organisation says about itself.

Types only. `config/load.py` reads the files and says where a mistake is; see docs/model.md for each key.
"""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from config.words import Duration, Selector, Strict

Handle = str
"""A person, by the name the model gives them."""


class Company(Strict):
    """Who this is about."""

    name: str
    currency: str = "EUR"
    calendar: str = "default"


class Calendar(Strict):
    """Working time: `week: Mon-Fri 09:00-17:30` (a list for several windows), holidays as DE or DE-BE."""

    extends: str | None = None
    timezone: str = "UTC"
    week: list[str] = Field(default_factory=lambda: ["Mon-Fri 09:00-17:00"])
    holidays: list[str] = Field(default_factory=list)
    closed: list[str] = Field(default_factory=list)  # 2026-12-24 or 2026-12-24 to 2027-01-01


class Away(Strict):
    """Days a person is not there, both ends included."""

    since: date
    until: date


class Person(Strict):
    """One person, referred to by handle everywhere else. Accounts are found by e-mail where not written."""

    email: str | None = None
    name: str | None = None
    github: str | None = None
    jira: str | None = None
    slack: str | None = None
    calendar: str | None = None
    left: date | None = None
    away: list[Away] = Field(default_factory=list)


class Team(Strict):
    """A team, its kind in the words of Team Topologies."""

    type: Literal["stream-aligned", "platform", "enabling", "complicated-subsystem"] = "stream-aligned"
    purpose: str | None = None
    members: list[Handle] = Field(default_factory=list)
    calendar: str | None = None
    channel: str | None = None
    github: str | None = None
    capacity: float = Field(default=1.0, gt=0, le=1)
    wip: dict[Literal["story", "epic"], int] = Field(default_factory=dict)


class FlowMatch(Strict):
    """One way to tell a flow item or category: an issue type, or a label."""

    type: str | None = None
    label: str | None = None


class BlockedWhen(Strict):
    """What counts as blocked."""

    flagged: bool = True
    links: list[str] = Field(default_factory=lambda: ["is blocked by"])
    statuses: list[str] = Field(default_factory=list)


class Dropped(Strict):
    """What counts as dropped: neither throughput nor cycle time."""

    statuses: list[str] = Field(default_factory=list)
    resolutions: list[str] = Field(default_factory=list)


FLOW_ITEMS = ("feature", "defect", "risk", "debt", "experiment")
FlowItem = Literal["feature", "defect", "risk", "debt", "experiment"]


class Workflow(Strict):
    """How statuses become states, and issue types become flow items. Comparison ignores case."""

    backlog: list[str] = Field(default_factory=list)
    active: list[str] = Field(default_factory=list)
    waiting: list[str] = Field(default_factory=list)
    done: list[str] = Field(default_factory=list)
    dropped: Dropped = Dropped()
    blocked_when: BlockedWhen = BlockedWhen()
    flow: dict[FlowItem, list[FlowMatch]] = Field(default_factory=dict)
    category: dict[Literal["run", "grow", "transform"], list[str]] = Field(default_factory=dict)
    levels: dict[str, Literal["initiative", "epic", "story", "subtask"]] = Field(
        default_factory=dict
    )  # type → level


class Sle(Strict):
    """A service level expectation: `auto` (own history) or `60d at 85%`."""

    days: float | None = None  # None: auto
    probability: float = 0.85


class Quality(Strict):
    """What a reviewed change is."""

    reviews: int = 1
    pairing_counts: bool = False
    pr_size: int = 400
    bots: list[str] = Field(default_factory=list)  # logins whose changes need no review …
    bot_paths: list[str] = Field(default_factory=list)  # … when they touch only these paths
    emergency_label: str = "emergency"


class RuleSetting(Strict):
    """What a level of the model changes about one rule; `off` in the file is mode off."""

    mode: Literal["off", "shadow", "digest", "notify", "gate"] | None = None
    parameters: dict[str, float | str | bool] = Field(default_factory=dict)


class Acting(Strict):
    """A deputy for a time."""

    for_: Handle = Field(alias="for")
    by: Handle
    until: date


class Visibility(Strict):
    """Who may read findings about it: `everyone`, or handles, teams, roles."""

    read: list[str] = Field(default_factory=lambda: ["everyone"])
    cleared_for: list[str] = Field(default_factory=list)  # audiences beyond what the selectors name


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
    since: date | None = None
    launch_on: date | None = None
    calendar: str | None = None
    workflow: str = "standard"
    lifecycle: str | None = None
    roles: dict[str, Handle] = Field(default_factory=dict)
    acting: list[Acting] = Field(default_factory=list)
    promise: str | None = None
    market: str | None = None
    position: str | None = None
    for_: dict[str, list[str]] = Field(default_factory=dict, alias="for")
    goals: list[str] = Field(default_factory=list)
    measures: list[str] = Field(default_factory=list)
    money: dict[str, Any] = Field(default_factory=dict)
    risks: list[dict[str, Any]] = Field(default_factory=list)
    stakeholders: dict[str, Handle] = Field(default_factory=dict)
    technology: list[dict[str, str]] = Field(default_factory=list)
    mvp: dict[str, Any] | None = None
    work: list[Selector] = Field(default_factory=list)
    deploys: dict[str, Any] = Field(default_factory=dict)
    investment: dict[str, Any] = Field(default_factory=dict)
    support: dict[str, Any] = Field(default_factory=dict)
    sle: dict[str, Sle] = Field(default_factory=dict)  # level → expectation
    quality: Quality = Quality()
    rules: dict[str, RuleSetting] = Field(default_factory=dict)
    visibility: Visibility = Visibility()
    channel: str | None = None


class ValueStream(Strict):
    """A value stream: from a trigger to an outcome, through its products."""

    id: str
    owner: Handle | None = None
    trigger: str | None = None
    outcome: str | None = None
    steps: list[dict[str, Any]] = Field(default_factory=list)
    calendar: str | None = None
    channel: str | None = None


class Source(Strict):
    """A tool to read. Exactly one of jira, github, slack, file says which kind; secrets stay in the environment."""

    id: str
    jira: str | None = None  # site: larkfield.atlassian.net
    github: str | None = None  # organisation: larkfield, or one repository
    slack: str | None = None  # workspace
    file: str | None = None  # path of an export
    path: str | None = None
    branch: str | None = None
    projects: list[str] = Field(default_factory=list)  # empty: all that is visible
    repositories: list[str] = Field(default_factory=list)
    every: Duration | None = None

    @property
    def kind(self) -> str:
        """jira, github, slack or file."""
        return next(k for k in ("jira", "github", "slack", "file") if getattr(self, k) is not None)


class Digest(Strict):
    """One kind of digest: to whom, when, how much."""

    to: Literal["products", "teams", "value_streams", "operations"] | str = "products"
    at: str  # "daily 09:30", "Mon 09:00", "weekdays 09:00"; or a cron line of five fields
    max: int = Field(default=8, ge=1, le=20)
    show: list[str] = Field(default_factory=list)


class Waiver(Strict):
    """A long accepted deviation, reviewed like code."""

    rule: str
    subject: str
    reason: str
    approved_by: Handle
    until: date


class Decision(Strict):
    """A decision right in the words of DACI: exactly one approver role."""

    driver: str
    approver: str
    consult: list[str] = Field(default_factory=list)
    inform: list[str] = Field(default_factory=list)
    within: Duration | None = None
    record: str | None = None
    max: Duration | None = None
    never: list[str] = Field(default_factory=list)


class OperatingModel(Strict):
    """The whole model, resolved. Every mapping is by id."""

    version: Literal[1] = 1
    company: Company
    review: dict[str, Any] = Field(default_factory=dict)
    calendars: dict[str, Calendar] = Field(default_factory=dict)
    people: dict[Handle, Person] = Field(default_factory=dict)
    teams: dict[str, Team] = Field(default_factory=dict)
    roles: list[str] = Field(default_factory=list)
    sources: list[Source] = Field(default_factory=list)
    workflows: dict[str, Workflow] = Field(default_factory=dict)
    lifecycles: dict[str, dict[str, Any]] = Field(default_factory=dict)
    value_streams: dict[str, ValueStream] = Field(default_factory=dict)
    products: dict[str, Product] = Field(default_factory=dict)
    objectives: dict[str, dict[str, Any]] = Field(default_factory=dict)
    measures: dict[str, dict[str, Any]] = Field(default_factory=dict)
    decisions: dict[str, Decision] = Field(default_factory=dict)
    delegations: list[dict[str, Any]] = Field(default_factory=list)
    partners: dict[str, dict[str, Any]] = Field(default_factory=dict)
    consumers: dict[str, dict[str, Any]] = Field(default_factory=dict)
    experiments: dict[str, dict[str, Any]] = Field(default_factory=dict)
    capabilities: dict[str, dict[str, Any]] = Field(default_factory=dict)
    strategy: dict[str, Any] = Field(default_factory=dict)
    culture: dict[str, Any] = Field(default_factory=dict)
    ignore: list[Selector] = Field(default_factory=list)
    commitments: list[Selector] = Field(default_factory=list)
    imports: dict[str, Any] = Field(default_factory=dict)
    profile: Literal["off", "starter", "recommended", "strict"] = "starter"
    rules: dict[str, RuleSetting] = Field(default_factory=dict)  # of defaults: for what belongs to no product
    custom_rules: list[dict[str, Any]] = Field(default_factory=list)  # in the form of rules/catalog
    waivers: list[Waiver] = Field(default_factory=list)
    digests: dict[str, Digest] = Field(default_factory=dict)
    operations: str | None = None  # channel of product operations: unmapped items, sources, the model itself
    operator: Handle | None = None
    people_data: Literal["none", "role", "self", "named"] = "self"
    retention: Duration | None = None
    visibility: Visibility = Visibility()
    rollout: list[dict[str, Any]] = Field(default_factory=list)
