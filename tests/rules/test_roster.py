"""The roster: everybody with their accounts, who is nobody's, who has gone, and what contradicts itself."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from rule_records import model

from rules.records import Person
from rules.roster import Departed, Held, Roster, Share, only, roster

TODAY = date(2026, 11, 24)
COMPANY = model(
    operator="ana",
    sources=[
        {"id": "jira", "jira": "larkfield.atlassian.net"},
        {"id": "github", "github": "larkfield"},
        {"id": "emea", "github": "larkfield-emea"},
        {"id": "people", "file": "people.csv"},
    ],
    people={
        "ana": {"email": "ana@larkfield.example", "github": "ana-r"},
        "bo": {"email": "bo@larkfield.example", "github": {"emea": "bo"}},
        "ivo": {"jira": "712:ivo", "left": "2026-10-30"},
    },
    value_streams={"ship": {"owner": "bo"}},
    products={"shop": {"owner": "ivo", "roles": {"product-owner": "bo"}}},
)


def account(source: str, key: str, **parts: Any) -> Person:
    return Person(source, key, key, key.title(), **parts)


def entry(known: str, **parts: Any) -> Person:
    accounts = {"directory": known, **parts.pop("at", {})}
    return Person("people", f"directory:{known}", f"directory:{known}", known, accounts=accounts, **parts)


def found(*persons: Person, held: Mapping[tuple[str, str], Held] | None = None) -> Roster:
    return roster(COMPANY, persons, held or {}, TODAY)


def test_each_person_stands_with_their_accounts_and_how_each_was_found() -> None:
    told = found(
        account("github", "Ana-R"),
        account("jira", "712:a", email="ana@larkfield.example"),
        entry("7", email="bo@larkfield.example", at={"jira": "712:b"}),
        account("jira", "712:b"),
    )
    assert {m.handle: [(a.source, a.account, a.how) for a in m.accounts] for m in told.members} == {
        "ana": [("emea", "ana-r", "written"), ("github", "Ana-R", "written"), ("jira", "712:a", "e-mail")],
        "bo": [("emea", "bo", "written"), ("jira", "712:b", "directory")],
        "ivo": [("jira", "712:ivo", "written")],
    }
    assert [m.roles for m in told.members] == [
        ("operator",),
        ("owner of the value stream ship", "product-owner of shop"),
        ("owner of shop",),
    ]


def test_an_account_that_is_only_written_has_no_name_until_a_tool_tells_of_it() -> None:
    (ana, *_) = found(account("github", "ana-r")).members
    assert [(a.source, a.name) for a in ana.accounts] == [("emea", None), ("github", "Ana-R")]


def test_of_each_source_it_says_how_many_show_an_address_without_machines() -> None:
    told = found(
        account("jira", "712:a", email="ana@larkfield.example"),
        account("jira", "712:x"),
        account("jira", "712:bot", is_bot=True),
        account("github", "ana-r"),
        entry("7", email="bo@larkfield.example"),
        entry("8", email="kai@larkfield.example"),
    )
    assert told.shares == (Share("github", 1, 0, 1), Share("jira", 2, 1, 1))
    assert (told.entries, told.entries_known) == (2, 1)


def test_accounts_of_nobody_stand_by_what_they_hold() -> None:
    told = found(
        account("jira", "712:x"),
        account("github", "kai"),
        entry("9", email="kai@larkfield.example", at={"github": "kai"}),
        held={("jira", "712:x"): Held(1), ("github", "kai"): Held(0, 2), ("jira", "712:unseen"): Held(9)},
    )
    assert [(a.account, a.held.total, a.directory) for a in told.unmatched] == [
        ("712:unseen", 9, None),
        ("kai", 2, "9, kai@larkfield.example"),
        ("712:x", 1, None),
    ]


def test_who_has_left_by_the_model_and_still_holds_something_is_told() -> None:
    told = found(account("jira", "712:ivo"), held={("jira", "712:ivo"): Held(3, 1)})
    assert told.departed == (
        Departed("ivo", ("left on 2026-10-30 by the model",), Held(3, 1), ("owner of shop",)),
    )


def test_who_has_left_by_the_directory_or_is_closed_in_a_tool_is_told() -> None:
    told = found(
        account("github", "ana-r", active=False),
        account("jira", "712:a", email="ana@larkfield.example"),
        entry("7", email="bo@larkfield.example", left=date(2026, 11, 1)),
        account("jira", "712:x", active=False),
        account("jira", "712:y"),
        entry("8", at={"jira": "712:y"}, active=False),
        held={
            ("github", "ana-r"): Held(0, 1),
            ("jira", "712:a"): Held(5),
            ("jira", "712:x"): Held(1),
            ("jira", "712:y"): Held(2),
        },
    )
    assert told.departed[:2] == (
        Departed("ana", ("ana-r is deactivated in github",), Held(0, 1), ("operator",)),
        Departed(
            "bo",
            ("left on 2026-11-01 by the directory people",),
            Held(),
            ("owner of the value stream ship", "product-owner of shop"),
        ),
    )
    assert [(d.who, d.why) for d in told.departed[3:]] == [
        ("712:Y (jira 712:y)", ("not active by the directory people",)),
        ("712:X (jira 712:x)", ("deactivated in jira",)),
    ]


def test_who_has_gone_and_holds_nothing_is_no_matter() -> None:
    told = found(account("jira", "712:x", active=False))
    assert [d.who for d in told.departed] == ["ivo"]  # by the role alone


def test_contradictions_are_told_with_the_account() -> None:
    told = found(account("github", "ana-r", email="bo@larkfield.example"))
    assert told.contradictions == ("github ana-r: ana as the model writes it, bo by its e-mail address",)


def test_one_list_alone_leaves_the_others_out() -> None:
    told = found(account("jira", "712:x"), held={("jira", "712:ivo"): Held(1)})
    cut = only(told, unmatched=True, departed=False)
    assert (cut.members, cut.departed, len(cut.unmatched)) == ((), (), 1)
    assert only(told, unmatched=False, departed=False) is told
