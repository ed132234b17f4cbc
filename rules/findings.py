"""Findings: what a failing verdict becomes, and how it lives from one judgement to the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
