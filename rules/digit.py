"""The verdict of one rule on one subject: out of scope, pass, unknown, or fail in one of three grades."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Literal

Word = Literal["pass", "fail", "unknown", "out of scope"]


class Digit(IntEnum):
    """The verdict of one rule on one subject."""

    OUT_OF_SCOPE = 0
    PASS = 1
    UNKNOWN = 2
    FAIL = 3
    WORSE = 4  # fails, and the first condition of `worse` holds
    WORST = 5  # fails, and the second one holds

    @property
    def word(self) -> Word:
        """The verdict as people read it."""
        return _WORDS[self]


_WORDS: Sequence[Word] = ("out of scope", "pass", "unknown", "fail", "fail", "fail")
