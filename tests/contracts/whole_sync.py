"""All that a connector ever asks, asked once: readings, a census, single items, a check."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from connectors.connector import Connector
from connectors.errors import ConnectorError
from connectors.larkfield.world import Repository, World
from connectors.learned import Value
from rules.records import PullRequest, Record, WorkItem

SOME = 150  # more than a page of a hundred


@dataclass
class Clock:
    """A clock that stands until it is set."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


def part_of(world: World, more_repositories: int = 0) -> World:
    """Larkfield with its latest issues and pull requests alone, and with further, empty repositories."""
    bare = tuple(Repository(90_000 + n, f"R_{n}", f"larkfield/bare-{n}") for n in range(more_repositories))
    return replace(
        world,
        issues=world.issues[-SOME:],
        pulls=world.pulls[-SOME:],
        repositories=(*world.repositories, *bare),
    )


async def everything(connect: Callable[[], Connector], clock: Clock, ends: datetime) -> list[Record]:
    """Drive a connector through its whole life, and give the records it brought.

    First reading ten days before the end; then at the end, by a new connector from the stored cursor; then an
    idle one, told what was touched; then the census, single items and the check.
    """
    found: list[Record] = []
    cursor, memory = None, dict[str, Value]()
    for moment in (ends - timedelta(days=10), ends):
        clock.now = moment
        async with opened(connect, memory) as connector:
            cursor = await _read(connector, cursor, (), found)
    items = [record for record in found if isinstance(record, WorkItem | PullRequest)]
    async with opened(connect, memory) as connector:
        cursor = await _read(connector, cursor, [item.id for item in items[-5:]], found)
        await _read(connector, cursor, (), found)
        await connector.read([name for item in (items[0], items[-1]) for name in (item.key, item.id)])
        await connector.read(["larkfield/none#1" if "#" in items[0].key else "NONE-1"])
        await _count(connector, [item.id for item in items[:5]])
        await connector.check()
    return found


@asynccontextmanager
async def opened(connect: Callable[[], Connector], memory: dict[str, Value]) -> AsyncIterator[Connector]:
    """A connector that goes on with what others learned, closed in the end."""
    connector = connect()
    connector.learned.load(memory)
    try:
        yield connector
    finally:
        await connector.close()
        memory.update({n: v for n, v in connector.learned.take_changes().items() if v is not None})


async def refused(connect: Callable[[], Connector]) -> ConnectorError:
    """What a connector says whose sign-in is wrong."""
    async with opened(connect, {}) as connector:
        with pytest.raises(ConnectorError) as raised:
            await _read(connector, None, (), [])
    return raised.value


async def _read(
    connector: Connector, cursor: str | None, touched: Sequence[str], found: list[Record]
) -> str | None:
    async for page in connector.pages(cursor, touched):
        found += page.records
        cursor = page.cursor
        assert not page.problems, page.problems
    return cursor


async def _count(connector: Connector, some: list[str]) -> None:
    census = connector.census
    if census is None:
        return
    roster = await census.roster()
    await census.counts(list(roster))
    for container, standing in roster.items():
        if standing == "live":
            async for _ in census.ids(container):
                pass
    await census.find([*some, "99999999"])
