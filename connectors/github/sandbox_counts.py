"""How the sandbox answers who only counts: what a repository holds, its last change, and the ids."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.github.sandbox_beside import some
from connectors.github.sandbox_rest import Entry, Scene, changed_at, stamp
from connectors.larkfield.world import Pull


def probe(scene: Scene, node_id: str, _q: str, _v: dict[str, Any], at: datetime) -> dict[str, Any] | None:
    """How many issues and pull requests a repository holds, and when the last of each changed."""
    kinds = _kinds(scene, node_id, at)
    if kinds is None:
        return None
    newest = {name: max((changed_at(e, at) for e in kind), default=None) for name, kind in kinds.items()}
    return {
        name: {
            "totalCount": len(kind),
            "nodes": [{"updatedAt": stamp(newest[name])}] if newest[name] else [],
        }
        for name, kind in kinds.items()
    }


def ids(scene: Scene, query: str, asked: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The ids of a repository's issues and pull requests after the places asked for."""
    kinds = _kinds(scene, str(asked["id"]), at)
    if kinds is None:
        text = f"Could not resolve to a node with the global id of '{asked['id']}'"
        return {"data": {"node": None}, "errors": [{"type": "NOT_FOUND", "path": ["node"], "message": text}]}
    wanted = {"issues": ("issues", "issuesAfter"), "pullRequests": ("pulls", "pullsAfter")}
    told = {}
    for name, (switch, after) in wanted.items():
        if asked.get(switch, True):
            rows = [{"id": e.node} for e in sorted(kinds[name], key=lambda e: (e.created_at, e.number))]
            told[name] = some(rows, name, query, int(asked.get(after) or 0))
    return {"data": {"node": told}}


def _kinds(scene: Scene, node_id: str, at: datetime) -> dict[str, Sequence[Entry]] | None:
    home = scene.homes.get(node_id)
    if home is None:
        return None
    entries = scene.entries(home, at)
    pulls = [entry for entry in entries if isinstance(entry, Pull)]
    return {"issues": [e for e in entries if not isinstance(e, Pull)], "pullRequests": pulls}
