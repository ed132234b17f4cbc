"""The doctor looks at everything and says what to do about each thing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from shop import MODEL, NOW, Clock, Tool, book

from bot import doctor
from bot.app import App, open_app
from bot.doctor import examine
from bot.errorbook import ALL, named
from bot.slack.messages import Message
from bot.store import outbox
from config.settings import Settings
from connectors.connector import Check
from connectors.errors import FixCredentialsError


@asynccontextmanager
async def opened(folder: Path, **settings: Any) -> AsyncIterator[App]:
    settings = {"model": folder / "model.yaml", "database": f"sqlite:///{folder / 'o.db'}", **settings}
    async with open_app(Settings(**settings), book(folder, MODEL), Clock(NOW)) as app:
        yield app


async def told(app: App, *, offline: bool = True) -> dict[str, Check]:
    return {c.name: c for c in await examine(app, offline=offline)}


async def test_what_is_not_set_is_named_by_its_variable(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        checks = await told(app, offline=False)
    assert checks["operating model"].state == "ok"
    assert checks["packages"].state == "ok"
    assert checks["database"].detail == f"sqlite:///{tmp_path / 'o.db'}"
    assert checks["github: access"].state == "fail"
    assert "OPSBOT_SOURCES__GITHUB__TOKEN" in checks["github: access"].remedy
    assert checks["jira: webhooks"].remedy == (
        "Set OPSBOT_SOURCES__JIRA__WEBHOOK_SECRET to take them. [webhook-secret]"
    )
    assert checks["slack"].remedy == "Set OPSBOT_SLACK_BOT_TOKEN. [slack-token]"
    assert checks["messages"].state == "ok"
    assert all(named(c.remedy) in ALL for c in checks.values() if c.state != "ok")


async def test_slash_commands_that_nobody_can_call_are_told(tmp_path: Path) -> None:
    async with opened(tmp_path, slack_bot_token="xoxb-x") as app:
        assert "OPSBOT_SLACK_SIGNING_SECRET" in (await told(app))["slack: commands"].remedy
    async with opened(tmp_path, slack_bot_token="xoxb-x", slack_signing_secret="s") as app:
        assert "slack: commands" not in await told(app)


async def test_each_tool_is_asked_and_one_that_fails_does_not_hide_the_others(tmp_path: Path) -> None:
    class Well(Tool):
        async def check(self) -> list[Check]:
            return [Check("sign-in", "ok", "as ana"), Check("clock", "ok", "0 s apart")]

    class Ill(Tool):
        async def check(self) -> list[Check]:
            raise FixCredentialsError("Jira does not accept the token.", "Make a new one.")

    async with opened(tmp_path, now=NOW) as app:
        app.connectors = {"jira": Ill(), "github": Well()}
        checks = await told(app, offline=False)
        assert checks["jira: sign-in"].state == "fail"
        assert checks["jira: sign-in"].remedy == "Make a new one. [source-credentials]"
        assert checks["github: sign-in"].state == "ok"
        assert "github: clock" not in checks  # it cannot be right while ours stands still
        assert (checks["clock"].state, named(checks["clock"].remedy)) == ("warn", "clock-still")
        assert "jira: sign-in" not in await told(app, offline=True)


@pytest.mark.parametrize("state", ["dead", "ambiguous"])
async def test_a_message_that_is_held_up_is_shown_with_its_reason(tmp_path: Path, state: str) -> None:
    async with opened(tmp_path) as app:
        async with app.database.write() as connection:
            await outbox.put(connection, [outbox.Letter("k", "shop", Message("hi", ()), ())], NOW)
            claimed = await outbox.claim(connection, NOW)
            assert claimed is not None
            await outbox.give_up(connection, claimed, state, "the channel is archived")
        check = (await told(app))["message to #shop"]
    assert check.detail == f"{state}: the channel is archived"
    assert check.remedy


async def test_another_package_of_our_name_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Elsewhere:
        origin = "/elsewhere/rules/__init__.py"

    monkeypatch.setattr(doctor, "find_spec", lambda _name: Elsewhere())
    async with opened(tmp_path) as app:
        check = (await told(app))["packages"]
    assert check.state == "fail"
    assert "/elsewhere/rules" in check.detail
    assert named(check.remedy) == "install-shadowed"
