"""Which repositories a source has: the named ones, or all of an organisation that the bot may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.connector import Problem, part
from connectors.errors import ConnectorError, NotThereError, UnexpectedAnswerError
from connectors.github import parse
from connectors.github.feed import next_link
from connectors.github.shapes import shaped
from connectors.paging import Walk
from connectors.transport import Transport
from rules.records import Container

HIDDEN = {301, 403, 404, 410, 451}  # statuses that speak of one repository or item, not of the source


def hidden(error: ConnectorError) -> bool:
    """Whether a refusal speaks of the one thing asked for, so that others can be read on."""
    return not error.retry and error.status in HIDDEN


@dataclass(frozen=True, slots=True)
class Listed:
    """Repositories, a problem for each that cannot be seen or read, and whether it is all that there is."""

    homes: list[Container] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    whole: bool = True  # no entry was unreadable


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of the list as it was read: asked again with its tag, it costs nothing while it stays so."""

    etag: str | None
    link: str | None
    listed: Listed


class Roster:
    """The repositories of a source: those of these names (owner/repository), else all of the owner.

    It remembers what it read as long as it lives, so that an unchanged list costs nothing.
    """

    def __init__(self, source: str, owner: str, names: Sequence[str]) -> None:
        self._source = source
        self._owner = owner
        self._names = tuple(names)
        self._kind = "orgs"
        self._pages: dict[str, _Page] = {}

    async def read(self, transport: Transport) -> Listed:
        """The repositories as they are now.

        Raises:
            NotThereError: neither an organisation nor a user has that name, or the bot may not see it.
            UnexpectedAnswerError: not lists, or lists that repeat for ever.
        """
        pages = [await self._named(transport, name) for name in self._names]
        if not self._names:
            page = await self._first(transport)
            pages, walk = [page], Walk(f"GitHub's pages of the repositories of {self._owner}")
            while page.link is not None:
                walk.on_to(page.link, empty=not page.listed.homes)
                page = await self._page(transport, page.link)
                pages.append(page)
        lists = [page.listed for page in pages]
        return Listed(
            [home for listed in lists for home in listed.homes],
            [problem for listed in lists for problem in listed.problems],
            all(listed.whole for listed in lists),
        )

    async def _first(self, transport: Transport) -> _Page:
        asking = {"per_page": 100, "sort": "full_name"}
        if self._kind == "orgs":
            try:
                return await self._page(transport, f"orgs/{self._owner}/repos", asking)
            except NotThereError:
                self._kind = "users"
        try:
            return await self._page(transport, f"users/{self._owner}/repos", asking)
        except NotThereError as error:
            self._kind = "orgs"
            raise NotThereError(
                f"GitHub has no organisation or user {self._owner}, or hides it.",
                "Check the name in the operating model, or let the bot's account see the organisation.",
            ) from error

    async def _named(self, transport: Transport, name: str) -> _Page:
        try:
            return await self._page(transport, f"repos/{name}")
        except ConnectorError as error:
            if not hidden(error):
                raise
            return _Page(None, None, Listed(problems=[problem(name, error)]))

    async def _page(self, transport: Transport, path: str, asking: Mapping[str, Any] | None = None) -> _Page:
        known = self._pages.pop(path, None)
        answer = await transport.get(path, asking, etag=known.etag if known else None)
        if answer.status == 304 and known is not None:
            page = known
        else:
            about = f"the repositories of {self._owner}"
            rows = [answer.data] if self._names else shaped(answer.data, list[Any], about)
            page = _Page(answer.etag, next_link(answer.headers), self._listed(rows, path))
        self._pages[path] = page
        return page

    def _listed(self, rows: Sequence[Any], path: str) -> Listed:
        homes, problems = [], []
        for row in rows:
            name = row.get("full_name") if isinstance(row, dict) else None
            about = name or (path.removeprefix("repos/") if self._names else "?")
            try:
                homes.append(parse.repository(row, self._source, f"the repository {about}"))
            except UnexpectedAnswerError as error:
                problems.append(problem(str(about), error))
        return Listed(homes, problems, whole=not problems)


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
