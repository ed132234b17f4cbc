"""GitHub Enterprise Server: addresses of its own, and fields that an older one does not know."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
import respx
from github_answers import node, pull_row, repository
from github_company import TOKEN, Clock, company, day, issue, pull, serving

from config.model import Source
from connectors.github.client import GitHub, connect
from connectors.github.daily import DAILY
from rules.records import PullRequest, WorkItem

BASE = "https://github.larkfield.example/api/v3"
GRAPHQL = "https://github.larkfield.example/api/graphql"


async def read(connector: GitHub) -> list[str]:
    pages = [page async for page in connector.pages(None)]
    assert [problem for page in pages for problem in page.problems] == []
    return sorted(r.key for page in pages for r in page.records if isinstance(r, WorkItem | PullRequest))


async def test_rest_and_graphql_lie_beside_each_other() -> None:
    clock = Clock(day(30))
    pulls = tuple(pull(number, created_at=day(1)) for number in range(2, 130))
    with serving(company(pulls, (issue(1),)), clock, enterprise=True) as url:
        connector = connect(Source(id="ghe", github="larkfield"), url=url, token=TOKEN, clock=clock)
        keys = await read(connector)
        lines = await connector.check()
        await connector.close()

    assert url.endswith("/api/v3")
    assert len(keys) == 129
    assert {line.state for line in lines if line.name != "clock"} == {"ok"}


@pytest.fixture
async def old_server() -> AsyncIterator[GitHub]:
    connector = connect(Source(id="ghe", github="larkfield"), url=BASE, token="t", clock=lambda: day(1))
    connector.learned.put(DAILY, day(1).isoformat())
    yield connector
    await connector.close()


@respx.mock
async def test_a_field_that_an_older_server_does_not_know_is_left_out_from_then_on(
    old_server: GitHub,
) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        query = json.loads(request.content)["query"]
        asked.append(query)
        if "statusCheckRollup" in query:
            complaint = "Field 'statusCheckRollup' doesn't exist on type 'PullRequest'"
            return httpx.Response(200, json={"errors": [{"message": complaint}]})
        return httpx.Response(200, json={"data": {"nodes": [node(1)]}})

    respx.get(f"{BASE}/orgs/larkfield/repos").mock(return_value=httpx.Response(200, json=[repository()]))
    respx.get(f"{BASE}/repos/larkfield/tracking/issues").mock(
        return_value=httpx.Response(200, json=[pull_row(1)])
    )
    respx.post(GRAPHQL).mock(side_effect=answer)

    assert await read(old_server) == ["larkfield/tracking#1"]
    assert await read(old_server) == ["larkfield/tracking#1"]
    assert ["statusCheckRollup" in query for query in asked] == [True, False, False]
