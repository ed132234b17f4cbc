"""What GitHub's headers say of its limits, and what a refusal holds."""

from datetime import UTC, datetime

import pytest

from connectors.github.limits import CORE, GRAPHQL, SECONDARY, GitHubLimits
from connectors.meter import Budget

NOW = datetime(2026, 11, 2, 9, 20, tzinfo=UTC)
RESET = datetime(2026, 11, 2, 10, tzinfo=UTC)
HEADERS = {
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "4999",
    "x-ratelimit-reset": str(int(RESET.timestamp())),
}
LIMITS = GitHubLimits()
REST = LIMITS.keys("GET", "repos/larkfield/tracking/issues")
QUERY = LIMITS.keys("POST", "graphql")


def test_requests_and_points_are_apart_and_the_secondary_limit_holds_for_both() -> None:
    assert (REST, QUERY) == ((CORE, SECONDARY), (GRAPHQL, SECONDARY))
    assert LIMITS.keys("POST", "/api/graphql") == QUERY


def test_the_hours_budget_is_told_with_every_answer() -> None:
    assert LIMITS.told(REST, HEADERS, NOW) == {CORE: Budget(5000, 4999, RESET)}
    assert LIMITS.told(QUERY, HEADERS, NOW) == {GRAPHQL: Budget(5000, 4999, RESET)}
    other = HEADERS | {"x-ratelimit-resource": "graphql"}
    assert LIMITS.told(REST, other, NOW) == {GRAPHQL: Budget(5000, 4999, RESET)}


@pytest.mark.parametrize("name", ["x-ratelimit-limit", "x-ratelimit-remaining"])
def test_a_header_that_is_no_number_tells_nothing(name: str) -> None:
    assert LIMITS.told(REST, HEADERS | {name: "many"}, NOW) == {}


def test_what_has_not_changed_costs_nothing_of_the_hour() -> None:
    assert LIMITS.spent(REST, 200, []) == {CORE: 1, SECONDARY: 1}
    assert LIMITS.spent(REST, 304, None) == {CORE: 0, SECONDARY: 1}


@pytest.mark.parametrize(
    ("data", "points"),
    [
        ({"data": {"rateLimit": {"cost": 3}}}, 3),
        ({"data": {"rateLimit": None}}, 1),
        ({"data": None}, 1),
        (None, 1),
    ],
)
def test_a_query_costs_what_it_says_and_at_least_one(data: object, points: int) -> None:
    assert LIMITS.spent(QUERY, 200, data) == {GRAPHQL: points, SECONDARY: 1}


def test_a_refusal_holds_the_hours_budget_if_it_is_used_up_and_else_all() -> None:
    assert LIMITS.blamed(QUERY, {"x-ratelimit-remaining": "0"}) == GRAPHQL
    assert LIMITS.blamed(QUERY, {"x-ratelimit-remaining": "12", "retry-after": "60"}) == SECONDARY
    assert LIMITS.blamed(REST, {}) == SECONDARY


@pytest.mark.parametrize(
    ("data", "refused"),
    [
        ({"errors": [{"type": "RATE_LIMIT", "message": "wait"}]}, True),
        ({"errors": [{"type": "RATE_LIMITED", "message": "wait"}], "data": {}}, True),
        ({"errors": [{"message": "API rate limit exceeded"}]}, True),
        ({"errors": [{"type": "NOT_FOUND", "message": "gone"}]}, False),
        ({"errors": 7}, False),
        ([{"errors": []}], False),
        (None, False),
    ],
)
def test_graphql_says_a_limit_with_a_success(data: object, refused: bool) -> None:
    assert LIMITS.refuses(data) == refused
