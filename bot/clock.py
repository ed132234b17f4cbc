"""The time: read where the program begins, handed to everything that needs it."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present moment, in UTC."""


def utc_now() -> datetime:
    """The clock of this machine."""
    return datetime.now(UTC)
