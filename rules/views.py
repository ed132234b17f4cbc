"""What people are shown, before any tool's formatting: lines, digests, status and explanations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rules.findings import Severity

Happened = Literal["new", "worsened", "reopened", "resolved", "open"]


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


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a predicate, "age_days > sle_days", with the values it met: {"age_days": 12, …}."""

    text: str
    holds: bool | None
    values: Mapping[str, object]


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
    finding: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything about one subject."""

    key: str
    title: str
    url: str
    product: str | None
    stream: str | None
    mapped_by: str  # how the product was found, or why not
    audience: tuple[str, ...] | None
    source: SourceAge | None
    rules: tuple[RuleExplained, ...]
