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


@dataclass(slots=True)
class Meter:
    """Requests and points since the start, and the budgets, each by its key: jira:points, github:graphql."""

    spent: Counter[str] = field(default_factory=Counter)
    budgets: dict[str, Budget] = field(default_factory=dict)
