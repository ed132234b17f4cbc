"""The JQL we send: bounded, with a floor and never a ceiling, every value quoted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

OVERLAP = timedelta(minutes=10)  # search shows updates late; what was seen before is seen again

# A touched issue moves to the end of this order: it may be seen twice, never missed.
ORDER = "ORDER BY updated ASC, id ASC"


def quoted(value: str) -> str:
    """A value that cannot end its own quotation."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def condition(projects: Sequence[str], since: datetime | None) -> str:
    """What changed in these projects (none named: in all that are visible) since then (None: everything).

    The floor is whole minutes in epoch milliseconds: text dates would be read in the time zone of the
    account's profile. There is no upper bound, or an issue that changes often would never be found.
    """
    clauses = []
    if projects:
        clauses.append(f"project in ({', '.join(map(quoted, projects))})")
    if since is not None:
        floor = (since - OVERLAP).replace(second=0, microsecond=0)
        clauses.append(f"updated >= {milliseconds(floor)}")
    return " AND ".join(clauses) or "updated >= 0"  # Jira refuses a query without a bound


def milliseconds(at: datetime) -> int:
    """Epoch milliseconds, as Jira writes them."""
    return round(at.timestamp() * 1000)
