"""Presence: what a census may conclude, and what it may never."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.presence import FEW, GONE, HIDDEN, Place, Presence, Standing, settle

IDS = [str(n) for n in range(20)]
STATES = st.sampled_from(get_args(Presence))
KNOWN = st.dictionaries(st.sampled_from(IDS), STATES)
LISTED = st.sets(st.sampled_from(IDS))
PLACES = st.tuples(st.sampled_from([*IDS, "new"]), st.sampled_from(["BOOK", "QUAY"]))
FOUND = st.dictionaries(st.sampled_from(IDS), PLACES)
SIGHTED = st.sampled_from([*get_args(Standing), None])


@given(SIGHTED, KNOWN, LISTED, FOUND)
def test_every_known_id_and_no_other_is_settled(
    standing: Standing | None, known: dict[str, Presence], listed: set[str], found: dict[str, Place]
) -> None:
    assert settle("BOOK", standing, known, listed, found).keys() == known.keys()


@given(SIGHTED, KNOWN, LISTED, FOUND)
def test_what_was_listed_is_there(
    standing: Standing | None, known: dict[str, Presence], listed: set[str], found: dict[str, Place]
) -> None:
    settled = settle("BOOK", standing, known, listed, found)
    assert {settled[id_] for id_ in listed & known.keys()} <= {"present", "unreadable"}


@given(KNOWN, LISTED, FOUND)
def test_a_container_out_of_sight_never_makes_anything_deleted(
    known: dict[str, Presence], listed: set[str], found: dict[str, Place]
) -> None:
    settled = settle("BOOK", None, known, listed, found)
    assert {i for i, s in settled.items() if s == "deleted"} <= {
        i for i, s in known.items() if s == "deleted"
    }


@given(KNOWN, LISTED, FOUND)
def test_half_of_a_container_is_never_deleted_at_once(
    known: dict[str, Presence], listed: set[str], found: dict[str, Place]
) -> None:
    settled = settle("BOOK", "live", known, listed, found)
    there = [i for i, s in known.items() if s not in GONE]
    newly = [i for i in there if settled[i] == "deleted"]
    assert len(newly) <= FEW or 2 * len(newly) < len(there)


@given(SIGHTED, KNOWN, LISTED, FOUND)
def test_what_is_gone_stays_gone_until_it_is_seen(
    standing: Standing | None, known: dict[str, Presence], listed: set[str], found: dict[str, Place]
) -> None:
    settled = settle("BOOK", standing, known, listed, found)
    assert all(settled[i] == s for i, s in known.items() if s in GONE and i not in listed and i not in found)


@given(KNOWN, LISTED)
def test_nothing_is_concluded_twice(known: dict[str, Presence], listed: set[str]) -> None:
    """A second census that sees the same says the same, once the guard has had its say."""
    once = settle("BOOK", None, known, listed, {})
    assert settle("BOOK", None, once, listed, {}) == once


def test_every_state_but_present_has_its_words() -> None:
    assert {*GONE, *HIDDEN, "present"} == set(get_args(Presence))
    assert not GONE.keys() & HIDDEN.keys()


@pytest.mark.parametrize(
    ("standing", "found", "state"),
    [
        ("live", {}, "deleted"),
        ("live", {"1": ("1", "QUAY")}, "moved"),
        ("live", {"1": ("77", "QUAY")}, "transferred"),
        ("live", {"1": ("1", "BOOK")}, "present"),
        ("archived", {}, "archived"),
        ("trashed", {}, "deleted"),
        (None, {}, "access_lost"),
    ],
)
def test_a_missing_item_is_what_its_container_and_a_search_for_it_say(
    standing: Standing | None, found: dict[str, Place], state: Presence
) -> None:
    assert settle("BOOK", standing, {"1": "present"}, (), found) == {"1": state}


@pytest.mark.parametrize(
    ("missing", "of", "state"),
    [(5, 5, "deleted"), (6, 6, "unobserved"), (6, 12, "unobserved"), (6, 13, "deleted"), (12, 25, "deleted")],
)
def test_the_guard_looks_at_the_share_from_six_on(missing: int, of: int, state: Presence) -> None:
    known: dict[str, Presence] = {str(n): "present" for n in range(of)}
    settled = settle("BOOK", "live", known, [str(n) for n in range(missing, of)], {})
    assert {settled[str(n)] for n in range(missing)} == {state}


def test_a_person_may_say_that_it_was_all_deleted() -> None:
    known: dict[str, Presence] = {str(n): "unobserved" for n in range(9)}
    assert set(settle("BOOK", "live", known, (), {}, guarded=False).values()) == {"deleted"}
