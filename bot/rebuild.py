"""What was read, out of the store as JSON lines and back into an empty one: the two are equal.

Everything that sources told is in the file: records of all kinds with their history, whether they are still
there and when they were seen, how far each source was read, and what is in quarantine. What opsbot made of
it (findings, waivers, messages) is not: facts and findings are derived again, the rest is for a backup.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import quarantine
from bot.store.database import Database
from bot.store.loading import Stored, load
from bot.store.records import put_back
from bot.store.tables import cursors, records, syncs
from bot.store.tables import quarantine as held
from connectors.errors import UnexpectedAnswerError
from connectors.file.lines import ABOUT_SOURCES, TAG, encode, parsed, record_of
from connectors.file.refusals import LINE, refusal
from rules.presence import Presence

BATCH = 1000
TAKE = "Take the file as opsbot export wrote it."
_OF_SYNC = ("started_at", "ended_at", "outcome", "records", "changed", "problems")
_KEY = (records.c.kind, records.c.source, records.c.id)


async def export(database: Database) -> AsyncIterator[str]:
    """Every line, one after another, of one moment of the store; none is held."""
    async with database.read() as connection:
        last: tuple[str, str, str] | None = None
        while batch := await _batch(connection, last):
            for one in batch:
                yield _line(one)
            last = batch[-1].record.KIND, batch[-1].record.source, batch[-1].record.id
        async for said in _about_sources(connection):
            yield msgspec.json.encode(said).decode()


async def _batch(connection: AsyncConnection, last: tuple[str, str, str] | None) -> list[Stored]:
    query = sa.select(records).order_by(*_KEY).limit(BATCH)
    if last is not None:
        query = query.where(sa.tuple_(*_KEY) > sa.tuple_(*map(sa.literal, last)))
    return await load(connection, query)


def _line(one: Stored) -> str:
    beside: dict[str, object] = {"observed_at": one.observed_at}
    if one.presence != "present":
        beside |= {"presence": one.presence, "presence_at": one.presence_at}
    return encode(one.record, **beside)


async def _about_sources(connection: AsyncConnection) -> AsyncIterator[Mapping[str, Any]]:
    """How far each source was read and by which sync, and what is in quarantine."""
    newest = sa.select(sa.func.max(syncs.c.id)).where(syncs.c.whole).group_by(syncs.c.source)
    whole = {r.source: r for r in await connection.execute(sa.select(syncs).where(syncs.c.id.in_(newest)))}
    known = {r.source: r for r in await connection.execute(sa.select(cursors))}
    for source in sorted({*whole, *known}):
        said: dict[str, Any] = {TAG: "source", "source": source}
        if source in known:
            said |= {"cursor": known[source].cursor, "moved_at": known[source].moved_at}
        if source in whole:
            said |= {"sync": {name: getattr(whole[source], name) for name in _OF_SYNC}}
        yield said
    for one in await quarantine.all_of(connection):
        yield {TAG: "quarantined", **asdict(one)}


async def is_empty(database: Database) -> bool:
    """Nothing was ever read into it."""
    async with database.read() as connection:
        return (await connection.execute(sa.select(records.c.id).limit(1))).first() is None


async def restore(database: Database, path: Path) -> int:
    """Put the lines of a file into an empty store, all of them or none; gives how many records there were.

    Raises:
        UnexpectedAnswerError: a line is none that `export` writes, or there is no record.
        OSError: the file cannot be read.
    """
    many = 0
    with path.open("rb") as file:
        async with database.write() as connection:
            for batch in _batches(_said(path, file)):
                stored = [one for one in batch if isinstance(one, Stored)]
                many += len(stored)
                await put_back(connection, stored)
                for one in batch:
                    if not isinstance(one, Stored):
                        await _put_back_source(connection, one)
            if not many:
                raise refusal(path, ": it holds no record.", TAKE, LINE)
    return many


def _said(path: Path, lines: Iterable[bytes]) -> Iterator[Stored | Mapping[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            said = parsed(line)
            yield said if said[TAG] in ABOUT_SOURCES else _stored(said)
        except (ValueError, KeyError) as error:
            raise _refused(path, number, error) from error


def _refused(path: Path, number: int, error: Exception) -> UnexpectedAnswerError:
    what = f"it says no {error}" if isinstance(error, KeyError) else str(error)
    return refusal(path, f":{number}: {what}.", TAKE, LINE)


def _stored(said: Mapping[str, Any]) -> Stored:
    presence = said.get("presence", "present")
    if presence not in get_args(Presence):
        raise ValueError(f'"{presence}" is no presence of a record')
    return Stored(
        record_of(said),
        None,
        _at(said["observed_at"]),
        presence,
        _at(said["presence_at"]) if "presence" in said else None,
    )


def _batches(
    lines: Iterable[Stored | Mapping[str, Any]],
) -> Iterator[list[Stored | Mapping[str, Any]]]:
    batch: list[Stored | Mapping[str, Any]] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


async def _put_back_source(connection: AsyncConnection, said: Mapping[str, Any]) -> None:
    if said[TAG] == "quarantined":
        row = {name: said[name] for name in ("source", "item", "reason")}
        row |= {name: _at(said[name]) for name in ("since", "seen_at")}
        await connection.execute(sa.insert(held).values(row))
        return
    source = said["source"]
    if "cursor" in said:
        moved = {"source": source, "cursor": said["cursor"], "moved_at": _at(said["moved_at"])}
        await connection.execute(sa.insert(cursors).values(moved))
    if "sync" in said:
        times = {name: _at(said["sync"][name]) for name in ("started_at", "ended_at")}
        row = {"source": source, **said["sync"], **times, "whole": True}
        await connection.execute(sa.insert(syncs).values(row))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
