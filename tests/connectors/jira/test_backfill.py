"""Projects are read in full in the cheapest way, and what was read is counted: against the sandbox."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from config.model import Source
from connectors.connector import Page
from connectors.jira import backfill, position
from connectors.jira.client import JiraCloud, connect, connect_by_oauth
from connectors.jira.oauth import Grant, Renew
from connectors.jira.sandbox_door import Tokens
from connectors.jira.site import Manner
from rules.records import WorkItem
from tests.connectors.contract import ConnectorLaws, OpenConnector, stored
from tests.connectors.jira.conftest import TOKEN, USER, Clock, serving
from tests.connectors.jira.small_world import BEGIN, world

SEARCH, COUNT = "jira:POST rest/api/3/search/jql", "jira:POST rest/api/3/search/approximate-count"
ISSUES, HISTORIES = "jira:POST rest/api/3/issue/bulkfetch", "jira:POST rest/api/3/changelog/bulkfetch"
PLAN = (SEARCH, ISSUES, HISTORIES)
SOURCE = Source(id="jira", jira="larkfield.atlassian.net")


class Kept:
    """Keeps refresh tokens in memory."""

    def __init__(self) -> None:
        self.value: str | None = None

    async def __call__(self, renew: Renew) -> None:
        self.value = await renew(self.value)


def by_token(url: str, clock: Clock, source: Source = SOURCE) -> JiraCloud:
    return connect(source, user=USER, token=TOKEN, url=url, clock=clock)


def by_oauth(url: str, clock: Clock, tokens: Tokens) -> JiraCloud:
    grant = Grant(tokens.client_id, tokens.client_secret, tokens.refresh_token)
    return connect_by_oauth(
        SOURCE, grant=grant, keep=Kept(), url=url, gateway=url, authority=url, clock=clock
    )


async def read_all(connector: JiraCloud, cursor: str | None = None) -> list[Page]:
    return [page async for page in connector.pages(cursor)]


def keys(pages: list[Page]) -> set[str]:
    return {record.key for page in pages for record in page.records if isinstance(record, WorkItem)}


def spent(connector: JiraCloud) -> list[int]:
    return [connector.meter.spent[name] for name in PLAN]


@pytest.fixture(scope="module")
def alike() -> Iterator[dict[str, OpenConnector]]:
    """Ways to read the same small world, in small batches."""
    clock = Clock()
    tokens = Tokens("app", "secret", "first", clock)
    with (
        serving(world(), clock, Manner(bulk=1000)) as newer,
        serving(world(), clock, Manner(epoch=False)) as zoned,
        serving(world(), clock, tokens=tokens) as granting,
        serving(world(), clock, Manner(scoped=True)) as scoped,
    ):

        async def thousand() -> JiraCloud:
            return by_token(newer, clock)

        async def by_wall_time() -> JiraCloud:
            return by_token(zoned, clock)

        async def oauth() -> JiraCloud:
            return by_oauth(granting, clock, tokens)

        async def at_gateway() -> JiraCloud:
            return connect(SOURCE, user=USER, token=TOKEN, url=scoped, gateway=scoped, clock=clock)

        yield {"bulk": thousand, "zone": by_wall_time, "oauth": oauth, "gateway": at_gateway}


class TestEveryWayKeepsTheLaws(ConnectorLaws):
    @pytest.fixture(params=["bulk", "zone", "oauth", "gateway"])
    def open_connector(
        self,
        alike: dict[str, OpenConnector],
        request: pytest.FixtureRequest,
        monkeypatch: pytest.MonkeyPatch,
    ) -> OpenConnector:
        monkeypatch.setattr(backfill, "AT_ONCE", 60)
        return alike[request.param]


async def test_every_way_brings_the_same(alike: dict[str, OpenConnector]) -> None:
    brought = []
    for way in alike.values():
        connector = await way()
        brought.append(stored([page async for page in connector.pages(None)]))
        await connector.close()
    assert all(one == brought[0] for one in brought)
    assert sum(kind == "work_item" for _, kind, _ in brought[0]) == 223


@pytest.mark.parametrize(
    ("bulk", "plan"),
    [(1000, [1, 2, 2]), (100, [1, 1 + 11, 2])],
    ids=["a thousand at once", "a hundred at once, after a thousand was refused"],
)
async def test_what_a_backfill_costs_with_a_token(clock: Clock, bulk: int, plan: list[int]) -> None:
    with serving(world(1200), clock, Manner(bulk=bulk)) as url:
        connector = by_token(url, clock)
        pages = await read_all(connector)
        assert len(keys(pages)) == 1036
        assert spent(connector) == plan
        assert connector.meter.spent[COUNT] == 3  # two of the self-test, one to compare with
        assert connector.learned.number("bulk") == bulk
        before = spent(connector)
        await read_all(connector)
        assert [now - then for now, then in zip(spent(connector), before, strict=True)] == [
            1,
            plan[1] - (bulk == 100),
            2,
        ]
        await connector.close()


async def test_what_a_backfill_costs_with_oauth(clock: Clock) -> None:
    tokens = Tokens("app", "secret", "first", clock)
    with serving(world(1200), clock, Manner(bulk=1000), tokens) as url:
        connector = by_oauth(url, clock, tokens)
        pages = await read_all(connector)
        assert len(keys(pages)) == 1036
        assert spent(connector) == [11, 0, 2]
        await connector.close()
    assert tokens.given == 1


async def test_histories_fill_pages_where_issues_come_by_the_hundred(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "HISTORIES_A_PAGE", 320)
    monkeypatch.setattr(backfill, "AT_ONCE", 500)
    with serving(world(1200), clock) as url:
        connector = by_token(url, clock)
        pages = await read_all(connector)
        await connector.close()
    sizes = [len(keys([page])) for page in pages if keys([page])]
    assert sizes == [500, 300, 236]  # a history each: three hundred fit


async def test_few_issues_are_held_at_once_where_their_histories_are_long(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "HISTORIES_A_PAGE", 100)
    monkeypatch.setattr(backfill, "AT_ONCE", 500)
    with serving(world(1200), clock, Manner(bulk=1000)) as url:
        connector = by_token(url, clock)
        pages = await read_all(connector)
        await connector.close()
    sizes = [len(keys([page])) for page in pages if keys([page])]
    assert sizes == [500, 200, 200, 136]  # a history each: three pages hold two hundred and more


@pytest.mark.parametrize("way", ["token", "oauth"])
async def test_what_changes_during_a_backfill_is_brought_by_the_first_tick(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(backfill, "AT_ONCE", 40)
    clock.now = BEGIN + timedelta(days=40)
    tokens = Tokens("app", "secret", "first", clock)
    with serving(world(), clock, tokens=tokens) as url:
        connector = by_token(url, clock) if way == "token" else by_oauth(url, clock, tokens)
        pages = []
        async for page in connector.pages(None):
            pages.append(page)
            clock.now += timedelta(hours=13)
        pages += await read_all(connector, pages[-1].cursor)
        truth = await read_all(connector)
        await connector.close()
    assert stored(pages) == stored(truth)
    assert clock.now > BEGIN + timedelta(days=41)


async def test_a_walk_that_ends_early_is_read_again_in_parts(clock: Clock) -> None:
    with serving(world(), clock, Manner(longest_walk=70)) as url:
        connector = by_token(url, clock)
        pages = await read_all(connector)
        await connector.close()
    assert len(keys(pages)) == 223
    assert [problem for page in pages for problem in page.problems] == []


async def test_a_walk_that_ends_early_is_read_again_in_parts_with_oauth_too(clock: Clock) -> None:
    tokens = Tokens("app", "secret", "first", clock)
    with serving(world(), clock, Manner(longest_walk=70), tokens) as url:
        connector = by_oauth(url, clock, tokens)
        pages = await read_all(connector)
        await connector.close()
    assert len(keys(pages)) == 223
    assert [problem for page in pages for problem in page.problems] == []


async def test_what_stays_missing_is_a_problem_of_its_project(clock: Clock) -> None:
    with serving(world(), clock, Manner(longest_walk=7)) as url:
        connector = by_token(url, clock)
        pages = await read_all(connector)
        await connector.close()
    problems = [problem for page in pages for problem in page.problems]
    assert {problem.scope for problem in problems} == {"project:BOOK", "project:TRK"}
    assert all("[source-part]" in problem.what for problem in problems)
    assert pages[-1].last


async def test_more_than_a_walk_can_bear_is_read_in_parts_from_the_start(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "LARGEST_WINDOW", 50)
    with serving(world(), clock, Manner(longest_walk=55)) as url:
        connector = by_token(url, clock)
        pages = await read_all(connector)
        await connector.close()
    assert len(keys(pages)) == 223
    assert pages[-1].expected == 223
    windows = [position.read(page.cursor).windows for page in pages]
    assert max(map(len, windows)) >= 3


async def test_an_interrupted_backfill_goes_on_where_it_was(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "AT_ONCE", 100)
    with serving(world(), clock, Manner(bulk=1000)) as url:
        connector = by_token(url, clock)
        pages = []
        async for page in connector.pages(None):
            pages.append(page)
            if len(keys(pages)) == 200:
                break
        await connector.close()
        fresh = by_token(url, clock)
        rest = await read_all(fresh, pages[-1].cursor)
        await fresh.close()
    assert len(keys(rest) - keys(pages)) == 23


async def test_a_site_without_issues_is_read_and_asked_again_cheaply(clock: Clock) -> None:
    clock.now = BEGIN - timedelta(days=30)
    with serving(world(), clock) as url:
        connector = by_token(url, clock)
        pages = await read_all(connector)
        assert pages[-1].last
        before = sum(spent(connector))
        again = await read_all(connector, pages[-1].cursor)
        assert sum(spent(connector)) - before == 1
        await connector.close()
    assert again[-1].cursor == pages[-1].cursor
