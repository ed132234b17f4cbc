"""Answers as GitHub gives them, for tests that mock HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from connectors.github.limits import GitHubLimits
from connectors.governor import Governor
from connectors.transport import Transport

API = "https://api.github.com"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
"""Anything that JSON can say."""
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def impatient(address: str = API, token: str = "") -> Transport:
    """A client that keeps to GitHub's limits, as the connector's own does; no test waits for them."""

    async def at_once(_: float) -> None:
        """Time passes without waiting."""

    governor = Governor(GitHubLimits(), who="GitHub", sleep=at_once)
    headers = {"Authorization": f"Bearer {token}"} if token else None
    return Transport(address, who="GitHub", headers=headers, governor=governor, sleep=at_once)


def moment(minutes: float) -> str:
    return (START + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def repository(name: str = "larkfield/tracking", **other: Any) -> dict[str, Any]:
    return {
        "id": 71,
        "node_id": f"R_{name}",
        "full_name": name,
        "html_url": f"https://github.com/{name}",
        "private": True,
        "archived": False,
        "updated_at": moment(0),
        **other,
    }


def user(login: str = "eva-k", number: int = 12, kind: str = "User") -> dict[str, Any]:
    return {"id": number, "node_id": f"U_{number}", "login": login, "type": kind}


def row(number: int, minutes: float | None = None, **other: Any) -> dict[str, Any]:
    """An issue of the list, changed that many minutes after the start."""
    return {
        "id": 9000 + number,
        "node_id": f"I_{number}",
        "number": number,
        "title": f"Issue {number}",
        "html_url": f"https://github.com/larkfield/tracking/issues/{number}",
        "state": "open",
        "state_reason": None,
        "created_at": moment(0),
        "updated_at": moment(number if minutes is None else minutes),
        "closed_at": None,
        "user": user(),
        "assignee": None,
        "assignees": [],
        "labels": [],
        **other,
    }


def pull_row(number: int, minutes: float | None = None, **other: Any) -> dict[str, Any]:
    return row(number, minutes, node_id=f"PR_{number}", pull_request={"merged_at": None}, **other)


def actor(login: str = "eva-k", number: int = 12, kind: str = "User") -> dict[str, Any]:
    return {"__typename": kind, "login": login, "databaseId": number}


def connection(*nodes: Any, total: int | None = None, cursor: str | None = None) -> dict[str, Any]:
    return {
        "totalCount": len(nodes) if total is None else total,
        "pageInfo": {"hasNextPage": cursor is not None, "endCursor": cursor},
        "nodes": list(nodes),
    }


def node(number: int, **other: Any) -> dict[str, Any]:
    """A pull request as the query PullRequests tells it."""
    return {
        "__typename": "PullRequest",
        "number": number,
        "title": f"Change {number}",
        "url": f"https://github.com/larkfield/tracking/pull/{number}",
        "state": "OPEN",
        "isDraft": False,
        "createdAt": moment(0),
        "updatedAt": moment(number),
        "mergedAt": None,
        "closedAt": None,
        "additions": 7,
        "deletions": 3,
        "baseRefName": "main",
        "headRefName": f"topic-{number}",
        "repository": {"defaultBranchRef": {"name": "main"}},
        "author": actor(),
        "mergedBy": None,
        "labels": connection(),
        "reviews": connection(),
        "reviewRequests": connection(),
        "timelineItems": {"nodes": []},
        "closingIssuesReferences": connection(),
        "files": connection({"path": "src/eta.py"}),
        **other,
    }


def review(minutes: float | None, state: str = "APPROVED", author: Any = None) -> dict[str, Any]:
    return {
        "state": state,
        "submittedAt": None if minutes is None else moment(minutes),
        "author": author or actor("devp", 11),
    }
