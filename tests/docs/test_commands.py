"""Every command that the documentation shows is run, in a folder of Larkfield's, while its tools answer."""

import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
import structlog
from documentation import PAGES, Shown, in_blocks, in_sentences, names, parse

from bot.cli.app import run
from connectors.larkfield.exports import write_exports

NOT_OURS = {
    "gh": "asks the real GitHub",
    "make": "set-up and checks themselves, which run the tests",
    "python3": "Python's own backup of SQLite",
}
"""What the pages show beside our commands and is not run here, with the reason."""
STAYS = {
    ("demo", "--stay"): "answer until Ctrl-C",
    ("run",): "service_started",
    ("report", "--serve"): "The page is at",
}
"""Commands that go on until they are stopped: by what they say when they have begun."""
ELSEWHERE = {("try", name) for name in ("waiver", "threshold", "outage", "fix", "yours")} | {
    ("init", "--from", "export.csv")
}
"""Whole scripts of commands, which tests/bot/tryout plays to their ends; and `init` where no model is yet, as
tests/bot/cli/test_init.py does: here is one."""


def shown() -> list[Shown]:
    """All of them, in the order of the pages, each once."""
    every = {s.words: s for page in PAGES for s in in_sentences(page) if s.words[1:] not in names()}
    for page in PAGES:
        every |= {s.words: s for s in in_blocks(page)}
    return list(every.values())


@pytest.fixture(scope="module")
def larkfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder as a reader has it after `opsbot demo --stay`, with the exports the guides name."""
    folder = tmp_path_factory.mktemp("docs")
    with started(folder, "demo", "--stay") as demo:
        assert demo.stdout is not None
        until(demo.stdout, STAYS["demo", "--stay"])
        shutil.copytree(folder / "opsbot-demo", folder, dirs_exist_ok=True)
        prepare_exports(folder)
        yield folder


def prepare_exports(folder: Path) -> None:
    (folder / "exports").mkdir()
    written = {path.name: path for path in write_exports(folder / "exports")}
    shutil.copy(written["jira.csv"], folder / "export.csv")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def started(folder: Path, *words: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """A command that stays, stopped at the end as Ctrl-C stops it; it must then end well."""
    process = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "bot", *words],
        cwd=folder, env=os.environ | environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    assert process.returncode == 0


def until(lines: IO[str], phrase: str) -> None:
    told = []
    for line in lines:
        told.append(line)
        if phrase in line:
            return
    pytest.fail("".join(told))


def test_the_commands_are_found() -> None:
    assert len([s for s in shown() if s.ours]) > 30


def test_every_line_in_a_shell_block_is_run_or_has_a_reason_not_to_be() -> None:
    assert [s.line for s in shown() if not s.ours and s.words[0] not in NOT_OURS] == []


def test_every_reason_is_still_needed() -> None:
    assert set(NOT_OURS) == {s.words[0] for s in shown() if not s.ours}


@pytest.mark.parametrize("words", [("modle", "check"), ("judge", "--form", "x"), ("model", "check", "--all")])
def test_a_command_that_does_not_exist_would_be_noticed(words: tuple[str, ...]) -> None:
    with pytest.raises(Exception, match="No such"):
        parse(words)


def test_every_command_of_ours_does_what_its_page_says(
    larkfield: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    subtests: pytest.Subtests,
) -> None:
    monkeypatch.chdir(larkfield)
    monkeypatch.setenv("COLUMNS", "200")
    with logging_kept():
        for one in shown():
            if not one.ours or one.words[1:] in STAYS or one.words[1:] == ("demo",):
                continue
            with subtests.test(f"{one.page}: {' '.join(one.words)}"):
                monkeypatch.setattr(sys, "argv", [*one.words])
                with pytest.raises(SystemExit) as ended:
                    run()
                out, err = capsys.readouterr()
                assert int(ended.value.code or 0) == one.code, err
                assert_tells(one.output, out)


def stays(one: Shown) -> bool:
    """Whether it goes on until it is stopped, whatever its port."""
    return any(one.words[1:][: len(words)] == words for words in STAYS)


def assert_tells(shown: str, told: str) -> None:
    """Each line of what a page shows is told, in this order; a line of … stands for any number of lines."""
    lines = iter(line.strip() for line in told.splitlines())
    for line in shown.splitlines():
        if line.strip() not in {"", "…"}:
            assert line.strip() in lines


@contextmanager
def logging_kept() -> Iterator[None]:
    """Commands set up logging for a process of their own; here it is put back."""
    handlers, level = logging.root.handlers[:], logging.root.level
    try:
        yield
    finally:
        structlog.reset_defaults()
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)


@pytest.mark.parametrize("words", [words for words in STAYS if words[0] != "demo"])
def test_what_stays_starts_and_stops(larkfield: Path, words: tuple[str, ...]) -> None:
    with started(larkfield, *words, OPSBOT_WEB_PORT=str(free_port())) as process:
        assert process.stdout is not None
        until(process.stdout, STAYS[words])
