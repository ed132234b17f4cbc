"""The sandbox answers as Slack does where the bot depends on it."""

import aiohttp
import pytest
from aiohttp import web

from bot.slack.poster import create_client
from bot.slack.sandbox.server import Sandbox, create_sandbox
from bot.slack.sandbox.workspace import Answer, Channel, Config, User, Workspace

TOKEN = "xoxb-sandbox"
BLOCK = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}


@pytest.fixture
def workspace() -> Workspace:
    return Workspace(
        Config(
            bot_token=TOKEN,
            signing_secret="s",
            channels=(Channel("C1", "one"),),
            users=(User("U1", "ana", "ana@larkfield.example"),),
        )
    )


def error(answer: Answer) -> object:
    return answer.body.get("error")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"channel": "C9", "text": "x"}, "channel_not_found"),
        ({"channel": "C1"}, "no_text"),
        ({"channel": "C1", "text": "x", "blocks": [BLOCK] * 51}, "invalid_blocks"),
        (
            {"channel": "C1", "text": "x", "blocks": [{"type": "section", "text": {"text": "y" * 3001}}]},
            "invalid_blocks",
        ),
        (
            {"channel": "C1", "text": "x", "blocks": [{"type": "section", "text": {"text": "y" * 2900}}] * 5},
            "msg_blocks_too_long",
        ),
    ],
)
def test_a_message_that_cannot_stand_is_refused(
    arguments: dict[str, object], code: str, workspace: Workspace
) -> None:
    assert error(workspace.call("chat.postMessage", arguments, TOKEN)) == code
    assert workspace.messages == []


def test_a_message_can_be_changed_where_it_stands(workspace: Workspace) -> None:
    ts = workspace.call("chat.postMessage", {"channel": "C1", "text": "before"}, TOKEN).body["ts"]
    changed = {"channel": "C1", "ts": ts, "text": "after"}
    assert workspace.call("chat.update", changed, TOKEN).body["ok"]
    assert [m.text for m in workspace.messages] == ["after"]
    assert error(workspace.call("chat.update", {**changed, "ts": "0.0"}, TOKEN)) == "message_not_found"


def test_people_are_found_by_id_and_by_email(workspace: Workspace) -> None:
    found = workspace.call("users.lookupByEmail", {"email": "ana@larkfield.example"}, TOKEN)
    assert found.body["user"]["id"] == "U1"
    assert error(workspace.call("users.lookupByEmail", {"email": "x"}, TOKEN)) == "users_not_found"
    assert error(workspace.call("users.info", {"user": "U9"}, TOKEN)) == "user_not_found"


def test_tokens_and_methods_are_checked(workspace: Workspace) -> None:
    assert error(workspace.call("auth.test", {}, "")) == "not_authed"
    assert error(workspace.call("auth.test", {}, "wrong")) == "invalid_auth"
    assert error(workspace.call("no.method", {}, TOKEN)) == "unknown_method"


async def test_a_long_list_comes_in_pages(sandbox: Sandbox) -> None:
    page = await create_client(TOKEN, sandbox.url).conversations_list(limit=2)
    assert len(page["channels"]) == 2
    assert page["response_metadata"]["next_cursor"] == "2"


async def test_a_response_address_answers_five_times(sandbox: Sandbox) -> None:
    address = sandbox.form("status", "U0ANA", "prod-booking")["response_url"]
    async with aiohttp.ClientSession() as session:
        statuses = [(await session.post(address, json={"text": str(n)})).status for n in range(6)]
    assert statuses == [200] * 5 + [404]
    assert [r["text"] for r in await sandbox.replies(address)] == ["0", "1", "2", "3", "4"]


async def test_a_command_reaches_an_endpoint_signed(sandbox: Sandbox) -> None:
    seen: dict[str, str] = {}

    async def endpoint(request: web.Request) -> web.Response:
        form = await request.post()
        seen["signature"] = request.headers["X-Slack-Signature"]
        async with aiohttp.ClientSession() as session:
            await session.post(str(form["response_url"]), json={"text": f"you typed {form['text']}"})
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/slack/events", endpoint)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        address = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        reply = await sandbox.slash("status", "U0ANA", "prod-booking", endpoint=address)
    finally:
        await runner.cleanup()
    assert reply["text"] == "you typed status"
    assert seen["signature"].startswith("v0=")


async def test_it_can_be_served_twice_in_a_row() -> None:
    config = Config(bot_token=TOKEN, signing_secret="s", channels=(), users=())
    for _ in range(2):
        async with create_sandbox(config).serving() as served:
            assert (await create_client(TOKEN, served.url).auth_test())["team"] == "Sandbox"
