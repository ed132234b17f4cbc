"""Jira's CSV export is read by place, whole, and refused in one sentence where it cannot be."""

import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connectors.connector import Problem
from connectors.errors import UnexpectedAnswerError
from connectors.file.csv_export import CsvExport
from rules.records import Container, Link, Person, Record, WorkItem

ALL_FIELDS = Path(__file__).parent / "fixtures" / "all-fields.csv"
HEADER = "Issue key,Issue id,Summary,Issue Type,Status,Created,Updated\n"
ROW = "A-1,1,Title,Story,Open,2026-11-01 09:00,2026-11-02 09:00\n"
Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_(content: str | bytes) -> Path:
        path = tmp_path / "export.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_


def read(path: Path, zone: tzinfo = UTC) -> tuple[list[Record], list[Problem]]:
    problems: list[Problem] = []
    return list(CsvExport("jira", path, zone).records(problems.append)), problems


def items(path: Path, zone: tzinfo = UTC) -> dict[str, WorkItem]:
    return {r.key: r for r in read(path, zone)[0] if isinstance(r, WorkItem)}


def test_every_field_of_an_issue_is_read() -> None:
    assert items(ALL_FIELDS)["QUAY-2"] == WorkItem(
        source="jira",
        id="20002",
        key="QUAY-2",
        container="QUAY",
        kind="Story",
        title="Quote a berth by draught",
        url="",
        status="In Review",
        created_at=datetime(2026, 10, 5, 10, 15, tzinfo=UTC),
        changed_at=datetime(2026, 11, 20, 11, 2, tzinfo=UTC),
        audience="jira:jira:QUAY",
        status_category="indeterminate",
        level=0,
        priority="Medium",
        labels=("pricing", "committed"),
        components=("Tariff",),
        assignee="712020:tom",
        reporter="712020:ines",
        team="Berth",
        parent="QUAY-1",
        links=(
            Link("is blocked by", "YARD-9"),
            Link("is blocked by", "QUAY-3"),
            Link("blocks", "QUAY-4"),
            Link("relates to", "QUAY-1"),
        ),
        flagged=True,
        due_on=date(2026, 12, 18),
        fields={"fixVersion": "2026.11, 2026.12", "sprint": "Sprint 40, Sprint 41"},
        changes=None,
    )


def test_levels_resolutions_and_secrets_are_told() -> None:
    found = items(ALL_FIELDS)
    assert [found[f"QUAY-{n}"].level for n in (1, 2, 3, 4)] == [1, 0, 0, -1]
    assert found["QUAY-3"].resolution == "Fixed"
    assert found["QUAY-3"].closed_at == datetime(2026, 11, 11, 17, 45, tzinfo=UTC)
    assert found["QUAY-3"].audience == "jira:jira:QUAY:Embargoed"
    assert found["QUAY-4"].resolution is None
    assert found["QUAY-4"].assignee is None


def test_a_parent_named_by_its_id_is_found_by_its_key() -> None:
    assert items(ALL_FIELDS)["QUAY-3"].parent == "QUAY-1"


def test_people_and_projects_come_once_and_before_their_issues() -> None:
    records, problems = read(ALL_FIELDS)
    assert not problems
    assert records[0] == Container("jira", "QUAY", "QUAY", "project", "Quayside", audience="jira:jira:QUAY")
    assert [r.name for r in records if isinstance(r, Person)] == ["Ines Falk", "Tom Okoro"]
    assert [r.key for r in records if isinstance(r, Person)] == ["712020:ines", "712020:tom"]


def test_times_are_those_of_the_given_zone_and_a_due_date_stays_its_day() -> None:
    item = items(ALL_FIELDS, ZoneInfo("Asia/Kolkata"))["QUAY-2"]
    assert item.created_at == datetime(2026, 10, 5, 4, 45, tzinfo=UTC)
    assert item.due_on == date(2026, 12, 18)


def test_it_says_how_the_file_was_read() -> None:
    said = CsvExport("jira", ALL_FIELDS).recognised()
    assert "4 issues" in said
    assert "17/Nov/26 9:41 AM" in said
    assert "times read as UTC because the file names no zone" in said


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_commas_semicolons_and_tabs_are_told_apart_with_and_without_a_mark(
    write: Write, delimiter: str, start: bytes
) -> None:
    text = (HEADER + ROW).replace(",", delimiter).replace("\n", "\r\n")
    assert list(items(write(start + text.encode()))) == ["A-1"]


def test_current_fields_are_enough(write: Write) -> None:
    header = "Issue Type,Key,Summary,Assignee,Reporter,Status,Created,Updated\n"
    path = write(header + "Bug,A-7,Title,Ines Falk,Tom Okoro,Open,01/Nov/26 9:00 AM,02/Nov/26 9:00 AM\n")
    item = items(path)["A-7"]
    assert (item.id, item.container, item.assignee) == ("A-7", "A", "Ines Falk")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (HEADER.replace("Status,", "") + ROW, r"has no column Status; found: Issue key, Issue id, Summary"),
        ("name,size\nx,1\n", r"has no columns Issue key, Summary, .* and \w+; found: name, size"),
        ("", r"no columns Issue key"),
        (HEADER, r"has a header but no issues"),
        (
            HEADER + ROW.replace("2026-11-01", "01/11/2026").replace("2026-11-02", "02/11/2026"),
            "day/month or",
        ),
        ('Issue key,"Sum"mary\n', r"broken quotes in the record that begins in line 1"),
        (
            HEADER + ROW.replace("Title", '"Ti"tle"') * 60,
            r":2: the quotes are broken, in this record and in all",
        ),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_in_one_sentence(
    write: Write, content: str | bytes, says: str
) -> None:
    with pytest.raises(UnexpectedAnswerError, match=rf"export\.csv.*{says}.*\[export-"):
        read(write(content))


def test_a_broken_row_is_told_with_its_line_and_the_rest_goes_on(write: Write) -> None:
    short = "A-2,2,Title\n"
    late = ROW.replace("A-1,1", "A-3,3").replace("2026-11-01", "soon")
    empty = ROW.replace("A-1,1", "A-4,4").replace("Open", "")
    long = ROW.replace("A-1,1", "A-5,5").replace("Title", '"Two\nlines"')
    records, problems = read(write(HEADER + short + long + late + empty + ROW))
    assert [r.key for r in records if isinstance(r, WorkItem)] == ["A-5", "A-1"]
    assert [(p.scope, p.what) for p in problems] == [
        ("line 2 of export.csv", "export.csv:2: 3 cells where the header has 7. [export-line]"),
        (
            "line 5 of export.csv",
            'export.csv:5: created "soon 09:00" is not a date written as 2026-11-17 09:41. [export-line]',
        ),
        ("line 6 of export.csv", "export.csv:6: status is empty. [export-line]"),
    ]


def test_an_export_that_jira_cut_off_is_said_to_be(write: Write) -> None:
    rows = "".join(ROW.replace("A-1,1", f"A-{n},{n}") for n in range(1000))
    (note,) = CsvExport("jira", write(HEADER + rows)).notes()
    assert "holds exactly 1000 issues" in note
    assert note.endswith("[export-cut]")


def test_a_large_file_is_streamed(write: Write) -> None:
    rows = "".join(ROW.replace("A-1,1,Title", f"A-{n},{n},{'Title ' * 100}") for n in range(3000))
    path = write(HEADER + rows)
    tracemalloc.start()
    count = sum(1 for _ in CsvExport("jira", path).records(lambda _: None))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 3001
    assert peak < path.stat().st_size / 2


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_exports_that_were_joined_are_read_as_one(write: Write, mark: str) -> None:
    records, problems = read(write(mark + HEADER + ROW + mark + HEADER + ROW.replace("A-1,1", "A-2,2")))
    assert [r.key for r in records if isinstance(r, WorkItem)] == ["A-1", "A-2"]
    assert not problems


def test_joined_exports_with_other_columns_are_refused_where_the_second_begins(write: Write) -> None:
    other = "Issue id,Issue key,Summary,Issue Type,Status,Created,Updated\n"
    with pytest.raises(UnexpectedAnswerError, match=r"export\.csv:3: another header .* folder .*\[export-"):
        read(write(HEADER + ROW + other + ROW))


def test_a_time_beyond_the_calendar_costs_its_row_alone(write: Write) -> None:
    late = ROW.replace("A-1,1", "A-9,9").replace("2026-11-02 09:00", "9999-12-31 23:59")
    records, problems = read(write(HEADER + late + ROW), ZoneInfo("America/Lima"))
    assert [r.key for r in records if isinstance(r, WorkItem)] == ["A-1"]
    assert "is beyond what a calendar holds" in problems[0].what
