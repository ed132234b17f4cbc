"""Webhooks are let in by their signature alone, once each, and leave nothing behind when they are refused."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.store.database import Database
from bot.store.migrate import is_current
from bot.store.tables import inbox
from bot.web.app import LARGEST_WEBHOOK, Rooms, WebhookDoor, create_app
from connectors.jira.webhook import parse
from connectors.signing import sign, verify

SECRET, OLD = b"shop-signs", b"shop-signed"
BODY = json.dumps(
    {"webhookEvent": "jira:issue_updated", "timestamp": 1, "issue": {"id": "1", "key": "SHOP-1"}}
).encode()


class Web:
    """The web door on a database, and what it woke."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.woken = 0
        doors = {
            "jira": WebhookDoor("x-hub-signature", [SECRET, OLD], parse),
            "open": WebhookDoor("x-hub-signature", [], parse),
            "forgotten": WebhookDoor("x-hub-signature", [b""], parse),
        }
        rooms = Rooms(database, doors, lambda: datetime(2026, 11, 24, tzinfo=UTC), self._wake, self._waiting)
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(rooms)), base_url="http://opsbot"
        )

    def _wake(self) -> None:
        self.woken += 1

    async def _waiting(self) -> Sequence[str]:
        return [] if await is_current(self.database) else ["the database's schema"]

    async def post(
        self,
        body: bytes = BODY,
        signature: str | bytes | None = None,
        source: str = "jira",
        delivery: str = "d-1",
    ) -> httpx.Response:
        headers: dict[str, Any] = {"X-Atlassian-Webhook-Identifier": delivery}
        if signature is not None:
            headers["X-Hub-Signature"] = signature
        return await self.client.post(f"/webhooks/{source}", content=body, headers=headers)

    async def rows(self) -> Sequence[Any]:
        async with self.database.read() as connection:
            return (await connection.execute(sa.select(inbox))).all()


@pytest.fixture
def migrated_url(migrated_file: Path, tmp_path: Path) -> str:
    """SQLite alone: what differs between the databases is tested with the store."""
    return f"sqlite+aiosqlite:///{shutil.copy(migrated_file, tmp_path / 'opsbot.db')}"


@pytest.fixture
async def web(database: Database) -> AsyncIterator[Web]:
    web = Web(database)
    async with web.client:
        yield web


@pytest.mark.parametrize("secret", [SECRET, OLD])
async def test_what_a_secret_of_ours_signs_is_taken_in_once(web: Web, secret: bytes) -> None:
    answer = await web.post(signature=sign(BODY, secret))
    assert (answer.status_code, answer.json()) == (202, {"result": "will be checked"})
    (row,) = await web.rows()
    assert (row.source, row.delivery, tuple(row.keys), row.processed_at) == ("jira", "d-1", ("SHOP-1",), None)
    assert web.woken == 1


@pytest.mark.parametrize(
    ("source", "signature"),
    [
        ("jira", None),
        ("jira", ""),
        ("jira", "sha256="),
        ("jira", sign(BODY, b"somebody else")),
        ("jira", sign(BODY + b" ", SECRET)),
        ("jira", sign(BODY, SECRET).replace("sha256=", "sha1=")),
        ("jira", sign(BODY, SECRET).removeprefix("sha256=")),
        ("jira", "sha256=ünsigned".encode()),
        ("open", sign(BODY, b"")),
        ("forgotten", sign(BODY, b"")),
    ],
)
async def test_what_is_not_signed_by_us_is_refused_and_leaves_no_row(
    web: Web, source: str, signature: str | bytes | None
) -> None:
    answer = await web.post(signature=signature, source=source)
    assert (answer.status_code, answer.json()) == (401, {"result": "the signature does not fit"})
    assert await web.rows() == []
    assert web.woken == 0


async def test_the_log_names_the_error_of_a_refused_webhook(web: Web) -> None:
    with capture_logs() as told:
        await web.post(signature="sha256=", source="jira")
    assert [line["entry"] for line in told] == ["webhook-refused"]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(BODY) * 8 - 1), st.booleans())
def test_no_flipped_bit_passes(bit: int, in_signature: bool) -> None:
    signature = sign(BODY, SECRET)
    assert verify(BODY, signature, [SECRET])
    whole = bytearray(signature.encode() if in_signature else BODY)
    bit %= len(whole) * 8
    whole[bit // 8] ^= 1 << bit % 8
    if in_signature:
        assert not verify(BODY, whole.decode("latin-1"), [SECRET])
    else:
        assert not verify(bytes(whole), signature, [SECRET])


async def test_the_same_delivery_has_one_effect(web: Web) -> None:
    other = BODY.replace(b"SHOP-1", b"SHOP-2")
    await web.post(signature=sign(BODY, SECRET))
    again = await web.post(other, sign(other, SECRET))
    assert (again.status_code, again.json()) == (200, {"result": "seen before"})
    assert len(await web.rows()) == 1
    assert web.woken == 1


async def test_the_same_body_under_another_id_is_a_replay(web: Web) -> None:
    await web.post(signature=sign(BODY, SECRET))
    again = await web.post(signature=sign(BODY, SECRET), delivery="d-2")
    assert again.json() == {"result": "seen before"}
    assert len(await web.rows()) == 1


async def test_deliveries_at_once_are_taken_in_once(web: Web) -> None:
    answers = await asyncio.gather(*(web.post(signature=sign(BODY, SECRET)) for _ in range(5)))
    assert sorted(a.status_code for a in answers) == [200, 200, 200, 200, 202]


async def test_a_body_over_one_mebibyte_is_not_even_read_to_its_end(web: Web) -> None:
    large = b" " * (LARGEST_WEBHOOK + 1)
    answer = await web.post(large, sign(large, SECRET))
    assert answer.status_code == 413
    assert "the next sync reads the item" in answer.text
    assert await web.rows() == []


async def test_a_source_the_model_does_not_have_is_not_there(web: Web) -> None:
    assert (await web.post(signature=sign(BODY, SECRET), source="nobody")).status_code == 404


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"webhookEvent": ', b"\xff\xfe"])
async def test_what_is_signed_but_no_message_is_refused_and_leaves_no_row(web: Web, body: bytes) -> None:
    answer = await web.post(body, sign(body, SECRET))
    assert answer.status_code == 400
    assert answer.json()["result"]
    assert await web.rows() == []


async def test_an_ignored_event_is_counted_with_its_reason_and_wakes_nobody(web: Web) -> None:
    body = json.dumps({"webhookEvent": "sprint_started", "timestamp": 1}).encode()
    answer = await web.post(body, sign(body, SECRET))
    assert (answer.status_code, answer.json()) == (202, {"result": "ignored: sprints come with their issues"})
    (row,) = await web.rows()
    assert row.outcome == "ignored: sprints come with their issues"
    assert row.processed_at is not None
    assert web.woken == 0


async def test_alive_needs_nothing_and_ready_needs_the_schema(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
    web = Web(database)
    async with web.client as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["waiting_for"]) == (503, ["the database's schema"])
    await database.close()


async def test_with_its_schema_it_is_ready(web: Web) -> None:
    assert (await web.client.get("/readyz")).json() == {"status": "ready", "waiting_for": []}


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/redoc", "/slack/events", "/metrics", "/"])
async def test_nothing_else_is_open(web: Web, path: str) -> None:
    assert (await web.client.get(path)).status_code == 404
