"""The GitHub source: pages of issues, pull requests and people, and single items again as they are now."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from config.model import Source
from connectors.connector import Census, Check, Page
from connectors.errors import ConnectorError
from connectors.github import boards, doctor, items, repositories
from connectors.github.boards import Moved
from connectors.github.census import GitHubCensus
from connectors.github.cursor import Cursor
from connectors.github.daily import Daily
from connectors.github.gathered import Gathered
from connectors.github.gathering import Gatherer
from connectors.github.limits import GitHubLimits
from connectors.github.reading import Reading, Step
from connectors.github.repositories import Roster
from connectors.github.signin import App, AppSignIn
from connectors.github.waiting import Waiting
from connectors.governor import Governor
from connectors.learned import Learned
from connectors.transport import Transport
from rules.records import Container

ADDRESS = "https://api.github.com"
HEADERS = {
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
}


def connect(
    source: Source,
    *,
    url: str | None,
    token: str | App,
    governor: Governor | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> "GitHub":
    """The GitHub source of the operating model, signed in with a token or as a GitHub App.

    `url` is the API's address where it is not github.com's: https://github.example.com/api/v3 for an
    Enterprise Server. A source that names one repository (`github: larkfield/tracking`) reads only that.
    Sources that share a token share its `governor`.
    """
    owner, _, only = (source.github or "").partition("/")
    names = [only] if only else source.repositories
    governor = governor or Governor(GitHubLimits(), who="GitHub", clock=clock)
    signin, headers = None, HEADERS
    if isinstance(token, App):
        signin = AppSignIn(token, url or ADDRESS, owner, full(owner, names), headers=HEADERS, clock=clock)
    else:
        headers = {**HEADERS, "Authorization": f"Bearer {token}"}
    transport = Transport(
        url or ADDRESS, who="GitHub", headers=headers, auth=signin, governor=governor, clock=clock
    )
    return GitHub(source.id, transport, owner, names, boards=source.boards, signin=signin, clock=clock)


def full(owner: str, repositories: Sequence[str]) -> list[str]:
    """The names with their owner, whether they were written with it or not."""
    return [name if "/" in name else f"{owner}/{name}" for name in repositories]


class GitHub:
    """A connector (see connectors/connector.py) for one organisation, or some repositories of it.

    `repositories` are names with or without their owner; none means all that the bot may see. `boards` are
    the numbers of the owner's project boards whose fields count.
    """

    def __init__(
        self,
        source: str,
        transport: Transport,
        owner: str,
        repositories: Sequence[str] = (),
        *,
        boards: Sequence[int] = (),
        signin: AppSignIn | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.source = source
        self._transport = transport
        self._owner = owner
        self._names = tuple(full(owner, repositories))
        self._signin = signin
        self._background = transport.in_background()
        self._roster = Roster(source, owner, self._names)
        self._census = GitHubCensus(self._background, self._roster)
        self._clock = clock
        self.learned = Learned()
        self._in_turn = Gatherer(self._background, self.learned, owner, boards, clock)
        self._at_once = Gatherer(transport, self.learned, owner, boards, clock)
        self._boards = tuple(boards)
        self._daily = Daily(self._background, self.learned, source, owner, clock)
        self.meter = transport.meter

    @property
    def census(self) -> Census:
        """Counts and lists issues and pull requests by their ids."""
        return self._census

    async def pages(self, cursor: str | None, touched: Sequence[str] = ()) -> AsyncIterator[Page]:  # noqa: ARG002 - lists do not lag
        """Yield the repositories, then their changes since the cursor, one repository after the other.

        A repository that is refused (403, 404, 410, 451) becomes a problem and keeps its place in the cursor.
        An archived one is read once.

        Raises:
            ConnectorError: named by what to do; pages already yielded stay valid.
        """
        state, daily = Cursor.read(cursor), self._daily.due()
        listed = await self._listed(daily=daily)
        moved = await boards.moved(self._background, self.learned, self._owner, self._boards)
        homes, state = listed.homes, _met(state, listed.homes, moved)
        problems = (*listed.problems, *moved.problems)
        yield Page(tuple(homes), state.text(), last=False, problems=problems)
        waiting, known, troubled = Waiting(state.text()), set[str](), set[str]()
        got = await self._in_turn.moved(Moved() if cursor is None else moved, homes, known)
        moved.remember(self.learned)
        if got.records or got.problems:
            yield self._page(waiting, got, troubled)
        steps = Reading(self._background, self.learned, state).steps(homes)
        stopped: ConnectorError | None = None
        while True:
            try:
                step = await anext(steps, None)
            except ConnectorError as error:
                stopped = error  # what is listed already is read nevertheless
                break
            if step is None:
                break
            waiting.add(step)
            got = await self._in_turn.issues(step, known)
            got = got.and_(await self._in_turn.pulls(waiting.take(self._in_turn.size), known))
            yield self._page(waiting, got, troubled)
        if rest := waiting.take(0):
            yield self._page(waiting, await self._in_turn.pulls(rest, known), troubled)
        if stopped is not None:
            raise stopped
        got = await self._in_turn.settled(homes, known)
        if got.records or got.problems:
            yield self._page(waiting, got, troubled)
        if daily:
            async for batch in self._daily.rest(homes):
                yield self._page(waiting, batch, troubled)
        yield Page((), waiting.cursor, last=True)

    async def read(self, keys: Sequence[str]) -> Page:
        """Re-read the named items (owner/repository#12, or node ids); the page's cursor is not to be stored.

        GitHub does not tell what a gone item was, so it comes back as a problem, never as a made-up record.

        Raises:
            ConnectorError: named by what to do.
        """
        found, known = await items.read(self._transport, self.source, keys, self._covers), set[str]()
        got = Gathered(problems=tuple(found.problems), left=found.left)
        for home, entries in found.found:
            pulls = [(entry, home) for entry in entries if entry.pull_request is not None]
            got = got.and_(Gathered(tuple(self._daily.owned([home]))))
            got = got.and_(await self._at_once.issues(Step(home, Cursor(), tuple(entries)), known))
            got = got.and_(await self._at_once.pulls(pulls, known))
        return Page(got.records, "", last=True, problems=got.problems, budget_left=got.left)

    async def check(self) -> Sequence[Check]:
        """Sign in and look around: account, scopes, budgets, clock, organisation and repositories."""
        return await doctor.look_around(self._transport, self._owner, self._roster, self._clock, self._signin)

    async def close(self) -> None:
        """Give back connections."""
        await self._transport.close()
        if self._signin is not None:
            await self._signin.close()

    def _covers(self, name: str) -> bool:
        """Whether a repository belongs to this source; GitHub's names ignore case."""
        if self._names:
            return name.casefold() in {own.casefold() for own in self._names}
        return name.partition("/")[0].casefold() == self._owner.casefold()

    async def _listed(self, *, daily: bool) -> repositories.Listed:
        """The repositories with their owners, which are read once a day."""
        listed = await self._roster.read(self._background)
        problems = await self._daily.begin(listed.homes) if daily else []
        return replace(listed, homes=self._daily.owned(listed.homes), problems=[*listed.problems, *problems])

    def _page(self, waiting: Waiting, got: Gathered, troubled: set[str]) -> Page:
        """A page, its cursor, and what its repositories are recognised by: all of it is stored together.

        A repository with a problem is not to be recognised: it is asked again.
        """
        troubled.update(problem.scope.partition(":")[2].partition("#")[0] for problem in got.problems)
        for tag in waiting.settle():
            if tag.repository not in troubled:
                self.learned.put(tag.name, tag.text)
        return Page(got.records, waiting.cursor, last=False, problems=got.problems, budget_left=got.left)


def _met(state: Cursor, homes: Sequence[Container], moved: Moved) -> Cursor:
    """The cursor at the beginning of a sync that found these repositories."""
    for home in homes:
        state = state.met(home.key, public=home.public)
        if len(moved.found.get(home.key, ())) > boards.MANY:
            state = state.unread(home.key)
    return state
