"""Commands as a person types them, with a limit: one that does not end fails its test and holds up nobody."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.cli.app import run

LIMIT = 90
"""Seconds that a command may take: many times what it needs, even where the machine is busy."""


@contextmanager
def limited(what: str) -> Iterator[None]:
    """What does not end within the limit fails the test, and is named."""

    def too_long(_signal: int, _frame: object) -> None:
        pytest.fail(f"opsbot {what} did not end within {LIMIT} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(LIMIT)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def called(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str, str]:
    """The exit code of a command that runs in this process, what it says, and what it complains of."""
    monkeypatch.setattr(sys, "argv", ["opsbot", *words])
    with pytest.raises(SystemExit) as ended:
        run()
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def stopped(folder: Path, *words: str, when: str, **environ: str) -> str:
    """What a command says that stays: Ctrl-C once it has said `when`, and it must end well."""
    told: list[str] = []
    with subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "bot", *words],
        cwd=folder, env=os.environ | environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        try:
            with limited(" ".join(words)):
                for line in process.stdout:
                    told.append(line)
                    if when in line:
                        process.send_signal(signal.SIGINT)
                ended = process.wait()
        finally:
            process.kill()
    text = "".join(told)
    assert (ended, when in text) == (0, True), text
    return text
