"""A file or folder as a source: what it is, its pages, and where the last reading stopped."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, tzinfo
from itertools import islice
from pathlib import Path
from typing import Literal

import structlog

from connectors.connector import Census, Check, Page, Problem
from connectors.errors import ConnectorError, FixRequestError, NotThereError, UnexpectedAnswerError
from connectors.file.recognise import Other, Part, recognise
from connectors.file.refusals import CUT, EMPTY, FORMAT, MISSING
from connectors.learned import Learned
from connectors.meter import Meter
from rules.records import Container, Person, Record

log = structlog.get_logger(__name__)

PAGE = 500
TOLD = 50  # problems named one by one; the rest is counted
SHOWN = 8  # files that are left alone and named


def connect(
    source: str,
    path: Path,
    *,
    zone: tzinfo = UTC,
) -> "FileSource":
    """Recognise an export, or a folder of them, by what is in it. `zone` is that of a CSV's times.

    Other files of a folder are left alone and named in the source's notes.

    Raises:
        NotThereError: there is nothing at that path, or it may not be opened.
        FixRequestError: it is something else, or nothing in the folder is an export.
    """
    if not path.exists():
        raise NotThereError(f"{path} does not exist.", "Check the path of the source.", entry=MISSING)
    parts: list[Part] = []
    others: list[Other] = []
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        found = _recognised(source, file, zone)
        if isinstance(found, Other):
            others.append(found)
        else:
            parts.append(found)
    if not parts:
        raise _no_export(path, others)
    return FileSource(source, path, parts, others)


class FileSource:
    """Reads the files again whenever one of them has changed; the cursor tells by their content.

    The cursor is `<digest>` after a whole reading, `<digest>:<count>` after so many records of it.
    """

    def __init__(
        self,
        source: str,
        path: Path,
        parts: Sequence[Part],
        others: Sequence[Other] = (),
    ) -> None:
        self.source = source
        self.path = path
        self._parts = tuple(parts)
        self._others = tuple(others)
        self.learned = Learned()
        self.meter = Meter()

    @property
    def census(self) -> Census | None:
        """An export proves no absence."""
        return None

    async def pages(self, cursor: str | None, touched: Sequence[str] = ()) -> AsyncIterator[Page]:  # noqa: ARG002 - an export is read whole
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
        """The named records as the files tell them now; what no file tells is a problem."""
        wanted, problems = set(keys), _Problems()
        found = await asyncio.to_thread(
            lambda: tuple(r for r in self._records(problems.tell) if r.id in wanted or r.key in wanted)
        )
        for key in sorted(wanted - {r.id for r in found} - {r.key for r in found}):
            problems.tell(Problem(f"item:{key}", f"{self.path.name} does not hold it."))
        return Page(found, await asyncio.to_thread(self._digest), last=True, problems=problems.listed())

    async def check(self) -> Sequence[Check]:
        """One line a file: what it was recognised as, or why it cannot be read."""
        checks = [await asyncio.to_thread(self._check, part) for part in self._parts]
        left = _left_alone(self._others)
        return [*checks, Check("other files", "ok", left)] if left else checks

    def notes(self) -> tuple[str, ...]:
        """What a person should know of what was read: encodings, lists that look cut off, files left alone.

        Ask after the last page; it reads nothing again.
        """
        left = _left_alone(self._others)
        return (*(note for part in self._parts for note in part.notes()), *((left,) if left else ()))

    async def close(self) -> None:
        """Nothing is held open."""

    def _last(self, records: tuple[Record, ...], digest: str, read: int, problems: "_Problems") -> Page:
        """The page that ends a reading; one with problems is not whole, so the next tells them again."""
        listed = problems.listed()
        if not read:
            first = f" {listed[0].what}" if listed else ""
            what = f"{self.path.name} holds no record that can be read.{first}"
            raise UnexpectedAnswerError(what, EMPTY.cure, entry=EMPTY)
        log.info("file_read", source=self.source, records=read, problems=len(listed), notes=self.notes())
        return Page(
            records, f"{digest}:{read}" if listed else digest, last=True, problems=listed, expected=read
        )

    def _records(self, tell: Callable[[Problem], None]) -> Iterator[Record]:
        """All parts in turn; people and places that an earlier file told are not told again."""
        told: dict[tuple[str, str], int] = {}
        for number, part in enumerate(self._parts):
            try:
                for record in part.records(tell):
                    if isinstance(record, Person | Container):
                        first = told.setdefault((record.KIND, record.id), number)
                        if first != number:
                            continue
                    yield record
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
            notes = part.notes()
            detail = " ".join((f"{part.recognised()}; {count} records", *notes))
        except OSError as error:
            unreadable = _unreadable(part.path, error)
            return Check(part.path.name, "fail", unreadable.what, unreadable.remedy)
        except ConnectorError as error:
            return Check(part.path.name, "fail", error.what, error.remedy)
        told = problems.listed()
        if told:
            detail = f"{detail}, {problems.count} lines cannot be read"
        warn = bool(told) or any(str(CUT) in note for note in notes)
        state: Literal["ok", "warn", "fail"] = "fail" if not count else "warn" if warn else "ok"
        empty = "" if count else f"{EMPTY.cure} {EMPTY}"
        return Check(part.path.name, state, detail, told[0].what if told else empty)


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
    return NotThereError(
        f"{path} cannot be read: {error.strerror}.", "Check the path and its permissions.", entry=MISSING
    )


def _recognised(source: str, file: Path, zone: tzinfo) -> Part | Other:
    """What the file is; one that would be waited for without end, as a pipe, is not opened."""
    try:
        str(file).encode()
        if file.is_dir():
            return Other(file, "a folder")
        if not file.is_file():
            return Other(file, "no ordinary file", "Save as a file what it gives, and name that.")
        return recognise(source, file, zone)
    except UnicodeEncodeError as error:
        name = str(file).encode(errors="replace").decode()
        raise NotThereError(f"The name of {name} is not UTF-8.", "Rename the file.", entry=MISSING) from error
    except OSError as error:
        raise _unreadable(file, error) from error


def _no_export(path: Path, others: Sequence[Other]) -> FixRequestError:
    """The file is something else, or the folder holds nothing else."""
    if len(others) == 1 and not path.is_dir():
        return FixRequestError(f"{path} is {others[0].what}.", others[0].remedy or FORMAT.cure, entry=FORMAT)
    return FixRequestError(
        f"{path} holds no export. {_left_alone(others)}".strip(), FORMAT.cure, entry=FORMAT
    )


def _left_alone(others: Sequence[Other]) -> str:
    """One sentence that names the first files and counts the rest; empty where there are none."""
    if not others:
        return ""
    named = ", ".join(f"{other.path.name} ({other.what})" for other in others[:SHOWN])
    more = Counter(other.what for other in others[SHOWN:])
    rest = "".join(f", and {count} more: {what}" for what, count in more.items())
    return f"Not read, because they are no exports: {named}{rest}."
