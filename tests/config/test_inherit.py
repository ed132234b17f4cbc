from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from config.inherit import Resolved, inherit, merge
from config.mistakes import KeyPath


def laid(*layers: Any) -> tuple[Any, Resolved]:
    resolved = Resolved()
    return merge(resolved, (), [((n,), layer) for n, layer in enumerate(layers)]), resolved


def test_maps_merge_and_lists_replace() -> None:
    value, _ = laid({"roles": {"a": "x", "b": "y"}, "teams": [1, 2]}, {"roles": {"b": "z"}, "teams": [3]})
    assert value == {"roles": {"a": "x", "b": "z"}, "teams": [3]}


def test_null_clears_and_the_clearing_has_a_place() -> None:
    value, resolved = laid({"channel": {"name": "x"}}, {"channel": None})
    assert value == {}
    assert resolved.source(("channel",)) == (1, "channel")


def test_what_was_cleared_can_be_set_again_further_down() -> None:
    value, resolved = laid({"roles": {"a": "x"}}, {"roles": None}, {"roles": {"b": "y"}})
    assert value == {"roles": {"b": "y"}}
    assert resolved.source(("roles", "b")) == (2, "roles", "b")


def test_add_extends_and_each_item_keeps_its_origin() -> None:
    value, resolved = laid({"m": ["a"]}, {"m": {"add": ["b"]}}, {"m": {"add": ["c", "d"]}})
    assert value == {"m": ["a", "b", "c", "d"]}
    assert [resolved.source(("m", n)) for n in range(4)] == [
        (0, "m", 0), (1, "m", "add", 0), (2, "m", "add", 0), (2, "m", "add", 1),
    ]  # fmt: skip


def test_a_list_after_add_replaces_all_of_it() -> None:
    value, resolved = laid({"m": ["a"]}, {"m": {"add": ["b"]}}, {"m": ["c"]})
    assert value == {"m": ["c"]}
    assert resolved.source(("m", 0)) == (2, "m", 0)


def test_add_with_nothing_above_is_the_list_itself() -> None:
    assert laid({"m": {"add": ["a"]}})[0] == {"m": ["a"]}


def test_a_mode_alone_keeps_the_parameters_from_above() -> None:
    value, _ = laid({"rules": {"r": {"days": 2, "mode": "digest"}}}, {"rules": {"r": "off"}})
    assert value == {"rules": {"r": {"days": 2, "mode": "off"}}}


def test_company_then_stream_then_product() -> None:
    resolved = inherit(
        {
            "defaults": {"tier": 2, "roles": {"a": "company"}, "rules": {"r": "off"}},
            "value_streams": {
                "ship": {"owner": "ana", "defaults": {"owner": "ana", "roles": {"b": "stream"}}}
            },
            "products": {"shop": {"stream": "ship", "tier": 1}},
        }
    )
    assert resolved.tree == {
        "value_streams": {"ship": {"owner": "ana"}},
        "products": {
            "shop": {
                "stream": "ship", "tier": 1, "owner": "ana", "roles": {"a": "company", "b": "stream"},
                "rules": {"r": {"mode": "off"}},
            }
        },
        "rules": {"r": {"mode": "off"}},
    }  # fmt: skip
    source = resolved.source
    assert source(("products", "shop", "tier")) == ("products", "shop", "tier")
    assert source(("products", "shop", "owner")) == ("value_streams", "ship", "defaults", "owner")
    assert source(("products", "shop", "roles", "a")) == ("defaults", "roles", "a")
    assert source(("rules", "r")) == ("defaults", "rules", "r")


def test_the_stream_itself_may_be_a_default() -> None:
    tree = {
        "defaults": {"stream": "s"},
        "value_streams": {"s": {"defaults": {"tier": 3}}},
        "products": {"p": {}},
    }
    assert inherit(tree).tree["products"]["p"] == {"stream": "s", "tier": 3}


leaves = st.integers() | st.lists(st.integers(), max_size=3)
layers = st.lists(
    st.recursive(
        st.dictionaries(st.sampled_from("abc"), leaves | st.none(), max_size=3),
        lambda inner: st.dictionaries(st.sampled_from("abc"), leaves | inner | st.none(), max_size=3),
        max_leaves=6,
    ),
    min_size=1,
    max_size=4,
)


def leaf_paths(value: Any, path: KeyPath = ()) -> list[tuple[KeyPath, Any]]:
    if isinstance(value, dict):
        return [found for key, below in value.items() for found in leaf_paths(below, (*path, key))]
    return [(path, value)]


@given(layers)
def test_every_resolved_value_is_the_one_at_its_origin(written: list[Any]) -> None:
    value, resolved = laid(*written)
    for path, leaf in leaf_paths(value):
        at: Any = written
        for part in resolved.source(path):
            at = at[part]
        assert at == leaf


@given(layers)
def test_a_level_that_says_nothing_changes_nothing(written: list[Any]) -> None:
    assert laid(*written)[0] == laid(*written, {})[0]


@given(layers)
def test_saying_the_last_level_twice_changes_nothing(written: list[Any]) -> None:
    assert laid(*written)[0] == laid(*written, written[-1])[0]
