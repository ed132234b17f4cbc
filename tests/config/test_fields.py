"""The fields that a model asks Jira for."""

from rule_records import model

from config.fields import asked_of_jira


def test_every_field_that_a_selector_wants_filled_is_asked_for_once() -> None:
    told = model(
        commitments=[{"jira": {"has": "fixVersion"}}, {"label": "committed"}],
        ignore=[{"jira": {"project": "SHOP", "has": "Hypothesis"}}],
        products={"shop": {"name": "Shop", "work": [{"jira": {"has": "fixVersion"}}]}},
    )
    assert asked_of_jira(told) == ("fixVersion", "Hypothesis")


def test_a_model_that_wants_none_asks_for_none() -> None:
    assert asked_of_jira(model()) == ()
