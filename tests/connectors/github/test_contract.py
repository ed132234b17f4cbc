"""The GitHub connector over real HTTP keeps the laws of every connector."""

from collections.abc import Iterator

import pytest
from github_company import TOKEN, Clock, company, day, issue, pull, serving

from config.model import Source
from connectors.connector import Connector
from connectors.github.client import connect
from connectors.larkfield.world import PullReview
from tests.connectors.contract import ConnectorLaws, OpenConnector


@pytest.fixture(scope="module")
def larger_address() -> Iterator[str]:
    """More than two pages of one repository, and two others."""
    bulk = tuple(
        pull(number, created_at=day(2), reviews=(PullReview(day(3), "dev", "APPROVED"),))
        for number in range(1, 131)
    )
    later = tuple(issue(number, created_at=day(number / 30)) for number in range(131, 231))
    others = (issue(1, repository="larkfield/slos"), issue(2, repository="larkfield/old-portal"))
    with serving(company(bulk, (*later, *others)), Clock(day(30))) as url:
        yield url


class TestGitHub(ConnectorLaws):
    @pytest.fixture
    def open_connector(self, larger_address: str) -> OpenConnector:
        async def fresh() -> Connector:
            return connect(Source(id="github", github="larkfield"), url=larger_address, token=TOKEN)

        return fresh
