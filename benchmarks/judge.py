"""How fast opsbot saves, derives and judges, as a Markdown table a configuration.

A configuration, a database and a number of items, runs in a process of its own, so that its peak of memory
is its own. Run: python benchmarks/judge.py [--items 10000,100000] [--databases sqlite,postgres]
"""

import argparse
import asyncio
import gc
import json
import logging
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import structlog
from organisation import NOW, Organisation, model

from bot.__main__ import ALLOCATIONS
from bot.book import Book, read_book
from bot.derive import derive_records
from bot.pipeline import Judged, derive, judge
from bot.store import records, syncs
from bot.store.database import Database
from bot.store.migrate import migrate

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))
postgres = import_module("postgres")  # the tests' server

PAGE = 100  # records of one page of a vendor, saved in one transaction
BASE = 2000  # records whose writing and reading as JSON is the measure of this machine
STEADY, ONES = 5, 20  # repetitions of which the median is told
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was measured; `ratio` to reading and writing as many records as JSON."""

    what: str
    items: int
    seconds: float
    ratio: float
    peak_mb: float
    note: str = ""


@dataclass(slots=True)
class Stopwatch:
    """Seconds spent inside `running`, in total."""

    seconds: float = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count the time spent here."""
        began = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - began


async def measured(url: str, items: int, folder: Path) -> AsyncIterator[Line]:
    """The lines of one configuration, in the order of a first day; the database is empty before."""
    (folder / "model.yaml").write_text(json.dumps(model()), encoding="utf-8")
    book, organisation, database = read_book(folder / "model.yaml"), Organisation(items), Database(url)
    base = _base(organisation)

    def line(what: str, count: int, seconds: float, note: str = "") -> Line:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return Line(what, count, seconds, seconds / (count * base), peak, note)

    await migrate(database)
    try:
        seconds = await _save_all(database, organisation)
        yield line("save, in pages of 100", items, seconds)
        watch = Stopwatch()
        with watch.running():
            await derive(database, book, NOW)
        yield line("derive, all of it", items, watch.seconds)
        seconds, judged = await _judge(database, book, 1)
        yield line("judge, the first time", items, seconds, _told(judged))
        steady = [await _judge(database, book, minute) for minute in range(2, 2 + STEADY)]
        seconds = statistics.median(s for s, _ in steady)
        yield line("judge, nothing changed", items, seconds, _told(steady[-1][1]))
        some = Random(organisation.seed).sample(range(items), items // 100)  # noqa: S311 - a story, no secret
        few = await _change(database, organisation, some, 8)
        watch = Stopwatch()
        with watch.running():
            derived = await derive(database, book, NOW + 8 * MINUTE)
        yield line("derive, after 1 % changed", few, watch.seconds, f"{derived:,} with dependents")
        seconds, judged = await _judge(database, book, 9)
        yield line("judge, after 1 % changed", items, seconds, _told(judged))
        ones = [await _one(database, book, organisation, n) for n in range(ONES)]
        yield line("webhook: save, derive, judge one", 1, statistics.median(ones), f"worst {max(ones):.3f} s")
    finally:
        await database.close()


def _base(organisation: Organisation) -> float:
    """Seconds to write a record as JSON and to read it again, the best of five tries."""
    some = [organisation.record(n) for n in range(min(BASE, organisation.items))]
    tries = []
    for _ in range(5):
        watch = Stopwatch()
        with watch.running():
            for record in some:
                msgspec.json.decode(msgspec.json.encode(record), type=type(record))
        tries.append(watch.seconds)
    return min(tries) / len(some)


async def _save_all(database: Database, organisation: Organisation) -> float:
    """Save as a first sync does; gives the seconds without inventing the records."""
    watch = Stopwatch()
    async with database.write() as connection:
        lines = [await syncs.begin(connection, source, NOW) for source in ("jira", "github")]
        await records.save(connection, [*organisation.persons(), *organisation.containers()], NOW)
    for start in range(0, organisation.items, PAGE):
        page = [organisation.record(n) for n in range(start, min(start + PAGE, organisation.items))]
        with watch.running():
            async with database.write() as connection:
                await records.save(connection, page, NOW)
    async with database.write() as connection:
        for sync in lines:
            await syncs.end(connection, sync, "complete", NOW)
    return watch.seconds


async def _judge(database: Database, book: Book, minute: int) -> tuple[float, Judged]:
    watch = Stopwatch()
    with watch.running():
        judged = await judge(database, book, NOW + minute * MINUTE)
    return watch.seconds, judged


async def _change(database: Database, organisation: Organisation, numbers: Sequence[int], minute: int) -> int:
    at = NOW + minute * MINUTE
    async with database.write() as connection:
        await records.save(connection, [organisation.changed(n, at) for n in numbers], at)
    return len(numbers)


async def _one(database: Database, book: Book, organisation: Organisation, n: int) -> float:
    """Seconds from a record that was read again to what is judged of it, and of what hangs on it."""
    at = NOW + 10 * MINUTE + timedelta(seconds=n)
    record = organisation.changed(n * organisation.items // ONES + 1, at)
    watch = Stopwatch()
    with watch.running():
        async with database.write() as connection:
            await records.save(connection, [record], at)
        derived = await derive_records(database, book, at)
        await judge(database, book, at, derived)
    return watch.seconds


def _told(judged: Judged) -> str:
    opened, resolved = judged.count("opened"), judged.count("resolved")
    return f"{judged.checked:,} subjects; {opened:,} opened, {resolved:,} resolved"


async def _child(url: str, items: int) -> None:
    """Measure one configuration and print a line of JSON for each thing."""
    gc.set_threshold(ALLOCATIONS)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        async for line in measured(url or f"sqlite+aiosqlite:///{folder}/bench.db", items, Path(folder)):
            print(msgspec.json.encode(line).decode(), flush=True)


def _table(database: str, url: str, items: int) -> None:
    print(f"\n### {database}, {items:,} items\n")
    print("| what | seconds | items a second | ratio | peak MB | |\n|---|--:|--:|--:|--:|---|", flush=True)
    command = [sys.executable, __file__, "--child", url, "--items", str(items)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:  # noqa: S603 - this very script
        for text in child.stdout or ():
            line = msgspec.json.decode(text, type=Line)
            rate = line.items / line.seconds
            row: tuple[Any, ...] = (line.what, f"{line.seconds:.3f}", f"{rate:,.0f}", f"{line.ratio:.2f}")
            print("|", " | ".join((*row, f"{line.peak_mb:.0f}", line.note)), "|", flush=True)
    if child.returncode:
        sys.exit(child.returncode)


def main() -> None:
    """Measure every configuration that was asked for."""
    parser = argparse.ArgumentParser(description="Measure save, derive and judge.")
    parser.add_argument("--items", default="10000,100000")
    parser.add_argument("--databases", default="sqlite,postgres")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    sizes = [int(size) for size in asked.items.split(",")]
    if asked.child is not None:
        asyncio.run(_child(asked.child, sizes[0]))
        return
    databases = asked.databases.split(",")
    if "sqlite" in databases:
        for items in sizes:
            _table("SQLite", "", items)
    binaries = postgres.find_binaries() if "postgres" in databases else None
    if binaries is not None:
        with postgres.running(binaries) as server:
            for items in sizes:
                with server.database() as url:
                    _table("PostgreSQL", url, items)
    elif "postgres" in databases:
        print("\nPostgreSQL is left out: its initdb and pg_ctl are not on this machine.")


if __name__ == "__main__":
    main()
