"""Waivers: a deviation somebody asked for and the right person accepted until a day; its life, as data.

Short ones are asked for and live in the store; long ones stand in the model's `waivers` and are reviewed
like code. Both cover one rule on one subject.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from config.model import OperatingModel
from rules.errors import WAIVER_IMPOSSIBLE
from rules.findings import Finding, Severity
from rules.holders import PORTFOLIO_OWNER, holder
from rules.rights import Refused, decision

State = Literal["requested", "approved", "denied", "revoked", "expired"]
Step = Literal["approve", "deny", "revoke", "expire"]

STEPS: Mapping[Step, tuple[State, State]] = {
    "approve": ("requested", "approved"),
    "deny": ("requested", "denied"),
    "revoke": ("approved", "revoked"),
    "expire": ("approved", "expired"),
}
"""From which state each step leads to which; all others are refused."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """One waiver. `until` is the last day it holds, in the company's time zone."""

    rule: str
    subject: str
    reason: str
    until: date
    state: State
    id: int | None = None  # None: stands in the model
    finding: str | None = None  # for which it was asked
    requested_by: str | None = None
    requested_at: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    critical: bool = False  # covers the finding also where it is critical

    @property
    def words(self) -> str:
        """What people call it."""
        which = "waiver of the model" if self.id is None else f"waiver {self.id}"
        return f"{which} until {self.until}"


def impossible(why: str) -> Refused:
    """The refusal of a waiver that cannot be, whoever acts."""
    return Refused(why, entry=WAIVER_IMPOSSIBLE)


def taken(waiver: Waiver, step: Step, by: str, at: datetime) -> Waiver | Refused:
    """The waiver after that step, or why it cannot be taken."""
    before, after = STEPS[step]
    if waiver.state != before:
        return impossible(f"Waiver {waiver.id} is {waiver.state}: only one that is {before} can be {after}.")
    return replace(waiver, state=after, decided_by=by, decided_at=at)


def fits(model: OperatingModel, until: date, today: date) -> Refused | None:
    """Why a waiver cannot hold until that day: it has passed, or is beyond what the model allows."""
    if until < today:
        return impossible(f"{until} has passed: a waiver holds until a day from {today} on.")
    longest = decision(model).max
    if longest is not None and until > (last := today + timedelta(hours=longest.hours)):
        return impossible(
            f"A waiver holds for {longest} at most: until {last}. "
            "A longer one stands in the model's waivers, where it is reviewed like code."
        )
    return None


def covering(waivers: Iterable[Waiver], finding: Finding, today: date) -> Waiver | None:
    """The waiver that covers a finding on that day, the longest of several; None where none does."""
    holding = [
        w
        for w in waivers
        if w.state == "approved"
        and w.until >= today
        and w.rule == finding.rule
        and w.subject in _names(finding)
        and (w.critical or finding.severity is not Severity.CRITICAL)
    ]
    return max(holding, key=lambda w: w.until, default=None)


def declared(model: OperatingModel, today: date) -> tuple[Waiver, ...]:
    """Those that stand in the model. A critical finding is covered where the portfolio owner approved."""
    portfolio = {holder(model, PORTFOLIO_OWNER, p, today).person for p in (None, *model.products)}
    return tuple(
        Waiver(
            rule=w.rule,
            subject=w.subject,
            reason=w.reason,
            until=w.until,
            state="approved",
            decided_by=w.approved_by,
            critical=w.approved_by in portfolio,
        )
        for w in model.waivers
    )


def _names(finding: Finding) -> set[str]:
    """What a waiver may call the subject: its id or key, or all of a product, repository or project."""
    key = finding.key or ""
    return {
        finding.subject,
        key,
        f"product:{finding.product}",
        f"repository:{key.rpartition('#')[0]}",
        f"project:{key.rpartition('-')[0]}",
    }
