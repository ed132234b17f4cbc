"""The book holds model and rules together, or says everything that does not fit at once."""

from pathlib import Path

import pytest
from shop import MODEL

from bot.book import Book, builtin_rules, read_book
from config.example import example_path, smallest_path
from config.mistakes import ModelMistakes
from rules.facts import TABLES

BUILTIN = builtin_rules()


def book(folder: Path, model: str = MODEL) -> Book:
    file = folder / "model.yaml"
    file.write_text(model, encoding="utf-8")
    return read_book(file)


def mistakes(folder: Path, model: str) -> list[str]:
    with pytest.raises(ModelMistakes) as caught:
        book(folder, model)
    return [str(m).removeprefix(f"{folder}/") for m in caught.value.mistakes]


def test_every_built_in_rule_is_read_and_has_a_name_of_its_own() -> None:
    assert len({r.id for r in BUILTIN}) == len(BUILTIN) >= 10
    assert all(r.about in TABLES and r.purpose and r.says.text and r.fix.text for r in BUILTIN)


def test_what_covers_a_rule_is_a_rule_about_the_same_things() -> None:
    by_id = {r.id: r for r in BUILTIN}
    assert all(by_id[other].about == r.about for r in BUILTIN for other in r.inhibited_by)


@pytest.mark.parametrize("path", [example_path(), smallest_path()])
def test_the_examples_are_books_whose_every_table_can_be_judged(path: Path) -> None:
    read = read_book(path)
    assert {r.id for r in BUILTIN} <= set(read.by_id)
    for table in TABLES:
        assert read.scan(table) is read.scan(table)


def test_all_that_does_not_fit_is_told_at_once_with_file_and_line(tmp_path: Path) -> None:
    wrong = """
products:
  shop:
    owner: ana
    rules:
      flow-agin-wip: digest
      flow-review-waiting: {limit: 2bd}
      quality-unreviewed-merge: {colour: red}
people: {ana: {email: ana@example.com}}
defaults:
  rules:
    nothing-like-it: notify
custom_rules:
  - id: hygiene-own
    purpose: Nothing is wrong.
    about: work_items
    violates: "coluor = 'red'"
    severity: warn
    says: "{key}"
    fix: Mend it.
    accountable: product-manager
"""
    told = mistakes(tmp_path, wrong)
    assert any(t.startswith("model.yaml:6: there is no rule flow-agin-wip") for t in told)
    assert any("did you mean flow-aging-wip?" in t for t in told)
    assert any(t.startswith("model.yaml:7: ") and "limit" in t for t in told)
    assert any(t.startswith("model.yaml:8: ") and "colour" in t for t in told)
    assert any(
        t.startswith("model.yaml:12: there is no rule nothing-like-it; see: opsbot rules") for t in told
    )
    assert any(t.startswith("model.yaml:17: rule hygiene-own, violates: ") and "coluor" in t for t in told)
    assert len(told) == 5


def test_two_rules_of_one_name_are_a_mistake(tmp_path: Path) -> None:
    twice = MODEL.replace("hygiene-graded\n", "hygiene-late\n").replace("    hygiene-graded: digest\n", "")
    (told,) = mistakes(tmp_path, twice)
    assert told.endswith(": there are two rules hygiene-late [rule-twice]")


def test_a_parameter_of_another_type_is_a_mistake_that_says_what_is_wanted(tmp_path: Path) -> None:
    rule = next(r for r in BUILTIN if r.parameters)
    name, usual = next(iter(rule.parameters.items()))
    said = mistakes(
        tmp_path,
        "people: {ana: {}}\nproducts:\n  shop:\n    owner: ana\n    rules:\n"
        f"      {rule.id}: {{{name}: [x]}}\n",
    )
    assert len(said) == 1
    assert said[0].startswith("model.yaml:6: ")
    assert name in said[0]
    assert usual is not None


def test_a_mode_is_the_products_else_the_models_else_the_profiles(tmp_path: Path) -> None:
    text = """
profile: starter
people: {ana: {email: ana@example.com}}
defaults: {owner: ana, rules: {flow-aging-wip: notify}}
products:
  shop: {rules: {flow-aging-wip: "off"}}
  till: {}
"""
    read = book(tmp_path, text)
    assert read.mode("flow-aging-wip", "shop") == "off"
    assert read.mode("flow-aging-wip", "till") == "notify"
    assert read.mode("flow-blocked-too-long", "till") == "digest"
    assert read.mode("flow-wip-limit", "till") == "shadow"
    assert read.mode("traceability-unmapped-item", None) == "digest"
    strict = book(tmp_path, text.replace("starter", "strict"))
    assert strict.mode("flow-wip-limit", "till") == "notify"


def test_a_rule_of_the_organisation_brings_its_own_mode_until_the_model_sets_one(tmp_path: Path) -> None:
    own = MODEL.replace("    fix: Lower it.\n", "    fix: Lower it.\n    mode: gate\n")
    unset = own.replace("    hygiene-graded: digest\n", "")
    assert book(tmp_path, unset).mode("hygiene-graded", "shop") == "gate"
    assert book(tmp_path, own).mode("hygiene-graded", "shop") == "digest"


def test_a_product_has_its_own_parameters_and_others_keep_the_rules(tmp_path: Path) -> None:
    rule = next(r for r in BUILTIN if r.id == "flow-review-waiting")
    name, usual = next(iter(rule.parameters.items()))
    text = (
        "people: {ana: {email: ana@example.com}}\ndefaults: {owner: ana}\n"
        f"products:\n  shop: {{rules: {{flow-review-waiting: {{{name}: 7}}}}}}\n  till: {{}}\n"
    )
    read = book(tmp_path, text)
    assert read.parameters(read.by_id[rule.id], "shop")[name] == 7
    assert read.parameters(read.by_id[rule.id], "till")[name] == usual
    assert read.parameters(read.by_id[rule.id], None)[name] == usual


def test_a_word_that_counts_changes_the_fingerprint_and_a_comment_does_not(tmp_path: Path) -> None:
    first = book(tmp_path).fingerprint
    assert book(tmp_path, MODEL + "# a thought\n").fingerprint == first
    assert book(tmp_path, MODEL.replace("Hurry.", "Rush.")).fingerprint != first
