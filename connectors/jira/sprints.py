"""Sprints: from the sprint field of issues without a request, and once a day from boards."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from connectors.errors import UnexpectedAnswerError
from connectors.jira.checked import Checked
from connectors.jira.fields import FieldIds
from rules.records import Sprint

STATES: Mapping[str, Literal["closed", "future", "active"]] = {
    "closed": "closed",
    "future": "future",
    "active": "active",
}
RANK = list(STATES)  # an item is in at most one sprint that is not closed: that one is the present one

# Data Center writes a sprint as a text: …Sprint@1f[id=7,rapidViewId=3,state=ACTIVE,name=A, B,goal=<null>,…]
_PART = re.compile(
    r"(?:^|,)(id|rapidViewId|state|name|startDate|endDate|completeDate|activatedDate|sequence|goal|synced|"
    r"autoStartStop|incompleteIssuesDestinationId)="
)
_OUTER = re.compile(r"[^\[]*\[(.*)\]\s*", re.DOTALL)


def of_issue(issue: Checked, *, source: str, ids: FieldIds) -> tuple[Sprint, ...]:
    """The sprints that an issue is or was in, the present one last; what is no sprint is left out."""
    found = {
        one.id: one
        for field_id in ids.sprint
        for value in _each(issue["fields"][field_id].value)
        if (one := sprint(value, source=source)) is not None
    }
    return tuple(sorted(found.values(), key=_order))


def sprint(value: object, *, source: str) -> Sprint | None:
    """A sprint of Cloud's sprint field, of Data Center's, or of a board; None where it is not understood.

    A field lists only what one may see. Who may see a sprint cannot be told from it, so it counts as
    restricted, as accounts do.
    """
    told = _parts(value) if isinstance(value, str) else value
    if not isinstance(told, dict):
        return None
    number, name, state = told.get("id"), told.get("name"), told.get("state")
    stands = STATES.get(state.lower()) if isinstance(state, str) else None
    if not isinstance(number, int | str) or not isinstance(name, str) or not name or stands is None:
        return None
    goal = told.get("goal")
    return Sprint(
        source=source,
        id=str(number),
        key=name,
        container=f"board:{told.get('originBoardId', told.get('boardId', told.get('rapidViewId')))}",
        state=stands,
        starts_at=_time(told.get("startDate")),
        ends_at=_time(told.get("endDate")),
        completed_at=_time(told.get("completeDate")),
        goal=goal if isinstance(goal, str) else "",
        audience=f"jira:{source}",
    )


def _each(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else () if value is None else (value,)


def _order(one: Sprint) -> tuple[int, float, int, str]:
    begins = one.starts_at.timestamp() if one.starts_at else 0.0
    return RANK.index(one.state), begins, len(one.id), one.id


def _parts(text: str) -> dict[str, Any]:
    """Names and goals may hold commas: a part ends where the next known name begins."""
    outer = _OUTER.fullmatch(text)
    inner = outer[1] if outer else ""
    names = list(_PART.finditer(inner))
    ends = [*(match.start() for match in names[1:]), len(inner)]
    found: dict[str, Any] = {}
    for match, end in zip(names, ends, strict=True) if names else ():
        value = inner[match.end() : end]
        if value not in {"", "<null>"}:
            found.setdefault(match[1], value)
    return found


def _time(value: object) -> datetime | None:
    try:
        return Checked(value, "a sprint").maybe_time()
    except UnexpectedAnswerError:
        return None
