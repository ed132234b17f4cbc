"""What people are shown, before any tool's formatting: lines, digests, status and explanations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rules.findings import Severity
from rules.presence import Presence
from rules.waivers import Waiver

Happened = Literal["new", "worsened", "reopened", "unwaived", "resolved", "open", "waived"]


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as one entry of a list. Texts are foreign and unescaped."""

    finding: str
    rule: str
    severity: Severity
    happened: Happened
    key: str
    title: str
    url: str
    says: str
    fix: str
    accountable: str  # a role in words: "product manager"
    product: str | None
    since: datetime
    audience: tuple[str, ...] | None
    count: int = 1  # findings folded into this line (group: container)


@dataclass(frozen=True, slots=True)
class SourceAge:
    """How old the data of a source is."""

    name: str  # Jira, GitHub … as people say it
    synced_at: datetime | None
    stale: bool


@dataclass(frozen=True, slots=True)
class Digest:
    """What one channel is told at one time."""

    channel: str
    about: str  # "Booking portal"
    stream: str | None
    at: datetime  # local time of the channel's calendar
    since: datetime | None  # of the digest before
    lines: tuple[Line, ...]  # new, reopened and worsened; severity first, then age
    resolved: tuple[Line, ...]
    more: int  # such lines beyond the budget of the digest
    open: Mapping[Severity, int]  # all open findings of the channel
    inherited: int  # of these, findings of the baseline
    unknown: int  # verdicts that could not be given
    checked: int  # subjects judged
    rules: int
    sources: tuple[SourceAge, ...]
    waived: int = 0  # findings that a waiver covers: counted here, told nowhere

    @property
    def silent(self) -> bool:
        """Nothing changed: a digest that is not sent. The first one is, if it inherits anything."""
        first = self.since is None and self.inherited > 0
        return not (self.lines or self.resolved or first)


@dataclass(frozen=True, slots=True)
class Status:
    """The answer of `status`: one screen."""

    about: str
    open: Mapping[Severity, int]
    inherited: int
    unknown: int
    sources: tuple[SourceAge, ...]
    judged_at: datetime | None
    next_digest_at: datetime | None
    waived: int = 0  # beside the open ones


@dataclass(frozen=True, slots=True)
class Input:
    """One value that a condition met, what it means, and where it comes from."""

    name: str
    value: object
    kind: Literal["fact", "parameter", "time"]
    meaning: str
    unit: str
    source: str  # in words: "history", "default of the rule", "declared for the product"
    place: str | None  # file:line where a person wrote it; None for what a tool said
    made_of: tuple["Input", ...] = ()  # of a value that is computed when it is asked for


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a predicate, "age_days > sle_days", with the values it met."""

    text: str
    holds: bool | None
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """By which clock and calendar a rule counts time on this subject."""

    clock: Literal["elapsed", "business", "none"]
    calendar: str
    zone: str
    hours: str
    place: str | None  # file:line of the calendar
    chosen: str = ""  # whose calendar it is: of the product, of the value stream, of the company, and where


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is accountable, and how that person was found."""

    role: str  # in words: "product manager"
    person: str | None
    steps: tuple[str, ...]
    place: str | None


@dataclass(frozen=True, slots=True)
class Happening:
    """One moment in the life of a finding."""

    at: datetime
    change: str  # opened, worsened, resolved …
    severity: Severity
    why: str
    model: str  # fingerprint of the operating model of that day, short


@dataclass(frozen=True, slots=True)
class RuleExplained:
    """One rule on one subject, with its reasons."""

    rule: str
    purpose: str
    verdict: Literal["pass", "fail", "unknown", "out of scope"]
    severity: Severity | None
    says: str  # the rule's sentence where it fails, else why not: "blocked_since is not known"
    fix: str
    accountable: str
    where: tuple[Part, ...]
    violates: tuple[Part, ...]
    rule_place: str  # file:line of the rule
    mode: str  # off, shadow, digest, notify or gate
    mode_place: str | None  # file:line of the mode, or the profile that sets it
    measured: Measured
    holder: Holder
    finding: str | None = None
    since: datetime | None = None
    history: tuple[Happening, ...] = ()  # of the finding, oldest first
    any_of: tuple[bool, bool] = (False, False)  # of scope and condition: one part is enough, else all
    grades: tuple[str, ...] = ()  # how a failing rule came to its severity, step by step
    to_know: str = ""  # what would make an unknown verdict known
    waiver: Waiver | None = None  # that holds for the finding


@dataclass(frozen=True, slots=True)
class Tried:
    """A selector that was looked at to find the product."""

    place: str
    selector: str
    holds: bool
    why: str
    product: str = ""  # whose selector it is


@dataclass(frozen=True, slots=True)
class Placed:
    """How the product was found, or why not."""

    by: str
    place: str | None
    tried: tuple[Tried, ...]
    nearest_miss: str | None
    others: int = 0  # selectors beside these, which name nothing of it
    through: tuple[str, ...] = ()  # keys of the records that the product was taken from


@dataclass(frozen=True, slots=True)
class RawChange:
    """A change of the record as its source tells it."""

    at: datetime
    by: str | None
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything about one subject."""

    key: str
    title: str
    url: str
    product: str | None
    stream: str | None
    placed: Placed
    audience: tuple[str, ...] | None
    source: SourceAge | None
    observed_at: datetime | None  # when its source was last asked for this very subject
    rules: tuple[RuleExplained, ...]
    changes: tuple[RawChange, ...]  # of the record, oldest first
    record: Mapping[str, object]  # as it was read, in plain values
    hidden: Presence | None = None  # why nobody knows how it is now
    hidden_since: datetime | None = None
