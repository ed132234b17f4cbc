"""Percentiles by nearest rank."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.percentile import nearest_rank

TWENTY = [2, 1, 3, 2, 4, 1, 5, 3, 6, 2, 12, 4, 3, 7, 1, 5, 3, 6, 4, 9]


def test_p85_of_twenty_values_is_the_seventeenth_not_the_eighteenth() -> None:
    assert sorted(TWENTY)[16:18] == [6, 7]
    assert nearest_rank(TWENTY, 0.85) == 6


def test_a_rank_is_not_moved_by_the_dust_of_floats() -> None:
    assert 0.07 * 100 > 7
    assert nearest_rank(range(1, 101), 0.07) == 7


def test_one_value_is_every_percentile() -> None:
    assert nearest_rank([4], 0.01) == nearest_rank([4], 1) == 4


@pytest.mark.parametrize(("values", "p"), [([], 0.85), ([1], 0), ([1], 1.01)])
def test_there_is_no_percentile_of_nothing(values: list[float], p: float) -> None:
    with pytest.raises(ValueError, match="at least one value"):
        nearest_rank(values, p)


@given(st.lists(st.integers(0, 400), min_size=1), st.integers(1, 100))
def test_it_is_the_smallest_value_that_so_many_do_not_exceed(values: list[float], percent: int) -> None:
    found = nearest_rank(values, percent / 100)
    assert found in values
    assert 100 * sum(v <= found for v in values) >= percent * len(values)
    assert 100 * sum(v < found for v in values) < percent * len(values)
