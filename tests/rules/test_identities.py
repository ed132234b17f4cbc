"""Identities: written, by e-mail, by a directory; contradictions are told, and nobody is found by name."""

from datetime import date
from typing import Any

import pytest
from rule_records import model

from rules.identities import Identities, Identity
from rules.people import Accounts
from rules.records import Person

TODAY = date(2026, 11, 24)
SOURCES = [
    {"id": "jira", "jira": "larkfield.atlassian.net"},
    {"id": "jira-emea", "jira": "emea.larkfield.example"},
    {"id": "github", "github": "larkfield"},
    {"id": "slack", "slack": "larkfield"},
    {"id": "people", "file": "people.csv"},
]
COMPANY = model(
    sources=SOURCES,
    people={
        "ana": {"email": "ana@larkfield.example", "github": "ana-r"},
        "bo": {"jira": {"jira": "712:bo", "jira-emea": "bo"}},
        "chi": {"email": "chi@larkfield.example"},
    },
)


def entry(name: str, email: str | None = None, **parts: Any) -> Person:
    """An entry of a directory, with accounts where they are given."""
    accounts = {"directory": name, **parts.pop("at", {})}
    key = f"directory:{name}"
    return Person("people", key, key, name, email, accounts, **parts)


def identity(source: str, name: str, *entries: Person, email: str | None = None) -> Identity:
    return Identities(COMPANY, entries).of(source, name, email=email)


def told(found: Identity) -> tuple[str | None, str | None]:
    return found.handle, found.how


@pytest.mark.parametrize(
    ("source", "account", "handle"),
    [
        ("jira", "712:bo", "bo"),
        ("jira-emea", "bo", "bo"),
        ("jira", "bo", None),
        ("jira-emea", "712:bo", None),
        ("github", "Ana-R", "ana"),
        ("slack", "ana-r", None),
    ],
)
def test_an_account_that_is_written_by_source_holds_there_only(
    source: str, account: str, handle: str | None
) -> None:
    assert identity(source, account).handle == handle


def test_an_address_the_tool_shows_counts_before_a_directory() -> None:
    listed = entry("1", "chi@larkfield.example", at={"jira": "712:c"})
    assert told(identity("jira", "712:c", listed)) == ("chi", "directory")
    assert told(identity("jira", "712:c", listed, email="CHI@larkfield.example")) == ("chi", "e-mail")


def test_a_directory_ties_an_account_to_one_that_the_model_writes() -> None:
    listed = entry("1", at={"github": "ana-r", "jira": "712:a"})
    assert told(identity("jira", "712:a", listed)) == ("ana", "directory")


def test_a_directory_ties_an_address_to_an_account_that_the_model_writes() -> None:
    listed = entry("1", "bo@larkfield.example", at={"jira": "712:bo"})
    assert told(identity("slack", "U1", listed, email="bo@larkfield.example")) == ("bo", "directory")


def test_a_directory_may_speak_of_one_source_alone() -> None:
    listed = entry("1", "chi@larkfield.example", at={"jira:jira-emea": "chi"})
    assert told(identity("jira-emea", "chi", listed)) == ("chi", "directory")
    assert told(identity("jira", "chi", listed)) == (None, None)


def test_an_account_of_one_source_ties_to_what_is_written_for_that_source_alone() -> None:
    here = entry("1", at={"jira:jira-emea": "bo", "github": "bo-l"})
    elsewhere = entry("2", at={"jira:jira": "bo", "github": "bo-x"})
    assert told(identity("github", "bo-l", here)) == ("bo", "directory")
    assert told(identity("github", "bo-x", elsewhere)) == (None, None)


def test_what_is_written_wins_and_the_contradiction_is_told() -> None:
    found = identity("github", "ana-r", email="chi@larkfield.example")
    assert told(found) == ("ana", "written")
    assert found.doubt == "ana as the model writes it, chi by its e-mail address"


def test_where_address_and_directory_differ_the_account_is_nobodys() -> None:
    found = identity(
        "jira", "712:x", entry("1", at={"github": "ana-r", "jira": "712:x"}), email="chi@larkfield.example"
    )
    assert told(found) == (None, None)
    assert found.doubt == "chi by its e-mail address, ana by the directory"


def test_an_entry_that_is_two_people_of_the_model_ties_nothing_and_is_told() -> None:
    people = Identities(
        COMPANY, [entry("Chi", "chi@larkfield.example", at={"github": "ana-r", "jira": "712:x"})]
    )
    assert people.of("jira", "712:x").handle is None
    assert people.doubts == [
        "Chi in the directory people: ana as the model writes it, chi by its e-mail address"
    ]


def test_an_account_that_two_entries_claim_for_different_people_is_nobodys() -> None:
    twice = (
        entry("1", "chi@larkfield.example", at={"jira": "712:x"}),
        entry("2", "ana@larkfield.example", at={"jira": "712:x"}),
    )
    found = identity("jira", "712:x", *twice)
    assert (found.handle, found.doubt) == (None, "ana and chi by the directory")


def test_a_name_ties_nothing() -> None:
    account = Person("jira", "712:a", "712:a", "Ana Rossi")
    accounts = Accounts(
        model(sources=SOURCES, people={"ana": {"name": "Ana Rossi"}}), [account, entry("Ana Rossi")]
    )
    assert accounts.handle("jira", "712:a") is None


@pytest.mark.parametrize(
    ("parts", "here", "holds"),
    [
        ({}, True, True),
        ({"active": False}, False, False),
        ({"left": date(2026, 11, 24)}, False, False),
        ({"left": date(2026, 11, 25)}, True, False),
    ],
)
def test_who_has_left_by_the_directory_is_not_active_in_any_tool(
    parts: dict[str, Any], here: bool, holds: bool
) -> None:
    accounts = Accounts(COMPANY, [entry("Chi", "chi@larkfield.example", **parts, at={"jira": "712:c"})])
    assert accounts.active("jira", "712:c", TODAY) is here
    assert accounts.holds("chi") is holds


def test_one_directory_that_still_has_them_is_enough_to_be_here() -> None:
    old, new = (entry(f"Chi {n}", "chi@larkfield.example", active=n == 2) for n in (1, 2))
    assert Accounts(COMPANY, [old, new]).holds("chi")


def test_an_unknown_person_of_a_directory_has_left_too() -> None:
    accounts = Accounts(COMPANY, [entry("Kai", active=False, at={"github": "kai"})])
    assert not accounts.active("github", "kai", TODAY)
