"""What was read of GitHub so far: records, what could not be read, and what GitHub still grants."""

from dataclasses import dataclass

from connectors.connector import Problem
from rules.records import Record


@dataclass(frozen=True, slots=True)
class Gathered:
    """Records and problems of a part of a reading; `left` are requests or points, whichever are fewer."""

    records: tuple[Record, ...] = ()
    problems: tuple[Problem, ...] = ()
    left: int | None = None

    def and_(self, other: "Gathered") -> "Gathered":
        """Both together. Requests and points are counted apart, and either can end a sync."""
        left = min((left for left in (self.left, other.left) if left is not None), default=None)
        return Gathered((*self.records, *other.records), (*self.problems, *other.problems), left)
