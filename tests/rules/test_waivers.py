"""The life of a waiver: the steps it may take, how long it may hold, and what it covers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_records import model

from rules.findings import Finding, Severity
from rules.rights import Refused
from rules.waivers import STEPS, State, Step, Waiver, covering, declared, fits, taken

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = NOW.date()
DAY = timedelta(days=1)
WAIVER = Waiver("flow-rule", "jira:1", "It is agreed.", TODAY, "requested", id=3, requested_by="bo")
HOLDING = replace(WAIVER, state="approved", decided_by="ana")
FINDING = Finding(
    "f", "flow-rule", "work_items", "jira:1", "open", Severity.HIGH, NOW, NOW, key="BOOK-1", product="booking"
)
LEGAL = {
    ("requested", "approve"): "approved",
    ("requested", "deny"): "denied",
    ("approved", "revoke"): "revoked",
    ("approved", "expire"): "expired",
}


@pytest.mark.parametrize("state", get_args(State))
@pytest.mark.parametrize("step", get_args(Step))
def test_four_steps_are_legal_and_all_others_are_refused_with_a_sentence(state: State, step: Step) -> None:
    after = taken(replace(WAIVER, state=state), step, "ana", NOW)
    if (state, step) in LEGAL:
        assert isinstance(after, Waiver)
        assert (after.state, after.decided_by, after.decided_at) == (LEGAL[state, step], "ana", NOW)
    else:
        before, becomes = STEPS[step]
        assert after == Refused(f"Waiver 3 is {state}: only one that is {before} can be {becomes}.")


@given(st.lists(st.sampled_from(get_args(Step))))
def test_over_any_life_what_was_denied_revoked_or_expired_never_holds_again(steps: list[Step]) -> None:
    waiver, states = WAIVER, [WAIVER.state]
    for step in steps:
        after = taken(waiver, step, "ana", NOW)
        if isinstance(after, Waiver):
            waiver = after
            states.append(after.state)
        assert (covering([waiver], FINDING, TODAY) is not None) == (waiver.state == "approved")
    assert len(states) == len(set(states)) <= 3


@pytest.mark.parametrize(
    ("until", "says"),
    [
        (TODAY - DAY, "2026-11-23 has passed"),
        (TODAY, None),
        (TODAY + 90 * DAY, None),
        (TODAY + 91 * DAY, "A waiver holds for 90d at most: until 2027-02-22."),
    ],
)
def test_a_waiver_holds_from_today_and_no_longer_than_the_model_allows(until: date, says: str | None) -> None:
    refused = fits(model(), until, TODAY)
    assert (refused is None) == (says is None)
    assert refused is None or refused.why.startswith(says or "")


def test_the_model_may_allow_less() -> None:
    short = model(decisions={"waive": {"driver": "anyone", "approver": "operator", "max": "14d"}})
    assert fits(short, TODAY + 14 * DAY, TODAY) is None
    assert fits(short, TODAY + 15 * DAY, TODAY) is not None


def test_a_waiver_holds_through_its_last_day() -> None:
    assert covering([HOLDING], FINDING, HOLDING.until) == HOLDING
    assert covering([HOLDING], FINDING, HOLDING.until + DAY) is None


@pytest.mark.parametrize(
    "other",
    [
        replace(FINDING, rule="another"),
        replace(FINDING, subject="jira:2"),
        replace(FINDING, severity=Severity.CRITICAL),
    ],
    ids=["rule", "subject", "critical"],
)
def test_it_covers_one_rule_on_one_subject_and_not_what_became_critical(other: Finding) -> None:
    assert covering([HOLDING], other, TODAY) is None


def test_one_that_covers_critical_covers_all() -> None:
    grave = replace(HOLDING, critical=True)
    for severity in Severity:
        assert covering([grave], replace(FINDING, severity=severity), TODAY) == grave


def test_of_several_the_longest_stands() -> None:
    longer = replace(HOLDING, id=4, until=TODAY + DAY)
    assert covering([HOLDING, longer], FINDING, TODAY) == longer


@pytest.mark.parametrize(
    ("subject", "key", "covers"),
    [
        ("BOOK-1", "BOOK-1", True),
        ("BOOK-2", "BOOK-1", False),
        ("project:BOOK", "BOOK-1", True),
        ("project:BOOK", "BOOKS-1", False),
        ("product:booking", "BOOK-1", True),
        ("repository:larkfield/legacy", "larkfield/legacy#7", True),
        ("repository:larkfield/legacy", "larkfield/legacy-2#7", False),
    ],
)
def test_a_waiver_of_the_model_names_one_item_or_all_of_a_place(subject: str, key: str, covers: bool) -> None:
    long = [
        {"rule": "flow-rule", "subject": subject, "reason": "x", "approved_by": "ana", "until": "2027-11-24"}
    ]
    (waiver,) = declared(model(people={"ana": {}}, waivers=long), TODAY)
    assert (covering([waiver], replace(FINDING, key=key), TODAY) is not None) == covers
    assert waiver.words == "waiver of the model until 2027-11-24"


def test_a_waiver_of_the_model_covers_critical_where_the_portfolio_owner_approved_it() -> None:
    company = model(
        people={"ana": {}, "hana": {}},
        products={"booking": {"roles": {"portfolio-owner": "hana"}}},
        waivers=[
            {
                "rule": "flow-rule",
                "subject": "BOOK-1",
                "reason": "x",
                "approved_by": who,
                "until": "2027-11-24",
            }
            for who in ("ana", "hana")
        ],
    )
    assert [w.critical for w in declared(company, TODAY)] == [False, True]
