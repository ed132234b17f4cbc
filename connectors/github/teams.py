"""The teams of an organisation: members, and the repositories they may write to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.connector import Problem, part
from connectors.errors import ConnectorError, UnexpectedAnswerError, WaitError
from connectors.github.graphql import ask
from connectors.github.lists import whole
from connectors.github.shapes import Actor, Camel, Dated, Home, Nodes, Time, shaped
from connectors.transport import Transport
from rules.records import Team

WRITING = {"WRITE", "MAINTAIN", "ADMIN"}


class _Slug(Camel, frozen=True):
    combined_slug: str


class _May(Camel, frozen=True):
    """What a team may do with a repository."""

    permission: str
    node: Home


class _Repositories(Camel, frozen=True):
    edges: tuple[_May | None, ...]


class _Team(Dated, frozen=True, rename="camel"):
    id: str
    name: str
    combined_slug: str
    members: Nodes[Actor | None]
    repositories: _Repositories
    updated_at: Time | None = None
    parent_team: _Slug | None = None


@dataclass(slots=True)
class Teams:
    """Teams that were read, and what could not be."""

    found: list[Team] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


async def read(transport: Transport, source: str, owner: str) -> Teams:
    """Read all teams of an organisation. A user has none; where they are hidden, that is one problem.

    Raises:
        WaitError: GitHub grants nothing more for now.
    """
    teams = Teams()
    try:
        reply = await ask(transport, "Teams", {"owner": owner})
        told = reply.data.get("organization")
        rows = await _rows(transport, told, owner) if told else None
        for row in rows or ():
            await _take(transport, source, owner, row, teams)
    except WaitError:
        raise
    except ConnectorError as error:
        teams.problems.append(part("teams", f"The teams of {owner} cannot be read: {error}"))
        return teams
    hidden = [c for c in reply.complaints if c.type != "NOT_FOUND"]
    if hidden and not teams.found:
        message = hidden[0].message.rstrip(".")
        what = f"The teams of {owner} are hidden ({message}): let the bot read members (read:org)."
        teams.problems.append(part("teams", what))
    return teams


async def _rows(transport: Transport, told: Mapping[str, Any], owner: str) -> list[Any]:
    listed = await whole(transport, str(told.get("id")), "teams", told.get("teams"), owner)
    return [] if listed is None else shaped(listed.get("nodes"), list[Any], f"the teams of {owner}")


async def _take(transport: Transport, source: str, owner: str, row: Any, teams: Teams) -> None:
    """Add one team; one that is not as documented is a problem of its own."""
    about = f"a team of {owner}"
    try:
        told = dict(shaped(row, dict[str, Any], about))
        about = f"the team {told.get('combinedSlug')}"
        for name in ("members", "repositories"):
            told[name] = await whole(transport, str(told.get("id")), name, told.get(name), about)
        seen = shaped(told, _Team, about)
    except UnexpectedAnswerError as error:
        teams.problems.append(part("teams", str(error)))
        return
    teams.found.append(
        Team(
            source=source,
            id=seen.id,
            key=seen.combined_slug,
            name=seen.name,
            members=tuple(who.login for who in seen.members.nodes if who and who.login),
            repositories=tuple(
                may.node.name_with_owner
                for may in seen.repositories.edges
                if may and may.permission in WRITING
            ),
            parent=seen.parent_team.combined_slug if seen.parent_team else None,
            changed_at=seen.updated_at,
            audience=f"github:{source}:{owner}",
        )
    )
