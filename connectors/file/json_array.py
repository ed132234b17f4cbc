"""A file that is one JSON array, read object by object: however long it is, only one piece is in memory."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from connectors.file.encoding import Encoding, undecodable
from connectors.file.refusals import JSON, refusal

PIECE = 1 << 20
LONGEST = 1 << 25  # characters of the longest object; a brace that never closes is noticed after so many

_BETWEEN = re.compile(r"[\s,]*")
_NO_TEXT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
"""Escapes of what no database takes in a text: NUL, and half of a pair that stands alone."""


def elements(path: Path, encoding: Encoding) -> Iterator[tuple[int, Any]]:
    """Each element of the array with the line it begins in.

    Raises:
        UnexpectedAnswerError: broken JSON, with its line and column, or a byte that does not fit.
    """
    try:
        yield from _elements(path, encoding)
    except UnicodeDecodeError as error:
        raise undecodable(path, encoding) from error


def _elements(path: Path, encoding: Encoding) -> Iterator[tuple[int, Any]]:
    decoder = json.JSONDecoder()
    with encoding.open(path) as file:
        text, line, before = (
            file.read(PIECE).lstrip("\ufeff"),
            1,
            0,
        )  # before: columns of the line in earlier pieces
        start = len(text) - len(text.lstrip())
        if text[start : start + 1] != "[":
            raise refusal(path, ":1: it does not begin with [ as a list does.", "", JSON)
        line += text.count("\n", 0, start)
        at, more = start + 1, PIECE
        while True:
            between = _BETWEEN.match(text, at)
            end = between.end() if between else at
            line += text.count("\n", at, end)
            at = end
            if text[at : at + 1] == "]":
                rest = f"{text[at + 1 :]}{file.read(PIECE)}"
                if after := rest.strip():
                    begins = line + rest.count("\n", 0, rest.index(after[0]))
                    what = f":{begins}: something follows the list that ends in line {line}."
                    raise refusal(path, what, "Write each list into a file of its own.", JSON)
                return
            try:
                value, end = decoder.raw_decode(text, at)
            except (ValueError, RecursionError) as error:
                piece = file.read(more) if len(text) - at < LONGEST else ""
                if not piece:
                    raise _broken(path, text, at, (line, before), error) from error
                before = at - 1 - text.rfind("\n", 0, at) + (before if "\n" not in text[:at] else 0)
                text, at, more = text[at:] + piece, 0, more * 2
                continue
            yield line, _storable(value) if _NO_TEXT.search(text, at, end) else value
            line += text.count("\n", at, end)
            at, more = end, PIECE


def _storable(value: Any) -> Any:
    match value:
        case str():
            return value.replace("\0", "").encode(errors="replace").decode()
        case list():
            return [_storable(part) for part in value]
        case dict():
            return {_storable(name): _storable(part) for name, part in value.items()}
    return value


def _broken(path: Path, text: str, at: int, begun: tuple[int, int], error: Exception) -> Exception:
    place = getattr(error, "pos", at)
    line, before = begun
    last = text.rfind("\n", 0, place)
    column = place - last + (before if last < 0 else 0)
    where = f":{line + text.count(chr(10), at, place)}:{column}"
    why = (
        "it ends in the middle"
        if place >= len(text.rstrip())
        else getattr(error, "msg", "too deep, or a number too long")
    )
    return refusal(path, f"{where}: the JSON is broken ({why}).", "", JSON)
