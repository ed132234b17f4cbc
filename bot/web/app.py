"""The web door: webhooks from the tools, Slack over HTTP, and two questions a monitor asks."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from bot.clock import Clock
from bot.errors import WEBHOOK_REFUSED
from bot.slack.manifest import DOOR
from bot.store import inbox
from bot.store.database import Database
from connectors.errors import UnexpectedAnswerError
from connectors.hint import Hint, Ignored
from connectors.signing import verify

log = structlog.get_logger(__name__)

LARGEST_WEBHOOK = 1 << 20


@dataclass(frozen=True, slots=True)
class WebhookDoor:
    """How webhooks of one source are let in."""

    signature_header: str
    secrets: Sequence[bytes]  # the present one and, during a rotation, the previous one
    parse: Callable[[Mapping[str, str], bytes], Hint | Ignored]


@dataclass(frozen=True, slots=True)
class Rooms:
    """What the web door leads to."""

    database: Database
    doors: Mapping[str, WebhookDoor]  # by source id
    clock: Clock
    arrived: Callable[[], None]  # wakes the checks after a webhook is safely stored
    ready: Callable[[], Awaitable[Sequence[str]]]  # what keeps us from being ready, in words
    slack: Callable[[Request], Awaitable[Response]] | None = None


def create_app(rooms: Rooms) -> FastAPI:
    """The application; it answers quickly and leaves the work to others."""
    app = FastAPI(title="opsbot", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        waiting_for = list(await rooms.ready())
        status = "waiting" if waiting_for else "ready"
        return JSONResponse({"status": status, "waiting_for": waiting_for}, 503 if waiting_for else 200)

    @app.post("/webhooks/{source}")
    async def webhook(source: str, request: Request) -> JSONResponse:
        return await _webhook(rooms, source, request)

    if rooms.slack is not None:
        app.add_route(DOOR, rooms.slack, methods=["POST"])
    return app


async def _webhook(rooms: Rooms, source: str, request: Request) -> JSONResponse:
    door = rooms.doors.get(source)
    if door is None:
        return _answer(404, "no source of that name takes webhooks")
    body = await _body(request)
    if body is None:
        return _answer(413, f"larger than {LARGEST_WEBHOOK >> 20} MiB; the next sync reads the item")
    if not verify(body, request.headers.get(door.signature_header), door.secrets):
        log.warning("webhook_refused", source=source, reason="signature", entry=WEBHOOK_REFUSED.name)
        return _answer(401, "the signature does not fit")
    try:
        message = door.parse(request.headers, body)
    except UnexpectedAnswerError as error:
        log.warning("webhook_refused", source=source, reason=error.what, entry=WEBHOOK_REFUSED.name)
        return _answer(400, error.what)
    digest = hashlib.sha256(body).hexdigest()
    if isinstance(message, Ignored):
        arrival = inbox.Arrival(source, f"ignored:{digest}", message.event)
        outcome = f"ignored: {message.reason}"
    else:
        arrival = inbox.Arrival(source, message.delivery, message.event, message.keys, message.deleted)
        outcome = ""
    async with rooms.database.write() as connection:
        first = await inbox.receive(connection, arrival, digest, rooms.clock(), outcome)
    if not first:
        return _answer(200, "seen before")
    if outcome:
        return _answer(202, outcome)
    log.info(
        "webhook_arrived",
        source=source,
        delivery=arrival.delivery,
        event_name=arrival.event,
        keys=arrival.keys,
    )
    rooms.arrived()
    return _answer(202, "will be checked")


async def _body(request: Request) -> bytes | None:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_WEBHOOK:
            return None
        parts.append(part)
    return b"".join(parts)


def _answer(status: int, says: str) -> JSONResponse:
    return JSONResponse({"result": says}, status)
