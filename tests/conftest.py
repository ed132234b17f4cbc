"""What every test has: no network but loopback, a fresh database of each kind, and the demo, played once."""

import fcntl
import ipaddress
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from commands import stopped
from hypothesis import settings
from postgres import Server, find_binaries, running
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.demo import TUESDAY, write_settings

settings.register_profile("opsbot", deadline=None)  # a busy machine is no mistake of the code
settings.load_profile("opsbot")


def _is_local(address: Any) -> bool:
    """A Unix socket, or loopback by number or by name."""
    if not isinstance(address, tuple):
        return True
    if address[0] == "localhost":
        return True
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """A test that would reach another machine fails, and says where it wanted to go."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def refuse(address: Any) -> None:
        if not _is_local(address):
            pytest.fail(f"a test tried to reach {address!r}; only loopback is allowed", pytrace=True)

    def guarded_connect(self: socket.socket, address: Any) -> None:
        refuse(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        refuse(address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        if host:  # none is this machine
            refuse((host.decode() if isinstance(host, bytes) else host,))
        return getaddrinfo(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


@pytest.fixture(autouse=True)
def _a_wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text is as wide as the terminal; that of who runs the tests must not matter."""
    monkeypatch.setenv("COLUMNS", "120")


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """Commands set up logging for a process of their own; here that is undone."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """One server for the whole run, started by the first test that asks for it."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL's initdb and pg_ctl are not on this machine")
    with running(binaries) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """One PostgreSQL database for the whole run."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh and empty database; the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'opsbot.db'}"
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.database() as url:
        yield url


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on a fresh and empty database of each kind."""
    engine = create_async_engine(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
def demo_said(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> tuple[Path, str]:
    """The folder of `opsbot demo --stay` after Ctrl-C, and what was said.

    The first worker that wants it plays it for all; without the tools, its settings hold the clock alone.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    folder, said = shared / "larkfield", shared / "larkfield.txt"
    with (shared / "larkfield.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            text = stopped(
                shared, "demo", "--stay", "--folder", str(folder), when="The tools answer until Ctrl-C"
            )
            write_settings(folder, TUESDAY)
            said.write_text(text, encoding="utf-8")
    return folder, said.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def larkfield_folder(demo_said: tuple[Path, str]) -> Path:
    """Larkfield as the demo leaves it, its tools read and judged on Tuesday: a folder to copy."""
    return demo_said[0]
