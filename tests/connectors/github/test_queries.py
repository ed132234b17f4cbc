"""Every GraphQL query is one that GitHub, and our sandbox, would answer."""

import re
from importlib import resources

import pytest

from connectors.github.detail import BATCH

QUERIES = sorted(path.name for path in resources.files("connectors.github").joinpath("queries").iterdir())
MOST_NODES = 500_000


def text(name: str) -> str:
    return resources.files("connectors.github").joinpath("queries", name).read_text("utf-8")


def test_there_are_queries() -> None:
    assert QUERIES == ["Addresses.graphql", "PullRequests.graphql", "Reviews.graphql"]


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_named_after_its_file_and_only_reads(name: str) -> None:
    operations = re.findall(r"^(query|mutation|subscription) (\w+)", text(name), re.MULTILINE)
    assert operations == [("query", name.removesuffix(".graphql"))]


@pytest.mark.parametrize("name", QUERIES)
def test_every_list_is_limited_as_github_demands(name: str) -> None:
    limits = [int(n) for n in re.findall(r"\b(?:first|last): (\d+)", text(name))]
    assert all(1 <= limit <= 100 for limit in limits)
    assert BATCH * (1 + sum(limits)) < MOST_NODES
