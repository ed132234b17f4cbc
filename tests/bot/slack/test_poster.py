"""A message is posted once, or it is known why not and what to do."""

import asyncio
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.slack.channels import Channels
from bot.slack.errors import REFUSALS, SlackAmbiguous, SlackRefused, SlackWait, reading, refused, translated
from bot.slack.messages import Message, section
from bot.slack.poster import SlackPoster, create_client, fingerprint
from bot.slack.sandbox.server import Sandbox
from bot.slack.sandbox.workspace import Channel, Fault

MESSAGE = Message("3 new, 2 resolved.", (section("*3 new*"),))
TOKEN = "xoxb-sandbox"


async def test_a_message_stands_in_its_channel_with_an_opaque_key(
    sandbox: Sandbox, poster: SlackPoster
) -> None:
    posted = await poster.post("prod-booking", MESSAGE, "k-1")
    (stored,) = sandbox.messages
    assert (posted.channel, posted.ts) == ("C0BOOKING", stored.ts)
    assert (stored.channel, stored.text, stored.blocks) == (
        "prod-booking",
        MESSAGE.text,
        list(MESSAGE.blocks),
    )
    assert stored.metadata == {"event_type": "opsbot_v1", "event_payload": {"key": fingerprint("k-1")}}


async def test_a_channel_may_be_written_with_its_sign_and_be_private(
    sandbox: Sandbox, poster: SlackPoster
) -> None:
    await poster.post("#product-ops", MESSAGE, "k-1")
    assert sandbox.messages[0].channel == "product-ops"


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        ("nowhere", "channel_not_found"),
        ("hidden", "channel_not_found"),
        ("lobby", "not_in_channel"),
        ("old-news", "is_archived"),
        ("with-carrier", "is_ext_shared"),
    ],
)
async def test_a_channel_that_does_not_take_it_is_named_with_what_to_do(
    channel: str, code: str, sandbox: Sandbox, poster: SlackPoster
) -> None:
    with pytest.raises(SlackRefused) as refusal:
        await poster.post(channel, MESSAGE, "k-1")
    assert refusal.value.code == code
    assert f"#{channel}" in refusal.value.sentence
    assert not refusal.value.permanent
    assert sandbox.messages == []


async def test_a_channel_that_became_public_is_told_nothing(sandbox: Sandbox, poster: SlackPoster) -> None:
    await poster.post("product-ops", MESSAGE, "k-1")
    channels = sandbox.workspace.channels
    channels["C0PRIVATE"] = replace(channels["C0PRIVATE"], private=False)
    with pytest.raises(SlackRefused) as refusal:
        await poster.post("product-ops", MESSAGE, "k-2")
    assert refusal.value.code == "became_public"
    assert len(sandbox.messages) == 1


async def test_a_message_that_is_too_large_is_never_sent(sandbox: Sandbox, poster: SlackPoster) -> None:
    large = Message("x", (section("y" * 3001),))
    with pytest.raises(SlackRefused) as refusal:
        await poster.post("prod-booking", large, "k-1")
    assert refusal.value.permanent
    assert "3001 characters" in refusal.value.sentence
    assert sandbox.messages == []


@pytest.mark.parametrize(
    ("fault", "error", "arrived"),
    [("unavailable", SlackAmbiguous, 0), ("limited", SlackWait, 0), ("lost", SlackAmbiguous, 1)],
)
async def test_a_fault_says_whether_the_message_may_have_arrived(
    fault: Fault, error: type[Exception], arrived: int, sandbox: Sandbox, poster: SlackPoster
) -> None:
    sandbox.workspace.faults.append(fault)
    with pytest.raises(error):
        await poster.post("prod-booking", MESSAGE, "k-1")
    assert len(sandbox.messages) == arrived


async def test_a_channel_takes_one_message_a_second(sandbox: Sandbox, poster: SlackPoster) -> None:
    sandbox.workspace.one_a_second = True
    sandbox.workspace.clock = lambda: 1_000.0
    await poster.post("prod-booking", MESSAGE, "k-1")
    await poster.post("product-ops", MESSAGE, "k-2")
    with pytest.raises(SlackWait) as wait:
        await poster.post("prod-booking", MESSAGE, "k-3")
    assert wait.value.seconds == 1
    sandbox.workspace.clock = lambda: 1_001.0
    await poster.post("prod-booking", MESSAGE, "k-3")


async def test_a_wrong_token_is_named_without_being_shown(sandbox: Sandbox) -> None:
    with pytest.raises(SlackRefused) as refusal:
        await SlackPoster(create_client("xoxb-wrong", sandbox.url)).post("prod-booking", MESSAGE, "k-1")
    assert refusal.value.code == "invalid_auth"
    assert "xoxb-wrong" not in str(refusal.value)


async def test_what_cannot_be_reached_was_not_posted() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/"
    with pytest.raises(SlackWait):
        await reading(create_client(TOKEN, address).auth_test())


def api_error(status: int, error: str = "", **headers: str) -> SlackApiError:
    class Response:
        status_code = status
        data: Any = {"ok": False, "error": error, "needed": "chat:write"} if error else "<html>"

    Response.headers = headers  # type: ignore[attr-defined]
    return SlackApiError("failed", Response())


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        (api_error(429, "ratelimited", **{"retry-after": "12"}), SlackWait),
        (api_error(200, "service_unavailable"), SlackWait),
        (api_error(200, "internal_error"), SlackAmbiguous),
        (api_error(200, "fatal_error"), SlackAmbiguous),
        (api_error(502), SlackAmbiguous),
        (api_error(503, "service_unavailable"), SlackAmbiguous),
        (api_error(200), SlackAmbiguous),
        (api_error(200, "missing_scope"), SlackRefused),
        (api_error(200, "something_new"), SlackRefused),
        (TimeoutError(), SlackAmbiguous),
        (aiohttp.ServerDisconnectedError(), SlackAmbiguous),
        (AttributeError("an answer of another type"), SlackAmbiguous),
    ],
)
def test_every_failure_is_named_by_what_to_do(error: Exception, meant: type[Exception]) -> None:
    assert type(translated(error)) is meant


def test_slacks_own_waiting_time_is_kept() -> None:
    told = translated(api_error(429, "ratelimited", **{"Retry-After": "12"}))
    assert isinstance(told, SlackWait)
    assert told.seconds == 12


def test_a_missing_scope_is_named() -> None:
    assert "chat:write" in str(translated(api_error(200, "missing_scope")))


@pytest.mark.parametrize("code", [*REFUSALS, "a_code_nobody_knows"])
def test_every_refusal_is_a_sentence_that_says_what_to_do(code: str) -> None:
    sentence, _, entry = refused(code, "#prod-booking", "too much").sentence.rpartition(" ")
    assert "{" not in sentence
    assert sentence.endswith(".")
    assert entry.startswith("[slack-")
    assert len(sentence) > 30


async def test_a_read_without_an_answer_can_be_asked_again() -> None:
    async def unanswered() -> Any:
        raise TimeoutError

    with pytest.raises(SlackWait):
        await reading(unanswered())


async def test_channels_come_back_as_records_of_the_source(poster: SlackPoster) -> None:
    by_key = {c.key: c for c in await poster.channels()}
    assert len(by_key) == 125
    assert "hidden" not in by_key
    assert by_key["prod-booking"].public
    assert not by_key["product-ops"].public
    assert by_key["old-news"].archived
    assert by_key["prod-booking"].source == "slack"


async def test_the_list_of_channels_is_read_again_only_for_a_new_name_and_not_too_often(
    sandbox: Sandbox,
) -> None:
    seconds = [0.0]
    directory = Channels(create_client(TOKEN, sandbox.url), clock=lambda: seconds[0])
    await directory.find("prod-booking")
    sandbox.workspace.channels["C0NEW"] = Channel("C0NEW", "new-channel")
    with pytest.raises(SlackRefused):
        await directory.find("new-channel")
    seconds[0] = 61.0
    assert (await directory.find("new-channel")).id == "C0NEW"
    assert await directory.name("C0NEW") == "new-channel"
    assert await directory.name("D0DIRECT") is None


def states(checks: Any) -> dict[str, str]:
    return {c.name: c.state for c in checks}


async def test_the_doctor_sees_who_we_are_and_what_is_missing(poster: SlackPoster) -> None:
    names = ("prod-booking", "product-ops", "lobby", "old-news", "with-carrier", "nowhere")
    checks = await poster.check(names, "xapp-sandbox")
    assert states(checks) == {
        "slack token": "ok",
        "slack scopes": "ok",
        "slack clock": "ok",
        "slack channel #prod-booking": "ok",
        "slack channel #product-ops": "ok",
        "slack channel #lobby": "fail",
        "slack channel #old-news": "fail",
        "slack channel #with-carrier": "fail",
        "slack channel #nowhere": "fail",
        "slack socket": "ok",
    }
    assert all(c.remedy for c in checks if c.state == "fail")


async def test_the_doctor_sees_wrong_tokens(sandbox: Sandbox, poster: SlackPoster) -> None:
    assert states(await poster.check((), "xapp-wrong"))["slack socket"] == "fail"
    wrong = await SlackPoster(create_client("xoxb-wrong", sandbox.url)).check()
    assert states(wrong) == {"slack token": "fail"}


@pytest.mark.parametrize(
    ("scopes", "state"),
    [
        (("chat:write",), "fail"),
        (
            (
                *["commands", "chat:write", "channels:read", "groups:read"],
                "users:read",
                "users:read.email",
                "channels:history",
            ),
            "warn",
        ),
    ],
)
async def test_the_doctor_compares_scopes(
    scopes: tuple[str, ...], state: str, sandbox: Sandbox, poster: SlackPoster
) -> None:
    sandbox.workspace.config = replace(sandbox.workspace.config, scopes=scopes)
    assert states(await poster.check())["slack scopes"] == state


async def test_the_doctor_notices_a_clock_that_is_wrong(sandbox: Sandbox) -> None:
    late = SlackPoster(
        create_client(TOKEN, sandbox.url), clock=lambda: datetime.now(UTC) + timedelta(minutes=10)
    )
    assert states(await late.check())["slack clock"] == "fail"


async def test_the_doctor_runs_while_slack_is_down() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/"
    async with asyncio.timeout(5):
        assert states(await SlackPoster(create_client(TOKEN, address)).check()) == {"slack token": "fail"}
