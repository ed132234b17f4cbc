"""The JQL we send: bounded, with a floor for changes and never a ceiling, every value quoted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

OVERLAP = timedelta(minutes=10)  # search shows updates late; what was seen before is seen again
ZONE_OVERLAP = timedelta(
    hours=24
)  # wall times repeat, and the profile's zone may be changed between two syncs

# A touched issue moves to the end of this order: it may be seen twice, never missed.
ORDER = "ORDER BY updated ASC, id ASC"
# No change of an issue moves it in this one.
ORDER_OF_BIRTH = "ORDER BY created ASC, id ASC"


@dataclass(frozen=True, slots=True)
class Moments:
    """How this site is told a moment: in epoch milliseconds, or by the clock of the account's zone."""

    zone: str | None = None

    @property
    def overlap(self) -> timedelta:
        """How much of what was seen is asked for again."""
        return ZONE_OVERLAP if self.zone else OVERLAP

    @property
    def always(self) -> str:
        """A condition that every issue meets: Jira refuses a query without a bound."""
        return 'updated >= "1971-01-01 00:00"' if self.zone else "updated >= 0"

    def literal(self, at: datetime) -> str:
        """The minute of a moment as a value."""
        minute = at.astimezone(UTC).replace(second=0, microsecond=0)
        if self.zone is None:
            return str(milliseconds(minute))
        return quoted(f"{minute.astimezone(ZoneInfo(self.zone)):%Y-%m-%d %H:%M}")

    def floor(self, since: datetime) -> datetime:
        """Where a search for what changed since then begins."""
        return (since - self.overlap).replace(second=0, microsecond=0)


EPOCH = Moments()


def quoted(value: str) -> str:
    """A value that cannot end its own quotation."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def condition(projects: Sequence[str], since: datetime | None, moments: Moments = EPOCH) -> str:
    """What changed in these projects (none named: in all that are visible) since then (None: everything).

    The floor is whole minutes, in epoch milliseconds where the site takes them: text dates are read in the
    time zone of the account's profile. There is no upper bound, or an issue that changes often would never
    be found.
    """
    clauses = [_projects(projects)] if projects else []
    if since is not None:
        clauses.append(f"updated >= {moments.literal(moments.floor(since))}")
    return " AND ".join(clauses) or moments.always


def born(
    projects: Sequence[str], since: datetime | None, until: datetime | None, moments: Moments = EPOCH
) -> str:
    """What was created in these projects from one moment until before another: that never changes."""
    clauses = [_projects(projects)] if projects else []
    if since is not None:
        clauses.append(f"created >= {moments.literal(since)}")
    if until is not None:
        clauses.append(f"created < {moments.literal(until)}")
    return " AND ".join(clauses) or moments.always


def milliseconds(at: datetime) -> int:
    """Epoch milliseconds, as Jira writes them."""
    return round(at.timestamp() * 1000)


def _projects(keys: Sequence[str]) -> str:
    return f"project in ({', '.join(map(quoted, keys))})"
