"""What the page shows, gathered and cut to its reader, before it is HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.slack.messages import Message
from rules.findings import Severity
from rules.health import Health
from rules.views import Explanation, RuleExplained, Status


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a file of the model around the one that counts."""

    place: str  # file:line, as explanations name it
    lines: tuple[tuple[int, str], ...]  # number and text
    line: int  # the one that counts


@dataclass(frozen=True, slots=True)
class ProductCard:
    """One product: how healthy, how far in its life, and what is open."""

    id: str
    name: str
    stream: str  # in words; empty where it is in none
    stage: str  # in words
    tier: int
    owner: str  # the role, and whether somebody holds it
    open: Mapping[Severity, int]
    waived: int
    health: Health


@dataclass(frozen=True, slots=True)
class Post:
    """A digest as a channel got it, or would get it now."""

    channel: str
    at: datetime
    message: Message
    sent: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding on the page. `explained` is None where it stands as a line only."""

    id: str
    rule: str
    severity: Severity
    key: str
    title: str
    url: str
    says: str
    fix: str
    accountable: str
    product: str | None
    since: datetime
    inherited: bool
    covered_by: str | None
    table: str = ""
    subject: str = ""
    explained: RuleExplained | None = None
    about: Explanation | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one product."""

    id: str  # of the product; empty for none
    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class WaivedEntry:
    """A finding that fails and is accepted for now."""

    entry: Entry
    reason: str
    until: str
    by: str = ""  # who approved it, where the model shows names to all


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule that judged, with what it came to."""

    id: str
    purpose: str
    about: str
    where: str
    violates: str
    modes: str  # "digest", or "notify for billing, else digest"
    passed: int
    failed: int
    unknown: int
    waived: int


@dataclass(frozen=True, slots=True)
class UnknownRow:
    """What a rule could not judge, and why, by one example."""

    rule: str
    many: int
    example: str  # key
    why: str
    to_know: str


@dataclass(frozen=True, slots=True)
class Step:
    """A command to copy, and what it shows."""

    command: str
    shows: str


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page."""

    company: str
    reader: str  # whom it is cut for: a channel; empty for the operator
    now: datetime
    status: Status
    products: Mapping[str, tuple[ProductCard, ...]]  # by stage, in the order of a life
    posts: tuple[Post, ...]
    silent: tuple[str, ...]  # channels that never got a digest and have no news
    groups: tuple[Group, ...]  # findings explained whole
    further: tuple[Entry, ...]  # beyond, as lines
    left_out: int  # beyond those
    waived: tuple[WaivedEntry, ...]
    rules: tuple[RuleRow, ...]
    unknown: tuple[UnknownRow, ...]
    excerpts: Mapping[str, Excerpt]  # by place
    steps_title: str
    steps: tuple[Step, ...]
    command: str  # how opsbot is called here: "opsbot --in opsbot-demo"
