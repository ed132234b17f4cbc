"""The demo: a fictional company's year, from local servers through the real connectors to Slack."""

import asyncio
import os
import shlex
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from bot.app import App, open_app
from bot.book import read_book
from bot.page.file import write
from bot.page.gather import gather
from bot.page.render import page_html
from bot.page.serve import create_app, show
from bot.page.steps import EXAMPLE, steps
from bot.progress import shown
from bot.report import Report
from bot.slack.messages import Message
from bot.slack.plaintext import as_text
from bot.slack.sandbox.server import Sandbox, create_sandbox
from bot.slack.sandbox.workspace import Channel, Config, User
from bot.web.server import Server
from config.example import example_path
from config.settings import Settings, SourceAccess
from connectors.github import sandbox as github_sandbox
from connectors.jira import sandbox as jira_sandbox
from connectors.larkfield.generate import larkfield
from connectors.larkfield.outage import Breakable, Outage
from connectors.larkfield.world import World

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
USER, TOKEN, SECRET = "omar@larkfield.example", "larkfield", "larkfield-signs"  # of servers on this machine
MODEL, DATABASE, DOTENV, PAGE = "operating-model", "opsbot.db", ".env", "report.html"
STILL = (
    "# Larkfield's clock stands still, so that its data stays as fresh as the story has it.\nOPSBOT_NOW={}\n"
)

Say = Callable[[str], None]


@dataclass(slots=True)
class Wall:
    """Larkfield's clock: it stands until the story moves it."""

    now: datetime

    def __call__(self) -> datetime:
        """The moment it shows."""
        return self.now

    def seconds(self) -> float:
        """The same as seconds since the epoch."""
        return self.now.timestamp()


@dataclass(frozen=True, slots=True)
class Larkfield:
    """The fictional company's tools, answering on this machine."""

    world: World
    wall: Wall
    slack: Sandbox
    settings: Settings
    outages: Mapping[str, Outage]  # of Jira and GitHub, by source


async def play(folder: Path, say: Say, *, stay: bool = False) -> None:
    """Tell the story once: Monday's first look, Tuesday's news. Leaves model, database and page there.

    With `stay` the tools go on answering until Ctrl-C, as the folder's .env says, and the page is live.
    """
    began = time.monotonic()
    prepare(folder)
    say(f"Larkfield Logistics (fictional) is written down in {folder / MODEL}.")
    async with larkfield_tools(folder) as company:
        issues, pulls = len(company.world.issues), len(company.world.pulls)
        say(f"Its Jira ({issues:,} issues), GitHub ({pulls:,} pull requests) and Slack answer here.\n")
        async with open_app(company.settings, read_book(company.settings.model), company.wall) as app:
            await _day(app, "Monday, 09:00: opsbot looks for the first time", say)
            company.wall.now = TUESDAY
            report = await _day(app, "Tuesday, 09:00: only what changed is read, only news is told", say)
            say("What Slack received on Tuesday:\n")
            for message in company.slack.messages:
                if float(message.ts) >= TUESDAY.timestamp():
                    say(_boxed(message.channel, as_text(Message(message.text, tuple(message.blocks)))))
            address = write(await _page(app, folder), folder / PAGE)
        say(_next_steps(folder, report, address, time.monotonic() - began))
        if stay:
            write_settings(folder, TUESDAY, company.settings)
            await _stay(folder, company, say)


async def _page(app: App, folder: Path) -> str:
    return page_html(await gather(app, _called_in(folder)))


async def _stay(folder: Path, company: Larkfield, say: Say) -> None:
    """Keep the tools answering and the page live, until Ctrl-C."""

    async def make() -> str:
        async with open_app(company.settings, read_book(company.settings.model), company.wall) as app:
            return await _page(app, folder)

    async with serving(create_app(make)) as address:
        say(f"\nThe page, fresh at each load: {address}/")
        say(f"The tools answer until Ctrl-C; try: {_called_in(folder)} doctor, sync or run")
        show(f"{address}/")
        await asyncio.Event().wait()


def prepare(folder: Path) -> None:
    """A folder with Larkfield's model, settings that stop the clock on Tuesday, and no database yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{DATABASE}*"):
        old.unlink()
    shutil.rmtree(folder / MODEL, ignore_errors=True)
    shutil.copytree(example_path(), folder / MODEL)
    write_settings(folder, TUESDAY)


def write_settings(folder: Path, now: datetime, settings: Settings | None = None) -> None:
    """The folder's .env: the moment at which its clock stands, and how tools that answer are reached.

    The secrets of the local tools are no secrets.
    """
    lines: list[str] = []
    if settings is not None:
        lines += [f"OPSBOT_SLACK_URL={settings.slack_url}", f"OPSBOT_SLACK_BOT_TOKEN=xoxb-{TOKEN}"]
        lines += [f"OPSBOT_SLACK_SIGNING_SECRET={SECRET}", f"OPSBOT_SOURCES__JIRA__USER={USER}"]
        for source in ("jira", "github"):
            name = f"OPSBOT_SOURCES__{source.upper()}"
            lines += [f"{name}__URL={settings.access(source).url}", f"{name}__TOKEN={TOKEN}"]
            lines += [f"{name}__WEBHOOK_SECRET={SECRET}"]
    text = STILL.format(now.isoformat()) + "".join(f"{line}\n" for line in lines)
    (folder / DOTENV).write_text(text, encoding="utf-8")


@asynccontextmanager
async def larkfield_tools(folder: Path, told: World | None = None) -> AsyncIterator[Larkfield]:
    """Servers that answer like Jira Cloud, GitHub and Slack on this machine, and settings for them."""
    wall = Wall(MONDAY)
    world = await asyncio.to_thread(larkfield) if told is None else told
    outages = {"jira": Outage(), "github": Outage()}
    apps: dict[str, ASGIApp] = {
        "jira": jira_sandbox.create_app(world, user=USER, token=TOKEN, now=wall),
        "github": github_sandbox.create_app(world, token=TOKEN, now=wall),
    }
    async with AsyncExitStack() as stack:
        jira, github = [
            await stack.enter_async_context(
                serving(Breakable(apps[tool], outages[tool]), dated=tool == "github")
            )
            for tool in apps
        ]
        slack = await stack.enter_async_context(create_sandbox(_workspace(world)).serving())
        slack.workspace.clock = wall.seconds
        settings = Settings(
            _env_file=None,
            model=folder / MODEL,
            database=f"sqlite:///{folder / DATABASE}",
            sources={
                "jira": SourceAccess(user=USER, token=TOKEN, webhook_secret=SECRET, url=jira),
                "github": SourceAccess(token=TOKEN, webhook_secret=SECRET, url=github),
            },
            slack_bot_token=f"xoxb-{TOKEN}",
            slack_signing_secret=SECRET,
            slack_url=slack.url,
        )
        yield Larkfield(world, wall, slack, settings, outages)


@asynccontextmanager
async def serving(app: ASGIApp, *, dated: bool = False) -> AsyncIterator[str]:
    """The address of an ASGI application that answers on a free port; `dated` ones date their answers."""
    server = Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off", date_header=not dated))
    task = asyncio.create_task(server.serve())
    while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn tells it by a flag alone
        await asyncio.sleep(0.01)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


def _workspace(world: World) -> Config:
    people = [m for m in world.people.values() if not m.is_bot]
    return Config(
        bot_token=f"xoxb-{TOKEN}",
        signing_secret=SECRET,
        channels=tuple(Channel(c.id, c.name, private=c.private, archived=c.archived) for c in world.channels),
        users=tuple(User(m.slack, m.name, m.email) for m in people),
    )


async def _day(app: App, title: str, say: Say) -> Report:
    say(title)
    for source in app.connectors:
        began = time.monotonic()
        with shown() as progress:
            pulled = await app.sync(source, progress)
        say(
            f"   pull    {source:8} {pulled.read:6,} records, {pulled.changed:,} new or changed"
            f" ({time.monotonic() - began:.1f} s, {pulled.outcome})"
        )
        for problem in pulled.problems:
            say(f"           {problem.scope}: {problem.what}")
    began = time.monotonic()
    report = await app.judge_now()
    say(
        f"   judge   {report.checked:,} subjects by {report.rules} rules: {report.new} new,"
        f" {report.inherited} inherited, {report.resolved} resolved, {report.pending} pending"
        f" ({time.monotonic() - began:.1f} s)"
    )
    made = await app.digests(keep=True)
    told = await app.tell()
    silent = sum(1 for m in made if m.digest.silent)
    say(f"   tell    {told.sent} messages to Slack, {silent} digests stay silent: nothing new for them")
    for state, channel, _, reason in await app.held_up():
        say(f"           #{channel} {state}: {reason}")
    say("")
    return report


def _called() -> str:
    """The command as this shell finds it: by name, or by its path where it is not on the PATH."""
    if shutil.which("opsbot"):
        return "opsbot"
    here = Path(sys.argv[0])
    return os.path.relpath(here) if here.is_absolute() else str(here)


def _boxed(channel: str, text: str) -> str:
    return f"┌─ #{channel}\n" + "\n".join(f"│ {line}" for line in text.splitlines()) + "\n"


def _called_in(folder: Path) -> str:
    return f"{_called()} --in {shlex.quote(str(folder))}"


def _next_steps(folder: Path, report: Report, page: str, seconds: float) -> str:
    gravest = next(x for x in report.lines if x.product is not None)
    title, tries = steps(EXAMPLE, folder, _called_in(folder))
    widest = max(len(step.command) for step in tries)
    return "\n".join(
        [
            f"Done in {seconds:.0f} s. Model, findings and page stay in {folder}.",
            "",
            f"Look at the page:  {page}",
            f"Ask why:           {_called_in(folder)} explain {gravest.key}",
            "",
            f"{title}:",
            *(f"   {step.command:{widest}}   {step.shows}" for step in tries),
        ]
    )
