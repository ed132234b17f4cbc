"""Reading projects in full, in the cheapest way for how we are signed in, and counting whether all came.

With an API token a request costs: ids by the thousand, then issues and histories in bulk. With OAuth every
object costs: issues as search brings them, so that none is told twice. What must be gone on with later stands
in the position: the windows that are left, and how far the first of them is read.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.connector import Problem, part
from connectors.jira.checked import Checked
from connectors.jira.jql import ORDER_OF_BIRTH, Moments, born
from connectors.jira.position import Position, Window
from connectors.jira.requests import (
    HISTORIES_A_PAGE,
    ISSUES_A_PAGE,
    Histories,
    Requests,
    gathered,
    side_by_side,
)

LARGEST_WINDOW = 50_000  # longer walks were seen to end early, without an error
TOLERATED_GAP = 0.005  # between what Jira counts, approximately, and what it brought
MOST_HALVED = 3  # times a window of one project is halved because it brought less
AT_ONCE = 1000  # issues with their histories that are held in memory
MOST_HISTORIES = 3  # pages of them


@dataclass(frozen=True, slots=True)
class Batch:
    """Issues with their histories, and the position that is right once they are stored."""

    issues: Sequence[Checked]
    histories: Histories
    here: Position
    errors: Sequence[Checked] = ()  # of issues that could not be fetched
    problems: tuple[Problem, ...] = ()
    expected: int | None = None


@dataclass(slots=True)
class Backfill:
    """One run over the windows of a position. `live` are the projects that an unnamed window stands for."""

    requests: Requests
    moments: Moments
    fields: Sequence[str]
    live: Sequence[str]
    source: str
    clock: Callable[[], datetime]
    by_search: bool
    expected: int | None = None
    _histories: int = 0
    _issues: int = 0

    async def batches(self, here: Position) -> AsyncIterator[Batch]:
        """All that is left of the position's windows; the last batch leaves none."""
        while here.windows:
            window, *others = here.windows
            expected = await self.requests.count(self._condition(window))
            self.expected = expected if self.expected is None else self.expected
            large = expected is not None and expected > LARGEST_WINDOW
            if large and (parts := await self._parts(window)):
                here = replace(here, windows=(*parts, *others), after=0)
                continue
            reading = self._searched(here, expected) if self.by_search else self._fetched(here, expected)
            async for batch in reading:
                here = batch.here
                yield batch

    async def _fetched(self, here: Position, expected: int | None) -> AsyncIterator[Batch]:
        """The first window by ids, in ascending order, and then in bulk."""
        window = here.windows[0]
        ids = {id_ async for page in self.requests.ids(self._condition(window)) for id_ in page}
        done, problems = await self._done(here, window, len(ids), expected)
        again = len(done.windows) >= len(here.windows)
        left = [] if again else sorted(id_ for id_ in ids if id_ > here.after)
        if not left:
            yield Batch((), Histories({}), done, problems=problems, expected=self.expected)
        while left:
            size = self._size
            some, left = left[:size], left[size:]
            here = replace(here, after=some[-1]) if left else done
            yield await self._bulk([str(id_) for id_ in some], here, () if left else problems)

    async def _searched(self, here: Position, expected: int | None) -> AsyncIterator[Batch]:
        """The first window as search brings it, from the oldest issue on."""
        window = here.windows[0]
        brought = 0
        problems: tuple[Problem, ...] = ()
        search = self.requests.search(self._condition(window), self.fields, order=ORDER_OF_BIRTH)
        async for found in gathered(search, lambda: self._size):
            brought += len(found.issues) + len(found.errors)
            if found.last:
                here, problems = await self._done(here, window, brought, expected)
            elif found.issues:
                left = self._from(window, found.issues[-1])
                here = replace(here, windows=(left, *here.windows[1:]))
            histories = await self.requests.histories([one.value["id"] for one in found.issues])
            self._weigh(len(found.issues), histories)
            yield Batch(found.issues, histories, here, found.errors, problems, self.expected)

    async def _done(
        self, here: Position, window: Window, brought: int, expected: int | None
    ) -> tuple[Position, tuple[Problem, ...]]:
        """Where to go on after the first window brought so much: in parts of it, where that is too little."""
        others = here.windows[1:]
        here = replace(here, windows=others, after=0)
        if expected is None or brought >= expected * (1 - TOLERATED_GAP):
            return here, ()
        parts = await self._parts(window) if window.halved < MOST_HALVED else ()
        if parts:
            halved = window.halved + (parts[0].projects == window.projects)
            return replace(here, windows=(*(replace(one, halved=halved) for one in parts), *others)), ()
        keys = window.projects or tuple(self.live)
        scope = f"project:{keys[0]}" if len(keys) == 1 else f"source:{self.source}"
        what = f"Jira brought {brought} of about {expected} items, however they were asked for."
        return here, (part(scope, what),)

    async def _parts(self, window: Window) -> tuple[Window, ...]:
        """The same in smaller windows: fewer projects, or half of the time since the oldest issue."""
        if parts := window.projectwise(self.live):
            return parts
        begins = window.since or await self.requests.oldest(self._condition(window))
        return window.halves(begins, self.clock()) if begins else ()

    async def _bulk(self, ids: Sequence[str], here: Position, problems: tuple[Problem, ...]) -> Batch:
        """Issues and histories, which need not wait for each other."""
        async with side_by_side() as group:
            fetching = group.create_task(self.requests.issues(ids, self.fields))
            telling = group.create_task(self.requests.histories(ids))
        (issues, errors), histories = fetching.result(), telling.result()
        self._weigh(len(ids), histories)
        return Batch(issues, histories, here, errors, problems, self.expected)

    def _weigh(self, issues: int, histories: Histories) -> None:
        self._issues += issues
        self._histories += sum(map(len, histories.of.values()))

    @property
    def _size(self) -> int:
        """How many issues to fetch at once.

        Where issues come by the hundred anyway, so many that their histories fill a page; else so many that
        these are a few pages, however long they are.
        """
        if not self._histories:
            return AT_ONCE
        by_hundred = not self.by_search and self.requests.bulk <= ISSUES_A_PAGE
        pages = 1 if by_hundred else MOST_HISTORIES
        fitting = int(0.95 * pages * HISTORIES_A_PAGE * self._issues / self._histories)
        return max(ISSUES_A_PAGE, min(AT_ONCE, fitting // ISSUES_A_PAGE * ISSUES_A_PAGE))

    def _from(self, window: Window, latest: Checked) -> Window:
        """What is left of a window after an issue: from its minute on, or earlier where wall times repeat."""
        created = latest["fields"]["created"].time()
        slack = self.moments.overlap if self.moments.zone else timedelta()
        since = (created - slack).replace(second=0, microsecond=0)
        return replace(window, since=max(since, window.since) if window.since else since)

    def _condition(self, window: Window) -> str:
        return born(window.projects, window.since, window.until, self.moments)
