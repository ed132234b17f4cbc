"""Releases and deployments of repositories: the newest of each, and older ones as far back as they count."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors.connector import Problem, part
from connectors.errors import ConnectorError, UnexpectedAnswerError, WaitError
from connectors.github import parse
from connectors.github.gathered import Gathered
from connectors.github.graphql import Complaint, Reply, ask, ask_in_parts
from connectors.github.lists import whole
from connectors.github.shapes import Actor, Dated, Named, Nodes, Time, shaped
from connectors.learned import Learned
from connectors.pagesize import PageSize
from connectors.transport import Transport
from rules.records import Container, Deployment, DeploymentStatus, Record, Release

QUESTION = "Shipped"
BATCH = 10  # repositories: 5 points
HISTORY = timedelta(days=90)  # how far back the first reading goes beyond the newest 50


class _Dated(Dated, frozen=True, rename="camel"):
    created_at: Time


class _Release(Dated, frozen=True, rename="camel"):
    id: str
    tag_name: str
    url: str
    is_draft: bool
    is_prerelease: bool
    created_at: Time
    updated_at: Time
    published_at: Time | None = None
    name: str | None = None


class _Status(Dated, frozen=True, rename="camel"):
    state: str
    created_at: Time


class _Deployment(Dated, frozen=True, rename="camel"):
    id: str
    commit_oid: str
    created_at: Time
    updated_at: Time
    database_id: int | None = None
    environment: str | None = None
    ref: Named | None = None
    creator: Actor | None = None
    statuses: Nodes[_Status | None] | None = None


async def read(
    transport: Transport, learned: Learned, homes: Sequence[Container], since: datetime
) -> AsyncIterator[Gathered]:
    """Yield what these repositories shipped: the newest 50 of each, and all since that moment.

    Raises:
        WaitError: GitHub grants nothing more for now.
    """
    size = PageSize(learned, QUESTION, most=BATCH)
    said = set[str]()  # each kind of refusal is one problem, however many repositories it is about

    async def ask_about(some: Sequence[Container]) -> Reply:
        return await ask(transport, QUESTION, {"ids": [home.id for home in some]}, tries=size.tries)

    try:
        async for some, reply in ask_in_parts(size, homes, ask_about):
            refused = {_kind(complaint): complaint for complaint in reply.complaints}
            problems = [_refused(complaint) for kind, complaint in refused.items() if kind not in said]
            said.update(refused)
            records: list[Record] = []
            for home, node in zip(some, reply.nodes(len(some), "repositories"), strict=True):
                if node is not None:
                    records += await _of_repository(transport, home, node, since, problems)
            yield Gathered(tuple(records), tuple(problems), reply.left)
    except WaitError:
        raise
    except ConnectorError as error:
        yield Gathered((), (part("shipped", f"Releases and deployments cannot be read: {error}"),))


async def _of_repository(
    transport: Transport, home: Container, node: Any, since: datetime, problems: list[Problem]
) -> list[Record]:
    def enough(rows: Sequence[Any]) -> bool:
        """The lists begin with the newest: one that is old ends what is asked for."""
        return bool(rows) and shaped(rows[-1], _Dated, f"what {home.key} shipped").created_at < since

    records: list[Record] = []
    for name, about in (("releases", "a release"), ("deployments", "a deployment")):
        try:
            told = shaped(node, dict[str, Any], home.key).get(name)
            listed = await whole(transport, home.id, name, told, home.key, enough=enough)
            rows = [] if listed is None else shaped(listed.get("nodes"), list[Any], home.key)
        except WaitError:
            raise
        except ConnectorError as error:
            problems.append(part(f"shipped:{home.key}", str(error)))
            continue
        for row in rows:
            try:
                if name == "releases":
                    records.append(_release(shaped(row, _Release, f"{about} of {home.key}"), home))
                else:
                    records.append(await _deployment(transport, row, f"{about} of {home.key}", home))
            except UnexpectedAnswerError as error:
                problems.append(part(f"shipped:{home.key}", str(error)))
    return records


def _release(seen: _Release, home: Container) -> Release:
    return Release(
        source=home.source,
        id=seen.id,
        key=f"{home.key}@{seen.tag_name}",
        container=home.key,
        name=seen.name or seen.tag_name,
        url=seen.url,
        released=not seen.is_draft,
        prerelease=seen.is_prerelease,
        created_at=seen.created_at,
        released_at=seen.published_at,
        changed_at=seen.updated_at,
        audience=home.audience,
    )


async def _deployment(transport: Transport, row: Any, about: str, home: Container) -> Deployment:
    told = dict(shaped(row, dict[str, Any], about))
    told["statuses"] = await whole(transport, str(told.get("id")), "statuses", told.get("statuses"), about)
    seen = shaped(told, _Deployment, about)
    statuses = [status for status in (seen.statuses.nodes if seen.statuses else ()) if status is not None]
    environment = seen.environment or ""
    return Deployment(
        source=home.source,
        id=seen.id,
        key=f"{home.key}@{environment}#{seen.database_id or seen.id}",
        container=home.key,
        environment=environment,
        ref=seen.ref.name if seen.ref else "",
        commit=seen.commit_oid,
        created_at=seen.created_at,
        changed_at=seen.updated_at,
        audience=home.audience,
        by=parse.login(seen.creator),
        statuses=tuple(
            DeploymentStatus(status.state.lower(), status.created_at)
            for status in sorted(statuses, key=lambda status: status.created_at)
        ),
    )


def _kind(complaint: Complaint) -> str:
    """What is hidden: releases, deployments, or a repository."""
    words = [word for word in complaint.path or () if isinstance(word, str) and word != "nodes"]
    return words[0] if words else "a repository"


def _refused(complaint: Complaint) -> Problem:
    kind, message = _kind(complaint), complaint.message.rstrip(".")
    return part(
        f"shipped:{kind}", f"GitHub hides {kind} ({message}): let the bot read contents and deployments."
    )
