"""A sync leaves a fifth of the hour to people's questions, of requests as of points."""

from datetime import timedelta

import pytest
from github_company import TOKEN, Clock

from config.model import Source
from connectors.errors import WaitError
from connectors.github.client import GitHub, connect
from connectors.github.limits import CORE, GRAPHQL, GitHubLimits
from connectors.governor import Governor
from connectors.meter import Budget


async def everything(github: GitHub, governor: Governor, key: str, left: Budget) -> None:
    async for _ in github.pages(None):
        governor.budgets[key] = left  # the server's own word would be another


@pytest.mark.parametrize("key", [CORE, GRAPHQL])
async def test_a_sync_stops_at_the_reserve_and_an_item_is_still_read(
    address: str, clock: Clock, key: str
) -> None:
    governor = Governor(GitHubLimits(), who="GitHub", clock=clock)
    github = connect(
        Source(id="github", github="larkfield"), url=address, token=TOKEN, governor=governor, clock=clock
    )
    low = Budget(5000, 900, clock() + timedelta(minutes=30))
    governor.budgets[key] = low
    with pytest.raises(WaitError, match=rf"grants 900 of 5000 \({key}\)"):
        await everything(github, governor, key, low)
    page = await github.read(["larkfield/tracking#2"])
    assert page.problems == ()
    assert "larkfield/tracking#2" in {record.key for record in page.records}
    await github.close()
