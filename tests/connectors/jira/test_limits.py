"""What Jira's headers say of its limits, and what a refusal holds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.jira.limits import POINTS, JiraLimits
from connectors.meter import Budget

NOW = datetime(2026, 11, 2, 9, 20, tzinfo=UTC)
HOUR = datetime(2026, 11, 2, 10, tzinfo=UTC)
LIMITS = JiraLimits()
KEYS = LIMITS.keys("POST", "rest/api/3/search/jql")
BURST = KEYS[0]


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("rest/api/3/search/jql", "jira:POST rest/api/3/search/jql"),
        ("/rest/api/3/search/approximate-count", "jira:POST rest/api/3/search/approximate-count"),
        ("rest/api/3/issue/BOOK-412/changelog", "jira:POST rest/api/3/issue/{id}/changelog"),
        ("rest/api/3/issue/10412", "jira:POST rest/api/3/issue/{id}"),
        ("rest/api/3/project/BOOK", "jira:POST rest/api/3/project/{id}"),
        ("rest/api/3/issue/bulkfetch", "jira:POST rest/api/3/issue/bulkfetch"),
        ("rest/api/3/serverInfo", "jira:POST rest/api/3/serverInfo"),
        ("rest/agile/1.0/board/7/sprint", "jira:POST rest/agile/1.0/board/{id}/sprint"),
        ("_edge/tenant_info", "jira:POST _edge/tenant_info"),
    ],
)
def test_a_burst_is_counted_by_endpoint_whatever_the_item(path: str, key: str) -> None:
    assert LIMITS.keys("POST", path) == (key, POINTS)


@pytest.mark.parametrize("reset", ["2026-11-02T09:21Z", "2026-11-02T09:21:00Z", "2026-11-02T10:21:00+01:00"])
def test_the_end_of_a_burst_is_told_with_and_without_seconds(reset: str) -> None:
    headers = {"x-ratelimit-limit": "350", "x-ratelimit-remaining": "12", "x-ratelimit-reset": reset}
    assert LIMITS.told(KEYS, headers, NOW) == {BURST: Budget(350, 12, NOW + timedelta(minutes=1))}


def test_points_and_bursts_are_told_in_any_order_and_points_end_with_the_hour() -> None:
    headers = {
        "ratelimit-policy": '"jira-burst-based";q=100;w=1, "global-app-quota";q=65000;w=3600',
        "ratelimit": '"global-app-quota";r=9000;t=300,"jira-burst-based";r=7;t=1',
    }
    told = LIMITS.told(KEYS, headers, NOW)
    assert told[POINTS] == Budget(65_000, 9000, NOW + timedelta(seconds=300))
    assert told[BURST] == Budget(100, 7, NOW + timedelta(seconds=1))
    silent = LIMITS.told(KEYS, {"ratelimit-policy": '"global-app-quota";q=65000;w=3600'}, NOW)
    assert silent == {POINTS: Budget(65_000, None, HOUR)}


@pytest.mark.parametrize(
    "headers",
    [
        {"beta-ratelimit-policy": '"tenant-quota";q=100;w=3600', "beta-ratelimit": '"tenant-quota";r=1;t=9'},
        {"ratelimit-policy": '"Beta-tenant-quota";q=100;w=3600', "ratelimit": '"Beta-tenant-quota";r=1;t=9'},
    ],
)
def test_what_is_announced_only_is_shown_and_holds_nobody(headers: dict[str, str]) -> None:
    assert LIMITS.told(KEYS, headers, NOW)[POINTS] == Budget(
        100, 1, NOW + timedelta(seconds=9), binding=False
    )
    both = headers | {"ratelimit-policy": f'"global-quota";q=7;w=3600,{headers.get("ratelimit-policy", "")}'}
    assert LIMITS.told(KEYS, both, NOW)[POINTS].limit == 7


def test_points_of_an_oauth_app_are_known_where_the_site_is_silent() -> None:
    assert LIMITS.told(KEYS, {}, NOW) == {}
    assert JiraLimits(65_000).told(KEYS, {}, NOW) == {POINTS: Budget(65_000, None, HOUR)}


def test_data_center_says_how_long_its_bucket_takes_to_fill() -> None:
    headers = {"x-ratelimit-limit": "50", "x-ratelimit-remaining": "3", "x-ratelimit-interval-seconds": "60"}
    assert LIMITS.told(KEYS, headers, NOW) == {BURST: Budget(50, 3, NOW + timedelta(minutes=1))}


@given(st.dictionaries(st.sampled_from(["ratelimit", "ratelimit-policy", "x-ratelimit-limit"]), st.text()))
def test_a_strange_header_is_no_failure(headers: dict[str, str]) -> None:
    assert isinstance(LIMITS.told(KEYS, headers, NOW), dict)


@pytest.mark.parametrize(
    ("reason", "key"),
    [
        ("jira-burst-based", BURST),
        ("jira-per-issue-on-write", BURST),
        ("jira-quota-global-based", POINTS),
        ("jira-quota-tenant-based", POINTS),
        ("jira-cost-based", POINTS),
        ("jira-max-concurrent-threads-per-node", POINTS),
        (None, POINTS),
    ],
)
def test_a_refusal_holds_what_its_reason_names_and_all_where_it_names_nothing_known(
    reason: str | None, key: str
) -> None:
    assert LIMITS.blamed(KEYS, {"ratelimit-reason": reason} if reason else {}) == key


@pytest.mark.parametrize(
    ("data", "points"),
    [
        ({"issues": [{}, {}]}, 3),
        ({"issueChangeLogs": [{}, {}, {}]}, 4),
        ({"values": [{}]}, 1),
        ({"issues": 7}, 1),
        ([{}], 1),
        (None, 1),
    ],
)
def test_a_reading_costs_a_point_and_one_for_each_issue(data: object, points: int) -> None:
    assert LIMITS.spent(KEYS, 200, data) == {BURST: 1, POINTS: points}
