"""A sync that goes on from a cursor asks once where nothing changed, twice for up to a hundred changes."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.connector import Page
from connectors.jira.client import JiraCloud
from connectors.jira.jql import OVERLAP
from connectors.jira.position import read
from connectors.jira.site import Manner
from connectors.larkfield.world import Happening, World
from tests.connectors.jira.conftest import Clock, serving
from tests.connectors.jira.small_world import NOW, world
from tests.connectors.jira.test_backfill import by_token, keys, read_all

MINUTE = timedelta(minutes=1)
CHANGED = NOW + timedelta(hours=2)


def edited(count: int, *, apart: timedelta = timedelta(seconds=1)) -> World:
    """The small world, and so many of its plain issues labelled one after the other from CHANGED on."""
    told = world()
    issues = list(told.issues)
    for n in range(count):
        one = issues[4 + n]
        labelled = Happening(CHANGED + n * apart, "ana", "labels", "", f"label-{n}")
        issues[4 + n] = replace(one, happenings=(*one.happenings, labelled))
    return replace(told, issues=tuple(issues))


async def asked(connector: JiraCloud, cursor: str, *touched: str) -> tuple[int, list[Page]]:
    """How many requests a sync made, and its pages."""
    before = connector.meter.spent.total() - connector.meter.spent["jira:points"]
    pages = [page async for page in connector.pages(cursor, touched)]
    return connector.meter.spent.total() - connector.meter.spent["jira:points"] - before, pages


@pytest.fixture(scope="module")
def busy() -> Iterator[tuple[str, Clock]]:
    clock = Clock()
    with serving(edited(95), clock) as url:
        yield url, clock


@pytest.fixture
async def ready(busy: tuple[str, Clock]) -> AsyncIterator[tuple[JiraCloud, Clock, str]]:
    """A connector that has read everything, some hours before the changes."""
    url, clock = busy
    clock.now = NOW
    connector = by_token(url, clock)
    cursor = (await read_all(connector))[-1].cursor
    yield connector, clock, cursor
    await connector.close()


async def test_where_nothing_changed_one_request_is_enough(ready: tuple[JiraCloud, Clock, str]) -> None:
    connector, clock, cursor = ready
    clock.now += MINUTE
    requests, pages = await asked(connector, cursor)
    assert requests == 1
    assert [page.records for page in pages] == [()]
    assert pages[-1].cursor == cursor


async def test_up_to_a_hundred_changes_cost_two_and_are_not_asked_for_again(
    ready: tuple[JiraCloud, Clock, str],
) -> None:
    connector, clock, cursor = ready
    clock.now = CHANGED + 2 * MINUTE
    requests, pages = await asked(connector, cursor)
    assert requests == 2
    assert len(keys(pages)) == 95
    requests, again = await asked(connector, pages[-1].cursor)
    assert requests == 1  # the overlap brings all of them, and each is known at that state
    assert keys(again) == set()
    assert again[-1].cursor == pages[-1].cursor


async def test_what_is_known_is_known_to_a_process_that_has_just_started(
    ready: tuple[JiraCloud, Clock, str], busy: tuple[str, Clock]
) -> None:
    connector, clock, cursor = ready
    clock.now = CHANGED + 2 * MINUTE
    cursor = (await read_all(connector, cursor))[-1].cursor
    started = by_token(busy[0], clock)
    started.learned.load({"jql-time": "epoch"})
    requests, pages = await asked(started, cursor)
    assert requests == 2  # the list of fields is not kept
    assert keys(pages) == set()
    await started.close()


async def test_an_item_that_changes_again_within_the_overlap_is_brought_again(
    ready: tuple[JiraCloud, Clock, str],
) -> None:
    connector, clock, cursor = ready
    clock.now = CHANGED + timedelta(seconds=10.5)
    cursor = (await read_all(connector, cursor))[-1].cursor
    clock.now = CHANGED + timedelta(seconds=20.5)
    assert len(keys(await read_all(connector, cursor))) == 10


async def test_many_changes_share_requests_for_histories(clock: Clock) -> None:
    with serving(edited(210), clock) as url:
        connector = by_token(url, clock)
        cursor = (await read_all(connector))[-1].cursor
        clock.now = CHANGED + 10 * MINUTE
        requests, pages = await asked(connector, cursor)
        await connector.close()
    assert requests == 3 + 1
    assert len(keys(pages)) == 210


async def test_after_many_changes_at_once_idle_syncs_are_cheap_again_when_the_overlap_is_over(
    clock: Clock,
) -> None:
    with serving(edited(210), clock) as url:
        connector = by_token(url, clock)
        cursor = (await read_all(connector))[-1].cursor
        costs = []
        for _ in range(8):
            clock.now = max(clock.now, CHANGED) + 4 * MINUTE
            requests, pages = await asked(connector, cursor)
            costs.append(requests)
            cursor = pages[-1].cursor
        assert keys(pages) == set()
        await connector.close()
    assert costs == [4, 4, 4, 1, 1, 1, 1, 1]


async def test_what_search_does_not_show_yet_is_found_if_it_was_named(clock: Clock) -> None:
    with serving(edited(3), clock, Manner(lag=5 * MINUTE)) as url:
        connector = by_token(url, clock)
        cursor = (await read_all(connector))[-1].cursor
        clock.now = CHANGED + MINUTE
        assert keys(await read_all(connector, cursor)) == set()
        _, pages = await asked(connector, cursor, "11001", "TRK-3", "11002")
        assert keys(pages) == {"TRK-1001", "BOOK-1002"}
        clock.now = CHANGED + 6 * MINUTE
        late = await read_all(connector, pages[-1].cursor)
        await connector.close()
    assert "BOOK-1000" in keys(late)  # the overlap is longer than search is late


async def test_a_change_that_search_showed_late_is_within_the_overlap(clock: Clock) -> None:
    told = edited(30, apart=timedelta(seconds=50))
    with serving(told, clock, Manner(lag=8 * MINUTE)) as url:
        connector = by_token(url, clock)
        pages = await read_all(connector)
        while clock.now < CHANGED + timedelta(hours=1):
            clock.now += 3 * MINUTE
            pages += await read_all(connector, pages[-1].cursor)
        await connector.close()
    labelled = {record.key for page in pages for record in page.records if getattr(record, "labels", ())}
    assert len(labelled) == 31  # and one that had labels before


async def test_what_is_kept_in_the_cursor_is_the_overlap_alone(ready: tuple[JiraCloud, Clock, str]) -> None:
    connector, clock, cursor = ready
    clock.now = CHANGED + 2 * MINUTE
    position = read((await read_all(connector, cursor))[-1].cursor)
    assert position.updated is not None
    assert min(position.seen.values()) >= position.updated - OVERLAP - MINUTE
    assert len(position.seen) == 95


async def test_the_first_sync_of_a_day_lists_again(ready: tuple[JiraCloud, Clock, str]) -> None:
    connector, clock, cursor = ready
    clock.now = NOW + timedelta(days=1, minutes=1)
    requests, pages = await asked(connector, cursor)
    assert requests > 2
    requests, _ = await asked(connector, pages[-1].cursor)
    assert requests == 1
