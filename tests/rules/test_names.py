"""An explanation names nobody to whom the model does not show names."""

from dataclasses import replace
from typing import Any

import pytest
import slack_views as views

from config.model import OperatingModel
from rules.names import sentence_without_names, without_names
from rules.views import Explanation, Holder, Part, RawChange


def explained() -> Explanation:
    met = {"assignee": "bo", "days": 3.0, "requested": ("ana", "bo"), "author": None}
    part = Part("assignee is null", False, tuple(views.fact(name, value) for name, value in met.items()))
    return views.explanation(rules=(views.explained(where=(part,), violates=(part,)),))


def seen(people_data: str, handle: str | None) -> Any:
    model = OperatingModel.model_validate({"people_data": people_data})
    (rule,) = without_names(explained(), model, handle).rules
    assert rule.where == rule.violates
    return {i.name: i.value for i in rule.where[0].inputs}


def test_named_shows_all() -> None:
    assert seen("named", None)["assignee"] == "bo"


def test_a_person_sees_their_own_name_alone() -> None:
    values = seen("self", "bo")
    assert (values["assignee"], values["requested"]) == ("bo", ("somebody", "bo"))
    assert (values["days"], values["author"]) == (3.0, None)


@pytest.mark.parametrize(
    ("people_data", "handle"), [("self", "ana"), ("self", None), ("role", "bo"), ("none", "bo")]
)
def test_others_see_that_there_is_somebody(people_data: str, handle: str | None) -> None:
    assert seen(people_data, handle)["assignee"] == "somebody"


def whole(people_data: str, handle: str | None) -> Explanation:
    model = OperatingModel.model_validate({"people_data": people_data, "people": {"bo": {}, "ana": {}}})
    steps = ("ana is product manager of bo-booking", "bo acts for ana until 2026-12-19")
    at = views.NOW
    about = views.explanation(
        rules=(views.explained(holder=Holder("product manager", "bo", steps, "shop.yaml:2")),),
        changes=(
            RawChange(at, "account-7", "assignee", "account-7", None),
            RawChange(at, None, "status", "To Do", "Done"),
        ),
        record={"reporter": "account-7", "title": "A lamp", "reviews": [{"by": "bo", "state": "approved"}]},
    )
    return without_names(about, model, handle)


def test_holders_changes_and_records_name_nobody_else() -> None:
    about = whole("self", "bo")
    assert about.rules[0].holder == Holder(
        "product manager",
        "bo",
        ("somebody is product manager of bo-booking", "bo acts for somebody until 2026-12-19"),
        "shop.yaml:2",
    )
    assert [(c.by, c.before, c.after) for c in about.changes] == [
        ("somebody", "somebody", None),
        (None, "To Do", "Done"),
    ]
    assert about.record["reporter"] == "somebody"
    assert about.record["reviews"] == [{"by": "bo", "state": "approved"}]
    nobody = whole("role", "bo")
    assert nobody.rules[0].holder.person == "somebody"
    assert nobody.record["reviews"] == [{"by": "somebody", "state": "approved"}]
    assert whole("named", None).record["reporter"] == "account-7"


def test_where_a_value_comes_from_names_nobody() -> None:
    model = OperatingModel.model_validate({"people": {"bo": {}}})
    left = replace(views.fact("owner_active", False), source="by people.bo")
    about = views.explanation(rules=(views.explained(violates=(Part("not owner_active", True, (left,)),)),))
    (part,) = without_names(about, model, None).rules[0].violates
    assert part.inputs[0].source == "by people.somebody"


def test_a_sentence_for_everybody_names_nobody_unless_the_model_shows_names() -> None:
    people = {"people": {"bo": {}}}
    hidden, named = (
        sentence_without_names("owner: bo  # bo-booking", OperatingModel.model_validate({**people, **how}))
        for how in ({}, {"people_data": "named"})
    )
    assert (hidden, named) == ("owner: somebody  # bo-booking", "owner: bo  # bo-booking")


def test_a_line_of_the_model_tells_nobody_by_account_or_address_either() -> None:
    accounts = {"email": "ivo@larkfield.example", "name": "Ivo Sand", "github": "ivo-s", "slack": "U0IVO"}
    model = OperatingModel.model_validate({"people": {"ivo": accounts}})
    line = "ivo: {email: ivo@larkfield.example, name: Ivo Sand, github: ivo-s, slack: U0IVO}"
    hidden = "somebody: {email: somebody, name: somebody, github: somebody, slack: somebody}"
    assert sentence_without_names(line, model) == hidden
