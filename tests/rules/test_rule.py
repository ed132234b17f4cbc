from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from random_expressions import CALENDAR

from config.words import Span
from rules.evaluate import Context
from rules.findings import Severity
from rules.judge import evidence, says
from rules.rule import Accountable, Rule, RuleMistake, check_parameter, read_rule

WRITTEN: Mapping[str, Any] = {
    "id": "flow-aging-wip",
    "purpose": "Started work finishes within its service level expectation.",
    "about": "work_items",
    "where": "state in ('active', 'waiting')",
    "violates": "age_days > sle_days",
    "severity": "warn",
    "worse": {"critical": "age_days > days", "high": "age_days > coalesce(sle_p95, 2 * sle_days)"},
    "worse_after": {"high": "10bd"},
    "says": "{key} is {age_days} days old; 85% of {flow_item}s here finish within {sle_days}.",
    "evidence": ["age_days", "sle_days", "days"],
    "fix": "Swarm it, split it, or stop it within {days} days.",
    "accountable": "product-manager",
    "inhibited_by": ["flow-blocked-too-long"],
    "for": "1d",
    "group": "container",
    "parameters": {"days": 30, "word": "x", "strict": True},
}
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
TODAY = datetime(2026, 11, 30, tzinfo=UTC).toordinal()


def read(**keys: Any) -> Rule:
    return read_rule({k: v for k, v in (WRITTEN | keys).items() if v is not None}, "rules/flow.yaml:3")


def test_a_rule_is_read_with_everything_it_says() -> None:
    rule = read()
    assert (rule.family, rule.severity, rule.mode) == ("flow", Severity.WARN, "shadow")
    assert list(rule.worse) == [Severity.HIGH, Severity.CRITICAL]
    assert rule.worse_after == {Severity.HIGH: Span(10, "bd")}
    assert (rule.for_, rule.group, rule.inhibited_by) == (
        Span(1, "d"),
        "container",
        ("flow-blocked-too-long",),
    )
    assert rule.accountable == Accountable("product-manager")
    assert list(rule.evidence) == ["age_days", "sle_days", "days"]
    assert rule.parameters == {"days": 30.0, "word": "x", "strict": True}
    assert rule.origin == "rules/flow.yaml:3"
    assert not rule.names_tier


def test_a_role_may_be_that_of_another_product() -> None:
    rule = read(accountable={"role": "product-manager", "of": "blocking_product"})
    assert rule.accountable == Accountable("product-manager", "blocking_product")


def test_families_of_two_words_are_told_from_the_id() -> None:
    rule = read_rule(
        {
            "id": "model-health-source-stale",
            "purpose": "p",
            "about": "sources",
            "violates": "truncated",
            "severity": "high",
            "says": "{key}",
            "fix": "f",
            "accountable": "operator",
        },
        "x:1",
    )
    assert (rule.family, rule.where.text) == ("model-health", "true")


@pytest.mark.parametrize(
    ("keys", "key", "message"),
    [
        ({"violates": None}, "violates", "is missing"),
        ({"violate": "true"}, "violate", "is no key of a rule; did you mean violates?"),
        ({"id": "aging-wip"}, "id", "first one of traceability-…"),
        ({"id": "flow-Aging"}, "id", "lower-case"),
        ({"about": "issues"}, "about", "allowed: work_items, pull_requests"),
        ({"violates": "age_dys > 2"}, "violates", "\nage_dys > 2\n^ work_items has no fact age_dys"),
        ({"worse": {"high": "age_days"}}, "worse.high", "here a condition is needed"),
        ({"worse": {"warn": "true"}}, "worse.warn", "is not above the rule's own severity, warn"),
        ({"worse_after": {"info": "1d"}}, "worse_after.info", "is not above"),
        ({"worse_after": {"high": "soon"}}, "worse_after.high", "a duration is a number and a unit"),
        ({"severity": "urgent"}, "severity", "'critical'"),
        ({"says": "{kee}"}, "says", "\n{kee}\n ^ work_items has no fact kee"),
        ({"says": "{key!r}"}, "says", "not the plain name"),
        ({"says": "{key"}, "says", "a brace is not closed"),
        ({"fix": "{}"}, "fix", "not the plain name"),
        ({"evidence": ["sla_days"]}, "evidence", "did you mean sle_days?"),
        ({"accountable": {"of": "product"}}, "accountable", "needs a role"),
        ({"accountable": {"role": "x", "of": "age_days"}}, "accountable.of", "is no text fact of work_items"),
        ({"for": "2 evaluations"}, "for", "a duration is a number and a unit"),
        ({"parameters": {"state": "x"}}, "parameters.state", "is the name of a fact"),
        ({"parameters": {"Days": 1}}, "parameters.Days", "a-z"),
        ({"parameters": {"days": 1e12}}, "parameters.days", "a number up to"),
        ({"parameters": {"days": "a\x00b"}}, "parameters.days", "one line of text"),
        ({"group": "product"}, "group", "'container'"),
    ],
)
def test_a_mistake_names_rule_place_key_and_what_is_allowed(
    keys: dict[str, Any], key: str, message: str
) -> None:
    with pytest.raises(RuleMistake) as caught:
        read(**keys)
    assert caught.value.rule == keys.get("id", "flow-aging-wip")
    assert (caught.value.where, caught.value.key) == ("rules/flow.yaml:3", key)
    assert message in caught.value.message


def test_grouping_needs_a_container() -> None:
    keys = {"about": "products", "where": "true", "violates": "owner is null", "worse": {}, "evidence": []}
    with pytest.raises(RuleMistake, match="products have no container"):
        read(**keys, says="{key}")


def test_a_product_can_only_set_parameters_that_exist_to_values_of_their_type() -> None:
    rule = read()
    assert check_parameter(rule, "days", 3) == 3.0
    for name, value, message in [
        ("dais", 3, "did you mean days?"),
        ("days", "3", "is a number"),
        ("days", True, "is a number"),
        ("word", 3, "is a text"),
        ("strict", ["x"], "true or false"),
    ]:
        with pytest.raises(ValueError, match=message.replace("?", r"\?")):
            check_parameter(rule, name, value)


def test_a_sentence_shows_numbers_without_needless_decimals_and_absence_in_words() -> None:
    context = Context(NOW, CALENDAR, {"days": 14.0})
    row = {"key": "BOOK-1", "started_day": float(TODAY - 11), "sle_days": 9.5, "flow_item": "feature"}
    rule = read()
    assert says(rule, row, context) == "BOOK-1 is 12 days old; 85% of features here finish within 9.5."
    assert rule.fix.filled(row, context) == "Swarm it, split it, or stop it within 14 days."
    assert evidence(rule, row, context) == {"age_days": 12.0, "sle_days": 9.5, "days": 14.0}
    assert says(rule, {"key": "BOOK-2"}, context).startswith(
        "BOOK-2 is not started, or no history is known days old; 85% of uncategoriseds"
    )


@pytest.mark.parametrize(
    ("text", "row", "sentence"),
    [
        ("{container_unmapped_share}", {"container_unmapped_share": 0.234}, "23.4%"),
        ("{labels}; {labels}", {"labels": ("a", "b")}, "a, b; a, b"),
        ("{labels}", {"labels": ()}, "none"),
        ("{blocked}", {"blocked": True}, "yes"),
        ("{assignee}", {}, "nobody"),
        ("{due_at}", {"due_at": datetime(2026, 11, 30, 23, 30, tzinfo=UTC)}, "2026-12-01"),
        ("{open_blockers}", {"open_blockers": -0.004}, "0"),
        ("{open_blockers}", {"open_blockers": 0.75}, "0.75"),
        ("{{{key}}}", {"key": "X"}, "{X}"),
    ],
)
def test_each_type_reads_as_a_person_would_say_it(text: str, row: dict[str, Any], sentence: str) -> None:
    assert says(read(says=text), row, Context(NOW, CALENDAR, {})) == sentence
