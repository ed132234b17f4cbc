"""The service answers over HTTP what is signed and nothing else, and stops when it is told to."""

import asyncio
import contextlib
import json
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from counted_site import Site, Source
from shop import MODEL, NOW, Clock, book, story

from bot import service
from bot.app import App, open_app
from bot.gate import Checked
from bot.pipeline import Judged
from bot.service import Service
from bot.slack.sandbox.server import Sandbox, create_sandbox
from bot.slack.sandbox.workspace import Channel, Config, User
from bot.store import findings
from bot.store.tables import inbox, schedule_runs
from bot.timetable import timers
from bot.unusable import CannotStartError
from config.settings import Settings, SourceAccess
from connectors.signing import sign

SECRET = "shop-signs"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    users = (User("U0ANA", "ana", "ana@example.com"),)
    config = Config(
        bot_token="xoxb-shop", signing_secret=SECRET, channels=(Channel("C0SHOP", "shop"),), users=users
    )
    async with create_sandbox(config).serving() as served:
        yield served


@asynccontextmanager
async def running(folder: Path, slack: Sandbox | None = None) -> AsyncIterator[tuple[httpx.AsyncClient, App]]:
    """The service on a free port; at the end it is stopped, and must end soon."""
    port = free_port()
    settings = Settings(
        model=folder / "model.yaml",
        database=f"sqlite:///{folder / 'opsbot.db'}",
        web_port=port,
        sources={"jira": SourceAccess(webhook_secret=SECRET)},
        **({} if slack is None else {
            "slack_bot_token": "xoxb-shop", "slack_signing_secret": SECRET, "slack_url": slack.url,
        }),
    )  # fmt: skip
    async with (
        open_app(settings, book(folder, MODEL), Clock(NOW)) as app,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        made = Service(app)
        task = asyncio.create_task(made.run())
        await answering(client)
        yield client, app
        made.stop()
        await asyncio.wait_for(task, 5)


async def answering(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(10):
        while True:
            with contextlib.suppress(httpx.ConnectError):
                await client.get("/healthz")
                return
            await asyncio.sleep(0.02)


async def test_a_signed_webhook_is_taken_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "COALESCE", 0.01)
    body = json.dumps(
        {"webhookEvent": "jira:issue_updated", "timestamp": 1, "issue": {"id": "1", "key": "SHOP-1"}}
    ).encode()
    async with running(tmp_path) as (client, app):
        assert (await client.get("/readyz")).json() == {"status": "ready", "waiting_for": []}
        assert (await client.post("/webhooks/jira", content=body)).status_code == 401
        signed = {"X-Hub-Signature": sign(body, SECRET.encode())}
        assert (await client.post("/webhooks/jira", content=body, headers=signed)).status_code == 202
        outcome = await settled(app)
    assert outcome == ["source is not read"]  # no token is set for it


async def test_what_could_not_be_read_is_tried_again_although_nothing_arrives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    async def check(*_: object) -> Checked:
        asked.append(1)
        if len(asked) == 3:
            done.set()
        return Checked(Judged(), waiting=1)

    done = asyncio.Event()
    monkeypatch.setattr(service, "COALESCE", 0.01)
    monkeypatch.setattr(service, "CHECK_AGAIN", 0.01)
    monkeypatch.setattr(service, "check_arrivals", check)
    async with running(tmp_path):
        await asyncio.wait_for(done.wait(), 5)


async def test_a_start_reads_each_source_and_misses_no_digest(tmp_path: Path) -> None:
    async with running(tmp_path) as (_, app), asyncio.timeout(5):
        runs: list[tuple[str, str | None]] = []
        while [outcome for _, outcome in runs] != ["done", "done"]:
            await asyncio.sleep(0.02)
            async with app.database.read() as connection:
                query = sa.select(schedule_runs).order_by(schedule_runs.c.schedule)
                runs = [(r.schedule, r.outcome) for r in await connection.execute(query)]
    assert [name for name, _ in runs] == ["sync:github", "sync:jira"]


async def settled(app: App) -> list[str | None]:
    async with asyncio.timeout(5):
        while True:
            async with app.database.read() as connection:
                outcomes = list((await connection.execute(sa.select(inbox.c.outcome))).scalars())
            if outcomes and None not in outcomes:
                return outcomes
            await asyncio.sleep(0.02)


async def test_a_signed_slash_command_is_answered_over_http(tmp_path: Path, slack: Sandbox) -> None:
    async with running(tmp_path, slack) as (client, _):
        endpoint = f"{client.base_url}/slack/events"
        answer = await slack.slash("version", "U0ANA", "shop", endpoint=endpoint)
        assert "opsbot" in json.dumps(answer)
        body, headers = slack.signed(slack.form("version", "U0ANA", "shop"))
        forged = {**headers, "X-Slack-Signature": "v0=" + "0" * 64}
        assert (await client.post("/slack/events", content=body, headers=forged)).status_code == 401


async def test_a_port_that_is_taken_is_told_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = Settings(
            model=tmp_path / "model.yaml", database=f"sqlite:///{tmp_path / 'o.db'}", web_port=port
        )
        async with open_app(settings, book(tmp_path, MODEL), Clock(NOW)) as app:
            with pytest.raises(
                CannotStartError, match=rf"127\.0\.0\.1 port {port}: Address already in use\. Set"
            ):
                await Service(app).run()


async def test_sigterm_stops_it_and_the_signal_means_again_what_it_did(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    settings = Settings(
        model=tmp_path / "model.yaml", database=f"sqlite:///{tmp_path / 'o.db'}", web_port=free_port()
    )
    async with (
        open_app(settings, book(tmp_path, MODEL), Clock(NOW)) as app,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.web_port}") as client,
    ):
        task = asyncio.create_task(Service(app).run())
        await answering(client)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(task, 5)
    assert signal.getsignal(signal.SIGTERM) == before


async def test_a_census_of_the_service_judges_what_it_found(tmp_path: Path) -> None:
    site = Site()
    site.put(story("SHOP-1", "late"), story("SHOP-2"))
    clock = Clock(NOW)
    settings = Settings(model=tmp_path / "model.yaml", database=f"sqlite:///{tmp_path / 'opsbot.db'}")
    async with open_app(settings, book(tmp_path, MODEL), clock) as app:
        source = Source(site=site, census=site)
        source.says = [source.whole()]
        app.connectors, app.refused = {"jira": source}, {}
        await app.sync("jira")
        await app.judge()
        del site.items["SHOP-1"]
        clock.tick()
        running = Service(app)
        due = timers(app.book, running._sync, running._digest, running._census)  # noqa: SLF001 - its own
        await next(t for t in due if t.name == "count:jira").run(NOW)
        async with app.database.read() as connection:
            assert [e.event for e in await findings.since(connection)][-1] == "closed"
