"""What a sync asks of Jira and GitHub, how fast it is stored and in how much memory, beside what others need.

Against the bundled sandbox servers over real HTTP, with the limits the vendors document. Each part runs in a
process of its own. Run: python benchmarks/sync.py [--items 10000] [--memory 20000,100000]
"""

import argparse
import asyncio
import gc
import json
import logging
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import structlog
from busy import GRANT, NOW, TOKEN, USER, Asked, Server, Size, histories, serving
from peers import GITHUB, JIRA, Peer, pages

from bot.__main__ import ALLOCATIONS
from bot.pipeline import Pulled, sync
from bot.store.database import Database
from bot.store.migrate import migrate
from config.model import Source
from connectors.connector import Connector
from connectors.github import client as github
from connectors.jira import client as jira
from connectors.jira.oauth import Grant, Renew
from connectors.jira.site import Manner

CONTENT = ("search/jql", "issue/bulkfetch", "changelog/bulkfetch")  # the rest is looking around
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was measured, beside its goal; None where there is none."""

    what: str
    measured: str
    goal: str = ""
    met: bool | None = None


class Clock:
    """The moment it is at the client; the server is turned to the same."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """The moment."""
        return self.now


@dataclass(slots=True)
class Bench:
    """A connector, a database of its own, and the server it asks."""

    connector: Connector
    database: Database
    server: Server
    clock: Clock

    async def sync(self, at: datetime) -> tuple[Pulled, Asked, float, float]:
        """A sync at a moment: how it went, what was asked for, its seconds, and those of this process."""
        self.clock.now = at
        self.server.turn_to(at)
        self.server.asked()
        began, computed = time.perf_counter(), time.process_time()
        pulled = await sync(self.database, self.connector, self.clock)
        seconds, computing = time.perf_counter() - began, time.process_time() - computed
        if pulled.error is not None or pulled.problems:
            raise SystemExit(f"{pulled.source}: {pulled.error or pulled.problems[:3]}")
        return pulled, self.server.asked(), seconds, computing


@asynccontextmanager
async def bench(tool: str, server: Server, *, oauth: bool = False) -> AsyncIterator[Bench]:
    """A connector to a server, and an empty database."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{folder}/bench.db")
        await migrate(database)
        connector: Connector
        if oauth:
            connector = jira.connect_by_oauth(
                Source(id="jira", jira="acme.atlassian.net"),
                grant=Grant(*GRANT),
                keep=_keep,
                url=server.url,
                gateway=server.url,
                authority=server.url,
                clock=clock,
            )
        elif tool == "jira":
            source = Source(id="jira", jira="acme.atlassian.net")
            connector = jira.connect(source, user=USER, token=TOKEN, url=server.url, clock=clock)
        else:
            source = Source(id="github", github="acme")
            connector = github.connect(source, url=server.url, token=TOKEN, clock=clock)
        try:
            yield Bench(connector, database, server, clock)
        finally:
            await connector.close()
            await database.close()


async def _keep(renew: Renew) -> None:
    await renew(None)


async def jira_requests(items: int, bulk: int) -> AsyncIterator[Line]:
    """A first sync with an API token and what comes after it, where bulk fetch takes so many issues."""
    counts = [histories(n) for n in range(items)]
    batches = sum(pages(sum(counts[n : n + 1000]), 10_000) for n in range(0, items, 1000))
    most = pages(items, 5000) + pages(items, bulk) + batches
    with serving("jira", Size(jira=items), manner=Manner(bulk=bulk)) as server:
        async with bench("jira", server) as one:
            pulled, asked, _, _ = await one.sync(NOW)
            content = sum(n for path, n in asked.requests.items() if path.endswith(CONTENT))
            what = f"first sync, {items:,} issues, {sum(counts):,} histories, bulk fetch of {bulk:,}"
            around = f"{content} requests, and {asked.total - content} to look around"
            yield Line(what, around, f"at most {most}", content <= most)
            if pulled.read < items:
                yield Line("items that came", f"{pulled.read:,}", f"{items:,}", met=False)
            async for line in _ticks(one):
                yield line


async def jira_points(items: int) -> AsyncIterator[Line]:
    """A first sync by an OAuth app, for which each object costs a point besides the request."""
    with serving("jira", Size(jira=items), manner=Manner(bulk=1000), oauth=True) as server:
        async with bench("jira", server, oauth=True) as one:
            pulled, asked, _, _ = await one.sync(NOW)
    # An issue by search and each request cost one; what histories in bulk cost is not published.
    most = items + pages(items, 100) + 100
    told = f"{asked.objects + asked.total:,} points with {asked.total} requests"
    what = f"first sync of {items:,} issues by an OAuth app"
    met = asked.objects + asked.total <= most and pulled.read >= items
    yield Line(what, told, f"at most {most:,} points of 65,000 an hour, and the histories", met)


async def _ticks(one: Bench) -> AsyncIterator[Line]:
    _, asked, _, _ = await one.sync(NOW + 2 * MINUTE)
    yield Line("idle tick", f"{asked.total} requests", "1", asked.total <= 1)
    pulled, asked, _, _ = await one.sync(NOW + 10 * MINUTE)
    what = f"tick with {pulled.changed:,} changed records"
    yield Line(what, f"{asked.total} requests", "at most 2", asked.total <= 2 and pulled.changed >= 100)
    _, asked, _, _ = await one.sync(NOW + 20 * MINUTE)
    yield Line(
        "the tick after the first change, which tests how moments are written", f"{asked.total} requests"
    )
    _, asked, _, _ = await one.sync(NOW + 40 * MINUTE)
    yield Line("idle tick half an hour later", f"{asked.total} requests", "1", asked.total <= 1)


async def github_requests(items: int) -> AsyncIterator[Line]:
    """A first sync of as many issues as pull requests in twenty repositories, and what comes after it."""
    with serving("github", Size(issues=items, pulls=items)) as server:
        async with bench("github", server) as one:
            pulled, asked, _, _ = await one.sync(NOW)
            what = f"first sync, {items:,} issues and {items:,} pull requests in 20 repositories"
            yield _cost(what, asked, 200 * items // 10_000, 650 * items // 10_000)
            listing = asked.requests["GET /orgs/acme/repos"]
            yield Line("of these for the list of repositories", f"{listing} REST request")
            if pulled.read < 2 * items:
                yield Line("items that came", f"{pulled.read:,}", f"{2 * items:,}", met=False)
            _, asked, _, _ = await one.sync(NOW + 2 * MINUTE)
            yield _cost("the first tick, which learns the tags", asked)
            _, asked, _, _ = await one.sync(NOW + 4 * MINUTE)
            yield _cost("idle tick", asked, 0, 0)
            pulled, asked, _, _ = await one.sync(NOW + 10 * MINUTE)
            yield _cost(f"tick with {pulled.changed} changed records", asked, 1, 6, pulled.changed >= 100)
            _, asked, _, _ = await one.sync(NOW + 20 * MINUTE)
            yield _cost("the tick after it, which reads the last ten minutes again", asked)
            _, asked, _, _ = await one.sync(NOW + 40 * MINUTE)
            yield _cost("idle tick half an hour later", asked, 0, 0)


def _cost(what: str, asked: Asked, requests: int | None = None, points: int = 0, also: bool = True) -> Line:
    rest = sum(n for path, n in asked.requests.items() if not path.endswith("/graphql")) - asked.unchanged
    told = f"{rest} REST requests, {asked.points} points"
    free = f" (and {asked.unchanged} answered 304)" if asked.unchanged else ""
    if requests is None:
        return Line(what, told + free)
    goal = f"at most {requests} and {points}"
    return Line(what, told + free, goal, also and rest <= requests and asked.points <= points)


async def speed(tool: str, items: int) -> AsyncIterator[Line]:
    """How fast a first sync is parsed and stored; the server answers from memory and costs little."""
    size = Size(jira=items) if tool == "jira" else Size(issues=items // 2, pulls=items // 2)
    options = {"manner": Manner(bulk=1000)} if tool == "jira" else {}
    with serving(tool, size, **options) as server:
        async with bench(tool, server) as first:
            await first.sync(NOW)
        server.answer_from_memory()
        async with bench(tool, server) as one:
            _, _, seconds, computing = await one.sync(NOW)
        what = f"{tool}: {items:,} items parsed and stored"
        # The clock counts what else the machine does, too.
        told = f"{items / computing:,.0f} a second of computing, {items / seconds:,.0f} by the clock"
        yield Line(what, told, "at least 2,000", items / computing >= 2000)


async def memory(items: int) -> AsyncIterator[Line]:
    """The greatest memory of a process that syncs so many issues, with three histories each."""
    with serving("jira", Size(jira=items, uneven=False), manner=Manner(bulk=1000)) as server:
        async with bench("jira", server) as one:
            pulled, _, seconds, _ = await one.sync(NOW)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = f"{peak:.0f} MB ({seconds:.0f} s, {pulled.read:,} records)"
    yield Line(f"jira: {items:,} issues streamed", told, "under 300 MB", peak < 300)


PARTS: dict[str, Callable[[int], AsyncIterator[Line]]] = {
    "jira-100": lambda items: jira_requests(items, 100),
    "jira-1000": lambda items: jira_requests(items, 1000),
    "jira-oauth": jira_points,
    "github": github_requests,
    "speed-jira": lambda items: speed("jira", items),
    "speed-github": lambda items: speed("github", items),
    "memory": memory,
}


async def _child(part: str, items: int) -> None:
    """Measure one part and print a line of JSON for each thing."""
    gc.set_threshold(ALLOCATIONS)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    async for line in PARTS[part](items):
        print(json.dumps(asdict(line)), flush=True)


def _measured(part: str, items: int) -> Iterator[Line]:
    command = [sys.executable, __file__, "--child", part, "--items", str(items)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:  # noqa: S603 - this very script
        for text in child.stdout or ():
            yield Line(**json.loads(text))
    if child.returncode:
        sys.exit(child.returncode)


def _table(title: str, parts: list[tuple[str, int]]) -> None:
    print(f"\n### {title}\n\n| what | measured | goal | |\n|---|---|---|---|", flush=True)
    for part, items in parts:
        for line in _measured(part, items):
            met = "" if line.met is None else "met" if line.met else "**missed**"
            print(f"| {line.what} | {line.measured} | {line.goal} | {met} |", flush=True)


def _peers(title: str, peers: tuple[Peer, ...], items: int) -> None:
    counts = [histories(n) for n in range(items)]
    print(f"\n{title}\n\n| who | needs | |\n|---|---|---|")
    for peer in peers:
        print(f"| {peer.name} | {peer.needs(items, counts)} | {peer.note} |", flush=True)


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description="Measure what a sync costs.")
    parser.add_argument(
        "--items", type=int, default=10_000, help="Jira issues; GitHub issues and pull requests"
    )
    parser.add_argument("--memory", default="20000,100000", help="numbers of issues to stream, or nothing")
    parser.add_argument("--parts", default="jira,github,speed,memory")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        asyncio.run(_child(asked.child, asked.items))
        return
    wanted = asked.parts.split(",")
    if "jira" in wanted:
        _table("Jira", [(part, asked.items) for part in ("jira-100", "jira-1000", "jira-oauth")])
        _peers("The same first sync by the plans of others:", JIRA, asked.items)
    if "github" in wanted:
        _table("GitHub", [("github", asked.items)])
        _peers("The same first sync by the plans of others:", GITHUB, asked.items)
    if "speed" in wanted:
        _table("Speed", [("speed-jira", asked.items), ("speed-github", asked.items)])
    if "memory" in wanted and asked.memory:
        _table("Memory", [("memory", int(items)) for items in asked.memory.split(",")])


if __name__ == "__main__":
    main()
