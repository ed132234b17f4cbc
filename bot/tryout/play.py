"""Plays a script to try: prepares its folder, runs its commands, and lets happen what happens between."""

import asyncio
import os
import shlex
import shutil
import sqlite3
import textwrap
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot import demo
from bot.demo import (
    DATABASE,
    DOTENV,
    MODEL,
    TUESDAY,
    Larkfield,
    Say,
    larkfield_tools,
    prepare,
    write_settings,
)
from bot.errors import COMMAND_BUSY
from bot.store import ledger
from bot.store.database import Database
from bot.tryout.steps import Broken, Clock, Command, Edit, Ledger, Script
from bot.unusable import CannotStartError
from config.variables import PREFIX
from connectors.larkfield.exports import write_exports
from connectors.larkfield.fixes import flag_lifted
from connectors.larkfield.generate import larkfield
from connectors.larkfield.world import World

Run = Callable[[list[str]], int]
"""The command line: runs these words, prints what they say, gives the exit code."""
AN_HOUR = 3600
LOCK = "try.lock"
WIDTH = 100
BERLIN = ZoneInfo("Europe/Berlin")


async def play(script: Script, folder: Path, run: Run, say: Say) -> int:
    """Play a script on a copy of the demo in `folder`; gives 1 where a command did not do what it should.

    Raises:
        CannotStartError: another plays in that folder.
    """
    with _alone_in(folder):
        return await _play(script, folder, run, say)


async def _play(script: Script, folder: Path, run: Run, say: Say) -> int:
    if not (folder / DATABASE).exists():
        say(f"There is no demo in {folder} yet: it is played first.")
        await demo.play(folder, lambda _: None)
    place = folder / f"try-{script.name}"
    prepare(place)
    with (
        closing(sqlite3.connect(folder / DATABASE)) as of_demo,
        closing(sqlite3.connect(place / DATABASE)) as own,
    ):
        of_demo.backup(own)
    say(f"{script.shows[0].upper()}{script.shows[1:]}.")
    say(f"Played in {place}, on a copy of the demo's database; it can be played again.")
    if script.exports:
        shutil.rmtree(place / "exports", ignore_errors=True)
        shutil.rmtree(place / "proposed", ignore_errors=True)
        await asyncio.to_thread(write_exports, place / "exports")
    with _settings_of_the_folder_alone():
        async with _tools(script, place) as tools:
            stage = _Stage(place, tools, run, say)
            stage.turn_clock(TUESDAY)
            for step in script.steps:
                await stage.play(step)
    write_settings(place, stage.now)
    say(f"\n{script.end.format(folder=place)}")
    return 1 if stage.surprised else 0


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Nobody else plays in this folder meanwhile. The lock of a database ends with its process, however."""
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / LOCK, timeout=0)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            says = f"In {folder} something is being tried already. Wait for it, or name another --folder."
            raise CannotStartError(says, COMMAND_BUSY) from error
        yield


@asynccontextmanager
async def _tools(script: Script, place: Path) -> AsyncIterator[Larkfield | None]:
    """Larkfield's tools as of Tuesday morning, where the script needs them."""
    if not script.needs_tools:
        yield None
        return
    world: World = await asyncio.to_thread(larkfield)
    if (flag := script.lifted) is not None:
        world = flag_lifted(world, flag.key, flag.at, by=flag.by, why=flag.why)
    async with larkfield_tools(place, world) as tools:
        tools.wall.now = TUESDAY
        yield tools


@contextmanager
def _settings_of_the_folder_alone() -> Iterator[None]:
    """Settings of the environment are put aside: they are meant for the real thing."""
    aside = {name: os.environ.pop(name) for name in list(os.environ) if name.upper().startswith(PREFIX)}
    try:
        yield
    finally:
        os.environ.update(aside)


class _Stage:
    """Where a script is played: its folder, its tools, and the time of its story."""

    def __init__(self, place: Path, tools: Larkfield | None, run: Run, say: Say) -> None:
        self._place = place
        self._tools = tools
        self._run = run
        self._say = say
        self.now = TUESDAY
        self.surprised = False

    def turn_clock(self, now: datetime) -> None:
        """It is that time now, for the tools and for opsbot."""
        self.now = now
        if self._tools is not None:
            self._tools.wall.now = now
        write_settings(self._place, now, self._tools.settings if self._tools else None)
        with (self._place / DOTENV).open("a", encoding="utf-8") as settings:
            settings.write("OPSBOT_LOG_LEVEL=warning\n")

    async def play(self, step: Command | Clock | Broken | Edit | Ledger) -> None:
        """Let one step happen."""
        match step:
            case Command():
                await self._command(step)
            case Clock(to, meanwhile):
                self.turn_clock(to)
                self._remark(f"… {to.astimezone(BERLIN):%A, %H:%M}: {meanwhile}")
            case Broken(tool, status, meanwhile):
                if self._tools is not None:
                    self._tools.outages[tool].status = status
                    self._tools.outages[tool].retry_after = AN_HOUR if status == 503 else None
                self._remark(f"… {meanwhile}")
            case Edit():
                self._edit(step)
            case Ledger(why):
                self._remark(why)
                for row in await self._ledger():
                    self._say(row)

    async def _command(self, step: Command) -> None:
        """Run it in another thread, so that the tools can answer it."""
        words = ["--in", str(self._place), *shlex.split(step.words.format(folder=self._place))]
        self._remark(step.why)
        self._say(f"$ opsbot {shlex.join(words)}")
        code = await asyncio.to_thread(self._run, words)
        if code != step.code:
            self.surprised = True
            self._remark(f"That ended with exit code {code}; the story expects {step.code}.")
        self._remark(step.seen)

    def _remark(self, text: str) -> None:
        """What the storyteller says, apart from what commands print."""
        self._say("")
        for line in textwrap.wrap(text, WIDTH, break_on_hyphens=False, break_long_words=False):
            self._say(f"# {line}")

    def _edit(self, step: Edit) -> None:
        file = self._place / MODEL / step.file
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(step.old, step.new), encoding="utf-8")
        new = [line for line in step.new.splitlines() if line not in step.old.splitlines()]
        self._remark(f"{step.why} In {file}:")
        for line in new:
            self._say(f"+ {line}")

    async def _ledger(self) -> list[str]:
        database = Database(f"sqlite+aiosqlite:///{self._place / DATABASE}")
        try:
            async with database.read() as connection:
                acts = await ledger.entries(connection)
        finally:
            await database.close()
        return [_act(act) for act in acts]


def _act(act: ledger.Entry) -> str:
    """One row of the ledger on a line."""
    what = "; ".join(f"{name} {_plain(value)}" for name, value in act.what.items())
    why = f"; why: {act.why}" if act.why else ""
    return f"{act.at.astimezone(BERLIN):%d %b %H:%M}  {act.who}  {act.event}  {act.subject}: {what}{why}"


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
