"""People: which accounts belong to whom, and who is still here."""

from datetime import date
from typing import Any

from rule_records import model

from rules.people import Accounts
from rules.records import Person

COMPANY = model(
    people={
        "ana": {"email": "ana@larkfield.example", "github": "ana-r"},
        "bo": {"jira": "5b10:abc"},
        "ivo": {"email": "ivo@larkfield.example", "left": "2026-10-30"},
    }
)
TODAY = date(2026, 11, 24)


def account(key: str, source: str = "jira", **parts: Any) -> Person:
    return Person(**{"source": source, "id": key, "key": key, "name": key.title(), **parts})


def test_an_account_is_found_by_the_name_the_model_writes() -> None:
    accounts = Accounts(COMPANY, [account("5b10:abc")])
    assert accounts.handle("jira", "5b10:abc") == "bo"


def test_a_written_name_needs_no_account_record_and_ignores_case() -> None:
    assert Accounts(COMPANY, []).handle("github", "Ana-R") == "ana"


def test_a_written_name_holds_in_its_own_tool_only() -> None:
    assert Accounts(COMPANY, []).handle("jira", "ana-r") is None


def test_an_export_may_hold_accounts_of_either_tool_and_one_that_is_two_persons_is_nobodys() -> None:
    of_file = model(
        sources=[{"id": "export", "file": "export.csv"}],
        people={
            "ana": {"github": "ana-r"},
            "bo": {"jira": "5b10:abc", "github": "eva"},
            "eva": {"jira": "eva"},
        },
    )
    accounts = Accounts(of_file, [])
    assert [accounts.handle("export", who) for who in ("ana-r", "5b10:abc", "eva")] == ["ana", "bo", None]


def test_other_accounts_are_found_by_mail_whatever_its_case() -> None:
    accounts = Accounts(COMPANY, [account("712:x", email="Ana@Larkfield.example")])
    assert accounts.handle("jira", "712:x") == "ana"


def test_a_hidden_mail_leaves_the_account_unknown() -> None:
    accounts = Accounts(COMPANY, [account("712:x", name="Ana Rossi")])
    assert accounts.handle("jira", "712:x") is None
    assert accounts.shown("jira", "712:x") == "Ana Rossi"


def test_what_is_shown_is_the_handle_else_the_name_else_the_account() -> None:
    accounts = Accounts(COMPANY, [account("5b10:abc")])
    assert accounts.shown("jira", "5b10:abc") == "bo"
    assert accounts.shown("jira", "999") == "999"
    assert accounts.shown("jira", None) is None


def test_a_deactivated_account_is_not_active() -> None:
    accounts = Accounts(COMPANY, [account("5b10:abc", active=False)])
    assert not accounts.active("jira", "5b10:abc", TODAY)
    assert not accounts.holds("bo")


def test_who_has_left_is_not_active_though_the_account_is() -> None:
    accounts = Accounts(COMPANY, [account("9", email="ivo@larkfield.example")])
    assert not accounts.active("jira", "9", TODAY)
    assert accounts.active("jira", "9", date(2026, 10, 29))
    assert not accounts.holds("ivo")


def test_an_account_nobody_knows_is_taken_as_active() -> None:
    assert Accounts(COMPANY, []).active("jira", "999", TODAY)
    assert Accounts(COMPANY, []).holds("ana")


def test_one_closed_account_is_enough_not_to_hold_a_role() -> None:
    open_, closed = (
        account("ana-r", source="github"),
        account("7", email="ana@larkfield.example", active=False),
    )
    assert not Accounts(COMPANY, [open_, closed]).holds("ana")


def test_the_tool_says_which_accounts_are_machines() -> None:
    accounts = Accounts(COMPANY, [account("renovate", source="github", is_bot=True)])
    assert accounts.is_bot("github", "renovate")
    assert not accounts.is_bot("github", None)
    assert not accounts.is_bot("jira", "renovate")
