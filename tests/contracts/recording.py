"""What is said between a connector and a sandbox server, kept as it went over the wire."""

import json
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ENOUGH = 3  # exchanges of a kind that are looked at closely


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer; bodies are decoded JSON, None where there was none."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    status: int
    answer: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Recorder:
    """The application, with everything it was asked and answered in `exchanges`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.exchanges: list[Exchange] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked, told, status = b"", b"", 0

        async def receiving() -> Message:
            nonlocal asked
            message = await receive()
            asked += message.get("body", b"")
            return message

        async def sending(message: Message) -> None:
            nonlocal told, status
            status = message.get("status", status)
            told += message.get("body", b"")
            await send(message)

        await self._app(scope, receiving, sending)
        query = parse_qs(scope["query_string"].decode(), keep_blank_values=True, strict_parsing=False)
        exchange = Exchange(scope["method"], scope["path"], query, decoded(asked), status, decoded(told))
        self.exchanges.append(exchange)


def decoded(body: bytes) -> Any:
    """JSON, or the text that is none."""
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode()


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """The application's address on loopback; the socket listens before the server runs, so nobody waits."""
    # Named as TCP, or asyncio leaves Nagle's delay of 40 ms an answer in place.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(
            uvicorn.Config(app, lifespan="off", log_level="warning", ws="none", date_header=False)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def first_of_each(exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    """Some exchanges of each request and status, lists in the answers cut: enough to look at."""
    met = Counter[tuple[object, ...]]()
    for one in exchanges:
        question = one.body.get("operationName") if isinstance(one.body, dict) else None
        # Paths of different items differ in names and numbers, which come after the second part or so.
        name = (one.method, one.status, question, re.sub(r"\d+", "0", one.path) if question is None else "")
        met[name] += 1
        if met[name] <= ENOUGH:
            yield one
