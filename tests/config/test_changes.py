"""Changes laid over the files are read, inherited and refused like what the files say themselves."""

from pathlib import Path

import pytest

from bot.book import read_book
from config.load import Loaded, ModelMistakes, load_model

MODEL = """people: {ana: {}, bo: {}}
teams: {front: {members: [ana], wip: {story: 1}}}
defaults:
  tier: 2
  rules: {flow-wip-limit: digest}
products:
  shop:
    owner: ana
    tier: 1
    teams: [front]
    work: [{jira: {project: SHOP}}]
    rules: {flow-aging-wip: digest, flow-review-waiting: {days: 3}}
  till: {owner: ana}
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "model.yaml"
    file.write_text(MODEL, encoding="utf-8")
    return file


def changed(model: Path, *asked: str) -> Loaded:
    return load_model(model, asked)


def refused(model: Path, *asked: str) -> list[str]:
    with pytest.raises(ModelMistakes) as mistakes:
        read_book(model, asked)
    return [str(m) for m in mistakes.value.mistakes]


def test_a_change_is_inherited_where_nothing_nearer_is_said(model: Path) -> None:
    products = changed(model, "defaults.tier=3").model.products
    assert (products["shop"].tier, products["till"].tier) == (1, 3)


def test_a_change_tells_what_the_file_says_and_where(model: Path) -> None:
    (change,) = changed(model, "products.shop.tier=3").changes
    assert (change.before, change.value, str(change.place)) == (1, 3, f"{model}:9")
    (unwritten,) = changed(model, "products.till.tier=3").changes
    assert (unwritten.before, unwritten.place) == (None, None)


def test_the_origin_of_a_changed_value_is_the_change(model: Path) -> None:
    loaded = changed(model, "products.shop.work[0].jira.project=TILL", "products.till.sle.epic=30d at 85%")
    assert str(loaded.origins.of("products.shop.work[0].jira.project")).startswith(
        "--set products.shop.work[0]"
    )
    assert str(loaded.origins.of("products.till.sle.epic")) == "--set products.till.sle.epic=30d at 85%"
    assert str(loaded.origins.of("products.shop.owner")) == f"{model}:8"


def test_a_path_that_begins_with_a_rule_is_about_the_company(model: Path) -> None:
    loaded = changed(model, "flow-aging-wip=off", "flow-review-waiting.days=5")
    assert loaded.model.rules["flow-aging-wip"].mode == "off"
    days = [p.rules["flow-review-waiting"].parameters["days"] for p in loaded.model.products.values()]
    assert days == [3, 5]


def test_the_mode_of_a_rule_leaves_its_parameters_and_the_other_way_round(model: Path) -> None:
    loaded = changed(
        model, "products.shop.rules.flow-review-waiting=notify", "products.shop.rules.flow-aging-wip.days=2"
    )
    rules = loaded.model.products["shop"].rules
    assert (rules["flow-review-waiting"].mode, rules["flow-review-waiting"].parameters) == (
        "notify",
        {"days": 3},
    )
    assert (rules["flow-aging-wip"].mode, rules["flow-aging-wip"].parameters) == ("digest", {"days": 2})


def test_null_clears_and_lists_are_replaced(model: Path) -> None:
    loaded = changed(model, "products.shop.tier=null", "teams.front.members=[ana, bo]")
    assert "tier" not in loaded.tree["products"]["shop"]
    assert loaded.model.teams["front"].members == ["ana", "bo"]


def test_nothing_changed_is_the_model_as_it_is(model: Path) -> None:
    assert changed(model, "products.shop.tier=1").fingerprint == load_model(model).fingerprint


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("products.shp.tier=1", "products has no shp; known: shop and till; did you mean shop?"),
        ("products.shop.tier=9", "products.shop.tier is 9; allowed: 1, 2 or 3"),
        ("products.shop.teir=1", "products.shop.teir is not a key;"),
        ("products.shop.owner=anna", "which is not one of the people;"),
        ("products.shop.tier.high=1", "products.shop.tier is 1; nothing stands below it"),
        ("products.shop.work[4].jira.project=X", "products.shop.work is a list without 4;"),
        ("products.shop.work.jira=X", "products.shop.work is a list without jira;"),
        ("defaults[0]=1", "defaults is no list;"),
        ("products.shop.teams=[front", "a [ is opened and not closed;"),
        ("products.shop.tier=", "products.shop.tier has no value; write null to clear it"),
        ("products.shop.tier", "this names no value of the model; PATH=VALUE"),
        ("flow-agin-wip=off", "there is no rule flow-agin-wip;"),
        ("flow-review-waiting.hours=4", "flow-review-waiting has no parameter hours; allowed: days"),
    ],
)
def test_a_change_that_cannot_be_is_told_as_a_mistake_of_the_change(
    model: Path, asked: str, says: str
) -> None:
    (mistake,) = refused(model, asked)
    assert mistake.startswith(f"--set {asked}: ")
    assert says in mistake


def test_all_mistakes_are_told_at_once(model: Path) -> None:
    assert len(refused(model, "products.shp.tier=1", "nonsense", "products.till.tier=9")) == 3
