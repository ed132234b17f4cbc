"""A key of the model is told in the words beside its type."""

from config.example import example_path
from config.load import load_model
from config.meaning import meaning
from config.mistakes import KeyPath


def test_a_value_is_told_in_the_words_of_its_type_or_beside_it() -> None:
    assert meaning(("products", "billing", "sle", "story")).startswith("A service level expectation")
    assert meaning(("defaults", "sle")) == meaning(("value_streams", "pay", "defaults", "sle"))
    assert meaning(("operations",)).startswith("Of product operations: unmapped items")
    assert meaning(("people", "ana", "jira", "jira-emea")) == meaning(("people", "ana", "jira"))
    assert meaning(("teams", "booking", "wip")) == "Key wip of a team; see docs/model.md."


def test_a_parameter_of_a_rule_is_told_as_its_setting() -> None:
    assert meaning(("products", "x", "rules", "flow-wip-limit", "days")).startswith(
        "What a level of the model"
    )


def test_every_key_of_the_example_has_a_meaning() -> None:
    def walk(value: object, path: KeyPath) -> None:
        assert not path or meaning(path), path
        for name, below in value.items() if isinstance(value, dict) else ():
            walk(below, (*path, name))

    walk({k: v for k, v in load_model(example_path()).tree.items() if k not in {"rules", "custom_rules"}}, ())
