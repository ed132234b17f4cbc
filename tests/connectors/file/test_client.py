"""A file source yields pages, resumes where it stopped, and is quiet while nothing changed."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.connector import Page
from connectors.errors import FixRequestError, NotThereError, UnexpectedAnswerError
from connectors.file import Counting, FileSource, connect, encode
from connectors.file.found import Found, Status
from rules.records import Person, PullRequest, Record, WorkItem

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
ALL_FIELDS = Path(__file__).parent / "fixtures" / "all-fields.csv"


def counted(*pages: Iterable[Record]) -> Found:
    counting = Counting()
    for records in pages:
        counting.add(records)
    return counting.found()


def item(number: int, status: str = "Open") -> WorkItem:
    key = f"QUAY-{number}"
    return WorkItem(
        "jira", str(number), key, "QUAY", "Story", "Moor a ship", "", status, NOW, NOW, "jira:jira:QUAY"
    )


def write(path: Path, count: int, start: int = 1) -> Path:
    path.write_text("".join(encode(item(n)) + "\n" for n in range(start, start + count)))
    return path


async def pages(source: FileSource, cursor: str | None = None) -> list[Page]:
    return [page async for page in source.pages(cursor)]


async def test_pages_hold_at_most_five_hundred_records_and_only_the_last_is_last(tmp_path: Path) -> None:
    source = connect("jira", write(tmp_path / "items.jsonl", 1201))
    found = await pages(source)
    assert [len(p.records) for p in found] == [500, 500, 201]
    assert [p.last for p in found] == [False, False, True]
    assert found[-1].expected == 1201


async def test_a_full_last_page_is_followed_by_nothing(tmp_path: Path) -> None:
    found = await pages(connect("jira", write(tmp_path / "items.jsonl", 500)))
    assert [(len(p.records), p.last) for p in found] == [(500, True)]


async def test_an_unchanged_file_gives_one_empty_last_page(tmp_path: Path) -> None:
    path = write(tmp_path / "items.jsonl", 3)
    first = await pages(connect("jira", path))
    again = await pages(connect("jira", path), first[-1].cursor)
    assert again == [Page((), first[-1].cursor, last=True)]


async def test_a_changed_file_is_read_again_from_its_beginning(tmp_path: Path) -> None:
    cursor = (await pages(connect("jira", write(tmp_path / "items.jsonl", 3))))[-1].cursor
    again = await pages(connect("jira", write(tmp_path / "items.jsonl", 4)), cursor)
    assert len(again[0].records) == 4


@pytest.mark.parametrize("after", [0, 1])
async def test_a_reading_that_stopped_goes_on_behind_what_is_stored(tmp_path: Path, after: int) -> None:
    path = write(tmp_path / "items.jsonl", 1201)
    whole = await pages(connect("jira", path))
    assert await pages(connect("jira", path), whole[after].cursor) == whole[after + 1 :]


async def test_broken_lines_are_told_and_told_again_until_they_are_repaired(tmp_path: Path) -> None:
    path = write(tmp_path / "items.jsonl", 16)
    with path.open("a") as file:
        file.write('{"record": "work_item", "id": 17}\n\n' + encode(item(18)) + "\n")
    source = connect("jira", path)
    (page,) = await pages(source)
    assert len(page.records) == 17
    (problem,) = page.problems
    assert problem.scope == "line 17 of items.jsonl"
    assert problem.what == "items.jsonl:17: Expected `str`, got `int` - at `$.id`. [export-line]"
    assert await pages(source, page.cursor) == [Page((), page.cursor, True, page.problems, 17)]


async def test_many_broken_lines_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(encode(item(1)) + "\n" + "{}\n" * 80)
    (page,) = await pages(connect("jira", path))
    assert len(page.problems) == 51
    assert page.problems[-1].what == "30 more lines cannot be read."


@pytest.mark.parametrize("content", ["", "{}\n"])
async def test_a_file_in_which_nothing_can_be_read_is_a_failure_not_an_empty_page(
    tmp_path: Path, content: str
) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(content)
    with pytest.raises(UnexpectedAnswerError, match=r"items\.jsonl holds no record"):
        await pages(connect("jira", path))


async def test_a_folder_is_read_file_by_file_and_its_other_files_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path / "b.jsonl", 2)
    (tmp_path / "a.csv").write_bytes(ALL_FIELDS.read_bytes())
    (tmp_path / "README.md").write_text("no record")
    (page,) = await pages(connect("jira", tmp_path))
    keys = [r.key for r in page.records if isinstance(r, WorkItem)]
    assert keys == ["QUAY-1", "QUAY-2", "QUAY-3", "QUAY-4", "QUAY-1", "QUAY-2"]


async def test_records_that_name_another_source_are_stored_under_the_one_that_reads_them(
    tmp_path: Path,
) -> None:
    source = connect("exports", write(tmp_path / "items.jsonl", 2))
    (page,) = await pages(source)
    told = {(r.source, r.audience) for r in (*page.records, *(await source.read(["QUAY-2"])).records)}
    assert told == {("exports", "jira:exports:QUAY")}


async def test_named_items_are_read_again_and_one_that_no_file_tells_is_a_problem(tmp_path: Path) -> None:
    source = connect("jira", write(tmp_path / "items.jsonl", 9))
    page = await source.read(["QUAY-4", "7", "QUAY-99"])
    assert page.records == (item(4), item(7))
    assert [(p.scope, p.quarantined) for p in page.problems] == [("item:QUAY-99", False)]


def test_what_is_not_there_and_what_is_something_else_are_different_errors(tmp_path: Path) -> None:
    with pytest.raises(NotThereError, match="does not exist"):
        connect("jira", tmp_path / "none.csv")
    with pytest.raises(FixRequestError, match=r"holds no export\..*\[export-format\]"):
        connect("jira", tmp_path)


async def test_a_file_that_goes_away_is_told_as_not_there(tmp_path: Path) -> None:
    path = write(tmp_path / "items.jsonl", 1)
    source = connect("jira", path)
    path.unlink()
    with pytest.raises(NotThereError, match=r"cannot be read: No such file"):
        await pages(source)
    assert [c.state for c in await source.check()] == ["fail"]


async def test_check_says_what_was_recognised_or_why_not(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", 2)
    (tmp_path / "b.jsonl").write_text(encode(item(1)) + "\n{}\n")
    (tmp_path / "c.csv").write_bytes(ALL_FIELDS.read_bytes())
    (tmp_path / "d.csv").write_text("name\n")
    source = connect("jira", tmp_path)
    checks = await source.check()
    await source.close()
    assert [c.state for c in checks] == ["ok", "warn", "ok", "fail"]
    assert checks[0].detail == "a.jsonl: JSON lines of records; 2 records"
    assert checks[1].remedy.startswith("b.jsonl:2: ")
    assert "times read as UTC" in checks[2].detail
    assert "has no columns Issue key" in checks[3].detail


async def test_what_an_export_holds_is_counted() -> None:
    (page,) = await pages(connect("jira", ALL_FIELDS))
    found = counted(page.records)
    assert (found.items, found.pull_requests, found.people, found.history) == (4, 0, 2, False)
    assert found.statuses[0] == Status("In Progress", "indeterminate", 1)
    assert found.projects == (("QUAY", 4),)
    assert dict(found.types) == {"Epic": 1, "Story": 1, "Bug": 1, "Sub-task": 1}
    assert found.first_change == datetime(2026, 10, 6, 10, 15, tzinfo=UTC)
    assert found.last_change == datetime(2026, 11, 20, 11, 2, tzinfo=UTC)


def test_records_of_other_kinds_are_counted_too() -> None:
    pull = PullRequest("github", "1", "a/b#1", "a/b", "Moor", "", "open", NOW, NOW, "github:github:a/b")
    found = counted([pull, Person("github", "1", "tom", "Tom")])
    assert (found.items, found.pull_requests, found.people) == (0, 1, 1)
    assert found.last_change == NOW


async def test_records_can_be_counted_page_by_page_while_they_are_read(tmp_path: Path) -> None:
    read = await pages(connect("jira", write(tmp_path / "items.jsonl", 1201)))
    found = counted(*(page.records for page in read))
    assert found == counted([record for page in read for record in page.records])
    assert found.items == 1201


async def test_what_would_be_waited_for_without_end_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path / "items.jsonl", 2)
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "loop").symlink_to("loop")
    source = connect("jira", tmp_path)
    assert len((await pages(source))[0].records) == 2
    assert "loop (no ordinary file), pipe.csv (no ordinary file)" in source.notes()[0]
    with pytest.raises(FixRequestError, match=r"is no ordinary file\. Save as a file"):
        connect("jira", tmp_path / "pipe.csv")


def test_a_name_that_cannot_be_printed_is_asked_to_be_another(tmp_path: Path) -> None:
    path = tmp_path / b"items\xff.jsonl".decode(errors="surrogateescape")
    with pytest.raises(NotThereError, match=r"items\?\.jsonl is not UTF-8\. Rename the file\."):
        connect("jira", write(path, 1))
