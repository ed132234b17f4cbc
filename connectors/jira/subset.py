"""The little JQL the sandbox understands: what our client sends; the rest is refused in Jira's words."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)
_CLAUSE = re.compile(
    r"""\s*(?:
      project \s+ in \s* \( (?P<projects> (?: "(?:[^"\\]|\\.)*" | [^)"] )* ) \)
    | project \s* = \s* (?P<project> "(?:[^"\\]|\\.)*" | [^\s"]+ )
    | (?P<moment> updated | created ) \s* >= \s* (?P<floor> \d+ )
    )\s*(?: AND \b | $ )""",
    re.VERBOSE | re.IGNORECASE,
)
_VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s,"]+)')
_SORT = re.compile(r"\s*(updated|created|id)(?:\s+(asc|desc))?\s*", re.IGNORECASE)


class JqlError(Exception):
    """A query Jira would refuse, with Jira's message."""


@dataclass(frozen=True, slots=True)
class Query:
    """A bounded search: projects (None: any), floors, and the order as (field, descending)."""

    projects: frozenset[str] | None
    updated: datetime | None
    created: datetime | None
    order: tuple[tuple[str, bool], ...]


def parse(jql: object) -> Query:
    """Read a query.

    Raises:
        JqlError: it is unbounded, or says something the sandbox does not know.
    """
    if not isinstance(jql, str):
        raise JqlError("The JQL query is missing.")
    condition, *order = _ORDER.split(jql, maxsplit=1)
    projects: frozenset[str] | None = None
    floors: dict[str, datetime] = {}
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
            floors[match["moment"].lower()] = datetime.fromtimestamp(int(match["floor"]) / 1000, UTC)
        else:
            projects = frozenset(_values(match["projects"] or match["project"] or ""))
    return Query(projects, floors.get("updated"), floors.get("created"), _sorting(*order))


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
