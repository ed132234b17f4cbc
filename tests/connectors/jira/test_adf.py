"""Rich text becomes plain text, whatever it holds."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.jira.adf import DEEPEST, TOLD, plain

CASES = json.loads((Path(__file__).parent / "fixtures" / "adf.json").read_text())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "content", "attrs", "text", "timestamp"]), inner)
        | st.fixed_dictionaries({"type": st.sampled_from(sorted(TOLD)), "content": inner, "attrs": inner})
    ),
    max_leaves=12,
)
WORD = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=6)
BLOCKS = [
    "doc",
    "paragraph",
    "panel",
    "bulletList",
    "orderedList",
    "listItem",
    "tableRow",
    "tableCell",
    "later",
]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_document_reads_as_a_person_would_read_it(case: dict[str, Any]) -> None:
    assert plain(case["document"]) == case["text"]


@given(JSON)
def test_any_json_is_some_text(value: Any) -> None:
    assert isinstance(plain(value), str)


def documents() -> st.SearchStrategy[dict[str, Any]]:
    return st.recursive(
        st.builds(lambda word: {"type": "text", "text": f"<{word}>"}, WORD),
        lambda inner: st.builds(
            lambda kind, content: {"type": kind, "content": content},
            st.sampled_from(BLOCKS),
            st.lists(inner, max_size=4),
        ),
        max_leaves=15,
    )


def texts(node: Any) -> list[str]:
    own = [node["text"]] if "text" in node else []
    return own + [text for inner in node.get("content", ()) for text in texts(inner)]


@given(documents())
def test_all_that_was_written_is_there_in_its_order(document: dict[str, Any]) -> None:
    told, place = plain(document), 0
    for text in texts(document):
        place = told.index(text, place) + len(text)


def test_what_is_nested_without_end_is_cut_off() -> None:
    deep: dict[str, Any] = {"type": "text", "text": "end"}
    for _ in range(DEEPEST * 20):
        deep = {"type": "panel", "content": [{"type": "text", "text": "x"}, deep]}
    told = plain(deep)
    assert told.startswith("x")
    assert "end" not in told
