"""`opsbot export` and `opsbot restore` as they are typed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import called

MODEL = """
company: {name: Shop}
people: {ana: {}}
sources: [{id: export, file: items.jsonl}]
"""
ITEM = (
    '{"record": "work_item", "source": "x", "id": "1", "key": "SHOP-1", "container": "SHOP", "kind": "Story",'
    ' "title": "Sell a lamp", "url": "", "status": "Open", "created_at": "2026-11-02T09:00:00Z",'
    ' "changed_at": "2026-11-02T09:00:00Z", "audience": ""}'
)

Opsbot = Callable[..., tuple[int, str, str]]


@pytest.fixture
def opsbot(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Opsbot:
    """The command line in a folder whose model names a file, which was read."""
    (tmp_path / "operating-model").mkdir()
    (tmp_path / "operating-model" / "model.yaml").write_text(MODEL, encoding="utf-8")
    (tmp_path / "items.jsonl").write_text(ITEM, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> tuple[int, str, str]:
        return called(monkeypatch, capsys, *words)

    assert call("sync")[0] == 0
    return call


def test_what_was_exported_is_restored_into_another_database(opsbot: Opsbot, tmp_path: Path) -> None:
    code, out, _ = opsbot("export", "records.jsonl")
    assert (code, out) == (0, "2 lines written to records.jsonl\n")
    other = ("--database", "sqlite:///other.db")
    code, out, _ = opsbot(*other, "restore", "records.jsonl")
    assert (code, out) == (0, "1 records restored; now: opsbot judge\n")
    assert opsbot(*other, "export", "-")[1] == (tmp_path / "records.jsonl").read_text(encoding="utf-8")
    first = json.loads((tmp_path / "records.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert (first["key"], first["source"]) == ("SHOP-1", "export")


def test_a_database_that_holds_records_is_left_as_it_is(opsbot: Opsbot) -> None:
    opsbot("export", "records.jsonl")
    code, out, err = opsbot("restore", "records.jsonl")
    assert (code, out) == (2, "")
    assert "holds records already; restore into a new one. [database-filled]" in err


def test_a_file_that_cannot_be_written_leaves_the_old_one(opsbot: Opsbot, tmp_path: Path) -> None:
    code, _, err = opsbot("export", "nowhere/records.jsonl")
    assert code == 2
    assert err == "nowhere: There is no such folder. [system]\n"
    assert [f.name for f in tmp_path.glob("tmp*")] == []


def test_a_file_that_is_none_of_ours_is_refused(opsbot: Opsbot, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("{}", encoding="utf-8")
    code, _, err = opsbot("--database", "sqlite:///other.db", "restore", "bad.jsonl")
    assert code == 3
    assert "bad.jsonl:1: a line is an object" in err
    assert "[export-line]" in err


def test_a_file_without_a_record_is_no_export(opsbot: Opsbot, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("", encoding="utf-8")
    code, out, err = opsbot("--database", "sqlite:///other.db", "restore", "empty.jsonl")
    assert (code, out) == (3, "")
    assert err == "empty.jsonl: it holds no record. Take the file as opsbot export wrote it. [export-line]\n"
