"""The little JQL the sandbox understands: what our client sends; the rest is refused in Jira's words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from connectors.larkfield.world import Issue

_ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)
_CLAUSE = re.compile(
    r"""\s*(?:
      project \s+ in \s* \( (?P<projects> (?: "(?:[^"\\]|\\.)*" | [^)"] )* ) \)
    | project \s* = \s* (?P<project> "(?:[^"\\]|\\.)*" | [^\s"]+ )
    | (?P<moment> updated | created ) \s* (?P<side> >= | < ) \s*
        (?: (?P<epoch> \d+ ) | "(?P<wall> \d{4}-\d\d-\d\d \s \d\d:\d\d )" )
    )\s*(?: AND \b | $ )""",
    re.VERBOSE | re.IGNORECASE,
)
_VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s,"]+)')
_SORT = re.compile(r"\s*(updated|created|id)(?:\s+(asc|desc))?\s*", re.IGNORECASE)


class JqlError(Exception):
    """A query Jira would refuse, with Jira's message."""


@dataclass(frozen=True, slots=True)
class Query:
    """A bounded search: projects (None: any), bounds, and the order as (field, descending).

    `epoch`: it names moments in epoch milliseconds.
    """

    projects: frozenset[str] | None
    bounds: Mapping[tuple[str, str], datetime]
    order: tuple[tuple[str, bool], ...]
    epoch: bool

    def matches(self, issue: Issue, updated: datetime) -> bool:
        """Whether an issue that changed last at that moment is found."""
        if self.projects is not None and issue.project not in self.projects:
            return False
        moments = {"updated": updated, "created": issue.created_at}
        return all(
            moments[field] >= bound if side == ">=" else moments[field] < bound
            for (field, side), bound in self.bounds.items()
        )


def parse(jql: object, zone: str = "UTC") -> Query:
    """Read a query; wall times in it are of that zone.

    Raises:
        JqlError: it is unbounded, or says something the sandbox does not know.
    """
    if not isinstance(jql, str):
        raise JqlError("The JQL query is missing.")
    condition, *order = _ORDER.split(jql, maxsplit=1)
    projects: frozenset[str] | None = None
    bounds: dict[tuple[str, str], datetime] = {}
    epoch = False
    at, condition = 0, condition.strip()
    if not condition:
        raise JqlError(
            "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
        )
    while at < len(condition):
        match = _CLAUSE.match(condition, at)
        if match is None:
            raise JqlError(f"Error in the JQL Query: the sandbox does not know '{condition[at : at + 60]}'.")
        at = match.end()
        if match["moment"]:
            bounds[match["moment"].lower(), match["side"]] = _moment(match, zone)
            epoch |= match["epoch"] is not None
        else:
            projects = frozenset(_values(match["projects"] or match["project"] or ""))
    return Query(projects, bounds, _sorting(*order), epoch)


def _moment(match: re.Match[str], zone: str) -> datetime:
    if match["epoch"]:
        return datetime.fromtimestamp(int(match["epoch"]) / 1000, UTC)
    return datetime.strptime(match["wall"], "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _values(text: str) -> list[str]:
    return [re.sub(r"\\(.)", r"\1", quoted) or bare for quoted, bare in _VALUE.findall(text)]


def _sorting(text: str = "created desc") -> tuple[tuple[str, bool], ...]:
    order = []
    for part in text.split(","):
        match = _SORT.fullmatch(part)
        if match is None:
            raise JqlError(f"Not able to sort using field '{part.strip()[:60]}'.")
        order.append((match[1].lower(), (match[2] or "").lower() == "desc"))
    return tuple(order)
