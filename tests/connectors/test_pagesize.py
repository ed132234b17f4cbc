"""How page sizes follow what a source can bear."""

from hypothesis import given
from hypothesis import strategies as st

from connectors.learned import Learned
from connectors.pagesize import HASTY, RUN, PageSize
from connectors.transport import TRIES

sizes = st.integers(1, 5000)


@given(st.lists(st.booleans(), max_size=200), sizes, sizes)
def test_a_size_never_leaves_its_bounds(answers: list[bool], one: int, other: int) -> None:
    least, most = sorted((one, other))
    page = PageSize(Learned(), "search", most=most, least=least)
    for fine in answers:
        before = page.size
        if fine:
            page.worked()
            assert before <= page.size <= before + max(1, before // 4)
        else:
            assert page.failed() == (before > least)
            assert page.size == max(least, before // 2)
        assert least <= page.size <= most


@given(st.integers(1, 100), sizes)
def test_a_source_that_bears_so_much_is_soon_asked_for_no_more_and_not_for_much_less(
    bears: int, most: int
) -> None:
    page, failures = PageSize(Learned(), "search", most=max(most, bears)), 0
    for asked in range(30 * RUN):
        if page.size <= bears:
            page.worked()
        else:
            failures += 1
            assert page.failed()
        if asked >= 13:  # 5000 halved to 1
            assert page.size >= bears // 2
    assert failures <= 13 + 30  # one trial of more in twenty


@given(st.lists(st.booleans(), max_size=60))
def test_a_size_is_remembered_over_a_restart(answers: list[bool]) -> None:
    learned = Learned()
    page = PageSize(learned, "search", most=100, least=5)
    for fine in answers:
        page.worked() if fine else page.failed()
    stored = {name: value for name, value in learned.take_changes().items() if value is not None}
    assert set(stored) <= {"page:search"}
    assert PageSize(Learned(stored), "search", most=100, least=5).size == page.size


def test_only_twenty_answers_in_a_row_ask_for_more() -> None:
    page = PageSize(Learned({"page:search": 40}), "search", most=100)
    for _ in range(RUN - 1):
        page.worked()
    assert page.failed()
    for _ in range(RUN - 1):
        page.worked()
    assert page.size == 20
    page.worked()
    assert page.size == 25


def test_what_was_learned_under_other_bounds_is_brought_into_these() -> None:
    learned = Learned({"page:search": 5000})
    assert PageSize(learned, "search", most=100).size == 100
    assert PageSize(learned, "search", most=9000, least=6000).size == 6000


def test_what_can_be_halved_is_given_up_sooner_than_what_cannot() -> None:
    page = PageSize(Learned(), "search", most=10, least=5)
    assert page.tries == HASTY
    page.failed()
    assert page.tries == TRIES
