"""JSON lines: one record a line, `{"record": "work_item", …}` with the fields of rules/records.py.

Lines that `opsbot export` wrote say besides whether the record is still there and when it was seen, and there
are lines about the source itself: a file that is read as a source leaves them to `opsbot restore`.
"""

import dataclasses
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from connectors.connector import Problem
from connectors.file.refusals import at_line
from rules.presence import GONE
from rules.records import KINDS, Container, Person, Record, Team

TAG = "record"  # "kind" is taken: an item's own kind is Story, Bug, issue …
STAMPS = ("jira", "github")  # audiences that name a source: <tool>:<source>:<place>
BESIDE = ("presence", "presence_at", "observed_at")
"""What the store knows about a record, in its line."""
ABOUT_SOURCES = ("source", "quarantined")
"""Lines that are no records."""
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def encode(record: Record, **beside: object) -> str:
    """One line of JSON, without what is as by default; `decode` gives the same record back.

    `beside` goes into the line too: see `BESIDE`.
    """
    said = {
        field.name: getattr(record, field.name)
        for field in dataclasses.fields(record)
        if getattr(record, field.name) != _default(field)
    }
    return msgspec.json.encode({TAG: record.KIND, **said, **beside}).decode()


def decode(line: bytes | str) -> Record:
    """The record of one line, times in UTC.

    Raises:
        ValueError: one sentence that says what is wrong and where in the line ($.changes[0].at).
    """
    return record_of(parsed(line))


def parsed(line: bytes | str) -> dict[str, Any]:
    """One line as plain data, a record's or one about a source.

    Raises:
        ValueError: it is no such line.
    """
    try:
        said = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"this is not JSON: {error}") from error
    if not isinstance(said, dict) or said.get(TAG) not in (*KINDS, *ABOUT_SOURCES):
        raise ValueError(f'a line is an object whose "{TAG}" is one of {", ".join(KINDS)}')
    return said


def record_of(said: Mapping[str, Any]) -> Record:
    """The record that a parsed line tells, times in UTC.

    Raises:
        ValueError: one sentence that says what is wrong and where in the line.
    """
    if said[TAG] not in KINDS:
        raise ValueError(f'"{said[TAG]}" is no kind of record')
    kind = KINDS[said[TAG]]
    said = {name: value for name, value in said.items() if name not in (TAG, *BESIDE)}
    try:
        record: Record = msgspec.convert(said, kind)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
    _refuse_unknown(said, msgspec.to_builtins(record), "$")
    settled: Record = _in_utc(record, "$")
    return settled


def stamped(record: Record, source: str) -> Record:
    """The record as one of this source: rules and clearances look for the id the model gives it.

    An audience keeps its project and security level. Where there is none, it is the record's own project or
    repository; a person without one stays so.
    """
    tool, _, rest = record.audience.partition(":")
    _, _, place = rest.partition(":")
    audience = record.audience
    if tool in STAMPS and place:
        audience = f"{tool}:{source}:{place}"
    elif not audience and not isinstance(record, Person | Team):
        place = record.key if isinstance(record, Container) else record.container
        audience = f"{'github' if '/' in place else 'jira'}:{source}:{place}"
    return dataclasses.replace(record, source=source, audience=audience)


@dataclasses.dataclass(frozen=True, slots=True)
class Lines:
    """A file of JSON lines, read for this source whichever one its records name."""

    source: str
    path: Path

    def records(self, tell: Callable[[Problem], None]) -> Iterator[Record]:
        """Every record in the file's order; a line that cannot be read is told, and the rest goes on."""
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.strip():
                    continue
                try:
                    said = _storable(line.removeprefix(BOM_UTF8))
                    if said[TAG] not in ABOUT_SOURCES and said.get("presence") not in GONE:
                        yield stamped(record_of(said), self.source)
                except ValueError as error:
                    tell(at_line(self.path, number, str(error)))

    def recognised(self) -> str:
        """What it is, in words."""
        return f"{self.path.name}: JSON lines of records"

    def notes(self) -> tuple[str, ...]:
        """Nothing: each line says all of itself."""
        return ()


def _storable(line: bytes) -> dict[str, Any]:
    if _NUL.search(line):
        raise ValueError("a text holds \\u0000, which no database takes")
    return parsed(line)


def _default(field: "dataclasses.Field[Any]") -> Any:
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()


def _refuse_unknown(said: Any, known: Any, path: str) -> None:
    """A misspelt optional key must not vanish: what was read has every key that was said."""
    if isinstance(said, dict):
        for key, value in said.items():
            if key not in known:
                raise ValueError(f"unknown key `{key}` - at `{path}`; known: {', '.join(known)}")
            _refuse_unknown(value, known[key], f"{path}.{key}")
    elif isinstance(said, list):
        for index, value in enumerate(said):
            _refuse_unknown(value, known[index], f"{path}[{index}]")


def _in_utc(value: Any, path: str) -> Any:
    """The value with every time in UTC; the same object where nothing changes."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"a time needs its zone (2026-11-17T09:41:00Z) - at `{path}`")
        try:
            return value if value.tzinfo is UTC else value.astimezone(UTC)
        except OverflowError as error:
            raise ValueError(f"the time {value} is beyond what a calendar holds - at `{path}`") from error
    if isinstance(value, tuple):
        settled = tuple(_in_utc(part, f"{path}[{index}]") for index, part in enumerate(value))
        return settled if any(a is not b for a, b in zip(settled, value, strict=True)) else value
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    changed = {}
    for field in dataclasses.fields(value):
        before = getattr(value, field.name)
        after = _in_utc(before, f"{path}.{field.name}")
        if after is not before:
            changed[field.name] = after
    return dataclasses.replace(value, **changed) if changed else value
