"""Which repositories a source has: the named ones, or all of an organisation that the bot may see."""

import re
from collections.abc import Sequence
from typing import Any

from connectors.connector import Problem, part
from connectors.errors import ConnectorError, NotThereError, UnexpectedAnswerError
from connectors.github import parse
from connectors.github.shapes import shaped
from connectors.paging import Walk
from connectors.transport import Answer, Transport
from rules.records import Container

NEXT = re.compile(r'<([^>]+)>\s*;\s*rel="?next"?')
HIDDEN = {301, 403, 404, 410, 451}  # statuses that speak of one repository or item, not of the source


def hidden(error: ConnectorError) -> bool:
    """Whether a refusal speaks of the one thing asked for, so that others can be read on."""
    return not error.retry and error.status in HIDDEN


async def named(
    transport: Transport, source: str, names: Sequence[str]
) -> tuple[list[Container], list[Problem]]:
    """The repositories of these names (owner/repository), and a problem for each that cannot be seen."""
    found, problems = [], []
    for name in names:
        try:
            answer = await transport.get(f"repos/{name}")
            found.append(parse.repository(answer.data, source, name))
        except ConnectorError as error:
            if not (hidden(error) or isinstance(error, UnexpectedAnswerError)):
                raise
            problems.append(problem(name, error))
    return found, problems


async def owned(transport: Transport, source: str, owner: str) -> tuple[list[Container], list[Problem]]:
    """All repositories of an organisation (else of a user) that the bot may see, and unreadable entries.

    Raises:
        NotThereError: neither an organisation nor a user has that name, or the bot may not see it.
        UnexpectedAnswerError: not lists, or lists that repeat for ever.
    """
    found, problems = [], []
    asking = {"per_page": 100, "sort": "full_name"}
    answer = await _first_page(transport, owner, asking)
    walk = Walk(f"GitHub's pages of the repositories of {owner}")
    while True:
        for row in shaped(answer.data, list[Any], f"the repositories of {owner}"):
            about = row.get("full_name") if isinstance(row, dict) else None
            try:
                found.append(parse.repository(row, source, f"the repository {about or '?'}"))
            except UnexpectedAnswerError as error:
                problems.append(problem(str(about or "?"), error))
        link = NEXT.search(answer.headers.get("link", ""))
        if link is None:
            return found, problems
        walk.on_to(link[1])
        answer = await transport.get(link[1])


async def _first_page(transport: Transport, owner: str, asking: dict[str, Any]) -> Answer:
    try:
        return await transport.get(f"orgs/{owner}/repos", asking)
    except NotThereError:
        pass
    try:
        return await transport.get(f"users/{owner}/repos", asking)
    except NotThereError as error:
        raise NotThereError(
            f"GitHub has no organisation or user {owner}, or hides it.",
            "Check the name in the operating model, or give the bot's account access to the organisation.",
        ) from error


def problem(name: str, error: ConnectorError) -> Problem:
    """A repository that cannot be read, with what to do."""
    scope = f"repository:{name}"
    if error.status == 301:
        what = "was renamed or moved. Write its new name in the operating model."
        return part(scope, f"{name} {what}")
    if error.status == 451:
        what = "is blocked for legal reasons (451). Take it out, or ask GitHub."
        return part(scope, f"{name} {what}")
    if error.status == 410:
        what = "gives no issues (410). Turn on its issues, or take it out."
        return part(scope, f"{name} {what}")
    return Problem(scope, str(error))
