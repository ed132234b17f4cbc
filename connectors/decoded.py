"""JSON as it can be stored: without what no database or encoding takes."""

import json
import re
from datetime import datetime
from typing import Any

import msgspec

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""What JSON may hold and no database or encoding takes: NUL, and halves of characters."""

YEARS = range(1970, 2200)
"""In which something can have happened in a tool. What lies outside cannot be stored or reckoned with."""


def believable(at: datetime) -> bool:
    """Whether something can have happened at that moment."""
    return at.year in YEARS


def decoded(body: bytes) -> Any:
    """What a JSON text says, without NUL, and with U+FFFD in place of halves of characters.

    Raises:
        ValueError: it is not JSON.
        RecursionError: it is nested too deep.
    """
    try:
        data = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return storable(json.loads(body))  # slow, and takes halves of characters
    return storable(data) if b"\\u0000" in body else data


def storable(value: Any) -> Any:
    """Decoded JSON without NUL, and with U+FFFD in place of halves of characters."""
    if isinstance(value, str):
        return _UNSTORABLE.sub(lambda m: "" if m[0] == "\0" else "\ufffd", value)
    if isinstance(value, list):
        return [storable(one) for one in value]
    if isinstance(value, dict):
        return {storable(key): storable(one) for key, one in value.items()}
    return value
