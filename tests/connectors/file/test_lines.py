"""JSON lines give back the record that was written, and say what is wrong where it is."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.connector import Problem
from connectors.file.lines import Lines, decode, encode, stamped
from rules.records import Change, Container, Link, Person, PullRequest, Record, Review, WorkItem

moments = st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zone is drawn
texts = st.text(max_size=12)
records: st.SearchStrategy[Record] = st.one_of(
    st.builds(
        WorkItem,
        created_at=moments,
        changed_at=moments,
        closed_at=st.none() | moments,
        due_on=st.none() | st.dates(),
        links=st.lists(st.builds(Link)).map(tuple),
        changes=st.none() | st.lists(st.builds(Change, at=moments), max_size=3).map(tuple),
        fields=st.dictionaries(texts, texts, max_size=2),
    ),
    st.builds(
        PullRequest,
        created_at=moments,
        changed_at=moments,
        ready_at=st.none() | moments,
        merged_at=st.none() | moments,
        closed_at=st.none() | moments,
        reviews=st.lists(st.builds(Review, at=moments), max_size=3).map(tuple),
    ),
    st.builds(Person, changed_at=st.none() | moments),
    st.builds(Container, changed_at=st.none() | moments),
)
LEAST = (
    '{"record": "work_item", "source": "jira", "id": "1", "key": "BOOK-1", "container": "BOOK",'
    ' "kind": "Story", "title": "Save lanes", "url": "", "status": "Open",'
    ' "created_at": "2026-11-17T09:41:00Z", "changed_at": "2026-11-17T09:41:00Z",'
    ' "audience": "jira:jira:BOOK"%s}'
)


@given(records)
def test_a_record_survives_being_written_and_read(record: Record) -> None:
    line = encode(record)
    assert decode(line) == record
    assert "\n" not in line


def test_a_line_holds_only_what_is_said() -> None:
    line = encode(decode(LEAST % ', "flagged": false'))
    assert "flagged" not in line
    assert '"record":"work_item"' in line


def test_times_of_other_zones_become_utc() -> None:
    item = decode(LEAST % ', "closed_at": "2026-11-17T15:11:00+05:30"')
    assert isinstance(item, WorkItem)
    assert item.closed_at == datetime(2026, 11, 17, 9, 41, tzinfo=UTC)
    assert item.closed_at is not None
    assert item.closed_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (', "labels": "a"', r"Expected `array`, got `str` - at `\$\.labels`"),
        (', "flaged": true', r"unknown key `flaged` - at `\$`"),
        (', "closed_at": "2026-11-17T15:11:00"', r"needs its zone .* at `\$\.closed_at`"),
        (', "level": "1"', r"Expected `int \| null`, got `str` - at `\$\.level`"),
        (
            ', "changes": [{"id": "1", "at": "2026-01-01T00:00:00", "by": null, "field": "status"}]',
            r"missing required field `before` - at `\$\.changes\[0\]`",
        ),
        (', "links": [{"kind": "blocks", "key": "A-1", "why": ""}]', r"`why` - at `\$\.links\[0\]`"),
    ],
)
def test_a_mistake_is_named_with_its_place(more: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        decode(LEAST % more)


@pytest.mark.parametrize("line", ['{"record": "epic"}', '{"kind": "work_item"}', "[]", "{", b"\xff"])
def test_a_line_that_is_no_record_says_what_a_record_is(line: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"work_item|not JSON"):
        decode(line)


@pytest.mark.parametrize(
    ("said", "audience"),
    [
        ("", "jira:exports:BOOK"),
        ("jira:exports:BOOK", "jira:exports:BOOK"),
        ("jira:jira:BOOK", "jira:exports:BOOK"),
        ("jira:jira:BOOK:Staff: only", "jira:exports:BOOK:Staff: only"),
        ("github:github:larkfield/quay", "github:exports:larkfield/quay"),
        ("public", "public"),
        ("jira:BOOK", "jira:BOOK"),
    ],
)
def test_a_record_of_another_source_becomes_one_of_the_source_that_reads_it(said: str, audience: str) -> None:
    item = replace(decode(LEAST % ""), audience=said)
    assert stamped(item, "exports") == replace(item, source="exports", audience=audience)


def test_who_may_see_a_record_follows_from_where_it_lives() -> None:
    repository = Container("github", "1", "larkfield/quay", "repository", "quay")
    assert stamped(repository, "exports").audience == "github:exports:larkfield/quay"
    assert stamped(Person("jira", "1", "tom", "Tom"), "exports") == Person("exports", "1", "tom", "Tom")


def test_what_no_calendar_no_database_and_no_stack_holds_is_a_mistake_of_its_line(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    late = LEAST % ', "closed_at": "9999-12-31T23:59:59-12:00"'
    odd = LEAST % r', "priority": "a\u0000b"'
    path.write_text("\n".join((late, odd, '{"record": ' + "[" * 100_000, LEAST % "")))
    problems: list[Problem] = []
    assert len(list(Lines("jira", path).records(problems.append))) == 1
    beyond, nul, deep = (p.what for p in problems)
    assert beyond.endswith("is beyond what a calendar holds - at `$.closed_at`. [export-line]")
    assert r"a text holds \u0000" in nul
    assert "this is not JSON" in deep


def test_a_file_with_a_mark_and_a_backslash_is_read(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text("\ufeff" + LEAST % r', "priority": "C:\\u0000"')
    (item,) = Lines("jira", path).records(pytest.fail)
    assert isinstance(item, WorkItem)
    assert item.priority == r"C:\u0000"
