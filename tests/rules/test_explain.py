from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from random_expressions import CALENDAR
from rule_records import model

from config.inherit import Resolved
from config.origins import Origins
from rules.declared import Declared
from rules.evaluate import Context
from rules.explain import Standing, explain_rule
from rules.findings import Severity
from rules.rule import read_rule
from rules.views import Part, RuleExplained

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)  # a Friday, 13:00 in Berlin; the Thursday before is closed
STANDING = Standing(Declared(model(), Origins(Resolved(), {}, "")), "digest", "profile starter", NOW.date())
TODAY = float(datetime(2026, 11, 27, tzinfo=UTC).toordinal())
RULE = read_rule(
    {
        "id": "flow-test",
        "purpose": "Work moves.",
        "about": "work_items",
        "where": "state in ('active', 'waiting') and flow_item <> 'experiment'",
        "violates": "age_days > sle_days or business_days_since(blocked_since) > days",
        "severity": "warn",
        "worse": {"high": "age_days > 2 * sle_days"},
        "says": "{key} is {age_days} days old.",
        "fix": "Stop it.",
        "accountable": "product-manager",
        "parameters": {"days": 2},
    },
    "test.yaml:1",
)

PASSES = (
    "Fine: age_days > sle_days is not met (age_days 12, sle_days 20); "
    "business_days_since(blocked_since) > days is not met "
    "(business_days_since(blocked_since) 1, blocked_since 2026-11-25, days 2)."
)
UNKNOWN = (
    "Unknown: state is not known; sle_days is not known (fewer than 20 finished items and none declared)."
)


def explained(**facts: Any) -> RuleExplained:
    row = {
        "key": "BOOK-1",
        "governed": True,
        "source": "jira",
        "state": "active",
        "flow_item": "feature",
        "started_day": TODAY - 11,
        "sle_days": 10.0,
        "blocked_since": NOW - timedelta(days=2),
        **facts,
    }
    return explain_rule(RULE, row, Context(NOW, CALENDAR, {}), STANDING)


def met(part: Part) -> dict[str, object]:
    return {i.name: i.value for i in part.inputs}


def test_a_failing_rule_shows_each_condition_with_the_values_it_met() -> None:
    answer = explained()
    assert (answer.verdict, answer.severity, answer.says) == ("fail", Severity.WARN, "BOOK-1 is 12 days old.")
    assert (answer.purpose, answer.fix, answer.accountable) == ("Work moves.", "Stop it.", "product manager")
    assert [(p.text, p.holds, met(p)) for p in (*answer.where, answer.violates[0])] == [
        ("state in ('active', 'waiting')", True, {"state": "active"}),
        ("flow_item <> 'experiment'", True, {"flow_item": "feature"}),
        ("age_days > sle_days", True, {"age_days": 12.0, "sle_days": 10.0}),
    ]
    blocked = answer.violates[1]
    assert (blocked.text, blocked.holds) == ("business_days_since(blocked_since) > days", False)
    assert met(blocked) == {"business_days_since(blocked_since)": 1.0, "days": 2.0}
    (since,) = blocked.inputs[0].made_of
    assert (since.name, since.value) == ("blocked_since", NOW - timedelta(days=2))


@pytest.mark.parametrize(
    ("facts", "verdict", "severity", "sentence"),
    [
        ({"started_day": TODAY - 30}, "fail", Severity.HIGH, "BOOK-1 is 31 days old."),
        (
            {"sle_days": 20.0},
            "pass",
            None,
            PASSES,
        ),
        (
            {"state": "done"},
            "out of scope",
            None,
            "Out of scope: state in ('active', 'waiting') is not met (state done).",
        ),
        ({"governed": False}, "out of scope", None, "Out of scope: it is a sub-task, ignored, or a bot's."),
        (
            {"started_day": None},
            "unknown",
            None,
            "Unknown: age_days is not known (not started, or no history is known).",
        ),
        (
            {"sle_days": None, "state": None},
            "unknown",
            None,
            UNKNOWN,
        ),
        ({"fresh": False}, "unknown", None, "Unknown: what jira said is too old to judge by."),
    ],
)
def test_every_verdict_says_why(
    facts: dict[str, Any], verdict: str, severity: Severity | None, sentence: str
) -> None:
    answer = explained(**facts)
    assert (answer.verdict, answer.severity, answer.says) == (verdict, severity, sentence)
