"""The entries of one repository's list of issues and pull requests: all of them, and what changed later."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.connector import Problem
from connectors.errors import FixRequestError, UnexpectedAnswerError
from connectors.github import parse, shapes
from connectors.paging import Walk
from connectors.refusal import believed_until
from connectors.transport import Transport

PAGE = 100  # the most GitHub gives
NEXT = re.compile(r'<([^>]+)>\s*;\s*rel="?next"?')


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries that were not given before, the latest change among them, and requests left.

    `last` ends the reading; its `seen` is GitHub's time then. `rest` is the query of the page that follows.
    `etag` is that of a reading that was one page alone.
    """

    issues: tuple[shapes.Issue, ...]
    problems: tuple[Problem, ...]
    until: datetime | None
    left: int | None
    last: bool = False
    seen: datetime | None = None
    rest: str = ""
    etag: str | None = None


async def everything(
    transport: Transport, repository: str, rest: str = "", *, etag: str | None = None
) -> AsyncIterator[Batch]:
    """Yield all entries of a repository, the oldest first; from the query `rest` on where a reading goes on.

    The order of creation is one that no change disturbs. What changes meanwhile is to be read by `changes`.
    Nothing is yielded where nothing changed since the answer with that `etag`.

    Raises:
        UnexpectedAnswerError: not lists, or pages that lead in circles.
        ConnectorError: as the transport has it.
    """
    path = f"repos/{repository}/issues"
    first = {"state": "all", "sort": "created", "direction": "asc", "per_page": PAGE}
    walk = _walk(repository)
    try:
        answer = await transport.get(f"{path}?{rest}" if rest else path, None if rest else first, etag=etag)
    except FixRequestError as error:
        if not rest or error.status != 422:
            raise
        # GitHub has forgotten where that page begins.
        rest, answer = "", await transport.get(path, first)
    if answer.status == 304:
        return
    alone = not rest
    while True:
        issues, problems = parse.issue_list(answer.data, repository)
        link = next_link(answer.headers)
        yield Batch(
            tuple(issues),
            tuple(problems),
            _latest(issues, answer.at),
            answer.left,
            last=link is None,
            seen=answer.at,
            rest=link.partition("?")[2] if link else "",
            etag=answer.etag if alone and link is None else None,
        )
        if link is None:
            return
        walk.on_to(link, empty=not issues and not problems, page=answer.data)
        answer, alone = await transport.get(link), False


async def changes(
    transport: Transport, repository: str, since: datetime, *, etag: str | None = None
) -> AsyncIterator[Batch]:
    """Yield the changes of a repository at or after `since`, the oldest first.

    Every request asks for the first page since the last change seen: an entry that is touched meanwhile moves
    to the end and is met again there, whereas counted pages would skip its neighbour. Only a page that shares
    one moment is left by its link; as such pages can skip, they are walked until nothing new is met there.
    Nothing is yielded where nothing changed since the answer to the same question with that `etag`.

    Raises:
        UnexpectedAnswerError: entries go back in time, repeat for ever, or none of a page is readable.
        ConnectorError: as the transport has it.
    """
    path = f"repos/{repository}/issues"
    answer = await transport.get(path, _since(since), etag=etag)
    if answer.status == 304:
        return
    given = set[tuple[str, datetime]]()
    first, walk, found = True, None, False
    while True:
        issues, problems = parse.issue_list(answer.data, repository)
        new = [issue for issue in issues if (issue.node_id, issue.updated_at) not in given]
        given.update((issue.node_id, issue.updated_at) for issue in new)
        found = found or any(issue.updated_at == since for issue in new)
        until = issues[-1].updated_at if issues else since
        link = next_link(answer.headers)
        again = (link is None or until > since) and walk is not None and found
        last = link is None and not again
        etag = answer.etag if first and last else None
        seen = answer.at
        latest = _latest(issues, seen)
        yield Batch(tuple(new), tuple(problems), latest, answer.left, last=last, seen=seen, etag=etag)
        first = False
        if last:
            return
        if until < since or (problems and not issues):
            raise UnexpectedAnswerError(
                f"GitHub's list of the issues of {repository} does not go forward.",
                "Check that the address is GitHub's own and not a proxy's copy.",
            )
        if link is not None and until == since:
            walk = walk or _walk(repository)
            walk.on_to(link, empty=not new)
            answer = await transport.get(link)
        else:
            since, walk, found = since if again else until, None, False
            answer = await transport.get(path, _since(since))


def next_link(headers: Mapping[str, str]) -> str | None:
    """The address of the page that follows; GitHub gives none with the last.

    From the hundredth page on GitHub refuses to count: only its own links, which name an entry, go on.
    """
    link = NEXT.search(headers.get("link", ""))
    return link[1] if link else None


def asked_since(since: datetime) -> str:
    """The moment as GitHub's list takes it: UTC, whole seconds."""
    return since.strftime("%Y-%m-%dT%H:%M:%SZ")


def _latest(issues: Sequence[shapes.Issue], now: datetime | None) -> datetime | None:
    """The latest change of these. One of the future, by GitHub's own clock, says nothing of the others."""
    moments = (issue.updated_at for issue in issues)
    return max((at for at in moments if now is None or at <= believed_until(now)), default=None)


def _walk(repository: str) -> Walk:
    return Walk(f"GitHub's pages of the issues of {repository}")


def _since(since: datetime) -> dict[str, str | int]:
    return {
        "state": "all",
        "sort": "updated",
        "direction": "asc",
        "per_page": PAGE,
        "since": asked_since(since),
    }
