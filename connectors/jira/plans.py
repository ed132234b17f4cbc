"""What changes seldom and is asked once a day: leads, components and versions of projects, sprints of boards.

The paths are the same on Cloud (`rest/api/3`) and Data Center (`rest/api/2`):
https://developer.atlassian.com/cloud/jira/platform/rest/v3/ and https://docs.atlassian.com/software/jira/docs/api/REST/.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

import structlog

from connectors.connector import Problem, part
from connectors.errors import (
    ConnectorError,
    FixCredentialsError,
    FixRequestError,
    GrantAccessError,
    NotThereError,
    TryLaterError,
    UnexpectedAnswerError,
)
from connectors.jira import parse
from connectors.jira.accounts import account_id, person
from connectors.jira.checked import Checked
from connectors.jira.signin import SCOPE_MISSING
from connectors.jira.sprints import sprint
from connectors.learned import Learned
from connectors.paging import Walk
from connectors.transport import Answer
from rules.records import Component, Container, Person, Record, Release, Sprint

log = structlog.get_logger(__name__)

AGILE = "rest/agile/1.0"
A_PAGE = 50  # the most that the agile interface gives
OPEN_SPRINTS = "sprints"  # what Learned knows: those that were active or to come when boards were last asked

Get = Callable[[str, Mapping[str, Any]], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Plans:
    """Projects with who leads them and their parts, the accounts of these, versions, and open sprints."""

    containers: tuple[Container, ...] = ()
    people: tuple[Person, ...] = ()
    others: tuple[Record, ...] = ()
    problems: tuple[Problem, ...] = ()


async def read(
    get: Get, api: str, projects: Sequence[Any], *, site: str, source: str, learned: Learned
) -> Plans:
    """All of it: two requests a live project, one for 50 boards, one a board with sprints.

    `projects` are as Jira lists them, with their leads.

    A project whose versions or components cannot be had is a problem of that project. Sprints need a right of
    their own: without it there are none but those of the issues, and the doctor says so.

    Raises:
        ConnectorError: the whole source cannot be read now.
    """
    told: list[Container] = []
    people: dict[str, Person] = {}
    others: list[Record] = []
    problems: list[Problem] = []
    for data in projects:
        one = parse.container(data, source=source, site=site)
        leads = [Checked(data, f"project {one.key}")["lead"]]
        try:
            if not one.archived:
                components = await _list(get, f"{api}/project/{one.key}/components", "the components")
                versions = await _list(get, f"{api}/project/{one.key}/versions", "the versions")
                one = replace(one, components=tuple(map(_component, components)))
                leads += [component["lead"] for component in components]
                others += [_release(version, one, site) for version in versions]
            people |= {lead.id: lead for lead in (person(lead, source) for lead in leads if lead.there)}
        except (GrantAccessError, NotThereError, UnexpectedAnswerError) as error:
            what = f"Its versions and components cannot be read: {error.what}"
            problems.append(part(f"project:{one.key}", what))
        told.append(one)
    live = {one.key for one in told if not one.archived}
    try:
        others += await open_sprints(get, live, source=source, learned=learned) if live else ()
    except (FixRequestError, UnexpectedAnswerError) as error:
        problems.append(part(f"source:{source}", f"Its boards cannot be read: {error.what}"))
    return Plans(tuple(told), tuple(people.values()), tuple(others), tuple(problems))


async def open_sprints(get: Get, live: set[str], *, source: str, learned: Learned) -> list[Sprint]:
    """The sprints that are active or to come, and those that were when asked last: each once."""
    found: dict[str, Sprint] = {}
    try:
        async for board in _pages(get, f"{AGILE}/board", {}):
            if _may_have_sprints(board, live):
                found |= {one.id: one for one in await _sprints_of(get, board, source)}
    except ConnectorError as error:
        if not _is_no_right(error):
            raise
        log.info("jira_boards_hidden", source=source, reason=error.what)
        return []
    for number in learned.texts(OPEN_SPRINTS):
        if number not in found and (one := await _sprint(get, number, source)) is not None:
            found[number] = one
    learned.put(OPEN_SPRINTS, sorted(one.id for one in found.values() if one.state != "closed"))
    return list(found.values())


async def may_see_boards(get: Get) -> bool:
    """Whether sprints of boards can be had.

    Raises:
        ConnectorError: it cannot be told now.
    """
    try:
        await get(f"{AGILE}/board", {"maxResults": 1})
    except ConnectorError as error:
        if _is_no_right(error):
            return False
        raise
    return True


def _is_no_right(error: ConnectorError) -> bool:
    """No such interface (Jira without Jira Software), no permission, or a token without the scope."""
    if isinstance(error, FixCredentialsError):
        return error.reason == SCOPE_MISSING
    return isinstance(error, GrantAccessError | NotThereError)


def _may_have_sprints(board: Checked, live: set[str]) -> bool:
    """Kanban boards have none. Data Center does not say which project a board belongs to."""
    project = board["location"]["projectKey"].maybe_text()
    return board["type"].maybe_text() != "kanban" and (project is None or project in live)


async def _sprints_of(get: Get, board: Checked, source: str) -> list[Sprint]:
    """A board without sprints answers 400; one whose filter is broken answers all sorts of things."""
    number = board["id"].identifier()
    try:
        pages = _pages(get, f"{AGILE}/board/{number}/sprint", {"state": "active,future"})
        told = [sprint(one.value, source=source) async for one in pages]
    except (FixRequestError, GrantAccessError, NotThereError, TryLaterError, UnexpectedAnswerError) as error:
        log.info("jira_board_without_sprints", source=source, board=number, reason=error.what)
        return []
    return [one for one in told if one is not None]


async def _sprint(get: Get, number: str, source: str) -> Sprint | None:
    """How a sprint ended; one that was deleted is not told any more."""
    try:
        return sprint((await get(f"{AGILE}/sprint/{number}", {})).data, source=source)
    except (FixRequestError, GrantAccessError, NotThereError) as error:
        log.info("jira_sprint_gone", source=source, sprint=number, reason=error.what)
        return None


async def _list(get: Get, path: str, name: str) -> list[Checked]:
    return list(Checked((await get(path, {})).data, name))


async def _pages(get: Get, path: str, parameters: Mapping[str, Any]) -> AsyncIterator[Checked]:
    """The values of all pages of the agile interface."""
    start, walk = 0, Walk(f"Jira's pages of {path}")
    while True:
        answer = await get(path, {**parameters, "startAt": start, "maxResults": A_PAGE})
        page = Checked(answer.data, "a page")
        values = list(page["values"])
        for value in values:
            yield value
        start += len(values)
        if not values or page["isLast"].flag(absent=len(values) < A_PAGE):
            return
        walk.on_to(values[0]["id"].identifier())


def _component(one: Checked) -> Component:
    return Component(one["name"].text(), account_id(one["lead"]))


def _release(version: Checked, project: Container, site: str) -> Release:
    """A version. Its date is the planned one until it is released, and then the day it was."""
    number, name = version["id"].identifier(), version["name"].text()
    released = version["released"].flag(absent=False)
    day = _day(version["releaseDate"])
    return Release(
        source=project.source,
        id=number,
        key=f"{project.key} {name}",
        container=project.key,
        name=name,
        url=f"https://{site}/projects/{project.key}/versions/{number}",
        released=released,
        archived=version["archived"].flag(absent=False),
        released_at=datetime.combine(day, time(), UTC) if released and day else None,
        due_on=None if released else day,
        audience=project.audience,
    )


def _day(value: Checked) -> date | None:
    """Documented as a date; the documentation's own example shows milliseconds."""
    if isinstance(value.value, int | float):
        return value.time().date()
    return value.maybe_day()
