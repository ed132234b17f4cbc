"""The little JQL that the sandbox of Data Center understands: what our client sends."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from connectors.jira.subset import JqlError

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_CLAUSE = re.compile(
    rf"""\s*(?:
      project \s+ in \s* \( (?P<projects> {_QUOTED} (?: \s*,\s* {_QUOTED} )* ) \)
    | project \s* = \s* (?P<project> {_QUOTED} )
    | updated \s* (?P<bound> >= | < ) \s* "(?P<moment> \d{{4}}-\d\d-\d\d [ ] \d\d:\d\d )"
    | key \s* > \s* (?P<after> {_QUOTED} )
    )\s*(?: AND \b | $ )""",
    re.VERBOSE,
)
_ORDER = re.compile(r"\bORDER BY (updated ASC, key ASC|key ASC)$")
_VALUE = re.compile(_QUOTED)


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for; None where nothing is said of it."""

    projects: frozenset[str] | None
    since: datetime | None
    until: datetime | None
    after: str | None
    order: Literal["updated", "key"]


def parse(jql: object, zone: ZoneInfo) -> Query:
    """Read a query; wall times are those of the account's zone, the earlier of two where one names two.

    Raises:
        JqlError: it says something the sandbox does not know.
    """
    if not isinstance(jql, str):
        raise JqlError("The JQL query is missing.")
    ordered = _ORDER.search(jql)
    condition = (jql[: ordered.start()] if ordered else jql).strip()
    projects: frozenset[str] | None = None
    bounds: dict[str, datetime] = {}
    after: str | None = None
    at = 0
    while at < len(condition):
        match = _CLAUSE.match(condition, at)
        if match is None:
            raise JqlError(f"Error in the JQL Query: the sandbox does not know '{condition[at : at + 60]}'.")
        at = match.end()
        if match["bound"]:
            wall = datetime.strptime(match["moment"], "%Y-%m-%d %H:%M").replace(tzinfo=zone)
            bounds[match["bound"]] = wall.astimezone(UTC)
        elif match["after"]:
            after = _plain(match["after"])
        else:
            projects = frozenset(map(_plain, _VALUE.findall(match["projects"] or match["project"])))
    order: Literal["updated", "key"] = "updated" if ordered and "updated" in ordered[1] else "key"
    return Query(projects, bounds.get(">="), bounds.get("<"), after, order)


def _plain(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted[1:-1])
