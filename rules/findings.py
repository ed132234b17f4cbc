"""Findings: what a failing verdict becomes, and how it lives from one judgement to the next."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from typing import Literal

from rules.digit import Digit


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


State = Literal["pending", "open", "waived", "resolved", "closed"]
"""pending: fails, but not yet for as long as the rule's `for`; waived: fails, and a waiver covers it, so it
is counted and told nowhere; closed: obsolete, not fixed."""
ALIVE: tuple[State, ...] = ("pending", "open", "waived")
"""States of a finding that has not ended."""


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
    occurrence: int = 0  # how often it has opened


Event = Literal[
    "pending", "opened", "reopened", "waived", "unwaived", "worsened", "eased", "moved", "resolved", "closed"
]
NEWS: frozenset[Event] = frozenset({"opened", "reopened", "unwaived", "worsened", "moved"})
"""Events that people are told as something that wants them, where the finding is open."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one judgement saw of a rule on a subject, with severity already settled."""

    digit: int
    fresh: bool
    severity: Severity
    product: str | None
    enough: bool = True  # has failed for as long as the rule's `for` asks
    inhibited_by: str | None = None
    waiver: str | None = None  # the waiver that covers the finding at this severity, in words


@dataclass(frozen=True, slots=True)
class Transition:
    """A finding as it is from now on, and what happened to it."""

    finding: Finding
    event: Event
    why: str


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
    that begins is inherited: it was there before the rule first looked. A waiver hides no pass, and its end
    needs no verdict: what was waived is open again, as it was last known.
    """
    alive = known and prior.state in ALIVE
    if seen.digit == Digit.UNKNOWN or not seen.fresh:
        ended = alive and prior.state == "waived" and seen.waiver is None
        return unwaived(prior, now, _ENDED) if ended else None
    if seen.digit >= Digit.FAIL:
        return (_STILL[prior.state] if alive else _begin)(prior, seen, now, baseline=baseline)
    if not alive:
        return None
    if prior.state == "pending":
        return obsolete(prior, now, "it ended before it had lasted long enough to open")
    why = "the rule passes" if seen.digit == Digit.PASS else "left the rule's scope"
    return Transition(replace(prior, state="resolved", resolved_at=now, changed_at=now), "resolved", why)


def _begin(prior: Finding, seen: Seen, now: datetime, *, baseline: bool) -> Transition:
    pending = replace(
        _updated(prior, seen, now),
        state="pending",
        inherited=baseline,
        first_seen_at=now,
        opened_at=None,
        worse_at=None,
        resolved_at=None,
    )
    if not seen.enough:
        return Transition(pending, "pending", "fails, but not yet for long enough")
    return _opened(pending, seen, "the rule fails")


def _still_pending(prior: Finding, seen: Seen, now: datetime, *, baseline: bool) -> Transition | None:  # noqa: ARG001 - one signature for all three
    if not seen.enough:
        return None
    return _opened(_updated(prior, seen, now), seen, "has failed for long enough")


def _still_open(prior: Finding, seen: Seen, now: datetime, *, baseline: bool) -> Transition | None:
    now_is = _updated(prior, seen, now)
    if seen.waiver is not None:
        return waived(now_is, now, seen.waiver)
    if seen.product != prior.product:
        moved = replace(now_is, inherited=baseline)
        return Transition(moved, "moved", f"now belongs to {seen.product or 'no product'}")
    if prior.inhibited_by is not None and seen.inhibited_by is None:
        return Transition(
            replace(now_is, opened_at=now), "opened", f"{prior.inhibited_by} no longer covers it"
        )
    return _graver_or_not(prior, now_is, now)


def _still_waived(prior: Finding, seen: Seen, now: datetime, *, baseline: bool) -> Transition | None:
    now_is = _updated(prior, seen, now)
    if seen.waiver is None and seen.severity > max(prior.severity, Severity.HIGH):
        woken = replace(now_is, state="open", worse_at=now, inherited=False)
        return Transition(woken, "unwaived", "now critical, which its waiver does not cover")
    if seen.waiver is None:
        return unwaived(now_is, now, _ENDED)
    if seen.product != prior.product:
        moved = replace(now_is, inherited=baseline)
        return Transition(moved, "moved", f"now belongs to {seen.product or 'no product'}")
    return _graver_or_not(prior, now_is, now)


_STILL = {"pending": _still_pending, "open": _still_open, "waived": _still_waived}
_ENDED = "its waiver ended"


def _graver_or_not(prior: Finding, now_is: Finding, now: datetime) -> Transition | None:
    if now_is.severity > prior.severity:
        return Transition(replace(now_is, worse_at=now), "worsened", f"now {now_is.severity.word}")
    if now_is.severity < prior.severity:
        return Transition(now_is, "eased", f"now {now_is.severity.word}")
    return None


def _updated(prior: Finding, seen: Seen, now: datetime) -> Finding:
    return replace(
        prior, severity=seen.severity, product=seen.product, inhibited_by=seen.inhibited_by, changed_at=now
    )


def _opened(pending: Finding, seen: Seen, why: str) -> Transition:
    finding = replace(pending, state="open", opened_at=pending.changed_at, occurrence=pending.occurrence + 1)
    if seen.waiver is not None:
        return waived(finding, pending.changed_at, seen.waiver)
    return Transition(finding, "opened" if finding.occurrence == 1 else "reopened", why)


def waived(finding: Finding, now: datetime, by: str) -> Transition:
    """An open finding that a waiver covers from now on; `by` names the waiver."""
    return Transition(replace(finding, state="waived", changed_at=now), "waived", by)


def unwaived(finding: Finding, now: datetime, why: str) -> Transition:
    """A waived finding that is open again, for people to hear of although it may be an old one.

    Its clock starts anew: the time of the waiver counts against nobody.
    """
    again = replace(finding, state="open", opened_at=now, worse_at=None, inherited=False, changed_at=now)
    return Transition(again, "unwaived", why)


def obsolete(prior: Finding, now: datetime, why: str) -> Transition:
    """A finding that ends unfixed: its subject is gone, its rule is off, or it never came to open."""
    return Transition(replace(prior, state="closed", resolved_at=now, changed_at=now), "closed", why)
