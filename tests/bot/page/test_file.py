"""The page is left whole or not at all."""

import os
from concurrent.futures import ThreadPoolExecutor
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


def test_a_device_or_a_pipe_is_written_into_and_a_link_followed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("target.html")
    with ThreadPoolExecutor() as pool:
        read = pool.submit((tmp_path / "pipe").read_text)
        write("new", tmp_path / "pipe")
        assert read.result(timeout=10) == "new"
    assert (tmp_path / "pipe").is_fifo()
    write("new", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target.html").read_text(encoding="utf-8") == "new"


def test_a_folder_in_the_place_of_the_page_is_named(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError) as caught:
        write("new", tmp_path)
    assert caught.value.filename == str(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"gone/report\.html"):
        write("new", tmp_path / "gone" / "report.html")
