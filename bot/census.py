"""The census: what a source holds is counted and listed, so that absence is told from silence.

A change feed never says that something is gone. Once an hour each container is counted, which is cheap; where
the count differs from what the store knows, and once a day in any case, the ids are listed and compared.
What is missing is asked for one by one, and rules/presence.py settles what became of it. What is there and
not known is read. A container whose census stops half-way keeps everything as it was.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.pipeline import ITEM, counted, spent, store
from bot.store import censuses, learned, presence, quarantine, syncs, usage
from bot.store.censuses import Counted
from bot.store.database import CHUNK, Database, chunks
from bot.store.presence import THERE
from connectors.connector import Census, Connector, Found, Standing
from connectors.errors import ConnectorError
from rules.presence import GONE, Presence, settle

log = structlog.get_logger(__name__)

ASKED = 100
"""Items that are read or looked for at once."""
LATELY = timedelta(hours=26)
"""For so long what a webhook called deleted is looked for too: it may have been transferred."""
READ_AT_MOST = 5000
"""Items that one round reads; the rest is read by the next ones."""

_LISTED = (censuses.WHOLE, censuses.GUARDED)

Progress = Callable[[str, str, int, int], None]
"""Called before each container with the source, the container, its number and how many there are."""


def unwatched(_source: str, _container: str, _number: int, _of: int) -> None:
    """Nobody is looking."""


@dataclass(slots=True)
class Round:
    """What a round of the census over a source found."""

    source: str
    containers: list[Counted] = field(default_factory=list)
    settled: Counter[Presence] = field(default_factory=Counter)  # items whose state is another now
    read: int = 0  # items that were there and not known, moved, back, or in quarantine
    left: int = 0  # such items that the next round reads
    skipped: str = ""  # why nothing was asked
    error: ConnectorError | None = None  # why it stopped early, or the first container's

    @property
    def changed(self) -> int:
        """Items that are to be judged again."""
        return self.read + self.settled.total()


async def take(
    database: Database,
    connector: Connector,
    clock: Clock,
    *,
    whole: bool,
    believed: Collection[str] = (),
    progress: Progress = unwatched,
) -> Round | None:
    """A round over a source: `whole` lists every container, else only those whose count differs.

    `believed` are containers of which a person says that as much was deleted as it looks. None where the
    source proves no absence.
    """
    if connector.census is None:
        return None
    done = Round(connector.source)
    async with database.read() as connection:
        state = (await syncs.states(connection)).get(connector.source)
    if state is None or state.last_complete is None:
        done.skipped = "it was never read completely: opsbot sync"
        return done
    before = counted(connector.meter)
    try:
        await _Taking(database, connector, connector.census, clock, done, believed).round(whole, progress)
    except ConnectorError as error:
        done.error = error
    async with database.write() as connection:
        now = clock()
        await learned.save(connection, connector.source, connector.learned.take_changes(), now)
        await usage.add(connection, connector.source, "census", spent(connector.meter, before), now)
    log.info(
        "census_taken",
        source=done.source,
        containers=len(done.containers),
        settled=dict(done.settled),
        read=done.read,
        left=done.left,
        error=str(done.error) if done.error else None,
    )
    return done


@dataclass(frozen=True, slots=True)
class _Seen:
    """A container as it was listed, beside what the store knew when the listing began."""

    began: datetime
    known: Mapping[str, Presence]
    listed: Collection[str]
    found: Mapping[str, Found]

    @property
    def missing(self) -> list[str]:
        return [i for i, state in self.known.items() if state not in GONE and i not in self.listed]


@dataclass(slots=True)
class _Taking:
    """One round, while it goes on."""

    database: Database
    connector: Connector
    census: Census
    clock: Clock
    done: Round
    believed: Collection[str]

    async def round(self, whole: bool, progress: Progress) -> None:
        source = self.connector.source
        roster = await self.census.roster()
        async with self.database.read() as connection:
            there = await presence.containers(connection, source)
            last = {c.container: c for c in await censuses.all_of(connection, source)}
        live = [key for key, standing in roster.items() if standing == "live"]
        counts = await self.census.counts(live)
        keys = sorted({*there, *roster})
        for number, key in enumerate(keys, start=1):
            progress(source, key, number, len(keys))
            counted = Counted(
                source, key, self.clock(), counts.get(key), None, there.get(key, 0), None, censuses.AGREES
            )
            try:
                await self._container(key, roster, counted, last.get(key), whole)
            except ConnectorError as error:
                self.done.error = self.done.error or error
                failed = f"{censuses.FAILED}{error}"
                await self._keep(replace(last.get(key, counted), at=self.clock(), outcome=failed))
                if error.retry:
                    raise  # the source is down, or asks to wait: the others would fail too
        if whole:
            await self._try_quarantined()
        async with self.database.write() as connection:
            await censuses.forget_others(connection, source, keys)

    async def _container(
        self,
        key: str,
        roster: Mapping[str, Standing],
        counted: Counted,
        last: Counted | None,
        whole: bool,
    ) -> None:
        standing = roster.get(key)
        if standing != "live":
            await self._conclude(key, standing, await self._unlisted(key))
            words = {"archived": censuses.ARCHIVED, "trashed": censuses.TRASHED}
            outcome = words.get(standing or "", censuses.OUT_OF_SIGHT)
            await self._keep(replace(counted, counted=None, outcome=outcome))
        elif whole or _differs(counted, last):
            seen = await self._listed(key)
            await self._read(self._to_read(seen, roster))
            guarded = await self._conclude(key, standing, seen, roster)
            await self._keep(
                replace(
                    counted,
                    seen=len(seen.listed),
                    known=await self._should_be_there(key),
                    missing=len(seen.missing),
                    outcome=censuses.GUARDED if guarded else censuses.WHOLE,
                )
            )
        elif counted.counted is not None:
            listed = last is not None and last.outcome in _LISTED
            before = last if last is not None and listed else counted
            await self._keep(replace(before, at=counted.at, counted=counted.counted, known=counted.known))

    async def _unlisted(self, key: str) -> _Seen:
        async with self.database.read() as connection:
            return _Seen(self.clock(), await presence.known(connection, self.connector.source, key), (), {})

    async def _listed(self, key: str) -> _Seen:
        """List the ids, and look for each one that is missing."""
        seen = await self._unlisted(key)
        listed: set[str] = set()
        async for ids in self.census.ids(key):
            listed.update(ids)
        found: dict[str, Found] = {}
        seen = replace(seen, listed=listed)
        async with self.database.read() as connection:
            lately = await presence.deleted_since(connection, self.connector.source, key, seen.began - LATELY)
        for some in chunks([*seen.missing, *(lately - listed)], ASKED):
            found |= await self.census.find(some)
        return replace(seen, found=found)

    def _to_read(self, seen: _Seen, roster: Mapping[str, Standing]) -> list[str]:
        """Ids that are there and not known, those that are back, and those that moved within the source."""
        unknown = set(seen.listed) - seen.known.keys()  # also those that are stored elsewhere: they moved
        back = [i for i, state in seen.known.items() if state not in THERE and i in seen.listed]
        moved = [f.id for f in seen.found.values() if roster.get(f.container) == "live"]
        return [*sorted(unknown), *back, *moved]

    async def _read(self, ids: Sequence[str]) -> set[str]:
        """Read these as far as the round goes; gives the names of what was stored or is in quarantine."""
        few = ids[: max(0, READ_AT_MOST - self.done.read)]
        self.done.left += len(ids) - len(few)
        named: set[str] = set()
        for some in chunks(few, ASKED):
            page = await self.connector.read(some)
            async with self.database.write() as connection:
                saved = await store(connection, self.connector, page, self.clock(), asked=True)
            self.done.read += saved.read
            named |= {name for record in page.records for name in (record.id, record.key)}
            named |= {p.scope.removeprefix(ITEM) for p in page.problems if p.quarantined}
        return named

    async def _conclude(
        self,
        key: str,
        standing: Standing | None,
        seen: _Seen,
        roster: Mapping[str, Standing] | None = None,
    ) -> bool:
        """Write what became of the container's items, a little at a time; whether the guard held it back."""
        places = {id_: (f.id, f.container) for id_, f in seen.found.items()}
        settled = settle(key, standing, seen.known, seen.listed, places, guarded=key not in self.believed)
        within = {i for i, (id_, place) in places.items() if id_ == i and (roster or {}).get(place) == "live"}
        news = {
            i: state
            for i, state in settled.items()
            if state != seen.known[i]
            and state not in THERE
            and i not in within  # it was read where it is now
        }
        for state in dict.fromkeys(news.values()):
            for some in chunks([i for i, s in news.items() if s == state], CHUNK):
                async with self.database.write() as connection:
                    self.done.settled[state] += await presence.put(
                        connection,
                        self.connector.source,
                        dict.fromkeys(some, state),
                        self.clock(),
                        unless_seen_since=seen.began,
                    )
        return "unobserved" in settled.values()

    async def _should_be_there(self, key: str) -> int:
        async with self.database.read() as connection:
            return (await presence.containers(connection, self.connector.source, key)).get(key, 0)

    async def _try_quarantined(self) -> None:
        """Ask again for what is in quarantine; what is gone, or was never stored and is not found, leaves."""
        source = self.connector.source
        async with self.database.read() as connection:
            held = [q.item for q in await quarantine.all_of(connection, source)]
        if not held:
            return
        held = held[: max(0, READ_AT_MOST - self.done.read)]  # the rest stays until a round has room for it
        named = await self._read(held)
        async with self.database.write() as connection:
            kept = await presence.unreadable_of(connection, source, held)
            await quarantine.drop(connection, source, [i for i in held if i not in named and i not in kept])

    async def _keep(self, counted: Counted) -> None:
        self.done.containers.append(counted)
        async with self.database.write() as connection:
            await censuses.keep(connection, counted)


def _differs(counted: Counted, last: Counted | None) -> bool:
    """The count is not what the store knows, and not the very difference that a listing has explained."""
    if counted.counted is None or counted.counted == counted.known:
        return False
    if last is None or last.outcome not in _LISTED:
        return True
    return (counted.counted, counted.known) != (last.counted, last.known)
