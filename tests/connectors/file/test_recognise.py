"""Files are recognised by what is in them; what is no export is named for what it is."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import Entry
from connectors.errors import ConnectorError, FixRequestError, UnexpectedAnswerError
from connectors.file import connect
from connectors.file.refusals import ENTRIES
from rules.records import PullRequest, WorkItem

FIXTURES = Path(__file__).parent / "fixtures"


async def keys(path: Path) -> list[str]:
    source = connect("export", path)
    records = [r async for page in source.pages(None) for r in page.records]
    return [r.key for r in records if isinstance(r, WorkItem | PullRequest)]


@pytest.mark.parametrize("name", ["all-fields.csv", "german.csv", "export.xml", "issues.json", "pulls.json"])
async def test_an_export_is_read_whatever_its_name(tmp_path: Path, name: str) -> None:
    odd = tmp_path / "download.txt"
    shutil.copy(FIXTURES / name, odd)
    assert await keys(odd) == await keys(FIXTURES / name)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("jira.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an Excel workbook"),
        ("export.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an Excel workbook.*save it as CSV UTF-8"),
        ("jira.xls", b"<html><table><tr><td>Key</td></tr></table>", "is a web page; Jira's export for"),
        ("export.xml", b"<!DOCTYPE html><html>Log in</html>", r"declares a DTD|is a web page"),
        ("jira.doc", b"\n<HTML xmlns:w='word'>", "is a web page"),
        ("sheet", b"<?xml?><a xmlns='urn:schemas-microsoft-com:office:spreadsheet'>", "workbook"),
        ("export.gz", b"\x1f\x8b\x08\x00", "compressed"),
        ("report.pdf", b"%PDF-1.7", "a PDF"),
        ("package.json", b'{"name": "booking"}', "neither a list of gh nor JSON lines.*gh issue list"),
        ("notes.txt", b"Dear Ines,\n", "a text that is no export"),
        ("export.csv.txt", b"", "is empty"),
    ],
)  # fmt: skip
async def test_what_is_something_else_is_refused_for_what_it_is(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises((FixRequestError, UnexpectedAnswerError), match=rf"(?s){says}.*\[export-"):
        await keys(tmp_path / name)


@pytest.mark.parametrize(
    ("inside", "what"), [("xl/workbook.xml", "an Excel workbook"), ("a.csv", "an archive")]
)
def test_a_workbook_and_an_archive_are_told_apart(tmp_path: Path, inside: str, what: str) -> None:
    with ZipFile(tmp_path / "download", "w") as archive:
        archive.writestr(inside, "x")
    with pytest.raises(FixRequestError, match=what):
        connect("export", tmp_path / "download")


async def test_a_folder_of_any_mix_is_read_and_what_is_left_alone_is_named(tmp_path: Path) -> None:
    for name in ("german.csv", "export.xml", "issues.json", "pulls.json"):
        shutil.copy(FIXTURES / name, tmp_path)
    (tmp_path / "README.md").write_text("# Exports of November")
    (tmp_path / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    (tmp_path / "old").mkdir()
    source = connect("export", tmp_path)
    found = [r async for page in source.pages(None) for r in page.records]
    assert {r.KIND for r in found} == {"work_item", "pull_request", "person", "container"}
    (cut, left) = source.notes()
    assert "holds 2 of 7 issues" in cut
    assert left == (
        "Not read, because they are no exports: .DS_Store (something else), "
        "README.md (a text that is no export), old (a folder)."
    )
    assert [c.state for c in await source.check()] == ["warn", "ok", "ok", "ok", "ok"]


def test_many_files_that_are_no_exports_are_counted(tmp_path: Path) -> None:
    for n in range(20):
        (tmp_path / f"{n}.txt").write_text("a note")
    with pytest.raises(FixRequestError, match="and 12 more: a text that is no export"):
        connect("export", tmp_path)


@given(
    start=st.sampled_from(
        [
            b"",
            b"<rss>",
            b'<?xml version="1.0" encoding="',
            b"[{",
            b'{"record"',
            b"PK\x03\x04",
            b"\xff\xfe",
            b"Key,",
        ]
    ),
    noise=st.binary(max_size=200),
    suffix=st.sampled_from([".csv", ".xml", ".json", ".jsonl", ".txt", ""]),
)
def test_no_file_does_more_harm_than_a_refusal(start: bytes, noise: bytes, suffix: str) -> None:
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(start + noise)
        file.flush()
        with pytest.raises(ConnectorError, match=r"(?s)\[export-"):
            asyncio.run(keys(Path(file.name)))


def test_the_table_of_refusals_is_whole() -> None:
    assert all(isinstance(entry, Entry) and entry.name.startswith("export-") for entry in ENTRIES)
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES)
    assert all(text.endswith(".") for entry in ENTRIES for text in (entry.means, entry.cause, entry.cure))
