"""An account is known by what never changes."""

from typing import Any

import pytest

from connectors.errors import UnexpectedAnswerError
from connectors.jira.accounts import account_id, person
from connectors.jira.checked import Checked


@pytest.mark.parametrize(
    ("account", "known_by"),
    [
        ({"accountId": "5b10:ana", "key": "", "name": ""}, "5b10:ana"),
        ({"key": "JIRAUSER10001", "name": "ana"}, "JIRAUSER10001"),
        ({"name": "ana"}, "ana"),
        ({}, None),
        (None, None),
    ],
)
def test_the_account_of_each_installation(account: Any, known_by: str | None) -> None:
    assert account_id(Checked(account, "an account")) == known_by


def test_an_account_of_data_center_shows_its_name_and_address() -> None:
    told = {
        "key": "JIRAUSER1",
        "name": "ana",
        "displayName": "Ana Alves",
        "emailAddress": "ana@larkfield.example",
    }
    one = person(Checked(told, "an account"), "jira")
    assert (one.id, one.key, one.name, one.email) == (
        "JIRAUSER1",
        "JIRAUSER1",
        "Ana Alves",
        told["emailAddress"],
    )
    assert (one.active, one.is_bot) == (True, False)


def test_an_account_of_nobody_is_an_unexpected_answer() -> None:
    with pytest.raises(UnexpectedAnswerError):
        person(Checked({"displayName": "Ana Alves"}, "an account"), "jira")
