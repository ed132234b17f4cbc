"""Each value of a condition says what it means, its unit, and the file and line it comes from."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.book import read_book
from config.example import example_path
from rules.declared import Declared
from rules.evaluate import Context
from rules.explain import Standing, explain_rule
from rules.views import Input, RuleExplained

BOOK = read_book(example_path())
DECLARED = Declared(BOOK.model, BOOK.origins)
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
TODAY = float(date(2026, 11, 24).toordinal())
ITEM: Mapping[str, Any] = {
    "key": "BOOK-1",
    "governed": True,
    "source": "jira",
    "product": "booking-portal",
    "calendar": "hq",
    "level": "story",
    "flow_item": "feature",
    "state": "active",
    "started_day": TODAY - 11,
    "sle_days": 10.0,
    "sle_sample": 37.0,
    "sle_declared": False,
    "sle_since": datetime(2026, 9, 30, 22, tzinfo=UTC),
    "blocked": True,
    "stale_link": False,
    "blocked_since": datetime(2026, 11, 18, 8, tzinfo=UTC),
}


def explained(rule: str, row: Mapping[str, Any]) -> RuleExplained:
    calendar = BOOK.calendar(row.get("calendar"))
    context = Context(NOW, calendar, BOOK.parameters(BOOK.by_id[rule], row.get("product")))
    standing = Standing(DECLARED, "digest", "profile starter", date(2026, 11, 24))
    return explain_rule(BOOK.by_id[rule], row, context, standing)


def met(rule: str, row: Mapping[str, Any]) -> dict[str, Input]:
    told = explained(rule, row)
    return {one.name: one for part in (*told.where, *told.violates) for one in part.inputs}


def test_an_expectation_from_own_history_names_its_sample_and_quarter() -> None:
    sle = met("flow-aging-wip", ITEM)["sle_days"]
    assert (sle.value, sle.unit, sle.kind) == (10.0, "days", "fact")
    assert (sle.source, sle.place) == ("own history, 37 items, for the quarter from 2026-10-01", None)
    assert sle.meaning.startswith("Service level expectation")


def test_a_declared_expectation_names_its_line_and_level() -> None:
    declared = {**ITEM, "level": "epic", "sle_days": 60.0, "sle_declared": True}
    sle = met("flow-aging-wip", declared)["sle_days"]
    assert (sle.source, sle.place) == ("inherited from the company's defaults", "company.yaml:60")


def test_too_little_history_says_so() -> None:
    few = {**ITEM, "sle_days": None, "sle_sample": None, "sle_declared": None}
    sle = met("flow-aging-wip", few)["sle_days"]
    assert sle.source == "own history, fewer than 20 items finished"


def test_a_virtual_fact_shows_what_it_is_made_of_with_days_as_dates() -> None:
    age = met("flow-aging-wip", ITEM)["age_days"]
    assert (age.value, age.source) == (12.0, "computed: today - started_day + 1")
    assert [(one.name, one.value, one.unit) for one in age.made_of] == [
        ("today", date(2026, 11, 24), ""),
        ("started_day", date(2026, 11, 13), ""),
    ]


def test_a_time_shows_the_moment_it_is_counted_from() -> None:
    waited = met("flow-blocked-too-long", ITEM)["business_days_since(blocked_since)"]
    assert (waited.kind, waited.unit, waited.source) == ("time", "business days", "clock and calendar")
    (since,) = waited.made_of
    assert (since.name, since.source) == ("blocked_since", "changelog of the item")


def test_a_state_names_the_line_of_the_workflow_that_maps_it() -> None:
    state = met("flow-aging-wip", ITEM)["state"]
    assert (state.source, state.place) == ("by workflows.standard.active", "work.yaml:5")


def test_a_truth_names_what_it_follows_from() -> None:
    merged = {"product": "billing", "state": "merged", "emergency": False, "calendar": "hq", "governed": True}
    emergency = met("quality-unreviewed-merge", merged)["emergency"]
    assert (emergency.source, emergency.place) == ("by defaults.quality.emergency_label", "company.yaml:61")


def test_what_a_tool_said_has_no_line() -> None:
    assignee = met("accountability-active-unassigned", ITEM)["assignee"]
    assert (assignee.source, assignee.place) == ("read from jira", None)


def test_a_parameter_is_of_the_product_or_the_default_of_the_rule_with_its_line() -> None:
    review = {**ITEM, "state": "open", "draft": False, "author_is_bot": False, "ready_at": NOW}
    days = met("flow-review-waiting", review)["days"]
    assert (days.kind, days.value) == ("parameter", 0.75)
    assert (days.source, days.place) == ("declared for the product", "products/booking-portal.yaml:28")
    days = met("flow-review-waiting", {**review, "product": "tracking"})["days"]
    assert (days.value, days.source) == (1.0, "default of the rule")
    assert days.place == BOOK.by_id["flow-review-waiting"].origin == "rules/catalog/flow.yaml:55"


@pytest.mark.parametrize(
    ("rule", "name", "row", "source", "place"),
    [
        (
            "flow-wip-limit",
            "wip_limit",
            {"team": "booking", "level": "story", "wip": 7.0, "wip_limit": 4.0},
            "declared for the team",
            "company.yaml:37",
        ),
        (
            "flow-wip-limit",
            "wip_limit",
            {"team": "money", "level": "story", "wip": 7.0, "wip_limit": 3.0},
            "nothing is declared: the built-in default",
            None,
        ),
        (
            "accountability-product-without-owner",
            "owner",
            {"key": "billing", "product": "billing", "owner": "finn"},
            "inherited from value stream pay",
            "value-streams/pay.yaml:5",
        ),
        (
            "accountability-product-without-owner",
            "owner_left_at",
            {"key": "insights", "product": "insights", "owner": "ivo"},
            "declared for the person",
            "company.yaml:27",
        ),
        (
            "model-health-source-stale",
            "interval_hours",
            {"key": "github", "source": "github", "interval_hours": 1 / 6},
            "declared for the source",
            "company.yaml:44",
        ),
        (
            "quality-unreviewed-merge",
            "wanted_approvals",
            {"product": "billing", "state": "merged", "wanted_approvals": 1.0},
            "inherited from the company's defaults",
            "company.yaml:61",
        ),
    ],
)
def test_what_stands_in_the_model_names_level_and_line(
    rule: str, name: str, row: dict[str, Any], source: str, place: str | None
) -> None:
    one = met(rule, {"calendar": "hq", "governed": True, **row})[name]
    assert (one.source, one.place) == (source, place)


def test_no_fact_promises_a_line_the_model_cannot_have() -> None:
    row = {
        **ITEM,
        "team": "booking",
        "owner": "ana",
        "assignee": "ana",
        "where_said": "products.billing.work[0]",
    }
    for rule in BOOK.rules:
        for fact in rule.table.facts:
            path = DECLARED.path(fact, {**row, "key": "billing" if rule.about == "products" else "jira"})
            assert (path is not None) == bool(fact.declared), fact.name


def test_an_unknown_verdict_says_what_would_make_it_known() -> None:
    few = {**ITEM, "sle_days": None}
    assert explained("flow-aging-wip", few).to_know == (
        "declare products.booking-portal.sle.story, or wait until 20 such items are finished."
    )
    unmapped = {**few, "product": None}
    assert explained("flow-aging-wip", unmapped).to_know == "let the item belong to a product."
    assert "with its history" in explained("flow-aging-wip", {**ITEM, "started_day": None}).to_know
    stale = explained("flow-aging-wip", {**ITEM, "fresh": False})
    assert stale.to_know == "Read jira again: opsbot sync, then opsbot judge."
    assert explained("flow-aging-wip", ITEM).to_know == ""


def test_a_failing_rule_says_how_it_came_to_its_severity() -> None:
    row = {**ITEM, "blocked_since": datetime(2026, 11, 3, 8, tzinfo=UTC)}
    base, worse = explained("flow-blocked-too-long", row).grades
    assert base == "warn by the rule"
    assert worse.startswith("high because business_days_since(blocked_since) > high_days (")
    assert explained("flow-blocked-too-long", {**ITEM, "blocked": False}).grades == ()


def test_whether_one_part_is_enough_is_told() -> None:
    assert explained("flow-blocked-too-long", ITEM).any_of == (False, True)
    assert explained("accountability-active-unassigned", ITEM).any_of == (False, False)
