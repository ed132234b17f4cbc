"""Reads a YAML file into plain values and remembers the line of each, refusing what surprises people.

YAML 1.2: `17:30`, `on`, `yes`, `no` and dates are text; true, false, null and numbers are not. There are no
anchors, aliases, merge keys, tags or second documents, a key stands once, and a value is never left empty
(a forgotten value, or one that a # turned into a comment); size and depth are bounded.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from config.errors import MODEL_YAML
from config.mistakes import KeyPath, Mistake, Place, dotted

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
REMEMBERED = 8 * 1024
"""Characters of a file whose parse is kept for when the same is read again, as to simulate a change."""

_INTEGER = re.compile(r"[-+]?\d{1,18}")
_DECIMAL = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?")
_HALF = re.compile("[\ud800-\udfff]")  # surrogates: "\\ud83d" alone cannot be stored or printed
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("null", "Null", "NULL", "~"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_LEFT_OUT = object()  # in place of a value that was refused


@dataclass(slots=True)
class Document:
    """What one file says: `content` of plain values, the place of each path, and what was refused.

    Where `readable` is false the file could not be followed to its end and `content` is None.
    """

    content: Any = None
    places: dict[KeyPath, Place] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    readable: bool = True


def read_yaml(data: bytes, file: str, at: KeyPath = ()) -> Document:
    """Read the bytes of a file; `file` is how messages call it, `at` is put before every path.

    A scalar's place is its own line, that of a map or list the line of its key or its dash.
    """
    document = Document()
    try:
        _Reader(file, document).read(_text(data), at)
    except _Unreadable as e:
        document.content, document.readable = None, False
        document.mistakes.append(Mistake(file, e.line, "", e.what, e.allowed, entry=MODEL_YAML))
    return document


class _Unreadable(Exception):  # noqa: N818 - says what the file is
    def __init__(self, line: int, what: str, allowed: str) -> None:
        super().__init__(what)
        self.line, self.what, self.allowed = line, what, allowed


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _Unreadable(1, f"the file has {len(data):,} bytes", f"{MAX_BYTES:,} at most; split it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        line = data.count(b"\n", 0, e.start) + 1
        raise _Unreadable(line, "the file is not UTF-8 text", "save it as UTF-8") from None


class _Reader:
    def __init__(self, file: str, document: Document) -> None:
        self._file = file
        self._document = document
        self._events: Iterator[Event] = iter(())

    def read(self, text: str, at: KeyPath) -> None:
        self._events = _remembered(text) if len(text) <= REMEMBERED else _events(text)
        self._next()  # the stream begins
        if not isinstance(self._next(), DocumentStartEvent):
            return
        event = self._next()
        if not _is_empty(event):
            value = self._value(event, at, 1, None)
            self._document.content = None if value is _LEFT_OUT else value
        self._next()  # the document ends
        if isinstance(event := self._next(), DocumentStartEvent):
            raise _Unreadable(_line(event), "a second document begins here", "one document a file")

    def _next(self) -> Event:
        event = next(self._events)
        if isinstance(event, ScalarEvent) and _HALF.search(event.value):
            raise _Unreadable(_line(event), "an escape is half a character", "write the character itself")
        return event

    def _refuse(self, line: int, path: KeyPath, what: str, allowed: str) -> None:
        mistake = Mistake(self._file, line, dotted(path), what, allowed, entry=MODEL_YAML)
        self._document.mistakes.append(mistake)

    def _value(self, event: Any, path: KeyPath, depth: int, key_line: int | None) -> Any:
        if isinstance(event, AliasEvent):
            self._refuse(
                _line(event), path, f"alias *{event.anchor}", "write the value out; aliases are not read"
            )
            return _LEFT_OUT
        if depth > MAX_DEPTH:
            raise _Unreadable(_line(event), "nested too deep", f"{MAX_DEPTH} levels at most")
        self._refuse_marks(event, path)
        scalar = isinstance(event, ScalarEvent)
        self._document.places[path] = Place(self._file, _line(event) if scalar else key_line or _line(event))
        if isinstance(event, MappingStartEvent):
            return self._map(path, depth)
        if isinstance(event, SequenceStartEvent):
            return self._list(path, depth)
        if _is_empty(event):  # the parser puts its mark behind the comments that follow
            allowed = "write null to clear it, or leave it out (a # begins a comment)"
            self._refuse(key_line or _line(event), path, f"{dotted(path)} has no value", allowed)
            return _LEFT_OUT
        return _scalar(event.value) if event.style is None else event.value

    def _refuse_marks(self, event: Any, path: KeyPath) -> None:
        if event.anchor is not None:
            allowed = "leave it out; anchors are not read, defaults are inherited"
            self._refuse(_line(event), path, f"anchor &{event.anchor}", allowed)
        if event.tag is not None:
            self._refuse(_line(event), path, f"tag {event.tag}", "leave it out; quotes make a text")

    def _list(self, path: KeyPath, depth: int) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self._next(), SequenceEndEvent):
            value = self._value(event, (*path, len(items)), depth + 1, None)
            if value is not _LEFT_OUT:
                items.append(value)
        return items

    def _map(self, path: KeyPath, depth: int) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        seen: dict[str, int] = {}
        while not isinstance(event := self._next(), MappingEndEvent):
            if not isinstance(event, ScalarEvent) or not event.value:
                raise _Unreadable(_line(event), "a key is not a word", "lines of `key: value`")
            key, at, line = event.value, (*path, event.value), _line(event)
            self._refuse_marks(event, at)
            if key == "<<" and event.style is None:
                self._refuse(line, at, "merge key <<", "leave it out; defaults are inherited")
                self._skip()
            elif key in seen:
                self._refuse(
                    line,
                    at,
                    f"{dotted(at)} is written twice",
                    f"write it once; it is on line {seen[key]} too",
                )
                self._skip()
            else:
                seen[key] = line
                value = self._value(self._next(), at, depth + 1, line)
                if value is not _LEFT_OUT:
                    entries[key] = value
        return entries

    def _skip(self) -> None:
        """Pass over one value."""
        depth = 0
        while True:
            event = self._next()
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if depth == 0:
                return


def _remembered(text: str) -> Iterator[Event]:
    try:
        return iter(_parsed(text))
    except _Unreadable:  # what was refused before that place is told instead
        return _events(text)


@lru_cache(maxsize=64)
def _parsed(text: str) -> tuple[Event, ...]:
    return tuple(_events(text))


def _events(text: str) -> Iterator[Event]:
    try:
        yield from YAML(typ="safe", pure=True).parse(StringIO(text))
    except ReaderError as e:
        line = text.count("\n", 0, e.position) + 1
        raise _Unreadable(line, "a control character stands here", "printable text only") from None
    except MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        raise _Unreadable(mark.line + 1 if mark else 1, *_in_plain_words(e)) from None
    except YAMLError:
        raise _Unreadable(1, "this is not YAML", "lines of `key: value`") from None


_PLAIN_WORDS = (
    ("'\\t'", "a tab is used to indent", "indent with spaces"),
    (
        "mapping values are not allowed",
        "a colon too many, or a line indented too far",
        'one `key: value` a line; a text with a colon and a space in it stands in "quotes"',
    ),
    ("quoted scalar", "a quote is opened and not closed", "close it with the same quote"),
    ("flow sequence", "a [ is opened and not closed", "lists are [a, b]"),
    ("flow mapping", "a { is opened and not closed", "maps are {key: value, other: value}"),
    ("cannot start any token", "a value begins with a sign that YAML keeps for itself", 'put it in "quotes"'),
    ("expected ':'", "a key without a colon", "`key: value`, with a space after the colon"),
    ("<block end>", "the line is indented unlike those above it", "entries that belong together line up"),
    ("<document start>", "something stands after the end", "one map a file; every [ and { has its partner"),
)
"""Part of what the YAML reader says, what it means, and what to do."""


def _in_plain_words(error: MarkedYAMLError) -> tuple[str, str]:
    problem = f"{error.context or ''} {error.problem or ''}"
    for sign, what, allowed in _PLAIN_WORDS:
        if sign in problem:
            return what, allowed
    return "this is not YAML", "lines of `key: value`, indented with spaces"


def _is_empty(event: Event) -> bool:
    return isinstance(event, ScalarEvent) and event.value == "" and event.style is None


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1


def _scalar(text: str) -> str | int | float | bool | None:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text
