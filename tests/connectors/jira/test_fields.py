"""What a field means is known by its type."""

from typing import Any

import pytest

from connectors.errors import UnexpectedAnswerError
from connectors.jira.fields import FieldIds, find

PLUGIN = "com.pyxis.greenhopper.jira"
COMMON = "com.atlassian.jira.plugin.system.customfieldtypes"


def told(id_: str, name: str, custom: str) -> dict[str, Any]:
    return {"id": id_, "name": name, "clauseNames": [], "schema": {"type": "any", "custom": custom}}


def test_the_fields_of_jira_software_are_known_in_any_language() -> None:
    ids = find(
        [
            told("customfield_1", "Estimation", f"{PLUGIN}:jsw-story-points"),
            told("customfield_2", "Iteration", f"{PLUGIN}:gh-sprint"),
            told("customfield_3", "Lien d'épopée", f"{PLUGIN}:gh-epic-link"),
            told("customfield_4", "Nom de l'épopée", f"{PLUGIN}:gh-epic-label"),
        ]
    )
    assert ids == FieldIds(
        points=("customfield_1",),
        sprint=("customfield_2",),
        epic=("customfield_3",),
        epic_name=("customfield_4",),
    )
    assert {"customfield_1", "customfield_2", "customfield_3", "customfield_4"} <= set(ids.wanted)


def test_points_with_a_type_of_their_own_come_before_numbers_of_that_name() -> None:
    ids = find(
        [
            told("customfield_1", "Story Points", f"{COMMON}:float"),
            told("customfield_2", "Story point estimate", f"{PLUGIN}:jsw-story-points"),
        ]
    )
    assert ids.points == ("customfield_2", "customfield_1")


@pytest.mark.parametrize(
    ("name", "custom"),
    [
        ("Story Points", f"{COMMON}:textfield"),
        ("Original story points", f"{COMMON}:float"),
        ("Sprint", f"{COMMON}:textfield"),
        ("Epic Link", f"{COMMON}:url"),
    ],
)
def test_a_field_that_only_has_the_name_is_not_believed(name: str, custom: str) -> None:
    assert find([told("customfield_1", name, custom)]) == FieldIds()


def test_a_field_without_an_id_is_an_unexpected_answer() -> None:
    with pytest.raises(UnexpectedAnswerError):
        find([{"name": "Sprint"}])
