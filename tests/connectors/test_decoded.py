"""JSON with what no database takes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.decoded import decoded, storable


def test_what_no_database_takes_is_cleaned_where_json_is_decoded() -> None:
    told = {"a\x00": ["x\x00y", "cut \ud83d", "whole \U0001f600", 1, None]}
    cleaned = {"a": ["xy", "cut \ufffd", "whole \U0001f600", 1, None]}
    assert storable(told) == cleaned
    assert decoded(json.dumps(told).encode()) == cleaned


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(categories=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(categories=None)), inner),
)


@given(values, st.booleans())
def test_the_fast_way_says_the_same_as_the_plain_one_and_what_it_says_can_be_written(
    value: Any, ascii_only: bool
) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    told = decoded(body)
    assert told == storable(json.loads(body))
    assert told == storable(told)
    json.dumps(told, ensure_ascii=False).encode()


@pytest.mark.parametrize("body", [b"<html>", b'{"a": [', b"\xff\xfe", b"1 2"])
def test_what_is_not_json_is_told(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each decoder says it in its own words
        decoded(body)


def test_what_is_nested_too_deep_is_told() -> None:
    with pytest.raises(RecursionError):
        decoded(b"[" * 100_000)
