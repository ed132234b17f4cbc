"""The live page answers to this machine alone, anew at each load."""

import asyncio
import socket

import httpx
import pytest

from bot.errors import DATABASE_UNUSABLE
from bot.page.serve import create_app, has_desktop, serve
from bot.unusable import CannotStartError

ADDRESS = "http://127.0.0.1:4711/"


async def asked(make: object, method: str = "GET", **how: object) -> httpx.Response:
    transport = httpx.ASGITransport(create_app(make))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.request(method, ADDRESS, **how)  # type: ignore[arg-type]


async def fine() -> str:
    return "<p>fine</p>"


async def test_the_page_is_guarded() -> None:
    answer = await asked(fine)
    assert (answer.status_code, answer.text) == (200, "<p>fine</p>")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_each_load_makes_it_anew() -> None:
    made = iter(["first", "second"])

    async def make() -> str:
        return next(made)

    assert [(await asked(make)).text for _ in range(2)] == ["first", "second"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:4711", ""])
async def test_a_foreign_name_is_refused(host: str) -> None:
    answer = await asked(fine, headers={"host": host})
    assert answer.status_code == 421
    assert "fine" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "localhost:4711", "127.0.0.1"])
async def test_this_machine_is_let_in(host: str) -> None:
    assert (await asked(fine, headers={"host": host})).status_code == 200


async def test_nothing_can_be_sent_to_it() -> None:
    assert (await asked(fine, "POST")).status_code == 405


async def test_a_model_that_cannot_be_read_is_told_on_the_page() -> None:
    async def make() -> str:
        raise CannotStartError("The database <x> cannot be used.", DATABASE_UNUSABLE)

    answer = await asked(make)
    assert answer.status_code == 503
    assert "The database &lt;x&gt; cannot be used. [database-unusable]" in answer.text


async def test_it_answers_on_loopback_and_says_where() -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    serving = asyncio.create_task(serve(fine, 0, told.put_nowait))
    address = await told.get()
    assert address.startswith("http://127.0.0.1:")
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(address)).text == "<p>fine</p>"
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving


async def test_a_taken_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match=r"[Aa]ddress"):
        await serve(fine, taken.getsockname()[1], print)


@pytest.mark.parametrize(
    ("environ", "platform", "has"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"DISPLAY": ":0", "CI": "true"}, "linux", False),
        ({}, "darwin", True),
        ({"CI": "1"}, "win32", False),
    ],
)
def test_a_browser_is_opened_only_where_a_person_is(
    environ: dict[str, str], platform: str, has: bool
) -> None:
    assert has_desktop(environ, platform) is has
