"""One sync's way through the repositories: which of them are asked, and what their lists give."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.connector import Problem
from connectors.errors import ConnectorError
from connectors.github import feed, repositories, shapes
from connectors.github.cursor import OVERLAP, Cursor
from connectors.github.feed import Batch
from connectors.github.probe import Seen, probe
from connectors.learned import Learned
from connectors.transport import Transport
from rules.records import Container

NEVER = "never"  # asked since when, for a first reading
FEW = 20  # repositories that are asked one by one: an unchanged list is free, but a request all the same


@dataclass(frozen=True, slots=True)
class Tag:
    """By what a repository is recognised as unchanged: the name and text to remember."""

    repository: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """Entries of a repository's list, and the cursor and tag that are right once all of them are stored."""

    home: Container
    state: Cursor
    issues: tuple[shapes.Issue, ...] = ()
    problems: tuple[Problem, ...] = ()
    left: int | None = None
    tag: Tag | None = None


class Reading:
    """Walks through repositories from a cursor. `state` is how far it has come."""

    def __init__(self, transport: Transport, learned: Learned, state: Cursor) -> None:
        self.state = state
        self._transport = transport
        self._learned = learned
        self._live: list[Container] = []
        self._seen: Mapping[str, Seen] = {}
        self._before: Mapping[str, Seen | None] = {}
        self._scanned: list[tuple[Container, datetime | None]] = []

    async def steps(self, homes: Sequence[Container]) -> AsyncIterator[Step]:
        """Yield what changed, one repository after the other; nothing for one that is known to be unchanged.

        A repository that is refused (301, 403, 404, 410, 451) becomes a problem and keeps its place.

        Raises:
            ConnectorError: refused for the source as a whole.
        """
        live = [home for home in homes if not (home.archived and home.key in self.state.closed)]
        self._live = live
        if len(live) > FEW:
            self._seen = await probe(self._transport, [home.id for home in live])
        for home in live:
            if not self._unmoved(home):
                async for step in self._guarded(home, self._of(home)):
                    yield step
        if self._scanned:
            ids = [home.id for home, _ in self._scanned]
            now = await probe(self._transport, ids)
            for home, known in self._scanned:
                async for step in self._guarded(home, self._caught_up(home, known, now.get(home.id))):
                    yield step

    async def _guarded(self, home: Container, steps: AsyncIterator[Step]) -> AsyncIterator[Step]:
        try:
            async for step in steps:
                yield step
        except ConnectorError as error:
            if not repositories.hidden(error):
                raise
            yield Step(home, self.state, problems=(repositories.problem(home.key, error),))

    def _unmoved(self, home: Container) -> bool:
        """Whether the probe tells of the repository what it told when it was last read.

        One that is to be read anew was not read, whatever it told before.
        """
        seen = self._seen.get(home.id)
        if seen is None or seen.text is None or (seen.total and self.state.since(home.key) is None):
            return False
        return seen.text == self._learned.text(_probe(home))

    def _of(self, home: Container) -> AsyncIterator[Step]:
        since = self.state.since(home.key)
        return self._first(home) if since is None else self._changes(home, since)

    async def _first(self, home: Container) -> AsyncIterator[Step]:
        """All of a repository, or the rest of a first reading that was stopped."""
        scan = self.state.scans.get(home.key)
        seen = self._seen.get(home.id)
        known = scan.known if scan else seen.newest if seen else None
        etag = None if scan or seen else self._etag(home, NEVER)
        alone = scan is None
        async for batch in feed.everything(self._transport, home.key, scan.rest if scan else "", etag=etag):
            if batch.last and alone:
                self.state = self.state.moved(home.key, batch.until, batch.seen)
                yield self._last(home, batch, NEVER)
                return
            if alone and known is None:
                # What changes from now on is after this: it is read once all has been listed.
                told = await self._before_reading(home)
                known = told.newest if told and told.newest else batch.until
            alone = False
            if batch.last:
                self.state = self.state.moved(home.key, known)
                self._scanned.append((home, known))
            else:
                self.state = self.state.scanning(home.key, batch.rest, known)
            yield Step(home, self.state, batch.issues, batch.problems, batch.left)

    async def _before_reading(self, home: Container) -> Seen | None:
        """What a repository held before its first reading; all that are to come are asked about together."""
        if home.id not in self._before:
            coming = [h.id for h in self._live[self._live.index(home) :] if self.state.since(h.key) is None]
            self._before = {**dict.fromkeys(coming), **await probe(self._transport, coming)}
        return self._before[home.id]

    async def _caught_up(
        self, home: Container, known: datetime | None, now: Seen | None
    ) -> AsyncIterator[Step]:
        """What changed while a first reading went from page to page."""
        since = self.state.since(home.key)
        if since is not None and (now is None or now.newest != known):
            async for step in self._changes(home, since):
                yield step
        else:
            self.state = self.state.settling(home.key, now.at if now else None)
            self.state = self.state.ended(home.key, archived=home.archived)
            tag = Tag(home.key, _probe(home), now.text) if now and now.text and self._seen else None
            yield Step(home, self.state, tag=tag)

    async def _changes(self, home: Container, since: datetime) -> AsyncIterator[Step]:
        asked = feed.asked_since(since)
        etag = None if self._seen else self._etag(home, asked)
        async for batch in feed.changes(self._transport, home.key, since, etag=etag):
            self.state = self.state.moved(home.key, batch.until, batch.seen if batch.last else None)
            if batch.last:
                yield self._last(home, batch, asked)
            else:
                yield Step(home, self.state, batch.issues, batch.problems, batch.left)

    def _last(self, home: Container, batch: Batch, asked: str) -> Step:
        """The step that ends a repository, with the tag by which it is recognised as unchanged next time."""
        self.state = self.state.ended(home.key, archived=home.archived)
        tag = None
        if self._seen:
            seen = self._seen.get(home.id)
            tag = Tag(home.key, _probe(home), seen.text) if seen and seen.text else None
        elif batch.etag and _settled(batch) and (asked != NEVER or not batch.issues):
            # Who reads anew wants to see all entries again, though none changed.
            tag = Tag(home.key, _list(home), f"{asked} {batch.etag}")
        return Step(home, self.state, batch.issues, batch.problems, batch.left, tag)

    def _etag(self, home: Container, asked: str) -> str | None:
        """The tag of the answer to the same question, where it is known."""
        question, _, etag = (self._learned.text(_list(home)) or "").partition(" ")
        return etag if question == asked else None


def _settled(batch: Batch) -> bool:
    """Whether no second change can follow in the second of the last one, which no list would tell."""
    if not batch.issues:
        return True
    return batch.seen is not None and batch.until is not None and batch.seen - batch.until >= OVERLAP


def _list(home: Container) -> str:
    return f"etag:{home.key}"


def _probe(home: Container) -> str:
    return f"probe:{home.key}"
