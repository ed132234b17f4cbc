"""Whatever stands in a model, it is read or its mistakes are told: nothing else ever comes out."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.calendar import working_times
from config.load import ModelMistakes, load_model

MODEL: dict[str, Any] = {
    "company": {"name": "Larkfield", "calendar": "hq"},
    "calendars": {"hq": {"week": "Mon-Fri 09:00-17:00", "closed": ["2026-12-24"]}, "pune": {"extends": "hq"}},
    "people": {"ana": {"email": "ana@larkfield.example"}},
    "teams": {"booking": {"members": ["ana"], "wip": {"story": 4}}},
    "sources": [{"id": "jira", "jira": "larkfield.atlassian.net", "every": "10m"}],
    "defaults": {"measures": ["csat"], "sle": {"story": "auto"}, "rules": {"flow-wip-limit": "off"}},
    "measures": {"csat": {"owner": "ana"}},
    "consumers": {"shippers": {"personas": [{"id": "sam"}]}},
    "lifecycles": {"software": {"growth": {"allow": "all"}}},
    "workflows": {"standard": {"active": ["In Progress"], "flow": {"defect": ["Bug", {"label": "x"}]}}},
    "value_streams": {"ship": {"owner": "ana", "defaults": {"owner": "ana", "rules": {"r": {"days": 1}}}}},
    "products": {
        "shop": {
            "stream": "ship",
            "lifecycle": "software",
            "stage": "growth",
            "for": {"shippers": ["sam"]},
            "roles": {"product-owner": "ana"},
            "measures": {"add": ["csat"]},
            "work": [{"jira": {"project": "SHOP"}}],
            "deploys": {"failure": ["revert", {"label": "x"}]},
            "visibility": {"read": ["everyone"]},
        }
    },
    "digests": {"product": {"at": "daily 09:00"}},
}


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path, *(p for key, below in entries for p in paths(below, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], junk: Any) -> Any:
    if not path:
        return junk
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], junk)
    return copy


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.just("hq"),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["add", "id", "x", "mode"]), inner)
    ),
    max_leaves=4,
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("model") / "model.yaml"


def test_the_model_itself_is_good(file: Path) -> None:
    file.write_text(json.dumps(MODEL))
    assert load_model(file).model.products["shop"].owner == "ana"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(st.sampled_from(paths(MODEL)[1:]), junk)
def test_any_value_anywhere_is_read_or_told(file: Path, path: tuple[Any, ...], value: Any) -> None:
    file.write_text(json.dumps(replaced(MODEL, path, value), ensure_ascii=False), encoding="utf-8")
    told = ""
    try:
        assert working_times(load_model(file).model)
    except ModelMistakes as mistakes:
        told = str(mistakes)
    assert "another kind of value" not in told
