"""A clock that only sleeping moves: waits are looked at, and nobody waits."""

from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Time:
    """The moment, and how long each sleep was."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def __call__(self) -> datetime:
        return self.now
