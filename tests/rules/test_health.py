"""Health: the arithmetic of the design's example, the caps, and the cases in which there is no number."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.findings import Severity
from rules.health import CAP, DIMENSIONS, Complied, health
from rules.rule import FAMILIES

AGEING = Complied("flow-aging-wip", Severity.HIGH, "work_items", 7, 4, 0)
BLOCKED = Complied("flow-blocked-too-long", Severity.HIGH, "work_items", 10, 1, 0)
LIMIT = Complied("flow-wip-limit", Severity.WARN, "team_wip", 1, 0, 0)
REVIEW = Complied("flow-review-waiting", Severity.WARN, "pull_requests", 8, 2, 0)
UNMAPPED = Complied("traceability-unmapped-item", Severity.WARN, "work_items", 11, 0, 0)
FLOW = [AGEING, BLOCKED, LIMIT, REVIEW]


def test_every_family_of_rules_belongs_to_one_dimension() -> None:
    assert sorted(family for families in DIMENSIONS.values() for family in families) == sorted(FAMILIES)


def test_the_worked_example_gives_its_number_and_its_lost_points() -> None:
    found = health(FLOW, None)
    assert found.dimensions == {"flow": pytest.approx(81.5, abs=0.05)}
    assert [(x.rule, round(x.points, 1)) for x in found.lost] == [
        ("flow-aging-wip", 12.1),
        ("flow-review-waiting", 3.3),
        ("flow-blocked-too-long", 3.0),
    ]
    assert (found.lost[0].failed, found.lost[0].judged) == (4, 11)


def test_a_product_is_the_mean_of_its_dimensions() -> None:
    found = health([*FLOW, UNMAPPED], None)
    assert found.score == round((81.5 + 100) / 2)
    assert found.lost[0].points == pytest.approx(12.1 / 2, abs=0.05)


def test_an_open_critical_finding_caps_the_number_and_says_so() -> None:
    found = health(FLOW, Severity.CRITICAL)
    assert (found.score, found.capped_by) == (CAP, "at most 49 while a critical finding is open")
    assert health(FLOW, Severity.HIGH).capped_by == ""


def test_a_low_number_is_not_said_to_be_capped() -> None:
    found = health([replace(AGEING, passed=1, failed=10)], Severity.CRITICAL)
    assert (found.score, found.capped_by) == (9, "")


def test_with_fewer_than_ten_subjects_there_is_no_number() -> None:
    found = health([replace(AGEING, passed=5, failed=2), LIMIT], None)
    assert (found.score, found.word) == (None, "not enough data")
    assert found.why_not == "8 judged; a number needs 10"


def test_where_most_is_unknown_there_is_no_number() -> None:
    half = health([replace(AGEING, unknown=11), UNMAPPED], None)
    assert (half.score, half.confidence) == (82, pytest.approx((4 * 0.5 + 2) / 6))
    none = health([replace(AGEING, passed=0, failed=0, unknown=11), UNMAPPED], None)
    assert none.why_not == "33% of the verdicts could be given; a number needs 60%"


def test_a_rule_that_is_unknown_everywhere_leaves_the_sum() -> None:
    unknown = replace(REVIEW, passed=0, failed=0, unknown=2)
    assert (
        health([AGEING, BLOCKED, LIMIT, unknown], None).dimensions
        == health([AGEING, BLOCKED, LIMIT], None).dimensions
    )


def test_rules_for_information_count_nothing() -> None:
    info = Complied("flow-something", Severity.INFO, "work_items", 0, 11, 0)
    assert health([*FLOW, info], None).dimensions == health(FLOW, None).dimensions


def test_nothing_judged_is_no_division_by_zero() -> None:
    assert health([], None).why_not == "0 judged; a number needs 10"


complied = st.builds(
    Complied,
    st.sampled_from([f"{family}-x" for family in FAMILIES]),
    st.sampled_from(Severity),
    st.sampled_from(["work_items", "products"]),
    st.integers(0, 50),
    st.integers(0, 50),
    st.integers(0, 50),
)


@given(st.lists(complied, max_size=12))
def test_lost_points_are_what_a_hundred_lacks(rules: list[Complied]) -> None:
    found = health(rules, None)
    if found.score is not None:
        assert 0 <= found.score <= 100
        assert 100 - sum(x.points for x in found.lost) == pytest.approx(found.score, abs=0.51)


@given(st.lists(complied, min_size=1, max_size=8))
def test_fixing_something_never_lowers_a_dimension(rules: list[Complied]) -> None:
    first = rules[0]
    if not first.failed:
        return
    better = replace(first, passed=first.passed + 1, failed=first.failed - 1)
    before, after = health(rules, None), health([better, *rules[1:]], None)
    for name, points in before.dimensions.items():
        assert after.dimensions[name] >= points - 1e-9
