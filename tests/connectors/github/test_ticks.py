"""What a sync costs on the sandbox, over real HTTP: a first reading, an idle tick, a tick with changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from github_company import TOKEN, Clock, company, day, issue, pull, serving

from config.model import Source
from connectors.connector import Page
from connectors.github.client import GitHub, connect
from connectors.github.daily import DAILY
from connectors.larkfield.world import PullReview, Repository, World
from connectors.learned import Value
from rules.records import PullRequest, WorkItem

NOW = day(30)


def moved(number: int, at: datetime, **other: Any) -> Any:
    """A pull request of long ago that is reviewed at that moment."""
    return pull(number, created_at=day(1), reviews=(PullReview(at, "dev", "APPROVED"),), **other)


def home(number: int) -> Repository:
    return Repository(800 + number, f"R_{800 + number}", f"larkfield/part-{number:02}")


def spread(repositories: int, each: int, changing: int = 0) -> World:
    """Many repositories of as many pull requests as issues; in the first some change on day 31."""
    homes = [home(n) for n in range(repositories)]
    pulls = [
        pull(number, repository=one.name, created_at=day(1))
        if at or number > changing
        else moved(number, day(31), repository=one.name)
        for at, one in enumerate(homes)
        for number in range(1, each + 1)
    ]
    issues = [
        issue(each + number, repository=one.name, created_at=day(2))
        for one in homes
        for number in range(1, each + 1)
    ]
    return replace(company(tuple(pulls), tuple(issues)), repositories=tuple(homes))


@dataclass
class Store:
    """What is kept between syncs, as the pipeline keeps it: only once a page is stored."""

    connector: GitHub
    cursor: str | None = None
    items: dict[str, datetime | None] = field(default_factory=dict)
    learned: dict[str, Value] = field(default_factory=dict)

    async def sync(self, stop_after: int | None = None) -> tuple[int, int]:
        """Counted REST requests and GraphQL points of one sync, which may be cut off after so many pages."""
        meter = self.connector.meter.spent
        before = meter["github:core"], meter["github:graphql"]
        self.connector.learned.load(self.learned)
        self.connector.learned.put(DAILY, datetime.now().astimezone().isoformat())
        async for number, page in _numbered(self.connector.pages(self.cursor)):
            if number == stop_after:
                break
            self.keep(page)
        return meter["github:core"] - before[0], meter["github:graphql"] - before[1]

    def keep(self, page: Page) -> None:
        assert page.problems == ()
        self.cursor = page.cursor
        self.items |= {r.key: r.changed_at for r in page.records if isinstance(r, WorkItem | PullRequest)}
        for name, value in self.connector.learned.take_changes().items():
            if value is None:
                self.learned.pop(name, None)
            else:
                self.learned[name] = value


async def _numbered(pages: Any) -> Any:
    number = 0
    async for page in pages:
        yield number, page
        number += 1


@contextmanager
def store(world: World, clock: Clock, **options: Any) -> Iterator[Store]:
    with serving(world, clock, **options) as url:
        yield Store(connect(Source(id="github", github="larkfield"), url=url, token=TOKEN))


async def costs(kept: Store, clock: Clock, *moments: datetime) -> list[tuple[int, int]]:
    spent = []
    for moment in moments:
        clock.now = moment
        spent.append(await kept.sync())
    await kept.connector.close()
    return spent


async def test_a_first_reading_costs_a_request_for_100_items_and_3_points_for_50_pull_requests() -> None:
    clock = Clock(NOW)
    with store(spread(4, 150), clock) as kept:
        (spent,) = await costs(kept, clock, NOW)

    # The list of repositories and 12 pages; 12 questions, and what is there before and after.
    assert spent == (13, 12 * 3 + 2)
    assert len(kept.items) == 1200


async def test_pull_requests_of_small_repositories_fill_questions_together() -> None:
    clock = Clock(NOW)
    with store(spread(10, 10), clock) as kept:
        (spent,) = await costs(kept, clock, NOW)

    assert spent == (11, 2 * 3)
    assert len(kept.items) == 200


async def test_an_idle_tick_over_few_repositories_costs_nothing() -> None:
    clock = Clock(NOW)
    minute = timedelta(minutes=1)
    with store(spread(20, 2), clock) as kept:
        _, learning, idle, later = await costs(kept, clock, NOW, NOW + minute, NOW + 2 * minute, day(33))

    assert learning == (20, 0)
    assert idle == later == (0, 0)


async def test_an_idle_tick_over_many_repositories_costs_a_point_for_50() -> None:
    clock = Clock(NOW)
    with store(spread(52, 2), clock) as kept:
        first, idle, later = await costs(kept, clock, NOW, NOW, day(33))

    assert first == (1 + 52, 2 * 3 + 1 + 2)
    assert idle == later == (0, 2)
    assert len(kept.items) == 208


async def test_a_tick_with_100_changes_costs_1_request_and_6_points() -> None:
    clock = Clock(NOW)
    with store(spread(3, 200, changing=100), clock) as kept:
        *_, spent = await costs(kept, clock, NOW, NOW, day(31.01))

    assert spent == (1, 6)
    assert sum(at == day(31) for at in kept.items.values()) == 100


async def test_only_repositories_that_moved_are_read_among_many() -> None:
    clock = Clock(NOW)
    with store(spread(30, 4, changing=3), clock) as kept:
        *_, spent, idle = await costs(kept, clock, NOW, NOW, day(31.01), day(31.02))

    assert spent == (1, 2)
    assert idle == (0, 1)
    assert sum(at == day(31) for at in kept.items.values()) == 3


@pytest.mark.parametrize("repositories", [3, 30])
async def test_a_change_so_fresh_that_another_may_follow_is_looked_at_again(repositories: int) -> None:
    clock = Clock(NOW)
    world = spread(repositories, 2, changing=1)
    with store(world, clock) as kept:
        *_, fresh, again, idle = await costs(
            kept, clock, NOW, NOW, day(31), day(31) + timedelta(minutes=5), day(31.1)
        )

    assert fresh[0] == 1
    assert again[0] == 1
    assert idle[0] == 0


async def test_what_changes_while_a_first_reading_goes_on_is_read_in_the_same_sync() -> None:
    clock = Clock(NOW)
    with store(spread(2, 120, changing=1), clock) as kept:
        clock.now, pages = NOW, kept.connector.pages(None)
        async for page in pages:
            kept.keep(page)
            if len(kept.items) > 120:  # all pull requests of the first repository
                clock.now = day(31)
        await kept.connector.close()

    assert kept.items[f"{home(0).name}#1"] == day(31)


@pytest.mark.parametrize("stop_after", [2, 3, 4, 5, 7])
async def test_nothing_is_lost_where_a_sync_is_cut_off(stop_after: int) -> None:
    clock = Clock(NOW)
    world = spread(2, 170, changing=30)
    with store(world, clock) as whole, store(world, clock) as cut:
        await whole.sync()
        await cut.sync(stop_after)
        await cut.sync()
        assert cut.items == whole.items
        clock.now = day(31.01)
        await whole.sync()
        await cut.sync(1)
        await cut.sync(2)
        await cut.sync()
        await whole.connector.close()
        await cut.connector.close()
    assert cut.items == whole.items
    assert sum(at == day(31) for at in cut.items.values()) == 30


@pytest.mark.parametrize("more", [0, 25])
async def test_a_repository_that_turns_private_is_read_anew_though_its_items_did_not_change(
    more: int,
) -> None:
    clock = Clock(NOW)
    items = tuple(issue(n, repository=home(0).name) for n in (1, 2))
    others = tuple(home(n) for n in range(1, more + 1))
    public = replace(company((), items), repositories=(replace(home(0), private=False), *others))
    with store(public, clock) as kept:
        await costs(kept, clock, NOW, NOW, NOW)
    kept.items.clear()
    with store(replace(public, repositories=(home(0), *others)), clock) as later:
        later.cursor, later.learned = kept.cursor, kept.learned
        await costs(later, clock, NOW)

    assert set(later.items) == {f"{home(0).name}#1", f"{home(0).name}#2"}


@pytest.mark.parametrize("repositories", [3, 30])
@pytest.mark.parametrize("before", [1, 2])
async def test_reading_everything_again_brings_everything_whatever_was_learned(
    repositories: int, before: int
) -> None:
    clock = Clock(NOW)
    with store(spread(repositories, 2), clock) as kept:
        for _ in range(before):
            await kept.sync()
        kept.items.clear()
        kept.cursor = None
        await costs(kept, clock, NOW)
    assert len(kept.items) == repositories * 4


async def test_no_tag_is_kept_of_a_list_whose_last_second_may_not_be_over() -> None:
    clock = Clock(day(31))
    with store(spread(2, 2, changing=1), clock) as kept:
        await costs(kept, clock, NOW, day(31), day(31) + timedelta(seconds=90))
        assert set(kept.learned) & {"etag:larkfield/part-00", "etag:larkfield/part-01"} == {
            "etag:larkfield/part-01"
        }
