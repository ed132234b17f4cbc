"""Findings: what a failing verdict becomes, and how it lives from one judgement to the next."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from typing import Literal


class Severity(IntEnum):
    """What must happen: nothing, next digest, decide this week, act today."""

    INFO = 0
    WARN = 1
    HIGH = 2
    CRITICAL = 3

    @property
    def word(self) -> str:
        """Its name as people read it."""
        return self.name.lower()


State = Literal["pending", "open", "resolved", "closed"]
"""pending: fails, but not yet for as long as the rule's `for`; closed: obsolete, not fixed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fails on a subject, from the first time it was seen to its end.

    `id` is derived from rule, subject and discriminator alone, so the same trouble is the same finding
    whatever its title, value or assignee are today.
    """

    id: str
    rule: str
    table: str
    subject: str
    state: State
    severity: Severity
    first_seen_at: datetime
    changed_at: datetime
    key: str | None = None
    title: str | None = None
    url: str | None = None
    product: str | None = None
    stream: str | None = None
    audience: tuple[str, ...] | None = None
    says: str = ""
    evidence: Mapping[str, object] = field(default_factory=dict)
    discriminator: str = ""
    inherited: bool = False  # it was there when its rule first looked: the baseline
    inhibited_by: str | None = None
    opened_at: datetime | None = None
    worse_at: datetime | None = None
    resolved_at: datetime | None = None
    occurrence: int = 1


Event = Literal["pending", "opened", "reopened", "worsened", "eased", "moved", "resolved", "closed"]
NEWS: frozenset[Event] = frozenset({"opened", "reopened", "worsened", "moved"})
"""Events that people are told as something that wants them."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one judgement saw of a rule on a subject, with severity already settled."""

    digit: int
    fresh: bool
    severity: Severity
    product: str | None
    enough: bool = True  # has failed for as long as the rule's `for` asks
    inhibited_by: str | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """A finding as it is from now on, and what happened to it."""

    finding: Finding
    event: Event
    why: str


OUT_OF_SCOPE, PASS, UNKNOWN, FAIL = 0, 1, 2, 3


def finding_id(rule: str, table: str, subject: str, discriminator: str = "") -> str:
    """The identity of a finding as ten letters and digits people can type (50 bits of a SHA-256)."""
    text = f"{rule}\x1f{table}\x1f{subject}\x1f{discriminator}"
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 14
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(45, -1, -5))


_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u


def shifted(severity: Severity, tier: int | None, *, names_tier: bool) -> Severity:
    """Severity after the tier: one step up for tier 1, down for tier 3, not where the rule names a tier."""
    if names_tier or tier is None or tier == 2:
        return severity
    return Severity(min(3, severity + 1) if tier == 1 else max(0, severity - 1))


def reconcile(prior: Finding, seen: Seen, now: datetime, *, known: bool, baseline: bool) -> Transition | None:
    """What this judgement changes about a finding; None where it changes nothing.

    `prior` is the stored finding, or a fresh blank one (`known` false) where there is none. Unknown verdicts
    and stale rows change nothing: absence of evidence neither opens nor resolves. With `baseline` a finding
    that opens is inherited: it was there before the rule first looked.
    """
    alive = known and prior.state in {"pending", "open"}
    if seen.digit >= FAIL:
        return (
            _still_failing(prior, seen, now)
            if alive
            else _begin(prior, seen, now, known=known, baseline=baseline)
        )
    if seen.digit == UNKNOWN or not alive or not seen.fresh:
        return None
    why = "the rule passes" if seen.digit == PASS else "left the rule's scope"
    return _end(prior, now, why=why)


def _begin(prior: Finding, seen: Seen, now: datetime, *, known: bool, baseline: bool) -> Transition:
    again = known and prior.opened_at is not None
    finding = replace(
        prior,
        state="open" if seen.enough else "pending",
        severity=seen.severity,
        product=seen.product,
        inherited=baseline,
        inhibited_by=seen.inhibited_by,
        first_seen_at=now,
        opened_at=now if seen.enough else None,
        worse_at=None,
        resolved_at=None,
        changed_at=now,
        occurrence=prior.occurrence + 1 if again else prior.occurrence,
    )
    if not seen.enough:
        return Transition(finding, "pending", "fails, but not yet for long enough")
    return Transition(finding, "reopened" if again else "opened", "the rule fails")


def _still_failing(prior: Finding, seen: Seen, now: datetime) -> Transition | None:
    now_is = replace(
        prior, severity=seen.severity, product=seen.product, inhibited_by=seen.inhibited_by, changed_at=now
    )
    if prior.state == "pending":
        if not seen.enough:
            return None
        return Transition(
            replace(now_is, state="open", opened_at=now), "opened", "has failed for long enough"
        )
    if seen.product != prior.product:
        return Transition(
            replace(now_is, inherited=False), "moved", f"now belongs to {seen.product or 'no product'}"
        )
    if seen.severity > prior.severity:
        return Transition(replace(now_is, worse_at=now), "worsened", f"now {seen.severity.word}")
    if seen.severity < prior.severity:
        return Transition(now_is, "eased", f"now {seen.severity.word}")
    if prior.inhibited_by is not None and seen.inhibited_by is None:
        return Transition(
            replace(now_is, opened_at=now), "opened", f"{prior.inhibited_by} no longer covers it"
        )
    return None


def _end(prior: Finding, now: datetime, *, why: str) -> Transition:
    return Transition(replace(prior, state="resolved", resolved_at=now, changed_at=now), "resolved", why)


def obsolete(prior: Finding, now: datetime, why: str) -> Transition:
    """A finding that ends without having been fixed: its subject is gone, or its rule is off."""
    return Transition(replace(prior, state="closed", resolved_at=now, changed_at=now), "closed", why)
