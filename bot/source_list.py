"""How each source stands: its last sync, what that cost, what is held back, what is covered, what to do."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.book import Book
from bot.freshness import stale_after
from bot.slack.messages import plural
from bot.store import censuses, presence, quarantine, syncs, usage
from bot.store.censuses import Counted
from bot.store.database import Database
from bot.store.quarantine import Quarantined
from bot.store.syncs import Ended
from connectors.connector import Connector
from connectors.errors import ConnectorError
from rules.presence import Presence

DAY = timedelta(hours=24)
SHOWN = 5
"""Items, problems and containers that are named; the rest is a number."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source of the model, as the store knows it."""

    source: str
    kind: str
    last: Ended | None  # the last sync that ended
    complete_at: datetime | None  # when the last began that read everything it could
    stale: bool
    spent_day: Mapping[str, int]  # in 24 hours, by key of the budget
    held: tuple[Quarantined, ...]
    counted: tuple[Counted, ...]  # by project or repository
    absent: Mapping[Presence, int]
    to_do: tuple[str, ...]
    refused: bool = False  # it cannot even be asked: a setting is missing

    @property
    def outcome(self) -> str:
        """complete, partial, failed or never read."""
        return self.last.outcome if self.last else "never read"

    @property
    def state(self) -> Literal["ok", "warn", "fail"]:
        """fail: not read now, or too long ago. warn: some of it is not read, or nothing was asked yet."""
        if self.refused or (self.last and (self.last.error is not None or self.stale)):
            return "fail"
        part = self.last is None or bool(self.last.problems or self.held)
        return "warn" if part or any(map(advice, self.counted)) else "ok"

    @property
    def coverage(self) -> tuple[int, int] | None:
        """Items that are stored, and that the source counts, over the containers it counted."""
        both = [(c.known, c.counted) for c in self.counted if c.counted is not None]
        return (sum(k for k, _ in both), sum(n for _, n in both)) if both else None

    def as_json(self, now: datetime) -> dict[str, Any]:
        """The same as plain data."""
        last = self.last
        return {
            "source": self.source,
            "kind": self.kind,
            "state": self.state,
            "outcome": last.outcome if last else None,
            "last_complete": _iso(self.complete_at),
            "lag_seconds": int((now - self.complete_at).total_seconds()) if self.complete_at else None,
            "stale": self.stale,
            "requests": {"last_sync": dict(last.requests) if last else {}, "last_day": dict(self.spent_day)},
            "budgets": {key: dict(budget) for key, budget in last.budgets.items()} if last else {},
            "quarantined": [
                {"item": q.item, "reason": q.reason, "since": q.since.isoformat()} for q in self.held
            ],
            "coverage": {"seen": self.coverage[0], "counted": self.coverage[1]} if self.coverage else None,
            "containers": [
                {
                    "container": c.container,
                    "at": c.at.isoformat(),
                    "counted": c.counted,
                    "listed": c.seen,
                    "seen": c.known,
                    "missing": c.missing,
                    "outcome": c.outcome,
                }
                for c in self.counted
            ],
            "absent": dict(self.absent),
            "problems": list(last.problems) if last else [],
            "error": last.error if last else None,
            "to_do": list(self.to_do),
        }


async def source_lines(
    database: Database,
    book: Book,
    connectors: Mapping[str, Connector],
    refused: Mapping[str, ConnectorError],
    now: datetime,
) -> list[SourceLine]:
    """Every source of the model that is read, in its order. `refused`: those that cannot even be asked."""
    async with database.read() as connection:
        last = await syncs.last(connection)
        states = await syncs.states(connection)
        spent = await usage.since(connection, now - DAY)
        held = await quarantine.all_of(connection)
        counted = await censuses.all_of(connection)
        absent = await presence.count(connection)
    lines = []
    for source in book.model.sources:
        if source.path is not None:
            continue  # it holds the model itself
        longest = stale_after(source)
        complete = states[source.id].last_complete if source.id in states else None
        line = SourceLine(
            source=source.id,
            kind=source.kind,
            last=last.get(source.id),
            complete_at=complete,
            stale=longest is not None and (complete is None or now - complete > longest),
            spent_day=spent.get(source.id, Counter()),
            held=tuple(q for q in held if q.source == source.id),
            counted=tuple(c for c in counted if c.source == source.id),
            absent={state: many for (name, state), many in absent.items() if name == source.id},
            to_do=(),
            refused=source.id in refused,
        )
        connector = connectors.get(source.id)
        countable = connector is not None and connector.census is not None
        lines.append(replace(line, to_do=tuple(_to_do(line, refused.get(source.id), countable=countable))))
    return lines


def _to_do(line: SourceLine, refused: ConnectorError | None, *, countable: bool) -> Iterator[str]:
    """What a person should do, the gravest first; nothing where all is well."""
    if refused is not None:
        yield str(refused)
    elif line.last is None:
        yield f"Read it: opsbot sync {line.source}"
    elif line.last.error is not None:
        yield line.last.error
    elif line.stale:
        yield f"Its data is old: opsbot run reads it on time, opsbot sync {line.source} now."
    yield from (line.last.problems[:SHOWN] if line.last else ())
    yield from (said for c in line.counted if (said := advice(c)))
    if line.held:
        yield (
            f"Look at what is in quarantine: opsbot census {line.source} tries it again. Where an item is as"
            " it should be, report the reason."
        )
    if countable and line.complete_at is not None and not line.counted:
        yield f"Compare it with what its source counts: opsbot census {line.source}"


def advice(counted: Counted) -> str:
    """What a person should do about the last census of a container; empty where it was well."""
    key, source = counted.container, counted.source
    if counted.outcome == censuses.GUARDED:
        return (
            f"{key}: {plural(counted.missing or 0, 'item')} vanished at once, so none is taken for deleted."
            f" If they were: opsbot census {source} --believe {key}. If not, give the account access again."
        )
    if counted.outcome == censuses.OUT_OF_SIGHT:
        return (
            f"{key} is out of sight: give the account access again. It may also have been taken out of the"
            " operating model. What was known stays."
        )
    if counted.outcome.startswith(censuses.FAILED):
        return f"{key} could not be counted: {counted.outcome.removeprefix(censuses.FAILED)}"
    if counted.seen is not None and counted.seen > counted.known:
        left = counted.seen - counted.known
        return f"{key}: {plural(left, 'item')} of it could not be read yet; opsbot census {source} goes on."
    return ""


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
