"""The database: a write is whole or nothing, a read sees one moment, and writers do not lose each other."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from shop import NOW

from bot.store.database import Database
from bot.store.tables import cursors


async def _count(database: Database) -> int:
    async with database.read() as connection:
        return int((await connection.execute(sa.select(sa.func.count()).select_from(cursors))).scalar_one())


def _row(source: str, cursor: str = "0") -> sa.Insert:
    return sa.insert(cursors).values(source=source, cursor=cursor, moved_at=NOW)


async def test_a_write_that_raises_leaves_nothing(database: Database) -> None:
    async def write() -> None:
        async with database.write() as connection:
            await connection.execute(_row("jira"))
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        await write()
    assert await _count(database) == 0
    async with database.write() as connection:
        await connection.execute(_row("jira"))
    assert await _count(database) == 1


async def test_a_write_that_is_cancelled_leaves_nothing(database: Database) -> None:
    inside = asyncio.Event()

    async def write() -> None:
        async with database.write() as connection:
            await connection.execute(_row("jira"))
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await _count(database) == 0
    async with database.write() as connection:
        await connection.execute(_row("jira"))


async def test_a_read_sees_one_moment_while_a_write_commits(database: Database) -> None:
    count = sa.select(sa.func.count()).select_from(cursors)
    async with database.read() as connection:
        assert (await connection.execute(count)).scalar_one() == 0
        async with database.write() as writer:
            await writer.execute(_row("jira"))
        assert await _count(database) == 1
        assert (await connection.execute(count)).scalar_one() == 0


async def test_what_a_read_writes_is_forgotten(database: Database) -> None:
    """Judging fills TEMP tables in a read: the connection goes back to the pool as it was."""
    for _ in range(6):
        async with database.read() as connection:
            await connection.execute(sa.text("CREATE TEMPORARY TABLE beside (x INTEGER)"))


async def test_a_read_that_raises_gives_its_connection_back(database: Database) -> None:
    for _ in range(10):
        with pytest.raises(RuntimeError):
            async with database.read():
                raise RuntimeError("no")
    assert await _count(database) == 0


async def test_writers_at_the_same_time_lose_nothing(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(_row("jira"))

    async def one_more() -> None:
        async with database.write() as connection:
            held = sa.select(cursors.c.cursor).where(cursors.c.source == "jira").with_for_update()
            now_is = int((await connection.execute(held)).scalar_one())
            await connection.execute(sa.update(cursors).values(cursor=str(now_is + 1)))

    await asyncio.gather(*(one_more() for _ in range(12)))
    async with database.read() as connection:
        assert (await connection.execute(sa.select(cursors.c.cursor))).scalar_one() == "12"


async def test_a_second_process_waits_for_the_writer(database: Database) -> None:
    """On SQLite the lock of one process says nothing to another: BEGIN IMMEDIATE waits for the file."""
    other = Database(database.engine.url.render_as_string(hide_password=False))
    inside = asyncio.Event()

    async def slow() -> None:
        async with database.write() as connection:
            await connection.execute(_row("jira"))
            inside.set()
            await asyncio.sleep(0.05)

    async def second() -> None:
        await inside.wait()
        async with other.write() as connection:
            await connection.execute(_row("github"))

    await asyncio.gather(slow(), second())
    await other.close()
    assert await _count(database) == 2


async def test_between_writes_no_write_of_ours_is_half_way(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'opsbot.db'}")
    order: list[str] = []
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with database.write():
            begun.set()
            await may_end.wait()
        order.append("written")

    async def stop() -> None:
        async with database.between_writes():
            order.append("stopped")

    writing = asyncio.create_task(write())
    await begun.wait()
    stopping = asyncio.create_task(stop())
    await asyncio.sleep(0)
    may_end.set()
    await asyncio.gather(writing, stopping)
    await database.close()
    assert order == ["written", "stopped"]
