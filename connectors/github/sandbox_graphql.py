"""The sandbox's answers to our own GraphQL queries: it knows them by name and understands no others."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from connectors.github import sandbox_beside, sandbox_counts
from connectors.github.sandbox_addresses import SITE
from connectors.github.sandbox_rest import (
    Scene,
    changed_at,
    closed_at,
    is_draft,
    past,
    stamp,
    still_asked,
)
from connectors.larkfield.world import Pull

LISTS = ("labels", "reviews", "reviewRequests", "timelineItems", "closingIssuesReferences", "files")

Answers = Callable[[Scene, str, str, dict[str, Any], datetime], dict[str, Any] | None]
"""What is told of the node of an id, asked for by a query with variables; None for one that is not there."""


def answer_query(
    scene: Scene, name: str, query: str, variables: dict[str, Any], at: datetime
) -> dict[str, Any]:
    """The whole answer, with `data`, `errors` or both; a node that does not exist is null, with an error."""
    if name == "More":
        return {"data": {"node": _further(scene, query, variables, at)}}
    if name == "Teams":
        return sandbox_beside.teams(scene, str(variables["owner"]), query)
    if name == "Board":
        return sandbox_beside.board(scene, variables, query, at)
    if name == "Ids":
        return sandbox_counts.ids(scene, query, variables, at)
    if name not in NODES:
        return {"errors": [{"message": f"The sandbox does not know the query {name!r}"}]}
    nodes = [NODES[name](scene, node_id, query, variables, at) for node_id in variables["ids"]]
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


def _further(scene: Scene, query: str, variables: dict[str, Any], at: datetime) -> dict[str, Any] | None:
    """The entries of one list of one node after a place."""
    node_id, start = str(variables["id"]), int(str(variables["after"]))
    name = next(name for name, asked in variables.items() if asked is True)
    pull = scene.node(node_id, at)
    if isinstance(pull, Pull):
        rows = _lists(scene, pull, at)[name]
        return {"__typename": "PullRequest", name: sandbox_beside.some(rows, name, query, start)}
    return sandbox_beside.further(scene, node_id, name, query, start, at)


def _address(scene: Scene, node_id: str, _q: str, _v: dict[str, Any], at: datetime) -> dict[str, Any] | None:
    entry = scene.node(node_id, at)
    if entry is None:
        return None
    return {"id": entry.node, "number": entry.number, "repository": {"nameWithOwner": entry.repository}}


def _checks(scene: Scene, node_id: str, _q: str, _v: dict[str, Any], at: datetime) -> dict[str, Any] | None:
    pull = scene.node(node_id, at)
    return {"statusCheckRollup": _rollup(pull, at)} if isinstance(pull, Pull) else None


def _pull(scene: Scene, node_id: str, query: str, _v: dict[str, Any], at: datetime) -> dict[str, Any] | None:
    pull = scene.node(node_id, at)
    if not isinstance(pull, Pull):
        return None if pull is None else {"__typename": "Issue"}
    merged, closed = past(pull.merged_at, at), closed_at(pull, at)
    lists = _lists(scene, pull, at)
    told = {
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
        "author": sandbox_beside.actor(scene, pull.author),
        "mergedBy": sandbox_beside.actor(scene, pull.merged_by) if merged else None,
        **{name: sandbox_beside.some(lists[name], name, query) for name in LISTS},
    }
    # The connector leaves the checks out where a server does not know them.
    return {**told, "statusCheckRollup": _rollup(pull, at)} if "statusCheckRollup" in query else told


def _rollup(pull: Pull, at: datetime) -> dict[str, Any] | None:
    states = [turn.state for turn in pull.checks if turn.at <= at]
    return {"state": states[-1]} if states else None


def _lists(scene: Scene, pull: Pull, at: datetime) -> dict[str, Sequence[dict[str, Any]]]:
    """All entries of all lists of a pull request."""
    actor = sandbox_beside.actor
    ready = past(pull.ready_at, at)
    turned = [{"__typename": "ReadyForReviewEvent", "createdAt": stamp(ready)}] if ready else []
    asked = [{"__typename": "ReviewRequestedEvent", "createdAt": stamp(ready)}] if ready else []
    return {
        "labels": [{"name": name} for name in pull.labels],
        "reviews": [
            {"state": review.state, "submittedAt": stamp(review.at), "author": actor(scene, review.by)}
            for review in pull.reviews
            if review.at <= at
        ],
        "reviewRequests": [{"requestedReviewer": actor(scene, handle)} for handle in still_asked(pull, at)],
        "timelineItems": [*(turned if ready != pull.created_at else []), *asked * len(pull.requested)],
        "closingIssuesReferences": [
            {"number": n, "repository": {"nameWithOwner": pull.repository}} for n in pull.closes
        ],
        "files": [{"path": path} for path in pull.paths],
    }


NODES: dict[str, Answers] = {
    "PullRequests": _pull,
    "Addresses": _address,
    "Checks": _checks,
    "Issues": sandbox_beside.issue,
    "Owners": sandbox_beside.owners,
    "Shipped": sandbox_beside.shipped,
    "Probe": sandbox_counts.probe,
}
