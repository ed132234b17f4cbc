"""A slash command is answered end to end: signed over HTTP, or down a socket that reconnects."""

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from slack_bolt.async_app import AsyncApp
from slack_desk import LarkfieldDesk
from starlette.applications import Starlette
from starlette.routing import Route
from structlog.testing import capture_logs

from bot.slack.app import SocketMode, create_slack_app, http_handler
from bot.slack.channels import Channels
from bot.slack.commands.desk import Asker
from bot.slack.errors import SlackRefused
from bot.slack.people import People
from bot.slack.poster import create_client
from bot.slack.sandbox.server import Sandbox
from config.model import Person
from rules.views import Status

TOKEN = "xoxb-sandbox"
SECRET = "signing-secret"
PEOPLE = {
    "ana": Person(email="ana@larkfield.example"),
    "bo": Person(email="bo@larkfield.example", slack="U0WRITTEN"),
    "chi": Person(email="chi@larkfield.example"),
    "dev": Person(email="dev@larkfield.example"),
}


def once() -> Callable[[str], Awaitable[bool]]:
    """Remembers keys as the inbox does."""
    seen: set[str] = set()

    async def first_time(key: str) -> bool:
        new = key not in seen
        seen.add(key)
        return new

    return first_time


@pytest.fixture
def desk() -> LarkfieldDesk:
    return LarkfieldDesk()


def make(sandbox: Sandbox, desk: LarkfieldDesk, secret: str | None = SECRET) -> AsyncApp:
    client = create_client(TOKEN, sandbox.url)
    return create_slack_app(
        client=client,
        signing_secret=secret,
        desk=desk,
        people=People(client, lambda: PEOPLE),
        channels=Channels(client),
        first_time=once(),
    )


@asynccontextmanager
async def over_http(app: AsyncApp) -> AsyncIterator[httpx.AsyncClient]:
    web = Starlette(routes=[Route("/slack/events", http_handler(app), methods=["POST"])])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://bot") as client:
        yield client


async def ask(sandbox: Sandbox, app: AsyncApp, form: Mapping[str, str]) -> dict[str, Any]:
    body, headers = sandbox.signed(form)
    async with over_http(app) as client:
        answer = await client.post("/slack/events", content=body, headers=headers)
        assert (answer.status_code, answer.text) == (200, "")
        return (await sandbox.replies(form["response_url"]))[0]


async def test_a_command_is_acknowledged_empty_and_answered_to_the_asker_alone(
    sandbox: Sandbox, desk: LarkfieldDesk
) -> None:
    form = sandbox.form("status booking-portal", "U0ANA", "prod-booking")
    reply = await ask(sandbox, make(sandbox, desk), form)
    assert reply["response_type"] == "ephemeral"
    assert reply["text"] == "Booking portal: 5 open (1 critical, 4 high)."
    assert reply["blocks"]
    (asker,) = desk.askers
    assert asker == Asker(user="U0ANA", team="T0SANDBOX", channel="prod-booking", handle="ana")


async def test_a_private_channel_is_known_by_its_real_name(sandbox: Sandbox, desk: LarkfieldDesk) -> None:
    await ask(sandbox, make(sandbox, desk), sandbox.form("status", "U0ANA", "product-ops"))
    assert desk.askers[0].channel == "product-ops"


@pytest.mark.parametrize(
    ("user", "handle"),
    [("U0ANA", "ana"), ("U0WRITTEN", "bo"), ("U0GUEST", None), ("U0BOT", None), ("U0NOBODY", None)],
)
async def test_people_are_found_by_account_or_email_and_guests_are_strangers(
    user: str, handle: str | None, sandbox: Sandbox, desk: LarkfieldDesk
) -> None:
    await ask(sandbox, make(sandbox, desk), sandbox.form("status", user, "prod-booking"))
    assert desk.askers[0].handle == handle


async def test_an_account_that_is_written_for_a_workspace_counts_in_that_one(sandbox: Sandbox) -> None:
    client = create_client(TOKEN, sandbox.url)
    people = {"bo": Person(slack={"larkfield": "U0BOT", "emea": "U0GUEST"})}
    assert await People(client, lambda: people, "emea").handle("U0GUEST", "T0SANDBOX") == "bo"
    assert await People(client, lambda: people, "larkfield").handle("U0GUEST", "T0SANDBOX") is None


async def test_someone_of_another_workspace_is_told_nothing(sandbox: Sandbox, desk: LarkfieldDesk) -> None:
    reply = await ask(sandbox, make(sandbox, desk), sandbox.form("status", "U0OTHER", "prod-booking"))
    assert reply["text"] == "I answer only people of the workspace I belong to."
    assert desk.asked == []


@pytest.mark.parametrize("tampered", ["signature", "body", "old", "young", "unsigned", "not text"])
async def test_a_request_that_slack_did_not_sign_just_now_is_refused(
    tampered: str, sandbox: Sandbox, desk: LarkfieldDesk
) -> None:
    now = int(sandbox.workspace.clock())
    form = sandbox.form("status", "U0ANA", "prod-booking")
    body, headers = sandbox.signed(form, at=now + {"old": -301, "young": 301}.get(tampered, 0))
    content = body.encode()
    if tampered == "signature":
        headers["X-Slack-Signature"] = headers["X-Slack-Signature"][:-1] + "x"
    elif tampered == "unsigned":
        del headers["X-Slack-Signature"]
    elif tampered == "body":
        content += b"&user_id=U0WRITTEN"
    elif tampered == "not text":
        content = b"\xff" + content
    async with over_http(make(sandbox, desk)) as client:
        answer = await client.post("/slack/events", content=content, headers=headers)
    assert answer.status_code == 401
    assert desk.asked == []


async def test_without_a_signing_secret_no_request_is_believed(sandbox: Sandbox, desk: LarkfieldDesk) -> None:
    body, headers = sandbox.signed(sandbox.form("status", "U0ANA", "prod-booking"))
    mac = hmac.new(b"", f"v0:{headers['X-Slack-Request-Timestamp']}:{body}".encode(), "sha256").hexdigest()
    async with over_http(make(sandbox, desk, secret=None)) as client:
        answer = await client.post(
            "/slack/events", content=body, headers={**headers, "X-Slack-Signature": f"v0={mac}"}
        )
    assert answer.status_code == 401


async def test_a_command_delivered_twice_is_answered_once(sandbox: Sandbox, desk: LarkfieldDesk) -> None:
    app, form = make(sandbox, desk), sandbox.form("status", "U0ANA", "prod-booking")
    await ask(sandbox, app, form)
    await ask(sandbox, app, form)
    await ask(sandbox, app, sandbox.form("status", "U0ANA", "prod-booking"))
    assert len(desk.asked) == 2
    assert len(await sandbox.replies(form["response_url"])) == 1


async def test_a_mistake_of_ours_becomes_a_sentence_with_a_reference_that_is_logged(
    sandbox: Sandbox,
) -> None:
    class Broken(LarkfieldDesk):
        async def status(self, asker: Any, about: str | None) -> Status:  # noqa: ARG002 - the desk's signature
            raise RuntimeError("secret detail")

    with capture_logs() as logs:
        reply = await ask(sandbox, make(sandbox, Broken()), sandbox.form("status", "U0ANA", "prod-booking"))
    (logged,) = [entry for entry in logs if entry["event"] == "slack.command_failed"]
    assert f"ref `{logged['reference']}`" in reply["text"]
    assert "secret detail" not in str(reply)


async def test_less_is_shown_not_more_where_slack_does_not_tell_who_and_where(
    sandbox: Sandbox, desk: LarkfieldDesk
) -> None:
    app = make(sandbox, desk)
    await ask(sandbox, app, sandbox.form("status", "U0NOBODY", "prod-booking"))  # signs in once
    form = sandbox.form("status", "U0ANA", "hidden")
    sandbox.workspace.config = replace(sandbox.workspace.config, bot_token="rotated")
    await ask(sandbox, app, form)
    assert (desk.askers[1].channel, desk.askers[1].handle) == (None, None)


async def test_socket_mode_answers_before_and_after_slack_renews_the_connection(
    sandbox: Sandbox, desk: LarkfieldDesk
) -> None:
    runner = SocketMode(make(sandbox, desk, secret=None), "xapp-sandbox")
    await runner.start()
    try:
        reply = await sandbox.slash("status", "U0ANA", "prod-booking")
        assert reply["text"].startswith("Booking portal")
        await sandbox.disconnect()
        reply = await sandbox.slash("explain BOOK-412", "U0ANA", "prod-booking")
        assert reply["text"] == "BOOK-412: 1 rule fails, 1 unknown."
    finally:
        await runner.stop()
    assert not [t for t in asyncio.all_tasks() if "slack_sdk" in t.get_coro().cr_code.co_filename]


async def test_socket_mode_says_at_once_if_its_token_is_wrong(sandbox: Sandbox, desk: LarkfieldDesk) -> None:
    runner = SocketMode(make(sandbox, desk), "xapp-wrong")
    with pytest.raises(SlackRefused):
        await runner.start()
    await runner.stop()
