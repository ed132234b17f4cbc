"""Pull requests that wait until a question is full, and the cursor that waits with them."""

from collections import deque
from dataclasses import dataclass

from connectors.github.reading import Step, Tag
from connectors.github.shapes import Issue
from rules.records import Container


@dataclass(frozen=True, slots=True)
class _Mark:
    """The cursor and the tag that are right once so many pull requests are read."""

    pulls: int
    cursor: str
    tag: Tag | None


class Waiting:
    """Collects the pull requests of several pages and repositories; few of each fill a question together.

    `cursor` stays before the first step whose pull requests are not all read: a stop then loses none.
    """

    def __init__(self, cursor: str) -> None:
        self.cursor = cursor
        self._pulls: list[tuple[Issue, Container]] = []
        self._marks = deque[_Mark]()
        self._read = self._taken = 0

    def add(self, step: Step) -> None:
        """A step was listed."""
        self._pulls += [(issue, step.home) for issue in step.issues if issue.pull_request is not None]
        self._marks.append(_Mark(self._read + len(self._pulls), step.state.text(), step.tag))

    def take(self, size: int) -> list[tuple[Issue, Container]]:
        """As many as fill questions of that size, to be read now; 0 takes all."""
        self._taken = len(self._pulls) // size * size if size else len(self._pulls)
        return self._pulls[: self._taken]

    def settle(self) -> list[Tag]:
        """What was taken is read: moves the cursor, and gives the tags that are right with it."""
        self._pulls = self._pulls[self._taken :]
        self._read, self._taken = self._read + self._taken, 0
        tags = []
        while self._marks and self._marks[0].pulls <= self._read:
            mark = self._marks.popleft()
            self.cursor = mark.cursor
            if mark.tag is not None:
                tags.append(mark.tag)
        return tags
