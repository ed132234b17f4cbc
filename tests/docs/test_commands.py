"""Every command that the documentation shows is run, in a folder of Larkfield's, while its tools answer."""

import asyncio
import shutil
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from commands import limited, stopped
from documentation import PAGES, Shown, in_blocks, in_sentences, names, parse

from bot.cli.app import run
from bot.demo import TUESDAY, larkfield_tools, write_settings
from connectors.larkfield.exports import write_exports

NOT_OURS = {
    "gh": "asks the real GitHub",
    "make": "set-up and checks themselves, which run the tests",
    "python3": "Python's own backup of SQLite",
}
"""What the pages show beside our commands and is not run here, with the reason."""
STAYS = {("run",): "service_started", ("report", "--serve"): "The page is at"}
"""Commands that go on until they are stopped, whatever follows: by what they say when they have begun."""
ELSEWHERE = {
    ("try", "waiver"), ("try", "threshold"), ("try", "outage"), ("try", "fix"), ("try", "yours"),
    ("init", "--from", "export.csv"),
}  # fmt: skip
"""Whole scripts of commands, which tests/bot/tryout plays to their ends; and `init` where no model is yet, as
tests/bot/cli/test_init.py does: here is one."""


def shown() -> list[Shown]:
    """All of them, in the order of the pages, each once."""
    every = {s.words: s for page in PAGES for s in in_sentences(page) if s.words[1:] not in names()}
    for page in PAGES:
        every |= {s.words: s for s in in_blocks(page)}
    return list(every.values())


def stays(words: tuple[str, ...]) -> bool:
    return any(words[: len(first)] == first for first in STAYS)


def run_here() -> list[Shown]:
    return [s for s in shown() if s.ours and not stays(s.words[1:]) and s.words[1:] not in ELSEWHERE]


@pytest.fixture(scope="module")
def larkfield(larkfield_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder as a reader has it beside a demo that stays, with the exports the guides name."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(larkfield_folder, folder, dirs_exist_ok=True)
    shutil.copytree(larkfield_folder, folder / "opsbot-demo")
    prepare_exports(folder)
    with tools_answer(folder):
        yield folder


def prepare_exports(folder: Path) -> None:
    (folder / "exports").mkdir()
    written = {path.name: path for path in write_exports(folder / "exports")}
    shutil.copy(written["jira.csv"], folder / "export.csv")


@contextmanager
def tools_answer(folder: Path) -> Iterator[None]:
    """Larkfield's tools answer from another thread, and the folder's settings say where."""
    loop = asyncio.new_event_loop()
    tools = larkfield_tools(folder)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(loop.run_forever)
        try:
            company = asyncio.run_coroutine_threadsafe(tools.__aenter__(), loop).result()
            company.wall.now = TUESDAY
            write_settings(folder, TUESDAY, company.settings)
            yield
            asyncio.run_coroutine_threadsafe(tools.__aexit__(None, None, None), loop).result()
        finally:
            loop.call_soon_threadsafe(loop.stop)
    loop.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


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
    for one in run_here():
        line = " ".join(one.words[1:])
        with subtests.test(f"{one.page}: {line}"):
            monkeypatch.setattr(sys, "argv", [*one.words])
            with limited(line), pytest.raises(SystemExit) as ended:
                run()
            out, err = capsys.readouterr()
            assert int(ended.value.code or 0) == one.code, err
            assert_tells(one.output, out)


def assert_tells(shown: str, told: str) -> None:
    """Each line of what a page shows is told, in this order; a line of … stands for any number of lines."""
    lines = iter(line.strip() for line in told.splitlines())
    for line in shown.splitlines():
        if line.strip() not in {"", "…"}:
            assert line.strip() in lines


@pytest.mark.parametrize("words", STAYS)
def test_what_stays_starts_and_ends_well_on_ctrl_c(larkfield: Path, words: tuple[str, ...]) -> None:
    stopped(larkfield, *words, when=STAYS[words], OPSBOT_WEB_PORT=str(free_port()))
