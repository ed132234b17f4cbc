"""The page is left whole or not at all."""

from pathlib import Path

import pytest

from bot.page.file import write


def test_it_says_where_the_page_is(tmp_path: Path) -> None:
    address = write("new", tmp_path / "a page.html")
    assert address == f"{tmp_path.as_uri()}/a%20page.html"
    assert (tmp_path / "a page.html").read_text(encoding="utf-8") == "new"


def test_a_page_that_cannot_be_written_leaves_the_old_one_and_no_draft(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("old", encoding="utf-8")
    with pytest.raises(UnicodeEncodeError):
        write("\ud800", tmp_path / "report.html")
    assert [(f.name, f.read_text(encoding="utf-8")) for f in tmp_path.iterdir()] == [("report.html", "old")]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"gone/report\.html"):
        write("new", tmp_path / "gone" / "report.html")
