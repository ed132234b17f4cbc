"""One life of a tool and the bot that reads it: work, faults, kills; then quiet, and the reckoning."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest
from hypothesis import strategies as st

from bot.census import take
from bot.pipeline import sync
from bot.store.migrate import migrate
from connectors.governor import Governor
from connectors.transport import Transport
from tests.connectors.stateful.keeping import Kept, Killed, Mortal
from tests.connectors.stateful.network import FAULTS, Clock, Network


class Tool(Protocol):
    """A fake Jira or GitHub: what people do there, what is true of it, and how the store says the same."""

    source: str
    actions: Sequence[str]
    clock: Clock

    def app(self) -> Any: ...

    def connector(self, *, named: bool) -> Any: ...

    def act(self, action: str, n: int) -> None: ...

    def reopen(self) -> None: ...

    def truth(self) -> dict[str, Any]: ...

    def fate(self, id_: str, container: str) -> set[str]: ...

    def told(self, kept: Kept) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Act:
    """Somebody works in the tool; so many seconds pass before."""

    what: str
    n: int
    after: int


@dataclass(frozen=True)
class Reopen:
    """What was hidden or archived is shown again."""


@dataclass(frozen=True)
class Sync:
    """The bot reads; these faults meet its next requests, and it may be killed after some transactions."""

    faults: tuple[str, ...] = ()
    killed_after: int | None = None


@dataclass(frozen=True)
class Count:
    """The bot takes a census, while these faults meet its requests."""

    faults: tuple[str, ...] = ()


Step = Act | Reopen | Sync | Count


def steps(actions: Sequence[str]) -> st.SearchStrategy[list[Step]]:
    """Sequences of steps; most are work, for readings cost time."""
    act = st.builds(Act, st.sampled_from(actions), st.integers(0, 27), st.sampled_from([0, 1, 45, 1200]))
    faults = st.lists(st.sampled_from(FAULTS), max_size=6).map(tuple)
    read = st.builds(Sync, faults, st.none() | st.integers(0, 5))
    rest = st.one_of(st.just(Reopen()), st.builds(Count, faults))
    return st.lists(st.one_of(act, act, read, rest), min_size=2, max_size=9)


class Life:
    """The store and the event loop, used by one life after the other."""

    def __init__(self, runner: asyncio.Runner, database: Mortal, patch: pytest.MonkeyPatch) -> None:
        self._run, self._database, self._patch = runner.run, database, patch

    def live(self, make: Callable[[Clock], Tool], clock: Clock, steps: list[Step], *, named: bool) -> None:
        """Live through the steps; in the end the store must equal the truth."""
        tool = make(clock)
        network = Network(tool.app, clock, lambda: tool.act("edit", network.requests))
        self._patch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", network.carry)
        for sleeper in (Transport, Governor):
            self._patch.setitem(sleeper.__init__.__kwdefaults__, "sleep", clock.sleep)
        self._run(self._live(tool, network, steps, named=named))

    async def _live(self, tool: Tool, network: Network, steps: list[Step], *, named: bool) -> None:
        await self._database.empty()
        for step in steps:
            if isinstance(step, Act):
                tool.clock.forward(seconds=step.after)
                tool.act(step.what, step.n)
            elif isinstance(step, Reopen):
                tool.reopen()
            else:
                network.expect(step.faults)
                self._database.killed_after = step.killed_after if isinstance(step, Sync) else None
                await self._work(tool, step, named=named)
        network.expect(())
        self._database.killed_after = None
        tool.clock.forward(hours=25)
        for last in (Sync(), Count()):
            error = await self._work(tool, last, named=named)
            assert error is None, f"all was quiet: {error}"
        self._reckon(tool, await self._database.kept(tool.source))

    async def _work(self, tool: Tool, step: Sync | Count, *, named: bool) -> BaseException | None:
        """With a new connector, which knows only what is stored; gives why it stopped early, if it did."""
        connector = tool.connector(named=named)
        try:
            if isinstance(step, Sync):
                return (await sync(self._database, connector, tool.clock)).error
            done = await take(self._database, connector, tool.clock, whole=True)
        except Killed as killed:
            self._database.killed_after = None
            return killed
        else:
            return None if done is None else done.error
        finally:
            await connector.close()

    def _reckon(self, tool: Tool, kept: dict[str, Kept]) -> None:
        truth = tool.truth()
        assert {id_: tool.told(one) for id_, one in kept.items() if id_ in truth} == truth
        assert {id_ for id_, one in kept.items() if one.presence == "present"} == set(truth)
        for id_, one in kept.items():
            assert id_ in truth or one.presence in tool.fate(id_, one.body["container"]), id_


@contextmanager
def living(folder: Path) -> Iterator[Life]:
    """A loop and a migrated store for many lives."""
    with asyncio.Runner() as runner, pytest.MonkeyPatch.context() as patch:
        database = Mortal(f"sqlite+aiosqlite:///{folder / 'opsbot.db'}")
        runner.run(migrate(database))
        yield Life(runner, database, patch)
        runner.run(database.close())
