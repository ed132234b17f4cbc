"""Encodings are found from the file, wherever its first odd byte stands, or refused with the line."""

from pathlib import Path

import pytest

from connectors.errors import UnexpectedAnswerError
from connectors.file.csv_export import CsvExport
from connectors.file.encoding import PIECE, detect
from rules.records import WorkItem

FIXTURES = Path(__file__).parent / "fixtures"
HEADER = "Issue key,Issue id,Summary,Issue Type,Status,Created,Updated\n"
ROW = "A-1,1,Title,Story,Open,2026-11-01 09:00,2026-11-02 09:00\n"


def written(folder: Path, content: bytes) -> Path:
    path = folder / "export.csv"
    path.write_bytes(content)
    return path


def titles(path: Path) -> list[str]:
    records = CsvExport("jira", path).records(lambda _: None)
    return [r.title for r in records if isinstance(r, WorkItem)]


@pytest.mark.parametrize(
    ("name", "codec", "words"),
    [
        ("german.csv", "utf-8", "UTF-8"),
        ("german.csv", "utf-8-sig", "UTF-8 with a mark"),
        ("german.csv", "utf-16", "UTF-16"),
        ("german.csv", "cp1252", "Windows-1252"),
        ("german.csv", "latin-1", "Windows-1252"),
        ("japanese.csv", "cp932", "Shift_JIS"),
        ("japanese.csv", "shift_jis", "Shift_JIS"),
        ("japanese.csv", "utf-16", "UTF-16"),
        ("japanese.csv", "utf-8-sig", "UTF-8 with a mark"),
    ],
)
def test_an_export_reads_the_same_in_every_encoding(
    tmp_path: Path, name: str, codec: str, words: str
) -> None:
    original = FIXTURES / name
    path = written(tmp_path, original.read_text(encoding="utf-8").encode(codec))
    again = CsvExport("jira", path)
    assert list(again.records(pytest.fail)) == list(CsvExport("jira", original).records(pytest.fail))
    assert words in again.recognised()


@pytest.mark.parametrize(
    ("title", "codec"),
    [
        ("Größe für Gäste", "cp1252"),
        ("L\u2019été à la carte \u2013 \u201cgratuit\u201d", "cp1252"),
        ("¿Cuánto cuesta una habitación?", "cp1252"),
        ("Preço da diária", "cp1252"),
        ("料金を比べる", "cp932"),
        ("ホテルの料金", "cp932"),
        ("料金を比べる", "utf-16-le"),
    ],
)
def test_an_english_header_says_nothing_about_what_follows(tmp_path: Path, title: str, codec: str) -> None:
    text = HEADER + ROW * 40 + ROW.replace("Title", title)
    start = b"\xff\xfe" if codec == "utf-16-le" else b""
    path = written(tmp_path, start + text.encode(codec))
    assert titles(path)[-1] == title


def test_the_first_odd_byte_may_stand_anywhere(tmp_path: Path) -> None:
    plain = ROW * (8 * PIECE // len(ROW))
    path = written(tmp_path, (HEADER + plain + ROW.replace("Title", "Größe")).encode("cp1252"))
    assert detect(path).codec == "cp1252"
    assert titles(path)[-1] == "Größe"


def test_what_was_read_in_another_encoding_is_noted(tmp_path: Path) -> None:
    export = CsvExport("jira", written(tmp_path, (HEADER + ROW.replace("Title", "Größe")).encode("cp1252")))
    assert export.notes() == ("export.csv was read as Windows-1252.",)


@pytest.mark.parametrize("name", ["田中", "鈴木"])
def test_a_few_characters_that_may_be_either_are_refused_with_their_line(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, (HEADER + ROW + ROW.replace("Title", name)).encode("cp932"))
    with pytest.raises(UnexpectedAnswerError, match=r"export\.csv:3: the characters.*\[export-encoding\]"):
        titles(path)


def test_a_file_of_two_encodings_is_refused_with_the_line_that_differs(tmp_path: Path) -> None:
    odd = ROW.replace("Title", "Größe")
    path = written(tmp_path, (HEADER + odd * 5).encode() + odd.encode("cp1252") + odd.encode())
    with pytest.raises(UnexpectedAnswerError, match=r"is UTF-8, but line 7 is not.*\[export-encoding\]"):
        titles(path)


def test_a_byte_that_fits_no_more_is_refused_with_its_line(tmp_path: Path) -> None:
    odd = ROW.replace("Title", "Größe " * 200)
    path = written(tmp_path, (HEADER + odd * 100).encode("cp1252") + b"A-2,\x81,")
    with pytest.raises(UnexpectedAnswerError, match=r"export\.csv:102: this line is not Windows-1252"):
        titles(path)


def test_utf_16_that_is_cut_in_a_character_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, (HEADER + ROW).encode("utf-16")[:-1])
    with pytest.raises(UnexpectedAnswerError, match=r"has a part that is not UTF-16"):
        titles(path)


def test_cyrillic_is_not_taken_for_western(tmp_path: Path) -> None:
    title = "Сравнить цены номеров гостиницы перед выбором даты заезда и выезда"
    path = written(tmp_path, (HEADER + ROW.replace("Title", title) * 30).encode("cp1251"))
    assert titles(path)[-1] == title


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32"])
def test_wide_characters_are_known_without_their_mark(tmp_path: Path, codec: str) -> None:
    path = written(tmp_path, (HEADER + ROW.replace("Title", "Größe")).encode(codec))
    assert titles(path)[-1] == "Größe"
