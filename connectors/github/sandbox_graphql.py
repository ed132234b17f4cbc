"""The sandbox's answers to our own GraphQL queries: it knows them by name and understands no others."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from connectors.github.sandbox_rest import (
    SITE,
    Scene,
    changed_at,
    closed_at,
    is_draft,
    past,
    stamp,
    still_asked,
)
from connectors.larkfield.world import Pull, PullReview


def cost(query: str, variables: dict[str, Any]) -> int:
    """The points of a query, as GitHub counts: connections times nodes they hang on, by the hundred."""
    nodes = len(variables.get("ids", ())) or 1
    return max(1, round(query.count("(first:") * nodes / 100))


def answer_query(
    scene: Scene, name: str, query: str, variables: dict[str, Any], at: datetime
) -> dict[str, Any]:
    """The whole answer, with `data`, `errors` or both; a node that does not exist is null, with an error."""
    if name == "Reviews":
        pull = scene.node(str(variables.get("id")), at)
        start = int(str(variables.get("after")))
        found = _reviews(scene, pull, at, start, _size(query, "reviews")) if isinstance(pull, Pull) else None
        return {"data": {"node": found and {"reviews": found}}}
    if name == "PullRequests":
        nodes = [_pull(scene, node_id, query, at) for node_id in variables["ids"]]
    elif name == "Addresses":
        nodes = [_address(scene, node_id, at) for node_id in variables["ids"]]
    else:
        return {"errors": [{"message": f"The sandbox does not know the query {name!r}"}]}
    missing = [
        {
            "type": "NOT_FOUND",
            "path": ["nodes", place],
            "message": f"Could not resolve to a node with the global id of '{node_id}'",
        }
        for place, (node_id, node) in enumerate(zip(variables["ids"], nodes, strict=True))
        if node is None
    ]
    return {"data": {"nodes": nodes}, **({"errors": missing} if missing else {})}


def _size(query: str, connection: str) -> int:
    """How many entries of a connection the query asks for."""
    match = re.search(rf"\b{connection}\((?:first|last): (\d+)", query)
    return int(match[1]) if match else 0


def _address(scene: Scene, node_id: str, at: datetime) -> dict[str, Any] | None:
    entry = scene.node(node_id, at)
    if entry is None:
        return None
    return {"number": entry.number, "repository": {"nameWithOwner": entry.repository}}


def _pull(scene: Scene, node_id: str, query: str, at: datetime) -> dict[str, Any] | None:
    pull = scene.node(node_id, at)
    if not isinstance(pull, Pull):
        return None if pull is None else {"__typename": "Issue"}
    merged, closed = past(pull.merged_at, at), closed_at(pull, at)
    ready = past(pull.ready_at, at)
    turned = [{"__typename": "ReadyForReviewEvent", "createdAt": stamp(ready)}] if ready else []
    return {
        "__typename": "PullRequest",
        "number": pull.number,
        "title": pull.title,
        "url": f"{SITE}/{pull.repository}/pull/{pull.number}",
        "state": "MERGED" if merged else "CLOSED" if closed else "OPEN",
        "isDraft": is_draft(pull, at),
        "createdAt": stamp(pull.created_at),
        "updatedAt": stamp(changed_at(pull, at)),
        "mergedAt": stamp(merged),
        "closedAt": stamp(closed),
        "additions": pull.additions,
        "deletions": pull.deletions,
        "baseRefName": pull.base,
        "headRefName": pull.branch,
        "repository": {"defaultBranchRef": {"name": "main"}},
        "author": _actor(scene, pull.author),
        "mergedBy": _actor(scene, pull.merged_by) if merged else None,
        "labels": _some([{"name": name} for name in pull.labels], _size(query, "labels")),
        "reviews": _reviews(scene, pull, at, 0, _size(query, "reviews")),
        "reviewRequests": _some(
            [{"requestedReviewer": _actor(scene, handle)} for handle in still_asked(pull, at)],
            _size(query, "reviewRequests"),
        ),
        "timelineItems": {"nodes": turned if ready != pull.created_at else []},
        "closingIssuesReferences": _some(
            [{"number": n, "repository": {"nameWithOwner": pull.repository}} for n in pull.closes],
            _size(query, "closingIssuesReferences"),
        ),
        "files": _some([{"path": path} for path in pull.paths], _size(query, "files")),
    }


def _actor(scene: Scene, handle: str | None) -> dict[str, Any] | None:
    """An account; GraphQL writes a bot's login without "[bot]"."""
    login = scene.login(handle)
    if handle is None or login is None:
        return None
    kind = "Bot" if login.endswith("[bot]") else "User"
    return {
        "__typename": kind,
        "login": login.removesuffix("[bot]"),
        "databaseId": scene.account_id(handle),
    }


def _reviews(scene: Scene, pull: Pull, at: datetime, start: int, size: int) -> dict[str, Any]:
    given: Sequence[PullReview] = [review for review in pull.reviews if review.at <= at]
    end = min(start + size, len(given))
    nodes = [
        {"state": review.state, "submittedAt": stamp(review.at), "author": _actor(scene, review.by)}
        for review in given[start:end]
    ]
    page = {"hasNextPage": end < len(given), "endCursor": str(end) if nodes else None}
    return {"totalCount": len(given), "pageInfo": page, "nodes": nodes}


def _some(nodes: list[dict[str, Any]], size: int) -> dict[str, Any]:
    return {"totalCount": len(nodes), "nodes": nodes[:size]}
