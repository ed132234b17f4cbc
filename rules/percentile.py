"""Percentiles by nearest rank: always a value that really occurred, and everywhere the same one."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil


def nearest_rank(values: Sequence[float], p: float) -> float:
    """The value number ceil(p x n) of n values in ascending order; p is above 0 and at most 1.

    Raises:
        ValueError: there are no values, or p is out of its range.
    """
    if not values or not 0 < p <= 1:
        raise ValueError("a percentile needs at least one value and a share above 0 and up to 1")
    # 0.07 x 100 is 7.000000000000001 in floats, which would be the eighth value.
    rank = ceil(Fraction(p).limit_denominator(1_000_000) * len(values))
    return sorted(values)[rank - 1]
