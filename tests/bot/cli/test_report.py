"""`opsbot report` as it is typed: a file, its address, and one sentence where something is wrong."""

import os
import signal
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path

import httpx
import pytest
from shop import MODEL

from bot.cli.app import build
from bot.cli.frame import guarded


@pytest.fixture(autouse=True)
def _office(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder with the shop's model."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "operating-model").mkdir()
    (tmp_path / "operating-model" / "model.yaml").write_text(MODEL, encoding="utf-8")


def opsbot(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        raise SystemExit(guarded(partial(build(), args=list(words)), debug=True))
    return int(ended.value.code or 0)


def test_it_writes_the_page_and_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert opsbot("report", "--out", "page.html") == 0
    assert capsys.readouterr().out == f"Written to page.html\n{(tmp_path / 'page.html').as_uri()}\n"
    assert "Nothing was judged yet" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_page_for_a_channel_names_it(tmp_path: Path) -> None:
    assert opsbot("report", "--for", "#till") == 0
    assert "for #till" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_channel_the_model_does_not_name_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert opsbot("report", "--for", "nowhere") == 2
    assert "names no channel nowhere" in capsys.readouterr().err
    assert not (tmp_path / "report.html").exists()


def test_a_folder_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(FileNotFoundError, match="gone"):
        build()(["report", "--out", "gone/report.html"], standalone_mode=False)
    assert not capsys.readouterr().out


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert opsbot("report", "--serve", "--port", str(port)) == 2
    assert f"Port {port} of this machine cannot be used" in capsys.readouterr().err


def test_served_it_answers_until_ctrl_c(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "report", "--serve"]
    environ = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(  # noqa: S603 - ourselves
        command, cwd=tmp_path, env=environ, text=True, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        address = next(word for word in process.stdout.readline().split() if word.startswith("http://"))
        answer = httpx.get(address, trust_env=False, timeout=30)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert "Nothing was judged yet" in answer.text
    assert not list(tmp_path.glob("*.html")), "it is shown, not written"
