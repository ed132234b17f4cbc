"""A rule says by which clock it counts, in which calendar, and who chose that calendar."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.book import read_book
from config.example import example_path
from config.week import parse_windows
from rules.declared import Declared
from rules.evaluate import Context
from rules.inputs import Ground
from rules.measured import clock_of, hours, measured
from rules.views import Measured

BOOK = read_book(example_path())


def seen(rule: str, calendar: str, **row: Any) -> Measured:
    context = Context(datetime(2026, 11, 24, 8, tzinfo=UTC), BOOK.calendar(calendar), {})
    return measured(Ground(BOOK.by_id[rule], row, context, Declared(BOOK.model, BOOK.origins)))


@pytest.mark.parametrize(
    ("rule", "clock"),
    [
        ("flow-aging-wip", "elapsed"),
        ("flow-blocked-too-long", "business"),
        ("flow-wip-limit", "business"),  # worse after ten business days
        ("model-health-unresolved-reference", "none"),
    ],
)
def test_the_clock_is_the_strictest_that_the_rule_uses(rule: str, clock: str) -> None:
    assert clock_of(BOOK.by_id[rule]) == clock


def test_a_calendar_names_zone_hours_and_lines() -> None:
    assert seen("flow-aging-wip", "hq", product="billing") == Measured(
        "elapsed",
        "hq",
        "Europe/Berlin",
        "Mon-Fri 09:00-17:30",
        "company.yaml:11",
        "of the company, company.yaml:3",
    )
    pune = seen("flow-aging-wip", "pune", product="tracking")
    assert (pune.zone, pune.place) == ("Asia/Kolkata", "company.yaml:16")
    assert pune.chosen == "of the product, products/tracking.yaml:5"


def test_a_pull_request_may_have_its_reviewers_calendar() -> None:
    assert seen("flow-review-waiting", "pune", product="billing").chosen == "of the reviewer or the team"


@pytest.mark.parametrize(
    "week", [["Mon-Fri 09:00-17:30"], ["Mon-Thu 08:00-16:00", "Fri 08:00-12:00"], ["Sun-Sun 10:00-11:00"]]
)
def test_hours_read_as_they_are_written(week: list[str]) -> None:
    assert parse_windows(hours(parse_windows(week)).split(", ")) == parse_windows(week)
