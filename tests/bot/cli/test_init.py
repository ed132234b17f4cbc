"""`opsbot init` as it is typed: what it writes, refuses and prints, and its exit codes."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from commands import called

CSV = """Issue key,Issue id,Issue Type,Status,Summary,Created,Updated,Status Category
SHOP-1,1,Story,In Progress,Sell a lamp,02/Nov/26 9:00 AM,20/Nov/26 9:00 AM,In Progress
"""
Opsbot = Callable[..., tuple[int, str, str]]


@pytest.fixture
def opsbot(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Opsbot:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "export.csv").write_text(CSV, encoding="utf-8")

    return partial(called, monkeypatch, capsys)


def test_an_export_becomes_a_model_that_judges_it(opsbot: Opsbot, tmp_path: Path) -> None:
    code, out, _ = opsbot("init", "--from", "export.csv")
    assert (code, "Written:" in out) == (0, True)
    assert (tmp_path / "operating-model" / "products" / "shop.yaml").exists()
    assert opsbot("model", "check")[0] == 0
    code, out, _ = opsbot("--model", "operating-model", "judge", "--from", "export.csv")
    assert (code, "100 % (1 of 1) belong to one of its products" in out) == (0, True)
    assert opsbot("sync")[:2] == (0, "export: complete, 2 records read, 2 changed\n")


def test_the_export_of_a_model_is_found_from_another_folder(
    opsbot: Opsbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opsbot("init", "--from", "export.csv")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert opsbot("--in", "..", "sync")[0] == 0


def test_nothing_is_written_over(opsbot: Opsbot, tmp_path: Path) -> None:
    opsbot("init", "--from", "export.csv")
    before = (tmp_path / "operating-model" / "company.yaml").read_bytes()
    code, out, err = opsbot("init")
    assert (code, out) == (2, "")
    assert "operating-model/company.yaml" in err
    assert (tmp_path / "operating-model" / "company.yaml").read_bytes() == before


def test_a_dry_run_prints_the_files_and_writes_nothing(opsbot: Opsbot, tmp_path: Path) -> None:
    code, out, _ = opsbot("init", "--from", "export.csv", "--dry-run")
    assert (code, "- jira: {project: SHOP}" in out) == (0, True)
    assert not (tmp_path / "operating-model").exists()


def test_programs_get_the_files_the_coverage_and_the_questions(opsbot: Opsbot) -> None:
    told = json.loads(opsbot("init", "--from", "export.csv", "--dry-run", "--json")[1])
    assert set(told["files"]) == {"company.yaml", "products/shop.yaml", "QUESTIONS.md"}
    assert {"what": "items in a proposed product", "part": 1, "whole": 1} in told["coverage"]
    assert told["questions"][0]["number"] == 1


def test_lines_that_could_not_be_read_are_told_and_end_with_three(opsbot: Opsbot, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(CSV + "SHOP-2,2,Story,Open,Lost,never,never,\n", encoding="utf-8")
    code, out, _ = opsbot("init", "--from", "export.csv")
    assert code == 3
    assert "not read  line 3" in out
    assert opsbot("init", "--from", "nowhere.csv", "--out", "other")[0] == 3


def test_a_model_that_lies_there_unused_is_said(opsbot: Opsbot) -> None:
    out = opsbot("judge", "--from", "export.csv")[1]
    assert "opsbot init --from export.csv" in out
    opsbot("init", "--from", "export.csv")
    out = opsbot("judge", "--from", "export.csv")[1]
    assert "operating-model lies here; it counts with opsbot --model operating-model" in out
