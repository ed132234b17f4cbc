"""`opsbot simulate` as it is typed: the change with its place, what it would do, and mistakes as ever."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from commands import called
from shop import MODEL

Opsbot = Callable[..., tuple[int, str, str]]


@pytest.fixture
def opsbot(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Opsbot:
    """The command line in a folder with the shop's model."""
    monkeypatch.chdir(tmp_path)
    Path("operating-model").mkdir()
    Path("operating-model/model.yaml").write_text(MODEL, encoding="utf-8")

    return partial(called, monkeypatch, capsys)


def test_a_change_is_told_with_what_stands_there_today_and_where(opsbot: Opsbot) -> None:
    code, out, _ = opsbot("simulate", "--set", "teams.front.wip.story=3", "--set", "hygiene-slow=off")
    assert code == 0
    assert "   teams.front.wip.story: 1 (operating-model/model.yaml:9) → 3" in out
    assert "   defaults.rules.hygiene-slow.mode: digest (operating-model/model.yaml:16) → off" in out
    assert "Nothing is written." in out


def test_defaults_and_profiles_that_nobody_wrote_are_named(opsbot: Opsbot) -> None:
    changes = ["--set", "flow-blocked-too-long.days=3", "--set", "flow-aging-wip=digest"]
    said = json.loads(opsbot("simulate", *changes, "--json")[1])["changes"]
    assert [s["before"] for s in said] == ["2 (default of the rule)", "off (profile off)"]


def test_another_model_is_compared_value_by_value(opsbot: Opsbot) -> None:
    Path("other.yaml").write_text(MODEL.replace("story: 1", "story: 5"), encoding="utf-8")
    _, out, _ = opsbot("simulate", "--model", "other.yaml")
    assert "   teams.front.wip.story: 1 (operating-model/model.yaml:9) → 5 (other.yaml:9)" in out


def test_every_mistake_of_a_change_is_told_as_in_a_file(opsbot: Opsbot) -> None:
    code, out, err = opsbot("simulate", "--set", "products.shp.tier=1", "--set", "products.till.tier=9")
    assert (code, out) == (2, "")
    assert "--set products.shp.tier=1: products has no shp;" in err
    assert "did you mean shop?" in err
    assert "--set products.till.tier=9: products.till.tier is 9; allowed: 1, 2 or 3" in err


def test_no_change_at_all_says_what_to_say(opsbot: Opsbot) -> None:
    code, out, err = opsbot("simulate")
    assert (code, out) == (2, "")
    assert "--set PATH=VALUE" in err
