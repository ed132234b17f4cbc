from datetime import date
from pathlib import Path

import pytest

from config.example import example_path, smallest_path
from config.load import Loaded, ModelMistakes, load_model
from config.model import FLOW_ITEMS, RuleSetting, Sle
from config.words import Band, Span


def write(root: Path, **files: str) -> Path:
    """Files by name with __ for /: products__shop="owner: ana"."""
    for name, text in files.items():
        file = root / (name.replace("__", "/").replace("_", "-") + ".yaml")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


def told(path: Path) -> list[str]:
    with pytest.raises(ModelMistakes) as caught:
        load_model(path)
    return [str(m).replace(f"{path}/", "").removesuffix(f" {m.entry}") for m in caught.value.mistakes]


@pytest.fixture(scope="module")
def larkfield() -> Loaded:
    return load_model(example_path())


def test_larkfield_has_its_products_streams_and_people(larkfield: Loaded) -> None:
    model = larkfield.model
    assert set(model.products) == {
        "booking-portal",
        "carrier-api",
        "tracking",
        "billing",
        "insights",
        "dev-platform",
    }
    assert set(model.value_streams) == {"ship", "pay", "enable"}
    assert model.people["ivo"].left == date(2026, 10, 30)
    assert model.products["insights"].owner == "ivo"
    assert all(p.channel for p in model.products.values())
    assert [s.kind for s in model.sources] == ["jira", "github", "slack"]
    assert model.operator == "omar"


def test_larkfield_inherits(larkfield: Loaded) -> None:
    products = larkfield.model.products
    assert products["carrier-api"].owner == "ana"
    assert products["billing"].roles["product-support-specialist"] == "gia"
    assert products["dev-platform"].investment.targets == {
        "run": Band(40, 60), "grow": Band(25, 45), "transform": Band(10, 20),
    }  # fmt: skip
    assert products["booking-portal"].measures == ["csat", "adoption", "conversion"]
    assert products["tracking"].sle == {"story": Sle(), "epic": Sle(days=60, probability=0.85)}
    assert products["booking-portal"].support.targets["P1"] == Span(8, "bh")


def test_larkfields_rules_are_set_for_the_company_and_for_one_product(larkfield: Loaded) -> None:
    digest = RuleSetting(mode="digest")
    assert larkfield.model.rules == {"flow-wip-limit": digest, "flow-review-waiting": digest}
    assert larkfield.model.products["tracking"].rules == larkfield.model.rules
    own = larkfield.model.products["booking-portal"].rules["flow-review-waiting"]
    assert own == RuleSetting(mode="digest", parameters={"days": 0.75})


def test_allow_all_becomes_the_list(larkfield: Loaded) -> None:
    stages = larkfield.model.lifecycles["software"]
    assert stages["growth"].allow == list(FLOW_ITEMS)
    assert stages["retired"].allow == []
    assert list(stages)[:2] == ["conception", "development"]


@pytest.mark.parametrize(
    ("path", "place", "said"),
    [
        ("products.booking-portal.owner", "products/booking-portal.yaml:1", "products.booking-portal.owner"),
        ("products.carrier-api.owner", "value-streams/ship.yaml:10", "value_streams.ship.defaults.owner"),
        ("products.carrier-api.tier", "company.yaml:49", "defaults.tier"),
        ("products.insights.work[1]", "products/insights.yaml:9", "products.insights.work[1]"),
        ("products.booking-portal.measures[2]", "products/booking-portal.yaml:15",
         "products.booking-portal.measures.add[0]"),
        ("rules.flow-wip-limit", "company.yaml:63", "defaults.rules.flow-wip-limit"),
        ("teams.money.channel", "company.yaml:39", "teams.money.channel"),
    ],
)  # fmt: skip
def test_every_value_knows_where_it_was_written(larkfield: Loaded, path: str, place: str, said: str) -> None:
    origin = larkfield.origins.of(path)
    assert origin is not None
    assert str(origin) == f"{example_path()}/{place}"
    assert origin.said == said


def test_a_built_in_default_has_no_origin_but_something_near(larkfield: Loaded) -> None:
    assert larkfield.origins.of("products.tracking.visibility") is None
    assert larkfield.origins.near("products.tracking.visibility").file.endswith("products/tracking.yaml")
    assert larkfield.origins.near("nowhere").line == 1


def test_the_smallest_model_has_everything_else_built_in() -> None:
    model = load_model(smallest_path()).model
    assert model.products["shop"].owner == "ana"
    assert model.workflows["standard"].flow["defect"][0].type == "Bug"
    assert "product-owner" in model.roles
    assert model.profile == "starter"


def test_a_folder_and_one_file_say_the_same(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "model",
        company="people: {ana: {}}\nproducts:\n  pay: {owner: ana}\n",
        products__shop="owner: ana\n",
        value_streams__ship="owner: ana\n",
    )
    single = write(
        tmp_path,
        single="people: {ana: {}}\nvalue_streams: {ship: {owner: ana}}\n"
        "products: {pay: {owner: ana}, shop: {owner: ana}}\n",
    )
    in_folder, in_file = load_model(folder), load_model(single / "single.yaml")
    assert in_folder.model == in_file.model
    assert len(in_folder.files) == 3


def test_sections_may_be_split_freely(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        a="people: {ana: {}}\nsources: [{id: jira, jira: a.example.net}]\n",
        b="people: {bo: {}}\nsources: [{id: github, github: larkfield}]\nroles: [freight-expert]\n",
    )
    loaded = load_model(root)
    assert set(loaded.model.people) == {"ana", "bo"}
    assert [s.id for s in loaded.model.sources] == ["jira", "github"]
    assert str(loaded.origins.of("sources[1].github")) == f"{root}/b.yaml:2"
    assert loaded.model.roles[-1] == "freight-expert"


def test_the_same_id_twice_names_both_places(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        company="people: {ana: {}}\nprofile: starter\nproducts:\n  shop: {owner: ana}\n",
        other="profile: strict\n",
        products__shop="\nowner: ana\n",
    )
    assert told(root) == [
        "other.yaml:1: profile is written twice; write it once; it is at company.yaml:2 too",
        "products/shop.yaml:2: products.shop is written twice; write it once; it is at company.yaml:4 too",
    ]


def test_files_out_of_place_are_told(tmp_path: Path) -> None:
    root = write(
        tmp_path, company="people: {ana: {}}", product__shop="owner: ana", teams__more__deep="members: []"
    )
    (root / "people.yml").write_text("people: {}")
    (root / "docs").mkdir()
    (root / "README.md").write_text("read me")
    (root / ".git").mkdir()
    (root / ".git" / "x.yaml").write_text("a: 1")
    too_many, unknown, too_deep = told(root)
    assert too_many == "people.yml:1: the name ends in .yml; call it people.yaml"
    assert unknown.startswith(
        "product/shop.yaml:1: the folder product is no section of the model; a folder is named "
    )
    assert unknown.endswith("; did you mean products?")
    assert too_deep == "teams/more/deep.yaml:1: the file is too deep; directly in teams/"


def test_a_mistake_inherited_by_many_products_is_told_once(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        company="defaults: {tier: 9, owner: bo}\nproducts: {a: {}, b: {}, c: {tier: 1}}\n",
    )
    assert told(root) == [
        'company.yaml:1: defaults.owner is "bo", which is not one of the people; the model has no people yet',
        "company.yaml:1: defaults.tier is 9; allowed: 1, 2 or 3",
    ]


def test_what_may_stand_in_an_unreadable_file_is_not_called_unknown(tmp_path: Path) -> None:
    root = write(tmp_path, people="people: {ana: {}", products__shop="owner: ana\ntier: 7\n")
    assert told(root) == [
        "people.yaml:1: a { is opened and not closed; maps are {key: value, other: value}",
        "products/shop.yaml:2: products.shop.tier is 7; allowed: 1, 2 or 3",
    ]


def test_a_value_left_empty_is_told_once(tmp_path: Path) -> None:
    waiver = "{rule: r, subject: s, reason: x, approved_by: ana, until: }"
    root = write(tmp_path, company=f"people: {{ana: {{}}}}\nwaivers:\n  - {waiver}\n")
    (only,) = told(root)
    assert only.startswith("company.yaml:3: waivers[0].until has no value; write null")


@pytest.mark.parametrize(
    "text", ["[a, b]", "just words", "products: [a]", "defaults: 5", "value_streams: {s: {defaults: x}}"]
)
def test_shapes_that_nobody_expects_are_mistakes_and_not_crashes(tmp_path: Path, text: str) -> None:
    assert len(told(write(tmp_path, company=text))) == 1


def test_nothing_there_says_where_to_point(tmp_path: Path) -> None:
    with pytest.raises(ModelMistakes, match="there is no operating model here; a folder with"):
        load_model(tmp_path / "nope")
    assert told(tmp_path) == [
        f"{tmp_path}:1: there is no .yaml file here; company.yaml, products/<id>.yaml …"
    ]


def test_the_fingerprint_follows_what_is_said_and_not_how(tmp_path: Path) -> None:
    def fingerprint(text: str) -> str:
        return load_model(write(tmp_path, company=text) / "company.yaml").fingerprint

    one = fingerprint("people: {ana: {}}  # a comment\n")
    assert one == fingerprint("people:\n  ana: {}\n")
    assert one != fingerprint("people:\n  bo: {}\n")
    assert len(one) == 64
