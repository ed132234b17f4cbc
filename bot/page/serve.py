"""Shows the page live on this machine: made anew at each load, for nobody but this machine."""

import asyncio
import os
import socket
import sys
import webbrowser
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.page.render import trouble_html
from bot.unusable import CannotStartError
from config.mistakes import ModelMistakes

LOOPBACK = "127.0.0.1"
GUARDS = {
    "Content-Security-Policy": "frame-ancestors 'none'",  # the page itself says the rest
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Make = Callable[[], Awaitable[str]]
"""Makes the page as of now."""


def create_app(make: Make) -> Starlette:
    """The application. It answers to the names of this machine alone, so that no foreign site can ask it."""
    one_at_a_time = asyncio.Lock()

    async def page(request: Request) -> Response:
        if request.headers.get("host", "").partition(":")[0] not in {LOOPBACK, "localhost"}:
            return PlainTextResponse("This page answers on this machine only.\n", 421, GUARDS)
        try:
            async with one_at_a_time:
                return HTMLResponse(await make(), headers=GUARDS)
        except (ModelMistakes, CannotStartError) as error:
            return HTMLResponse(trouble_html(str(error)), HTTPStatus.SERVICE_UNAVAILABLE, GUARDS)

    return Starlette(routes=[Route("/", page, methods=["GET", "HEAD"])])


async def serve(make: Make, port: int, ready: Callable[[str], None]) -> None:
    """Answer on a port of this machine until Ctrl-C (0: any free one); `ready` gets the address.

    Raises:
        OSError: the port is taken.
    """
    with socket.create_server((LOOPBACK, port)) as listening:
        config = uvicorn.Config(create_app(make), log_config=None, lifespan="off", server_header=False)
        ready(f"http://{LOOPBACK}:{listening.getsockname()[1]}/")
        await uvicorn.Server(config).serve(sockets=[listening])


def has_desktop(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a person sits before a browser that could be opened; never where tests run by themselves."""
    if environ.get("CI"):
        return False
    return platform in {"darwin", "win32"} or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def show(address: str) -> None:
    """Open the person's browser there, where there is a desktop."""
    if sys.stdout.isatty() and has_desktop(os.environ):
        webbrowser.open(address)
