"""However many issues change at once, and whatever changes meanwhile, every issue is found."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from config.model import Source
from connectors.connector import Page
from connectors.jira.datacenter.client import JiraDataCenter, connect
from connectors.jira.datacenter.sandbox import create_app
from connectors.larkfield.world import Happening, Issue, World
from rules.records import WorkItem
from tests.connectors.contract import stored
from tests.connectors.jira.conftest import TOKEN, Clock, listening_to
from tests.connectors.jira.small_world import NOW, plain, world

A_PAGE = 7
NIGHT = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)  # in Berlin 02:00 comes then, and an hour later again


def all_within(begins: datetime, length: timedelta, count: int = 40) -> World:
    """A world whose issues are born one after the other within a time, and then stand still."""
    step = length / count
    issues = tuple(replace(plain(n), created_at=begins + n * step, happenings=()) for n in range(count))
    return replace(world(), issues=issues)


@contextmanager
def serving(told: World, clock: Clock) -> Iterator[str]:
    with listening_to(create_app(told, token=TOKEN, now=clock, most=A_PAGE)) as url:
        yield url


@asynccontextmanager
async def connected(url: str, clock: Clock, *projects: str) -> AsyncIterator[JiraDataCenter]:
    source = Source(id="jira", jira="jira.larkfield.example", projects=list(projects))
    connector = connect(source, token=TOKEN, url=url, clock=clock)
    yield connector
    await connector.close()


def keys(pages: list[Page]) -> list[str]:
    return [one.key for page in pages for one in page.records if isinstance(one, WorkItem)]


@pytest.mark.parametrize(
    "told",
    [
        all_within(NOW - timedelta(days=1), timedelta(minutes=1)),
        all_within(NOW - timedelta(days=1), timedelta(minutes=3)),
        all_within(NIGHT, timedelta(hours=2)),
        all_within(NIGHT - timedelta(hours=1), timedelta(hours=4)),
        all_within(NOW - timedelta(days=300), timedelta(days=300)),
    ],
    ids=["one minute", "three minutes", "a repeated hour", "around it", "most of a year"],
)
@pytest.mark.parametrize("projects", [(), ("BOOK", "TRK")], ids=["all projects", "named projects"])
async def test_every_issue_comes_once(told: World, projects: tuple[str, ...], clock: Clock) -> None:
    with serving(told, clock) as url:
        async with connected(url, clock, *projects) as connector:
            pages = [page async for page in connector.pages(None)]
        assert sorted(keys(pages)) == sorted(one.key for one in told.issues)
        for page in pages:
            async with connected(url, clock, *projects) as connector:
                rest = [one async for one in connector.pages(page.cursor)]
            assert set(keys(pages[: pages.index(page) + 1])) | set(keys(rest)) == set(keys(pages))


def moving(n: int) -> Issue:
    """An issue that moves on several times while it is read."""
    issue = plain(n)
    moves = tuple(
        Happening(NOW + timedelta(seconds=20 * k + n), "ana", "labels", None, f"move-{k}") for k in range(5)
    )
    return replace(issue, happenings=(*issue.happenings, *moves))


async def test_what_changes_while_it_is_read_is_found_as_it_is_in_the_end(clock: Clock) -> None:
    told = replace(world(), issues=tuple(moving(n) if n % 3 == 0 else plain(n) for n in range(60)))
    with serving(told, clock) as url:
        pages: list[Page] = []
        async with connected(url, clock) as connector:
            async for page in connector.pages(None):
                clock.now += timedelta(seconds=7)
                pages.append(page)
        clock.now = NOW + timedelta(hours=1)
        async with connected(url, clock) as connector:
            pages += [page async for page in connector.pages(pages[-1].cursor)]
    found = {one.key: one for one in stored(pages).values() if isinstance(one, WorkItem)}
    assert len(found) == 60
    for issue in told.issues:
        state = issue.as_of(clock.now)
        assert state is not None
        assert found[issue.key].labels == state.labels


async def test_a_server_refuses_offsets_beyond_its_window(served_here: tuple[str, Clock]) -> None:
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}) as http:
        body = {"jql": "ORDER BY key ASC", "startAt": 9990, "maxResults": 50}
        answer = await http.post(f"{served_here[0]}/rest/api/2/search", json=body)
    assert answer.status_code == 500
