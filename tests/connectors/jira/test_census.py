"""The census counts and lists what is there, and finds out where the rest went."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import respx

from config.model import Source
from connectors.connector import Census, Found
from connectors.errors import ConnectorError, TryLaterError
from connectors.jira.client import JiraCloud, connect
from connectors.jira.site import Manner
from connectors.larkfield.world import Issue, Project, World
from tests.connectors.jira.conftest import TOKEN, USER, Clock, serving
from tests.connectors.jira.small_world import BEGIN, NOW, world
from tests.connectors.jira.test_backfill import SOURCE, by_token

API = "https://larkfield.atlassian.net/rest/api/3"


def with_trash() -> World:
    """The small world, with a project in the trash, and an issue in each that is not live."""
    told = world()
    old = Issue(30_001, "OLD-1", "OLD", "Task", "Kept", BEGIN, "ana", "Done")
    gone = Issue(30_002, "GONE-1", "GONE", "Task", "Away", BEGIN, "ana", "Done")
    return replace(
        told,
        projects=(*told.projects, Project(4, "GONE", "Gone things")),
        issues=(*told.issues, old, gone),
    )


@pytest.fixture
async def jira(clock: Clock) -> AsyncIterator[JiraCloud]:
    with serving(with_trash(), clock, Manner(bulk=1000, trashed=frozenset({"GONE"}))) as url:
        connector = by_token(url, clock)
        yield connector
        await connector.close()


@pytest.fixture
def census(jira: JiraCloud) -> Census:
    return jira.census


async def test_the_roster_tells_how_each_project_stands(census: Census) -> None:
    assert await census.roster() == {"BOOK": "live", "TRK": "live", "OLD": "archived", "GONE": "trashed"}


async def test_the_roster_of_a_source_that_names_projects_is_of_these(clock: Clock) -> None:
    with serving(with_trash(), clock, Manner(trashed=frozenset({"GONE"}))) as url:
        named = replace_projects("TRK", "GONE", "NOPE")
        connector = connect(named, user=USER, token=TOKEN, url=url, clock=clock)
        assert await connector.census.roster() == {"TRK": "live", "GONE": "trashed"}
        await connector.close()


def replace_projects(*keys: str) -> Source:
    return SOURCE.model_copy(update={"projects": list(keys)})


async def test_counts_leave_out_what_cannot_be_counted(census: Census) -> None:
    assert await census.counts(["BOOK", "TRK", "OLD", "NOPE"]) == {"BOOK": 112, "TRK": 111}


async def test_the_ids_of_a_project_come_without_anything_else(jira: JiraCloud, census: Census) -> None:
    pages = [page async for page in census.ids("BOOK")]
    assert len(pages) == 1
    assert len(set(pages[0])) == 112
    assert {"10001", "10007"} <= set(pages[0])
    assert jira.meter.spent["jira:POST rest/api/3/search/jql"] == 1


async def test_what_is_looked_for_is_found_where_it_is_or_not_at_all(census: Census) -> None:
    found = await census.find(["10007", "10003", "30001", "30002", "99999"])
    assert found == {
        "10007": Found("10007", "BOOK"),
        "10003": Found("10003", "TRK"),
        "30001": Found("30001", "OLD"),
    }
    assert await census.find([]) == {}


async def test_many_are_looked_for_at_once(jira: JiraCloud, census: Census) -> None:
    await census.find([str(n) for n in range(1, 1500)])
    assert jira.meter.spent["jira:POST rest/api/3/issue/bulkfetch"] == 2


@pytest.fixture
async def mocked() -> AsyncIterator[Census]:
    async def no_sleep(_seconds: float) -> None: ...

    connector = connect(SOURCE, user="ann", token="t", clock=lambda: NOW, sleep=no_sleep)
    yield connector.census
    await connector.close()


async def test_a_moved_issue_is_found_in_its_new_project(
    respx_mock: respx.MockRouter, mocked: Census
) -> None:
    moved = {"id": "7", "key": "TRK-12", "fields": {"project": {"key": "TRK"}}}
    other = {"id": "8", "key": "TRK-13", "fields": {"project": {"key": "TRK"}}}
    respx_mock.post(f"{API}/issue/bulkfetch").respond(json={"issues": [moved, other], "issueErrors": []})
    assert await mocked.find(["7"]) == {"7": Found("7", "TRK")}


async def test_what_could_not_be_looked_for_is_not_taken_for_gone(
    respx_mock: respx.MockRouter, mocked: Census
) -> None:
    errors = [{"id": "7", "errorMessage": "timed out"}]
    respx_mock.post(f"{API}/issue/bulkfetch").respond(json={"issues": [], "issueErrors": errors})
    with pytest.raises(ConnectorError):
        await mocked.find(["7"])


async def test_an_outage_is_not_taken_for_absence(respx_mock: respx.MockRouter, mocked: Census) -> None:
    respx_mock.route().respond(503)
    with pytest.raises(TryLaterError):
        await mocked.roster()
    with pytest.raises(TryLaterError):
        await mocked.counts(["BOOK"])
    with pytest.raises(TryLaterError):
        [page async for page in mocked.ids("BOOK")]
    with pytest.raises(TryLaterError):
        await mocked.find(["7"])
