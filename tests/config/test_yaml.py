from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from config.errors import MODEL_YAML
from config.mistakes import Place
from config.yaml import MAX_BYTES, Document, read_yaml

COLON = (
    "1: a colon too many, or a line indented too far; "
    'one `key: value` a line; a text with a colon and a space in it stands in "quotes"'
)
FORGOTTEN = "write null to clear it, or leave it out (a # begins a comment)"


def read(text: str) -> Document:
    return read_yaml(text.encode(), "m.yaml")


def told(document: Document) -> list[str]:
    assert all(m.entry is MODEL_YAML for m in document.mistakes)
    return [str(m).removesuffix(" [model-yaml]") for m in document.mistakes]


def test_yaml_1_2_reads_clock_times_and_country_codes_as_people_mean_them() -> None:
    document = read(
        "{at: 17:30, country: NO, switch: on, mode: off, day: 2026-12-24, n: 012, x: 1.5, t: true}"
    )
    assert document.content == {
        "at": "17:30", "country": "NO", "switch": "on", "mode": "off", "day": "2026-12-24",
        "n": 12, "x": 1.5, "t": True,
    }  # fmt: skip
    assert document.mistakes == []


def test_quotes_make_a_text_and_null_is_null() -> None:
    assert read("{a: '1', b: \"true\", c: null, d: ~, e: ''}").content == {
        "a": "1", "b": "true", "c": None, "d": None, "e": "",
    }  # fmt: skip


def test_numbers_beyond_bounds_stay_text() -> None:
    assert read(f"{{a: {'9' * 5000}, b: 1e999}}").content == {"a": "9" * 5000, "b": "1e999"}


def test_every_value_has_its_line() -> None:
    places = read("a: 1\nb:\n  c:\n    - x\n    - d: 2\n  e:\n    text\n").places
    assert places[("a",)] == Place("m.yaml", 1)
    assert places[("b",)] == Place("m.yaml", 2)
    assert places["b", "c"] == Place("m.yaml", 3)
    assert places["b", "c", 0] == Place("m.yaml", 4)
    assert places["b", "c", 1, "d"] == Place("m.yaml", 5)
    assert places["b", "e"] == Place("m.yaml", 7)


def test_a_file_is_read_at_the_path_it_stands_for() -> None:
    document = read_yaml(b"owner: ana\nteam:\n", "m.yaml", ("products", "shop"))
    assert document.places["products", "shop", "owner"] == Place("m.yaml", 1)
    assert told(document) == [f"m.yaml:2: products.shop.team has no value; {FORGOTTEN}"]


def test_a_channel_that_became_a_comment_is_noticed_on_its_line() -> None:
    assert told(read("channel: #shop\n# more\n\nteam: x\n")) == [
        f"m.yaml:1: channel has no value; {FORGOTTEN}"
    ]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n"])
def test_an_empty_file_says_nothing_and_is_no_mistake(text: str) -> None:
    assert read(text) == Document()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a:\n\tb: 1", "2: a tab is used to indent; indent with spaces"),
        ("a: b: c", COLON),
        ("a: 'x\n", "2: a quote is opened and not closed; close it with the same quote"),
        ("a: [1, 2\nb: 3", "2: a [ is opened and not closed; lists are [a, b]"),
        ("a: {b: 1", "1: a { is opened and not closed; maps are {key: value, other: value}"),
        ("a: @x", '1: a value begins with a sign that YAML keeps for itself; put it in "quotes"'),
        ("a: 1\nb\nc: 2", "3: a key without a colon; `key: value`, with a space after the colon"),
        ("a: 1\n- b", "2: the line is indented unlike those above it; entries that belong together line up"),
        ("{a: 1}}", "1: something stands after the end; one map a file; every [ and { has its partner"),
        ('a: 1\nb: "\\ud83d"', "2: an escape is half a character; write the character itself"),
        ("a: 1\nb: \x01", "2: a control character stands here; printable text only"),
        ("a: 1\n---\nb: 2", "2: a second document begins here; one document a file"),
        ("? [a, b]\n: 1", "1: a key is not a word; lines of `key: value`"),
        ("[" * 21 + "]" * 21, "1: nested too deep; 20 levels at most"),
        ("[" * 100_000, "1: nested too deep; 20 levels at most"),
    ],
)  # fmt: skip
def test_what_is_not_yaml_is_refused_in_plain_words(text: str, message: str) -> None:
    document = read(text)
    assert told(document) == [f"m.yaml:{message}"]
    assert not document.readable
    assert document.content is None


def test_twenty_levels_are_read() -> None:
    assert read("[" * 19 + "1" + "]" * 19).mistakes == []


def test_a_file_beyond_the_size_limit_is_not_parsed() -> None:
    document = read_yaml(b"a" * (MAX_BYTES + 1), "m.yaml")
    assert told(document) == ["m.yaml:1: the file has 262,145 bytes; 262,144 at most; split it"]


def test_a_file_in_another_encoding_is_refused_with_its_line() -> None:
    document = read_yaml("a: 1\nb: Bücher".encode("latin-1"), "m.yaml")
    assert told(document) == ["m.yaml:2: the file is not UTF-8 text; save it as UTF-8"]


def test_a_byte_order_mark_is_no_character_of_the_first_key() -> None:
    assert read_yaml("\ufeffa: 1".encode(), "m.yaml").content == {"a": 1}


def test_the_first_of_two_equal_keys_stands() -> None:
    document = read("a: 1\nb: 2\na: {deep: [&x 3]}\n")
    assert document.content == {"a": 1, "b": 2}
    assert told(document) == ["m.yaml:3: a is written twice; write it once; it is on line 1 too"]


def test_a_bomb_of_aliases_is_refused_without_being_walked() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    document = read(bomb)
    assert document.content["a8"] == []
    assert "m.yaml:2: alias *a0; write the value out; aliases are not read" in told(document)


scalars = (
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text("abc: #'\"-[]{}&*!1.~", max_size=8)
)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), trees, min_size=1))
def test_what_a_yaml_writer_writes_is_read_back(tree: dict[str, Any]) -> None:
    out = StringIO()
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.representer.ignore_aliases = lambda _: True
    writer.representer.add_representer(
        type(None), lambda r, _: r.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    writer.dump(tree, out)
    document = read(out.getvalue())
    assert document.mistakes == []
    assert document.content == tree


@given(st.text("ab:-? \n\t[]{}&*!|>'\"%@`#,~0", max_size=60))
def test_any_text_is_read_or_refused_and_never_breaks(text: str) -> None:
    document = read(text)
    assert document.readable or document.mistakes
    assert all(1 <= m.line <= text.count("\n") + 2 for m in document.mistakes)
