"""What reading a source costs, and what it still grants: shown by `opsbot sources`."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit as the source last told it: requests or points in a window."""

    limit: int | None
    remaining: int | None
    resets_at: datetime | None
    paused_until: datetime | None = None  # nothing is asked before: the source said so
    binding: bool = True  # some sources announce a limit before they enforce it

    def down_to(self, share: float) -> bool:
        """Whether no more than that share of the window is left, where the source tells and enforces it."""
        if not self.binding or not self.limit or self.remaining is None or self.resets_at is None:
            return False
        return self.remaining <= self.limit * share


@dataclass(slots=True)
class Meter:
    """Requests since the start, what they drew on each budget, and the budgets, by key: jira:points.

    A request may draw on several budgets, and some count in points.
    """

    requests: int = 0
    spent: Counter[str] = field(default_factory=Counter)
    budgets: dict[str, Budget] = field(default_factory=dict)
