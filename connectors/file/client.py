"""A file or folder as a source: what it is, its pages, and where the last reading stopped."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import islice
from pathlib import Path
from typing import Protocol

import structlog

from connectors.connector import Check, Page, Problem
from connectors.errors import ConnectorError, FixRequestError, NotThereError, UnexpectedAnswerError
from connectors.file.csv_export import CsvExport
from connectors.file.lines import Lines
from rules.records import Record, WorkItem

log = structlog.get_logger(__name__)

PAGE = 500
TOLD = 50  # problems named one by one; the rest is counted


class Part(Protocol):
    """One file of the source."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        ...

    def records(self, tell: Callable[[Problem], None]) -> Iterator[Record]:
        """Its records; what cannot be read is told."""
        ...

    def recognised(self) -> str:
        """What it is, in words."""
        ...


def connect(
    source: str,
    path: Path,
    *,
    zone: tzinfo = UTC,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> "FileSource":
    """Recognise a .jsonl file, a Jira export .csv, or a folder of them. `zone` is that of a CSV's times.

    Raises:
        NotThereError: there is nothing at that path.
        FixRequestError: it is something else.
    """
    if not path.exists():
        raise NotThereError(f"{path} does not exist.", "Check the path of the source.")
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    parts: list[Part] = []
    for file in files:
        match file.suffix.lower():
            case ".jsonl":
                parts.append(Lines(source, file))
            case ".csv" | ".tsv":
                parts.append(CsvExport(source, file, zone))
    if not parts:
        raise FixRequestError(
            f"{path} is neither JSON lines (.jsonl) nor a Jira CSV export (.csv), nor a folder of these.",
            "In Jira's issue search choose Export > CSV (all fields).",
        )
    return FileSource(source, path, parts, clock=clock)


class FileSource:
    """Reads the files again whenever one of them has changed; the cursor tells by their content.

    The cursor is `<digest>` after a whole reading, `<digest>:<count>` after so many records of it.
    """

    def __init__(
        self, source: str, path: Path, parts: Sequence[Part], *, clock: Callable[[], datetime]
    ) -> None:
        self.source = source
        self.path = path
        self._parts = tuple(parts)
        self._clock = clock

    async def pages(self, cursor: str | None) -> AsyncIterator[Page]:
        """Yield all records where the content is new, an empty last page where it is not.

        Raises:
            UnexpectedAnswerError: a file is not what it seems, or nothing in it can be read.
            NotThereError: a file has gone.
        """
        digest = await asyncio.to_thread(self._digest)
        if cursor == digest:
            yield Page((), digest, last=True)
            return
        known, _, count = (cursor or "").partition(":")
        stored = int(count) if known == digest and count.isdigit() else 0
        problems = _Problems()
        records = self._records(problems.tell)
        read = await asyncio.to_thread(lambda: sum(1 for _ in islice(records, stored)))
        part = await asyncio.to_thread(_take, records, PAGE)
        while part:
            read += len(part)
            following = await asyncio.to_thread(_take, records, PAGE)
            if following:
                yield Page(part, f"{digest}:{read}", last=False)
            else:
                yield self._last(part, digest, read, problems)
            part = following
        if read == stored:
            yield self._last((), digest, read, problems)

    async def read(self, keys: Sequence[str]) -> Page:
        """The named records as the files tell them now; what no file tells comes back as a deleted item."""
        wanted, problems = set(keys), _Problems()
        found = await asyncio.to_thread(
            lambda: tuple(r for r in self._records(problems.tell) if r.id in wanted or r.key in wanted)
        )
        gone = wanted - {r.id for r in found} - {r.key for r in found}
        records = (*found, *(self._gone(key) for key in sorted(gone)))
        return Page(records, await asyncio.to_thread(self._digest), last=True, problems=problems.listed())

    async def check(self) -> Sequence[Check]:
        """One line a file: what it was recognised as, or why it cannot be read."""
        return [await asyncio.to_thread(self._check, part) for part in self._parts]

    async def close(self) -> None:
        """Nothing is held open."""

    def _last(self, records: tuple[Record, ...], digest: str, read: int, problems: "_Problems") -> Page:
        """The page that ends a reading; one with problems is not whole, so the next tells them again."""
        listed = problems.listed()
        if not read:
            first = f" {listed[0].what}" if listed else ""
            raise UnexpectedAnswerError(f"{self.path.name} holds no record that can be read.{first}")
        log.info("file_read", source=self.source, records=read, problems=len(listed))
        return Page(
            records, f"{digest}:{read}" if listed else digest, last=True, problems=listed, expected=read
        )

    def _records(self, tell: Callable[[Problem], None]) -> Iterator[Record]:
        for part in self._parts:
            try:
                yield from part.records(tell)
            except OSError as error:
                raise _unreadable(part.path, error) from error

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for part in self._parts:
            digest.update(part.path.name.encode())
            try:
                with part.path.open("rb") as file:
                    while piece := file.read(1 << 20):
                        digest.update(piece)
            except OSError as error:
                raise _unreadable(part.path, error) from error
        return digest.hexdigest()

    def _check(self, part: Part) -> Check:
        problems = _Problems()
        try:
            count = sum(1 for _ in part.records(problems.tell))
            detail = f"{part.recognised()}; {count} records"
        except OSError as error:
            return Check(part.path.name, "fail", _unreadable(part.path, error).what)
        except ConnectorError as error:
            return Check(part.path.name, "fail", error.what, error.remedy)
        if problems.count:
            return Check(
                part.path.name,
                "warn" if count else "fail",
                f"{detail}, {problems.count} lines cannot be read",
                problems.listed()[0].what,
            )
        return Check(part.path.name, "ok" if count else "fail", detail)

    def _gone(self, key: str) -> WorkItem:
        now, project = self._clock(), key.rpartition("-")[0]
        return WorkItem(
            source=self.source,
            id=key,
            key=key,
            container=project,
            kind="",
            title="",
            url="",
            status="",
            created_at=now,
            changed_at=now,
            audience=f"jira:{self.source}:{project}",
            deleted=True,
        )


class _Problems:
    """Collects what could not be read: the first ones by name, the rest as a number."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[Problem] = []

    def tell(self, problem: Problem) -> None:
        self.count += 1
        if self.count <= TOLD:
            self._first.append(problem)

    def listed(self) -> tuple[Problem, ...]:
        more = self.count - len(self._first)
        rest = (Problem("further lines", f"{more} more lines cannot be read."),) if more else ()
        return (*self._first, *rest)


def _take(records: Iterator[Record], count: int) -> tuple[Record, ...]:
    return tuple(islice(records, count))


def _unreadable(path: Path, error: OSError) -> NotThereError:
    return NotThereError(f"{path} cannot be read: {error.strerror}.", "Check the path and its permissions.")
