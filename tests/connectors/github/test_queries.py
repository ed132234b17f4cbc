"""Every GraphQL query is one that GitHub, and our sandbox, would answer."""

import re
from importlib import resources

import pytest

from connectors.github.detail import BATCH
from connectors.github.sandbox_cost import cost

QUERIES = sorted(path.name for path in resources.files("connectors.github").joinpath("queries").iterdir())
MOST_NODES = 500_000


def text(name: str) -> str:
    return resources.files("connectors.github").joinpath("queries", name).read_text("utf-8")


def test_there_are_queries() -> None:
    assert {"Addresses.graphql", "PullRequests.graphql", "More.graphql"} <= set(QUERIES)


def points(name: str, nodes: int, **variables: bool) -> int:
    return cost(text(f"{name}.graphql"), {"ids": ["x"] * nodes, **variables})


def test_ten_thousand_pull_requests_cost_at_most_650_points() -> None:
    assert points("PullRequests", BATCH) * 10_000 / BATCH <= 650


def test_a_change_of_a_hundred_pull_requests_costs_at_most_6_points() -> None:
    assert 2 * points("PullRequests", BATCH) <= 6


def test_what_is_asked_beside_pull_requests_costs_next_to_nothing() -> None:
    told = {
        "blockers of 100 issues": points("Issues", 100),
        "and their fields on boards": points("Issues", 100, boards=True),
        "checks of 100 pull requests": points("Checks", 100),
        "owners of 100 repositories": points("Owners", 100),
        "releases and deployments of 2 repositories": points("Shipped", 2),
        "teams of an organisation": points("Teams", 1),
        "100 items of a board": points("Board", 1),
        "the rest of any list": points("More", 1, deployments=True),
    }
    assert {what: cost for what, cost in told.items() if cost > 1} == {"and their fields on boards": 2}


def test_nested_connections_are_charged_for_every_node_they_hang_on() -> None:
    query = (
        "query Q { a(first: 50) { nodes { ...deep } } } fragment deep on T { b(last: 20) { nodes { id } } }"
    )
    assert cost(query, {}) == 1  # 1 + 50
    assert cost(query.replace("50", "100").replace("{ id }", "{ c(first: 1) { totalCount } }"), {}) == 21


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_named_after_its_file_and_only_reads(name: str) -> None:
    operations = re.findall(r"^(query|mutation|subscription) (\w+)", text(name), re.MULTILINE)
    assert operations == [("query", name.removesuffix(".graphql"))]


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_asks_what_it_costs(name: str) -> None:
    assert "\n  rateLimit { cost }\n" in text(name)


@pytest.mark.parametrize("name", QUERIES)
def test_every_list_is_limited_as_github_demands(name: str) -> None:
    limits = [int(n) for n in re.findall(r"\b(?:first|last): (\d+)", text(name))]
    assert all(1 <= limit <= 100 for limit in limits)
    assert BATCH * (1 + sum(limits)) < MOST_NODES
