"""What belongs to a source beside its lists, over real HTTP: read once a day, or when it moves."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from github_company import TOKEN, Clock, company, day, issue, pull, serving

from config.model import Source, Workflow
from connectors.github.client import GitHub, connect
from connectors.larkfield.world import Card, Deployed, Group, Published, Turn
from connectors.learned import Value
from rules.flow import flow
from rules.records import Container, Deployment, Link, Ownership, PullRequest, Record, Release, Team, WorkItem
from rules.workflow import Meanings

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock(day(10))


@pytest.fixture(scope="module")
def address(clock: Clock) -> Iterator[str]:
    world = company(
        pulls=(
            pull(90, created_at=day(9.99), checks=(Turn(day(9.99), "PENDING"), Turn(day(10.1), "SUCCESS"))),
            pull(91, created_at=day(5), checks=(Turn(day(5), "PENDING"),), merged_at=day(6)),
        ),
        issues=(
            *(issue(n, created_at=day(1)) for n in range(1, 71)),
            issue(71, created_at=day(1), blocked_by=(1, 2), parent=5),
            issue(1, repository="larkfield/slos", created_at=day(1)),
        ),
    )
    world = replace(
        world,
        owners={"larkfield/tracking": "* @larkfield/eta\n/web/ @eva-k\n"},
        groups=(Group("T_1", "eta", "Arrival times", ("dev", "eva"), ("larkfield/tracking",)),),
        published=(Published("RE_1", "larkfield/tracking", "v1", day(3)),),
        deployed=(
            Deployed(
                1,
                "DE_1",
                "larkfield/tracking",
                "production",
                "1" * 40,
                day(3),
                "dev",
                (Turn(day(3.1), "SUCCESS"),),
            ),
            Deployed(3, "DE_3", "larkfield/old-portal", "production", "3" * 40, day(2), "dev"),
            Deployed(2, "DE_2", "larkfield/slos", "production", "2" * 40, day(10.5), "dev"),
        ),
        cards=(
            *(Card(12, "larkfield/tracking", n, day(2 + n / 100), {"Status": "Todo"}) for n in range(1, 71)),
            Card(12, "larkfield/tracking", 3, day(10.2), {"Status": "On Hold", "Estimate": 5}),
            *(Card(13, "larkfield/tracking", n, day(10.3), {"Status": "Todo"}) for n in range(1, 61)),
        ),
    )
    with serving(world, clock) as url:
        yield url


class Syncs:
    """Syncs by connectors that remember nothing but what the store gives back to them."""

    def __init__(self, address: str, clock: Clock, *boards: int) -> None:
        self.points = 0
        self.requests = 0
        self._address, self._clock = address, clock
        self._source = Source(id="github", github="larkfield", boards=list(boards))
        self.known: dict[str, Value] = {}
        self._cursor: str | None = None

    async def at(self, moment: datetime, *, boards: tuple[int, ...] | None = None) -> list[Record]:
        """The records of a sync at that moment; what it cost is in `points` and `requests`."""
        if boards is not None:
            self._source = self._source.model_copy(update={"boards": list(boards)})
        self._clock.now = moment
        async with self._opened() as connector:
            pages = [page async for page in connector.pages(self._cursor)]
            self._cursor = pages[-1].cursor
            self.points = connector.meter.spent["github:graphql"]
            self.requests = connector.meter.spent["github:core"]
        assert [problem for page in pages for problem in page.problems] == []
        return [record for page in pages for record in page.records]

    async def read(self, key: str) -> Sequence[Record]:
        """One item as it is now."""
        async with self._opened() as connector:
            return (await connector.read([key])).records

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[GitHub]:
        connector = connect(self._source, url=self._address, token=TOKEN, clock=self._clock)
        connector.learned.load(self.known)
        yield connector
        for name, value in connector.learned.take_changes().items():
            if value is None:
                self.known.pop(name, None)
            else:
                self.known[name] = value
        await connector.close()


@pytest.fixture
def syncs(address: str, clock: Clock) -> Syncs:
    return Syncs(address, clock)


def kinds(records: list[Record]) -> set[str]:
    return {record.KIND for record in records}


def item(records: list[Record], key: str) -> WorkItem:
    return next(record for record in records if isinstance(record, WorkItem) and record.key == key)


async def test_owners_teams_releases_and_deployments_come_with_the_first_sync(syncs: Syncs) -> None:
    records = await syncs.at(day(10))

    home = next(r for r in records if isinstance(r, Container) and r.key == "larkfield/tracking")
    assert home.ownership == (Ownership("*", ("larkfield/eta",)), Ownership("/web/", ("eva-k",)))
    assert [r.members for r in records if isinstance(r, Team)] == [("devp", "eva-k")]
    assert [r.key for r in records if isinstance(r, Release)] == ["larkfield/tracking@v1"]
    assert [r.id for r in records if isinstance(r, Deployment)] == ["DE_3", "DE_1"]


async def test_they_are_read_once_a_day_and_an_idle_sync_costs_no_point(syncs: Syncs) -> None:
    await syncs.at(day(20))

    idle = await syncs.at(day(20) + HOUR)
    assert syncs.points == 0
    assert kinds(idle) == {"container"}
    later = await syncs.at(day(21))
    assert {"team", "release", "deployment"} <= kinds(later)
    assert syncs.points <= 5


async def test_a_repository_keeps_its_owners_between_the_rounds(syncs: Syncs) -> None:
    first = await syncs.at(day(20))
    second = await syncs.at(day(20) + HOUR)

    homes = [{r.key: r for r in records if isinstance(r, Container)} for records in (first, second)]
    assert homes[0] == homes[1]


async def test_an_item_read_alone_brings_its_repository_with_owners(syncs: Syncs) -> None:
    homes = [r for r in await syncs.at(day(20)) if isinstance(r, Container)]

    assert [r for r in await syncs.read("larkfield/tracking#1") if isinstance(r, Container)] == [
        home for home in homes if home.key == "larkfield/tracking"
    ]


async def test_what_was_hidden_is_asked_for_again_the_day_after(syncs: Syncs) -> None:
    await syncs.at(day(10))
    syncs.known["left out:PullRequests"] = ["statusCheckRollup"]

    await syncs.at(day(10) + HOUR)
    assert "left out:PullRequests" in syncs.known
    await syncs.at(day(11.1))
    assert "left out:PullRequests" not in syncs.known


async def test_a_deployment_is_met_again_the_day_after(syncs: Syncs) -> None:
    first = {r.id for r in await syncs.at(day(10)) if isinstance(r, Deployment)}
    assert first == {"DE_1", "DE_3"}
    # what an archived repository shipped does not change any more
    assert {r.id for r in await syncs.at(day(11.1)) if isinstance(r, Deployment)} == {"DE_1", "DE_2"}


async def test_what_holds_an_issue_back_is_a_link(syncs: Syncs) -> None:
    records = await syncs.at(day(10))

    assert item(records, "larkfield/tracking#71").links == (
        Link("is blocked by", "larkfield/tracking#1"),
        Link("is blocked by", "larkfield/tracking#2"),
    )
    assert item(records, "larkfield/tracking#1").links == ()


async def test_a_sub_issue_names_its_parent(syncs: Syncs) -> None:
    records = await syncs.at(day(10))

    part = item(records, "larkfield/tracking#71")
    assert (part.parent, part.level) == ("larkfield/tracking#5", -1)
    assert (item(records, "larkfield/tracking#5").parent, item(records, "larkfield/tracking#5").level) == (
        None,
        0,
    )


async def test_checks_that_end_bring_their_pull_request_though_no_list_does(syncs: Syncs) -> None:
    first = await syncs.at(day(10))
    still = await syncs.at(day(10.05))
    assert syncs.points == 1
    ended = await syncs.at(day(10.2))
    after = await syncs.at(day(10.3))
    assert syncs.points == 0

    told = [
        [(r.key, r.checks) for r in some if isinstance(r, PullRequest)]
        for some in (first, still, ended, after)
    ]
    assert ("larkfield/tracking#90", "pending") in told[0]
    assert told[1:] == [[], [("larkfield/tracking#90", "passing")], []]


async def test_the_status_of_a_board_says_that_work_has_begun(address: str, clock: Clock) -> None:
    syncs = Syncs(address, clock, 12)
    meanings = Meanings(Workflow(backlog=["Todo"], waiting=["On Hold"]))
    before = item(await syncs.at(day(10)), "larkfield/tracking#3")
    assert (before.fields["status"], flow(before, meanings).state) == ("Todo", "backlog")

    records = await syncs.at(day(10.25))
    after = item(records, "larkfield/tracking#3")
    assert (after.fields["status"], flow(after, meanings).state) == ("On Hold", "waiting")
    assert after.points == 5
    # the card that had moved last is met again: another one may have moved in the same second
    assert {r.key for r in records if isinstance(r, WorkItem)} == {
        "larkfield/tracking#3",
        "larkfield/tracking#70",
    }

    await syncs.at(day(10.26))
    assert syncs.points == 1  # a board at rest


async def test_a_board_named_later_brings_all_its_issues_anew(address: str, clock: Clock) -> None:
    syncs = Syncs(address, clock)
    await syncs.at(day(10))

    records = await syncs.at(day(10.5), boards=(13,))

    assert {r.fields.get("status") for r in records if isinstance(r, WorkItem)} == {"Todo", None}
    assert len([r for r in records if isinstance(r, WorkItem) and r.fields]) == 60
    assert syncs.requests < 10
    assert [r for r in await syncs.at(day(10.6)) if isinstance(r, WorkItem)] == []
