"""A PostgreSQL server of the tests' own: found on the machine, unprivileged, on loopback, without fsync."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"
_numbers = count(1)


@dataclass(frozen=True)
class Server:
    """A running server; its databases are made and dropped in some tens of milliseconds."""

    binaries: Path
    port: int

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://opsbot@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a fresh and empty database, which is gone afterwards."""
        name = f"test_{next(_numbers)}"
        self._run("createdb", name)
        try:
            yield self.url(name)
        finally:
            self._run("dropdb", "--force", name)

    def _run(self, program: str, *arguments: str) -> None:
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "opsbot")
        subprocess.run([self.binaries / program, *where, *arguments], check=True, capture_output=True)  # noqa: S603 - our own arguments


def find_binaries() -> Path | None:
    """The folder of initdb and its kin, the newest version first, or None."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: float(path.parts[-3]),
        reverse=True,
    )
    on_path = shutil.which("initdb")
    candidates = [*installed, *([Path(on_path).resolve()] if on_path else [])]
    return next((c.parent for c in candidates if (c.parent / "pg_ctl").exists()), None)


@contextmanager
def running(binaries: Path) -> Iterator[Server]:
    """A server in its own temporary folder, stopped and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="opsbot-pg-"))
    user = _unprivileged()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    data, port = folder / "data", _free_port()

    def run(program: str, *arguments: str) -> None:
        subprocess.run(  # noqa: S603 - our own arguments
            [binaries / program, "-D", data, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            **({} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}),
        )

    try:
        run("initdb", "--no-sync", "--auth=trust", "--username=opsbot", "--encoding=UTF8", "--no-locale")
        where = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"{OPTIONS} {where}", "start")
        try:
            yield Server(binaries, port)
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: another account for it, or None when we are not root."""
    if os.geteuid() != 0:
        return None
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    return accounts.get("postgres") or accounts["nobody"]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
