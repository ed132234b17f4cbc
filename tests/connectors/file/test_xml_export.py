"""Jira's XML export is read item by item, its times with their zone, and refused where it is broken."""

import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from connectors.connector import Problem
from connectors.errors import UnexpectedAnswerError
from connectors.file.xml_export import XmlExport
from rules.records import Container, Link, Person, Record, WorkItem

EXPORT = Path(__file__).parent / "fixtures" / "export.xml"


def read(path: Path) -> tuple[list[Record], list[Problem]]:
    problems: list[Problem] = []
    return list(XmlExport("jira", path).records(problems.append)), problems


def written(folder: Path, text: str) -> Path:
    path = folder / "export.xml"
    path.write_text(text)
    return path


def test_every_field_of_an_issue_is_read() -> None:
    records, problems = read(EXPORT)
    assert not problems
    assert records[3] == WorkItem(
        source="jira",
        id="20412",
        key="BOOK-412",
        container="BOOK",
        kind="Story",
        title="Compare prices of rooms",
        url="https://larkfield.example/browse/BOOK-412",
        status="In Review",
        created_at=datetime(2026, 11, 2, 9, 5, tzinfo=UTC),
        changed_at=datetime(2026, 11, 17, 16, 20, tzinfo=UTC),
        audience="jira:jira:BOOK",
        status_category="indeterminate",
        level=0,
        priority="High",
        labels=("pricing", "guest"),
        components=("Tariff",),
        assignee="712020:ines",
        reporter="712020:tom",
        team="Rates",
        parent="BOOK-400",
        links=(Link("blocks", "BOOK-414"), Link("is blocked by", "TRK-9")),
        flagged=True,
        due_on=date(2026, 12, 18),
        fields={"fixVersion": "2026.11, 2026.12", "sprint": "Sprint 40, Sprint 41"},
    )


def test_projects_and_people_come_once_and_before_their_issues() -> None:
    records, _ = read(EXPORT)
    assert records[0] == Container("jira", "10001", "BOOK", "project", "Booking", audience="jira:jira:BOOK")
    assert [r.key for r in records if isinstance(r, Person)] == ["712020:ines", "712020:tom", "tom"]


def test_secrets_closed_issues_and_nobody_are_told() -> None:
    (done,) = (r for r in read(EXPORT)[0] if isinstance(r, WorkItem) and r.key == "BOOK-413")
    assert (done.audience, done.level, done.parent) == ("jira:jira:BOOK:Staff only", -1, "BOOK-412")
    assert (done.status_category, done.resolution, done.assignee) == ("done", "Done", None)
    assert done.closed_at == datetime(2026, 11, 11, 11, 2, tzinfo=UTC)


def test_an_export_that_holds_fewer_than_the_search_found_says_so() -> None:
    export = XmlExport("jira", EXPORT)
    list(export.records(pytest.fail))
    (note,) = export.notes()
    assert "holds 2 of 7 issues" in note
    assert "2 issues" in export.recognised()


def test_an_item_that_cannot_be_read_is_told_with_its_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    text = EXPORT.read_text().replace("Mon, 2 Nov 2026 14:35:00 +0530", "2 novembre")
    records, (problem,) = read(written(tmp_path, text))
    assert [r.key for r in records if isinstance(r, WorkItem)] == ["BOOK-413"]
    assert problem.scope == "line 8 of export.xml"
    assert 'BOOK-412: <created> "2 novembre" is not a date' in problem.what
    assert problem.what.endswith("[export-line]")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("</summary>", "</sumary>"), r"export\.xml:15:\d+: the XML is broken \(mismatched tag\)"),
        (("&lt;p&gt;", "&nbsp;"), r"export\.xml:12:\d+: "),
        (("<rss ", '<!DOCTYPE rss [<!ENTITY a "b">]>\n<rss '), r"export\.xml:\d+: it declares a DTD"),
        (("</rss>", ""), r"export\.xml:\d+:\d+: the XML is broken \(no element found\)"),
        (("UTF-8", "Shift_JIS"), r"export\.xml:1: the encoding that it names cannot be read"),
        (("rss", "feed"), r"is XML, but not Jira's.* begins with <feed>"),
    ],
)
def test_what_is_broken_or_no_export_is_refused_with_its_place(
    tmp_path: Path, change: tuple[str, str], says: str
) -> None:
    with pytest.raises(UnexpectedAnswerError, match=says + r".*\[export-"):
        read(written(tmp_path, EXPORT.read_text().replace(*change)))


def test_an_export_without_issues_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnexpectedAnswerError, match=r"holds no issue.*\[export-empty\]"):
        read(written(tmp_path, '<rss version="0.92"><channel><title>x</title></channel></rss>'))


def test_a_large_export_is_streamed(tmp_path: Path) -> None:
    begin, end = EXPORT.read_text().index("  <item>"), EXPORT.read_text().index("</channel>")
    text = EXPORT.read_text()
    path = written(tmp_path, text[:begin] + text[begin:end] * 500 + text[end:])
    tracemalloc.start()
    count = sum(1 for _ in XmlExport("jira", path).records(pytest.fail))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 1004
    assert peak < path.stat().st_size / 2


def test_a_time_beyond_the_calendar_costs_its_item_alone(tmp_path: Path) -> None:
    text = EXPORT.read_text()
    begin, end = text.index("<created>"), text.index("</created>")
    late = f"{text[:begin]}<created>Fri, 31 Dec 9999 23:41:00 -1200{text[end:]}"
    records, problems = read(written(tmp_path, late))
    assert any(isinstance(r, WorkItem) for r in records)
    assert ["is beyond what a calendar holds" in p.what for p in problems] == [True]
