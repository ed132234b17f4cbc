"""The real client against the sandbox of Data Center over real HTTP."""

from datetime import timedelta

import pytest

from config.model import Source
from connectors.jira.datacenter.client import JiraDataCenter, connect
from connectors.jira.datacenter.sandbox import create_app
from connectors.larkfield.generate import larkfield
from rules.records import Component, Container, Link, Person, Release, Sprint, WorkItem
from tests.connectors.contract import ConnectorLaws, OpenConnector, stored, sync
from tests.connectors.jira.conftest import TOKEN, Clock, listening_to
from tests.connectors.jira.datacenter.conftest import OpenServer
from tests.connectors.jira.small_world import BEGIN, NOW


class TestDataCenterKeepsTheLaws(ConnectorLaws):
    @pytest.fixture(params=[(), ("BOOK", "TRK")], ids=["all projects", "named projects"])
    def open_connector(self, open_server: OpenServer, request: pytest.FixtureRequest) -> OpenConnector:
        async def opened() -> JiraDataCenter:
            return await open_server(request.param)

        return opened


async def test_an_issue_arrives_with_all_that_happened_to_it(open_server: OpenServer) -> None:
    item = stored(await sync(open_server))["jira", "work_item", "10007"]
    assert isinstance(item, WorkItem)
    assert item.url == "https://jira.larkfield.example/browse/BOOK-7"
    assert (item.status, item.status_category, item.level) == ("In Progress", "indeterminate", None)
    assert (item.assignee, item.reporter, item.parent) == ("5b10:bo", "5b10:ana", "BOOK-1")
    assert (item.points, item.sprints, item.versions) == (3, ("BOOK Sprint 1",), ())
    assert item.links == (Link("is blocked by", "TRK-3"),)
    assert item.flagged
    assert item.changes is not None
    assert [(c.field, c.before, c.after) for c in item.changes] == [
        ("assignee", None, "5b10:bo"),
        ("status", "To Do", "In Progress"),
        ("link", None, "is blocked by TRK-3"),
        ("flagged", None, "yes"),
        ("labels", "ux", "ux urgent"),
        ("flagged", "yes", None),
        ("flagged", None, "yes"),
    ]
    assert item.changes[0].at == BEGIN + timedelta(days=1)
    assert item.changes[0].by == "5b10:ana"


async def test_an_epic_is_known_by_its_name_field(open_server: OpenServer) -> None:
    item = stored(await sync(open_server))["jira", "work_item", "10001"]
    assert isinstance(item, WorkItem)
    assert item.level == 1


async def test_projects_people_versions_and_sprints_come_along(open_server: OpenServer) -> None:
    records = stored(await sync(open_server)).values()
    projects = {one.key: one for one in records if isinstance(one, Container)}
    people = {one.name: one for one in records if isinstance(one, Person)}
    versions = {one.key: one.released for one in records if isinstance(one, Release)}
    sprints = {one.key: (one.state, one.container) for one in records if isinstance(one, Sprint)}
    assert {key: one.archived for key, one in projects.items()} == {"BOOK": False, "TRK": False, "OLD": True}
    assert projects["BOOK"].lead == "5b10:bo"
    assert projects["BOOK"].components == (Component("Carrier", "5b10:ana"),)
    assert people["Bo Berg"].email == "bo@larkfield.example"
    assert versions["BOOK 26.10"]
    assert not versions["TRK 26.12"]
    assert sprints["BOOK Sprint 1"] == ("closed", "board:1")
    assert [state for state, _ in sprints.values()].count("active") == 1


async def test_the_first_sync_says_how_much_will_come(open_server: OpenServer) -> None:
    pages = await sync(open_server)
    assert pages[-1].expected == 223
    assert pages[-1].budget_left == 99


async def test_a_later_sync_brings_what_changed_and_projects_only_once_a_day(
    open_server: OpenServer, clock: Clock
) -> None:
    clock.now = BEGIN + timedelta(days=4.5)
    cursor = (await sync(open_server))[-1].cursor
    clock.now = BEGIN + timedelta(days=5.1)
    pages = await sync(open_server, cursor)
    assert "BOOK-7" in {record.key for page in pages for record in page.records}
    assert not any(isinstance(record, Container) for page in pages for record in page.records)
    clock.now = BEGIN + timedelta(days=5.6)
    assert any(isinstance(record, Container) for record in (await sync(open_server, cursor))[0].records)


async def test_a_project_that_is_not_there_does_not_stop_the_others(open_server: OpenServer) -> None:
    connector = await open_server(("BOOK", "NOPE"))
    pages = [page async for page in connector.pages(None)]
    await connector.close()
    assert [problem.scope for page in pages for problem in page.problems] == ["project:NOPE"]
    assert pages[-1].last
    assert any(record.key == "BOOK-7" for record in stored(pages).values())


async def test_with_no_project_left_the_sync_still_ends(open_server: OpenServer) -> None:
    connector = await open_server(("OLD",))
    pages = [page async for page in connector.pages(None)]
    await connector.close()
    assert [one.key for one in stored(pages).values() if isinstance(one, Container)] == ["OLD"]
    assert pages[-1].last


async def test_a_project_added_later_is_read_from_its_beginning(open_server: OpenServer) -> None:
    booking = await open_server(("BOOK",))
    cursor = [page async for page in booking.pages(None)][-1].cursor
    await booking.close()
    both = await open_server(("BOOK", "TRK"))
    pages = [page async for page in both.pages(cursor)]
    await both.close()
    keys = {record.key for page in pages for record in page.records if isinstance(record, WorkItem)}
    assert "TRK-3" in keys
    assert "BOOK-7" not in keys
    unfinished = {page.cursor for page in pages[:-1] if "TRK-3" in {record.key for record in page.records}}
    assert unfinished == {cursor}


async def test_a_hint_brings_the_issue_as_it_is_now(open_server: OpenServer) -> None:
    connector = await open_server(("BOOK",))
    page = await connector.read(["BOOK-7", "10001", "TRK-3", "BOOK-99999"])
    await connector.close()
    assert {record.key for record in page.records if isinstance(record, WorkItem)} == {"BOOK-7", "BOOK-1"}
    assert [problem.scope for problem in page.problems] == ["item:BOOK-99999"]


async def test_the_census_counts_lists_and_finds(open_server: OpenServer) -> None:
    connector = await open_server()
    census = connector.census
    assert await census.roster() == {"BOOK": "live", "TRK": "live", "OLD": "archived"}
    assert await census.counts(["BOOK", "OLD", "NOPE"]) == {"BOOK": 112}
    ids = [number async for some in census.ids("BOOK") for number in some]
    assert len(ids) == len(set(ids)) == 112
    found = await census.find(["10003", "BOOK-7", "99999"])
    await connector.close()
    assert {name: (one.id, one.container) for name, one in found.items()} == {
        "10003": ("10003", "TRK"),
        "BOOK-7": ("10007", "BOOK"),
    }


async def test_larkfields_year_arrives_as_it_happened(clock: Clock) -> None:
    told = larkfield()
    clock.now = told.ends
    with listening_to(create_app(told, token=TOKEN, now=clock)) as url:
        source = Source(id="jira", jira="jira.larkfield.example")
        connector = connect(source, token=TOKEN, url=url, clock=clock)
        records = stored([page async for page in connector.pages(None)])
        await connector.close()
    for issue in told.issues:
        state = issue.as_of(told.ends)
        item = records.get(("jira", "work_item", str(issue.id)))
        if state is None:
            assert item is None
            continue
        assert isinstance(item, WorkItem)
        assert item.changes is not None
        assert (item.status, item.resolution, item.assignee, item.flagged, item.labels) == (
            (state.status, state.resolution, state.assignee, state.flagged, state.labels)
        )
        assert item.parent == (None if issue.kind == "Epic" else state.parent)
        assert sorted(f"{link.kind} {link.key}" for link in item.links) == sorted(state.links)
        assert len(item.changes) == sum(1 for one in state.happenings if one.field != "comment")


async def test_what_has_not_happened_yet_is_not_told(open_server: OpenServer, clock: Clock) -> None:
    assert "TRK-900" not in {record.key for record in stored(await sync(open_server)).values()}
    clock.now = NOW + timedelta(days=2)
    assert "TRK-900" in {record.key for record in stored(await sync(open_server)).values()}
