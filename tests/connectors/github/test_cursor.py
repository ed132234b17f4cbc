"""The text kept between two syncs."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import FixRequestError
from connectors.github.cursor import OVERLAP, QUIET, Cursor, Scan

NAMES = st.from_regex(r"[a-z0-9-]{1,8}/[A-Za-z0-9._-]{1,8}", fullmatch=True)
MOMENTS = st.datetimes(
    min_value=datetime(2008, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.just(UTC),
)


@given(st.dictionaries(NAMES, MOMENTS), st.frozensets(NAMES), st.frozensets(NAMES))
def test_what_is_written_can_be_read_again(
    changed: dict[str, datetime], closed: frozenset[str], public: frozenset[str]
) -> None:
    cursor = Cursor(changed, closed, public)
    assert Cursor.read(cursor.text()) == cursor


@given(st.lists(MOMENTS, min_size=1))
def test_a_cursor_never_goes_back(moments: list[datetime]) -> None:
    cursor = Cursor()
    for moment in moments:
        cursor = cursor.moved("larkfield/tracking", moment)
    assert cursor.since("larkfield/tracking") == max(moments) - OVERLAP


def test_a_repository_never_read_begins_without_a_time() -> None:
    assert timedelta(minutes=2) == OVERLAP
    assert Cursor.read(None).since("larkfield/tracking") is None
    assert Cursor().moved("larkfield/tracking", None) == Cursor()


def test_what_was_quiet_after_its_last_change_is_not_read_again() -> None:
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    fresh = Cursor().moved("larkfield/a", at, at + QUIET - timedelta(seconds=1))
    quiet = Cursor().moved("larkfield/a", at, at + QUIET)

    assert fresh.since("larkfield/a") == at - OVERLAP
    assert quiet.since("larkfield/a") == at + timedelta(seconds=1)
    assert fresh.moved("larkfield/a", at, at + 2 * QUIET) == fresh  # nothing new: it stays where it is
    assert quiet.moved("larkfield/a", at + timedelta(hours=1)).since("larkfield/a") == (
        at + timedelta(hours=1) - OVERLAP
    )
    assert Cursor.read(quiet.text()) == quiet


def test_a_first_reading_goes_on_at_its_next_page_and_ends_before_what_changed_meanwhile() -> None:
    known = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    half = Cursor.read(Cursor().scanning("larkfield/a", "page=2", known).text())

    assert half.scans == {"larkfield/a": Scan("page=2", known)}
    assert half.since("larkfield/a") is None
    done = half.moved("larkfield/a", known)
    assert (done.scans, done.since("larkfield/a")) == ({}, known - OVERLAP)
    assert half.met("larkfield/a", public=True).scans == {}


def test_a_repository_taken_out_of_the_archive_is_read_again() -> None:
    archived = Cursor().ended("larkfield/old", archived=True)
    assert archived.closed == {"larkfield/old"}
    assert archived.ended("larkfield/old", archived=False).closed == frozenset()


@pytest.mark.parametrize("public", [True, False])
def test_a_repository_that_turns_private_or_public_is_read_anew(public: bool) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    read = Cursor().met("larkfield/slos", public=public).moved("larkfield/slos", at).moved("larkfield/a", at)
    read = read.ended("larkfield/slos", archived=True)

    assert read.met("larkfield/slos", public=public) == read
    turned = read.met("larkfield/slos", public=not public)
    assert (turned.since("larkfield/slos"), turned.since("larkfield/a")) == (None, at - OVERLAP)
    assert turned.closed == frozenset()
    assert turned.met("larkfield/slos", public=not public) == turned


@pytest.mark.parametrize(
    "text", ["", "2026-03-02", "[]", "{}", '{"changed": {"a/b": "yesterday"}}', "\ud800"]
)
def test_a_foreign_text_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(FixRequestError) as caught:
        Cursor.read(text)
    assert "full sync" in caught.value.remedy
