"""What the sandbox's GraphQL answers beside pull requests: blockers, boards, owners, teams, what shipped."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.github.sandbox_addresses import SITE
from connectors.github.sandbox_rest import Scene, stamp
from connectors.larkfield.world import Card, Deployed, Group, Published, RepoIssue

UNCOUNTED = {"timelineItems", "items"}  # lists whose total is not asked for
CHOSEN = {"Status", "Priority", "Size"}  # fields of a board that choose one of some options
FIELDS = {"status": "Status", "priority": "Priority", "size": "Size"} | {
    "estimate": "Estimate",
    "iteration": "Iteration",
    "due": "Target date",
}


def some(rows: Sequence[Any], name: str, query: str, start: int = 0, key: str = "nodes") -> dict[str, Any]:
    """The part of a list after a place, as large as the query asks for; a cursor is the place it ends at."""
    asked = re.search(rf"\b{name}\(\s*first: (\d+)", query)
    end = min(start + (int(asked[1]) if asked else 0), len(rows))
    told = {
        "pageInfo": {"hasNextPage": end < len(rows), "endCursor": str(end) if end > start else None},
        key: list(rows[start:end]),
    }
    return told if name in UNCOUNTED else {"totalCount": len(rows), **told}


def actor(scene: Scene, handle: str | None, *, numbered: bool = True) -> dict[str, Any] | None:
    """An account; GraphQL writes a bot's login without "[bot]"."""
    login = scene.login(handle)
    if handle is None or login is None:
        return None
    kind = "Bot" if login.endswith("[bot]") else "User"
    told = {"__typename": kind, "login": login.removesuffix("[bot]")}
    return {**told, "databaseId": scene.account_id(handle)} if numbered else told


def issue(
    scene: Scene, node_id: str, _: str, variables: Mapping[str, Any], at: datetime
) -> dict[str, Any] | None:
    """What holds an issue back, and its cards."""
    seen = scene.node(node_id, at)
    if not isinstance(seen, RepoIssue):
        return None if seen is None else {}
    blockers = [{"number": n, "repository": {"nameWithOwner": seen.repository}} for n in seen.blocked_by]
    told: dict[str, Any] = {"blockedBy": {"totalCount": len(blockers), "nodes": blockers}}
    if variables["boards"]:
        cards = {
            card.board: card
            for card in sorted(scene.world.cards, key=lambda card: card.at)
            if (card.repository, card.number) == (seen.repository, seen.number) and card.at <= at
        }
        told["projectItems"] = {"totalCount": len(cards), "nodes": [_card(card) for card in cards.values()]}
    return told


def _card(card: Card) -> dict[str, Any]:
    owner = {"login": card.repository.partition("/")[0]}
    values = {alias: _value(name, card.fields.get(name)) for alias, name in FIELDS.items()}
    return {"project": {"number": card.board, "owner": owner}, **values}


def _value(name: str, value: str | float | None) -> dict[str, Any] | None:
    if value is None:
        return None
    if isinstance(value, int | float):
        return {"__typename": "ProjectV2ItemFieldNumberValue", "number": float(value)}
    if name in CHOSEN:
        return {"__typename": "ProjectV2ItemFieldSingleSelectValue", "name": value}
    if name == "Iteration":
        return {"__typename": "ProjectV2ItemFieldIterationValue", "title": value}
    return {"__typename": "ProjectV2ItemFieldDateValue", "date": value}


def board(scene: Scene, variables: Mapping[str, Any], query: str, at: datetime) -> dict[str, Any]:
    """A board with its items, the ones that moved first last."""
    cards = [card for card in scene.world.cards if card.board == variables["number"] and card.at <= at]
    if not cards:
        number = variables["number"]
        missing = f"Could not resolve to a ProjectV2 with the number {number}."
        error = {"type": "NOT_FOUND", "path": ["repositoryOwner", "projectV2"], "message": missing}
        return {
            "data": {"repositoryOwner": {"__typename": "Organization", "projectV2": None}},
            "errors": [error],
        }
    last = {(card.repository, card.number): card for card in sorted(cards, key=lambda card: card.at)}
    rows = [
        {"updatedAt": stamp(card.at), "content": _content(scene, card, at)}
        for card in last.values()
        if scene.entry(card.repository, card.number, at)
    ]
    told = {
        "updatedAt": stamp(max(card.at for card in cards)),
        "items": some(rows, "items", query, int(variables.get("after") or 0)),
    }
    return {"data": {"repositoryOwner": {"__typename": "Organization", "projectV2": told}}}


def _content(scene: Scene, card: Card, at: datetime) -> dict[str, Any]:
    entry = scene.entry(card.repository, card.number, at)
    return {
        "__typename": "Issue",
        "id": entry.node if entry else "",
        "number": card.number,
        "repository": {"nameWithOwner": card.repository},
    }


def owners(
    scene: Scene, node_id: str, _q: str, _v: Mapping[str, Any], _at: datetime
) -> dict[str, Any] | None:
    """The file CODEOWNERS of a repository, which lies in .github."""
    home = scene.homes.get(node_id)
    if home is None:
        return None
    text = scene.world.owners.get(home.name)
    told = None if text is None else {"text": text, "isTruncated": False}
    return {"first": told, "second": None, "third": None}


def teams(scene: Scene, owner: str, query: str) -> dict[str, Any]:
    """The teams of an organisation."""
    if not any(name.startswith(f"{owner}/".casefold()) for name in scene.repositories):
        missing = f"Could not resolve to an Organization with the login of '{owner}'."
        error = {"type": "NOT_FOUND", "path": ["organization"], "message": missing}
        return {"data": {"organization": None}, "errors": [error]}
    rows = [_team(scene, group, owner, query) for group in scene.world.groups]
    return {"data": {"organization": {"id": f"O_{owner}", "teams": some(rows, "teams", query)}}}


def _team(scene: Scene, group: Group, owner: str, query: str) -> dict[str, Any]:
    members, repositories = _members(scene, group), _repositories(group)
    return {
        "id": group.node,
        "name": group.name,
        "combinedSlug": f"{owner}/{group.slug}",
        "updatedAt": stamp(scene.world.begins),
        "parentTeam": {"combinedSlug": f"{owner}/{group.parent}"} if group.parent else None,
        "members": some(members, "members", query),
        "repositories": some(repositories, "repositories", query, key="edges"),
    }


def _members(scene: Scene, group: Group) -> list[dict[str, Any]]:
    return [{"login": login} for handle in group.members if (login := scene.login(handle))]


def _repositories(group: Group) -> list[dict[str, Any]]:
    permissions = {**dict.fromkeys(group.reads, "READ"), **dict.fromkeys(group.writes, "WRITE")}
    return [{"permission": may, "node": {"nameWithOwner": name}} for name, may in permissions.items()]


def shipped(
    scene: Scene, node_id: str, query: str, _: Mapping[str, Any], at: datetime
) -> dict[str, Any] | None:
    """The newest releases and deployments of a repository."""
    home = scene.homes.get(node_id)
    if home is None:
        return None
    rows = {name: _shipped(scene, home.name, name, query, at) for name in ("releases", "deployments")}
    return {name: some(nodes, name, query) for name, nodes in rows.items()}


def _shipped(scene: Scene, repository: str, name: str, query: str, at: datetime) -> list[dict[str, Any]]:
    """The newest first."""
    if name == "releases":
        releases = [r for r in scene.world.published if r.repository == repository and r.at <= at]
        return [_release(r) for r in sorted(releases, key=lambda r: r.at, reverse=True)]
    deployments = [d for d in scene.world.deployed if d.repository == repository and d.at <= at]
    return [_deployment(scene, d, query, at) for d in sorted(deployments, key=lambda d: d.at, reverse=True)]


def _release(release: Published) -> dict[str, Any]:
    return {
        "id": release.node,
        "name": release.tag,
        "tagName": release.tag,
        "url": f"{SITE}/{release.repository}/releases/tag/{release.tag}",
        "isDraft": False,
        "isPrerelease": "-" in release.tag,
        "createdAt": stamp(release.at),
        "publishedAt": stamp(release.at),
        "updatedAt": stamp(release.at),
    }


def _deployment(scene: Scene, deployed: Deployed, query: str, at: datetime) -> dict[str, Any]:
    statuses = _statuses(deployed, at)
    return {
        "id": deployed.node,
        "databaseId": deployed.id,
        "environment": deployed.environment,
        "commitOid": deployed.commit,
        "ref": {"name": "main"},
        "createdAt": stamp(deployed.at),
        "updatedAt": statuses[-1]["createdAt"] if statuses else stamp(deployed.at),
        "creator": actor(scene, deployed.by, numbered=False),
        "statuses": some(statuses, "statuses", query),
    }


def _statuses(deployed: Deployed, at: datetime) -> list[dict[str, Any]]:
    return [{"state": turn.state, "createdAt": stamp(turn.at)} for turn in deployed.turns if turn.at <= at]


def further(
    scene: Scene, node_id: str, name: str, query: str, start: int, at: datetime
) -> dict[str, Any] | None:
    """The entries of one list of a repository, deployment, team or organisation after a place."""
    if home := scene.homes.get(node_id):
        rows = _shipped(scene, home.name, name, query, at)
        return {"__typename": "Repository", name: some(rows, name, query, start)}
    if deployed := next((d for d in scene.world.deployed if d.node == node_id), None):
        return {"__typename": "Deployment", name: some(_statuses(deployed, at), name, query, start)}
    if group := next((g for g in scene.world.groups if g.node == node_id), None):
        rows = _members(scene, group) if name == "members" else _repositories(group)
        key = "nodes" if name == "members" else "edges"
        return {"__typename": "Team", name: some(rows, name, query, start, key)}
    if node_id.startswith("O_"):
        rows = [_team(scene, group, node_id.removeprefix("O_"), query) for group in scene.world.groups]
        return {"__typename": "Organization", name: some(rows, name, query, start)}
    return None
