"""Rights: the matrix of roles and acts, and one polite sentence for each refusal."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_records import model

from rules.findings import Severity
from rules.rights import RIGHTS, About, Act, Allowed, Refused, approvers, decision, may

TODAY = date(2026, 11, 24)
WAIVE = {"driver": "anyone", "approver": "value-stream-owner", "max": "90d", "never": ["self", "subject"]}
PARTS: dict[str, Any] = {
    "people": {
        **{name: {} for name in ("ana", "bo", "chi", "dev", "hana", "omar", "pia", "zoe")},
        "ivo": {"left": "2026-10-30"},
    },
    "operator": "omar",
    "sources": [{"id": "jira", "jira": "shop.atlassian.net"}],
    "teams": {"front": {"members": ["bo", "dev"]}},
    "value_streams": {"ship": {"owner": "ana"}, "pay": {"owner": "pia"}},
    "products": {
        "booking": {
            "stream": "ship",
            "owner": "chi",
            "roles": {"portfolio-owner": "hana"},
            "teams": ["front"],
            "work": [{"jira": {"project": "BOOK"}}],
        }
    },
    "decisions": {"waive": WAIVE},
    "delegations": [{"from": "ana", "to": "dev", "decisions": ["waive"], "until": "2026-11-24"}],
}
COMPANY = model(**PARTS)
ABOUT = About("booking", "Booking", ("jira:jira:BOOK",), Severity.HIGH, asked_by="bo")

READERS = {"ana", "bo", "chi", "dev", "hana", "omar"}
"""Of the stream, the product, its team and the operator; pia owns another stream, zoe nothing."""
MATRIX = {
    "see": READERS,
    "request": READERS,
    "approve": {"ana", "dev"},
    "deny": {"ana", "dev"},
    "revoke": {"ana", "dev"},
}


@pytest.mark.parametrize("act", get_args(Act))
@pytest.mark.parametrize("actor", [*COMPANY.people, "nobody"])
def test_each_act_is_for_those_of_the_matrix_and_nobody_else(act: Act, actor: str) -> None:
    answer = may(COMPANY, act, actor, ABOUT, TODAY)
    assert isinstance(answer, Allowed) == (actor in MATRIX[act])


def test_the_table_and_the_matrix_know_the_same_acts() -> None:
    assert set(RIGHTS) == set(MATRIX) == set(get_args(Act))


@pytest.mark.parametrize("act", ["approve", "deny", "revoke"])
def test_a_critical_finding_is_for_the_portfolio_owner_alone(act: Act) -> None:
    grave = replace(ABOUT, severity=Severity.CRITICAL)
    allowed = {
        actor for actor in COMPANY.people if isinstance(may(COMPANY, act, actor, grave, TODAY), Allowed)
    }
    assert allowed == {"hana"}


@pytest.mark.parametrize(
    ("actor", "about", "says"),
    [
        ("chi", ABOUT, "Waivers for Booking are granted by its value stream owner, or a delegate."),
        (
            "ana",
            replace(ABOUT, severity=Severity.CRITICAL),
            "Waivers of critical findings for Booking are granted by the portfolio owner, or a delegate.",
        ),
        ("ana", replace(ABOUT, asked_by="ana"), "Nobody decides about a waiver they asked for."),
        (
            "ana",
            replace(ABOUT, people=frozenset({"ana"})),
            "Nobody decides about a waiver for their own work.",
        ),
        ("ivo", ABOUT, "ivo has left."),
        ("nobody", ABOUT, "nobody is not one of the people of the operating model."),
        ("zoe", ABOUT, "zoe is not cleared for all that this finding stands on"),
    ],
)
def test_a_refusal_says_who_may_instead(actor: str, about: About, says: str) -> None:
    answer = may(COMPANY, "approve", actor, about, TODAY)
    assert isinstance(answer, Refused)
    assert answer.why.startswith(says)


def test_where_the_holder_is_a_party_it_goes_one_level_up_and_their_delegate_does_not_stand_in() -> None:
    for about in (replace(ABOUT, asked_by="ana"), replace(ABOUT, people=frozenset({"ana"}))):
        found = approvers(COMPANY, about, TODAY)
        assert (found.role, found.people) == ("portfolio-owner", ("hana",))
        assert "ana is a party to it: goes to the portfolio owner" in found.steps


def test_a_delegate_who_is_a_party_may_not_and_the_holder_still_may() -> None:
    assert approvers(COMPANY, replace(ABOUT, asked_by="dev"), TODAY).people == ("ana",)


def test_a_delegation_ends_with_its_day_and_lends_only_what_it_names() -> None:
    assert approvers(COMPANY, ABOUT, TODAY + timedelta(days=1)).people == ("ana",)
    other = {**PARTS, "decisions": {"waive": WAIVE, "pricing": {"driver": "anyone", "approver": "operator"}}}
    other["delegations"] = [{"from": "ana", "to": "dev", "decisions": ["pricing"], "until": "2027-01-01"}]
    assert approvers(model(**other), ABOUT, TODAY).people == ("ana",)


def test_a_delegate_sees_what_they_decide_about_with_the_eyes_of_who_lent_it() -> None:
    lent = {
        **PARTS,
        "delegations": [{"from": "ana", "to": "zoe", "decisions": ["waive"], "until": "2026-11-24"}],
    }
    assert isinstance(may(model(**lent), "approve", "zoe", ABOUT, TODAY), Allowed)
    assert isinstance(may(model(**lent), "request", "zoe", ABOUT, TODAY), Refused)
    assert isinstance(may(model(**lent), "approve", "zoe", ABOUT, TODAY + timedelta(days=1)), Refused)


def test_a_vacancy_goes_up_to_the_portfolio_owner_and_then_to_the_operator() -> None:
    vacant = {**PARTS, "value_streams": {"ship": {"owner": "ivo"}, "pay": {}}}
    assert approvers(model(**vacant), ABOUT, TODAY).people == ("hana",)
    unmapped = replace(ABOUT, product="none such")
    assert approvers(model(people={"omar": {}}, operator="omar"), unmapped, TODAY).people == ("omar",)


def test_where_nobody_may_the_refusal_says_whom_to_name() -> None:
    alone = model(people={"ana": {}}, products={"shop": {"owner": "ana"}})
    answer = may(alone, "approve", "ana", About("shop", "Shop", (), Severity.WARN), TODAY)
    assert isinstance(answer, Refused)
    assert answer.why.startswith("Nobody may decide about waivers for Shop: ")
    assert "Name a portfolio owner" in answer.why


def test_without_a_declared_decision_the_usual_one_holds() -> None:
    usual = decision(model())
    assert (usual.approver, str(usual.max), usual.never) == ("value-stream-owner", "90d", ["self", "subject"])
    partly = decision(model(decisions={"waive": {"driver": "anyone", "approver": "operator"}}))
    assert (partly.approver, str(partly.max), partly.never) == ("operator", "90d", ["self", "subject"])


def test_what_the_model_says_is_never_made_up_for() -> None:
    open_ = {**PARTS, "decisions": {"waive": {**WAIVE, "never": []}}}
    assert isinstance(may(model(**open_), "approve", "ana", replace(ABOUT, asked_by="ana"), TODAY), Allowed)


def test_a_driver_that_is_a_role_is_the_only_one_to_ask() -> None:
    manager = model(**{**PARTS, "decisions": {"waive": {**WAIVE, "driver": "product-manager"}}})
    assert isinstance(may(manager, "request", "chi", ABOUT, TODAY), Allowed)
    answer = may(manager, "request", "bo", ABOUT, TODAY)
    assert answer == Refused("Waivers for Booking are asked for by the product manager.", ("chi",))


@given(
    asked_by=st.sampled_from(sorted(COMPANY.people)),
    people=st.frozensets(st.sampled_from(sorted(COMPANY.people)), max_size=3),
    severity=st.sampled_from(Severity),
    product=st.sampled_from(["booking", None]),
)
def test_whoever_asked_and_whose_work_it_is_never_decides(
    asked_by: str, people: frozenset[str], severity: Severity, product: str | None
) -> None:
    about = About(product, "it", (), severity, people, asked_by)
    for actor in {asked_by, *people}:
        assert isinstance(may(COMPANY, "approve", actor, about, TODAY), Refused)
