"""`opsbot demo` stays where a person sits at a terminal, and ends by itself everywhere else."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.cli.demo import demo


@pytest.mark.parametrize(
    ("terminal", "asked", "stays"),
    [
        (True, None, True),
        (False, None, False),
        (True, False, False),
        (False, True, True),
    ],
)
def test_it_stays_on_a_terminal_unless_something_else_is_asked(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, asked: bool | None, stays: bool
) -> None:
    played: list[bool] = []

    async def play(_folder: Path, _say: Any, *, stay: bool) -> None:
        played.append(stay)

    monkeypatch.setattr("bot.demo.play", play)
    monkeypatch.setattr("bot.cli.demo.run_async", asyncio.run)  # and leave the logs alone
    monkeypatch.setattr(sys.stdin, "isatty", lambda: terminal, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    demo(Path("somewhere"), asked)
    assert played == [stays]
