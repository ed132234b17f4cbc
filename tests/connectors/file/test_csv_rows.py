"""Rows give back what was written, in any encoding, with any delimiter; a broken one costs itself alone."""

import csv
import tempfile
import time
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.connector import Problem
from connectors.errors import ConnectorError, UnexpectedAnswerError
from connectors.file.csv_export import CsvExport
from connectors.file.csv_rows import DELIMITERS, Rows
from connectors.file.encoding import Encoding
from rules.records import WorkItem

HEADER = "Issue key,Issue id,Summary,Issue Type,Status,Created,Updated\n"
ROW = "A-{n},{n},Title,Story,Open,2026-11-01 09:00,2026-11-02 09:00\n"

cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
few = {  # what each encoding has: accents, dashes, and characters whose second byte is a backslash
    "cp1252": st.text('aZ ß€é\u2013\u201d\t,;"\r\n', max_size=12),
    "cp932": st.text('aZ あ漢ソ表能ｱ\t,;"\r\n', max_size=12),
}
tables = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=8)
)


def read(path: Path) -> tuple[list[str], list[Problem]]:
    problems: list[Problem] = []
    records = list(CsvExport("jira", path).records(problems.append))
    return [r.key for r in records if isinstance(r, WorkItem)], problems


def written(folder: Path, content: str) -> Path:
    path = folder / "export.csv"
    path.write_text(content, newline="")
    return path


def rows(*numbers: int) -> str:
    return "".join(ROW.format(n=n) for n in numbers)


@given(tables, st.sampled_from(DELIMITERS), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_the_csv_module_writes_reads_back_the_same(
    table: list[list[str]], delimiter: str, codec: str
) -> None:
    text = StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(table)
    with tempfile.NamedTemporaryFile() as file:
        file.write(text.getvalue().encode(codec))
        file.flush()
        back = [row for _, row in Rows(Path(file.name), Encoding(codec), delimiter, 0)]
    assert back == table


@pytest.mark.parametrize("codec", few)
@given(data=st.data(), delimiter=st.sampled_from(DELIMITERS))
def test_so_it_does_in_the_encodings_of_windows(codec: str, data: st.DataObject, delimiter: str) -> None:
    table = data.draw(st.lists(st.lists(few[codec], min_size=3, max_size=3), min_size=1, max_size=6))
    text = StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(table)
    with tempfile.NamedTemporaryFile() as file:
        file.write(text.getvalue().encode(codec))
        file.flush()
        back = [row for _, row in Rows(Path(file.name), Encoding(codec), delimiter, 0)]
    assert back == table


@given(st.binary(max_size=400), st.sampled_from([b"", HEADER.encode(), HEADER.encode("utf-16")]))
def test_no_bytes_do_more_harm_than_a_refusal(noise: bytes, start: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(start + noise)
        file.flush()
        said = "[export-"
        try:
            list(CsvExport("jira", Path(file.name)).records(lambda _: None))
        except ConnectorError as error:
            said = str(error)
    assert "[export-" in said


@pytest.mark.parametrize("broken", ['A-2,2,"Ti"tle,Story,Open,,\n', 'A-2,2,"Title,Story,Open,,\n'])
def test_a_record_with_broken_quotes_is_told_and_the_next_one_is_read(tmp_path: Path, broken: str) -> None:
    keys, problems = read(written(tmp_path, HEADER + rows(1) + broken + rows(3, 4, 5)))
    assert keys == ["A-1", "A-3", "A-4", "A-5"]
    (problem,) = problems
    assert problem.scope == "line 3 of export.csv"
    assert problem.what.endswith("[export-quotes]")


def test_the_lines_of_a_broken_record_of_several_lines_are_counted(tmp_path: Path) -> None:
    broken = 'A-2,2,"Ti"tle\nsecond line, with a comma\nthird",Story,Open,,\n'
    keys, problems = read(written(tmp_path, HEADER + rows(1) + broken + rows(3)))
    assert keys == ["A-1", "A-3"]
    assert "lines 3 to 5 are not read" in problems[0].what


def test_lines_behind_a_broken_record_have_their_own_numbers(tmp_path: Path) -> None:
    keys, problems = read(written(tmp_path, HEADER + 'A-1,1,"Ti"tle\n' + rows(2) + "A-3,3\n" + rows(4)))
    assert keys == ["A-2", "A-4"]
    assert [p.scope for p in problems] == ["line 2 of export.csv", "line 4 of export.csv"]


def test_a_quote_that_swallows_all_that_follows_costs_one_record_and_little_time(tmp_path: Path) -> None:
    many = rows(*range(3, 20_000))
    path = written(tmp_path, HEADER + rows(1) + 'A-2,2,"Title,Story,Open,,\n' + many)
    began = time.perf_counter()
    keys, problems = read(path)
    assert len(keys) == 19_998
    assert [p.scope for p in problems] == ["line 3 of export.csv"]
    assert time.perf_counter() - began < 20


def test_quotes_that_pair_up_with_the_next_record_s_lose_no_third_one(tmp_path: Path) -> None:
    pair = 'A-2,2,"Title,Story,Open,,\nA-3,3,Other",Story,Open,2026-11-01 09:00,2026-11-02 09:00\n'
    keys, problems = read(written(tmp_path, HEADER + rows(1) + pair + rows(4)))
    assert keys[0] == "A-1"
    assert keys[-1] == "A-4"
    assert len(problems) == 1 or "A-2" in keys


def test_too_many_broken_records_are_a_broken_file(tmp_path: Path) -> None:
    pairs = "".join(f'A-{n},{n},"Ti"tle\n{ROW.format(n=n + 1)}' for n in range(1, 200, 2))
    with pytest.raises(UnexpectedAnswerError, match=r"broken quotes .* line 102.*\[export-quotes\]"):
        read(written(tmp_path, HEADER + pairs))


def test_columns_that_jira_repeats_keep_all_their_values(tmp_path: Path) -> None:
    header = HEADER.strip() + ",Labels" * 40 + ",Comment" * 40 + "\n"
    row = ROW.format(n=1).strip() + "".join(f",label-{n}" for n in range(40)) + ",said" * 40 + "\n"
    (item,) = (
        r
        for r in CsvExport("jira", written(tmp_path, header + row)).records(pytest.fail)
        if isinstance(r, WorkItem)
    )
    assert item.labels == tuple(f"label-{n}" for n in range(40))
