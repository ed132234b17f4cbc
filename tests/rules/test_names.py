"""An explanation names nobody to whom the model does not show names."""

from typing import Any

import pytest
import slack_views as views

from config.model import OperatingModel
from rules.names import without_names
from rules.views import Explanation, Part


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
