"""What changed in one repository since a moment: issues and pull requests, oldest change first."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from connectors.connector import Problem
from connectors.errors import UnexpectedAnswerError
from connectors.github import parse, shapes
from connectors.transport import Transport

PAGE = 100  # the most GitHub gives


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries that were not given before, the moment up to which everything is given, and requests left."""

    issues: tuple[shapes.Issue, ...]
    problems: tuple[Problem, ...]
    until: datetime | None
    left: int | None


async def changes(transport: Transport, repository: str, since: datetime | None) -> AsyncIterator[Batch]:
    """Yield the changes of a repository at or after `since` (None: all there are).

    Every request asks for the first page since the last change seen: an entry that is touched meanwhile moves
    to the end and is met again there, whereas counted pages would skip its neighbour. Only where a whole page
    shares one moment are its further pages counted.

    Raises:
        UnexpectedAnswerError: entries go back in time, repeat for ever, or none of a full page is readable.
        ConnectorError: as the transport has it.
    """
    page, given = 1, set[tuple[str, datetime]]()
    while True:
        answer = await transport.get(f"repos/{repository}/issues", _asking(since, page))
        issues, problems = parse.issue_list(answer.data, repository)
        new = [issue for issue in issues if (issue.node_id, issue.updated_at) not in given]
        given.update((issue.node_id, issue.updated_at) for issue in new)
        until = issues[-1].updated_at if issues else since
        yield Batch(tuple(new), tuple(problems), until, answer.left)
        if len(issues) + len(problems) < PAGE:
            return
        if until is None or (since is not None and until < since) or (page > 1 and not new):
            raise UnexpectedAnswerError(
                f"GitHub's list of the issues of {repository} does not go forward.",
                "Check that the address is GitHub's own and not a proxy's copy.",
            )
        since, page = (since, page + 1) if until == since else (until, 1)


def _asking(since: datetime | None, page: int) -> dict[str, str | int]:
    asking: dict[str, str | int] = {
        "state": "all",
        "sort": "updated",
        "direction": "asc",
        "per_page": PAGE,
        "page": page,
    }
    # A first reading has no `since` at all: GitHub answers since=1970-01-01 with an empty list.
    return asking if since is None else {**asking, "since": since.strftime("%Y-%m-%dT%H:%M:%SZ")}
