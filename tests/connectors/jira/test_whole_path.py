"""The real client against the sandbox over real HTTP."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from config.model import Source
from connectors.jira import agile, position
from connectors.jira.client import JiraCloud, connect
from connectors.jira.site import AbsentError
from connectors.larkfield.generate import larkfield
from rules.records import Component, Container, Link, Person, Release, Sprint, WorkItem
from tests.connectors.contract import ConnectorLaws, OpenConnector, stored, sync
from tests.connectors.jira.conftest import TOKEN, USER, Clock, serving
from tests.connectors.jira.small_world import BEGIN, NOW, world

OpenJira = Callable[..., Awaitable[JiraCloud]]


class TestJiraKeepsTheLaws(ConnectorLaws):
    @pytest.fixture(params=[(), ("BOOK", "TRK")], ids=["all projects", "named projects"])
    def open_connector(self, open_jira: OpenJira, request: pytest.FixtureRequest) -> OpenConnector:
        async def opened() -> JiraCloud:
            return await open_jira(request.param)

        return opened


async def test_an_issue_arrives_with_all_that_happened_to_it(open_jira: OpenJira) -> None:
    records = stored(await sync(open_jira))
    item = records["jira", "work_item", "10007"]
    assert isinstance(item, WorkItem)
    assert item.url == "https://larkfield.atlassian.net/browse/BOOK-7"
    assert (item.status, item.status_category, item.level) == ("In Progress", "indeterminate", 0)
    assert (item.assignee, item.reporter, item.parent) == ("5b10:bo", "5b10:ana", "BOOK-1")
    assert (item.labels, item.components, item.priority) == (("ux", "urgent"), ("Carrier",), "High")
    assert (item.points, item.sprints, item.versions) == (3, ("BOOK Sprint 1",), ())
    assert item.links == (Link("is blocked by", "TRK-3"),)
    assert item.flagged
    assert item.audience == "jira:jira:BOOK"
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


async def test_a_finished_issue_tells_when_and_how(open_jira: OpenJira) -> None:
    item = stored(await sync(open_jira))["jira", "work_item", "10003"]
    assert isinstance(item, WorkItem)
    assert (item.status_category, item.resolution) == ("done", "Done")
    assert item.closed_at == BEGIN + timedelta(days=8)
    assert item.versions == ("26.01",)


async def test_projects_and_people_come_along(open_jira: OpenJira) -> None:
    records = stored(await sync(open_jira)).values()
    projects = {one.key: one.archived for one in records if isinstance(one, Container)}
    people = {one.name: one for one in records if isinstance(one, Person)}
    assert projects == {"BOOK": False, "TRK": False, "OLD": True}
    assert people["Ana Alves"].email == "ana@larkfield.example"
    assert people["Bo Berg"].email is None
    assert not people["Bo Berg"].active
    assert people["Release Bot"].is_bot


async def test_leads_components_versions_and_sprints_come_along(open_jira: OpenJira) -> None:
    records = stored(await sync(open_jira)).values()
    booking = next(one for one in records if isinstance(one, Container) and one.key == "BOOK")
    releases = {one.key: one for one in records if isinstance(one, Release)}
    sprints = {one.key: one for one in records if isinstance(one, Sprint)}
    assert booking.lead == "5b10:bo"
    assert booking.components == (Component("Carrier", "5b10:ana"),)
    assert releases["BOOK 26.10"].released_at == datetime(2026, 10, 31, tzinfo=UTC)
    assert releases["TRK 26.12"].due_on == date(2026, 12, 31)
    assert not any(one.container == "OLD" for one in releases.values())
    assert sprints["BOOK Sprint 1"].state == "closed"
    assert sprints["BOOK Sprint 1"].starts_at == BEGIN.replace(hour=7)
    assert [one.state for one in sprints.values()].count("active") == 1
    assert [one.state for one in sprints.values()].count("future") == 2


async def test_without_the_right_to_see_boards_sprints_come_with_their_issues(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def forbidden(_site: object, _ask: object) -> object:
        raise AbsentError("No.")

    monkeypatch.setitem(agile.TABLE, ("GET", "/rest/agile/1.0/board"), forbidden)
    clock = Clock()
    with serving(world(), clock) as url:
        source = Source(id="jira", jira="larkfield.atlassian.net")
        connector = connect(source, user=USER, token=TOKEN, url=url, clock=clock)
        pages = [page async for page in connector.pages(None)]
        await connector.close()
    assert [problem for page in pages for problem in page.problems] == []
    sprints = [one for one in stored(pages).values() if isinstance(one, Sprint)]
    assert "BOOK Sprint 1" in {one.key for one in sprints}
    assert "future" not in {one.state for one in sprints}


async def test_the_first_sync_says_how_much_will_come(open_jira: OpenJira) -> None:
    pages = await sync(open_jira)
    assert pages[-1].expected == 223
    assert pages[-1].budget_left is not None


async def test_a_later_sync_brings_what_changed_and_projects_only_once_a_day(
    open_jira: OpenJira, clock: Clock
) -> None:
    clock.now = BEGIN + timedelta(days=4.5)
    cursor = (await sync(open_jira))[-1].cursor
    clock.now = BEGIN + timedelta(days=5.1)
    pages = await sync(open_jira, cursor)
    assert "BOOK-7" in {record.key for page in pages for record in page.records}
    assert not any(isinstance(record, Container) for page in pages for record in page.records)
    clock.now = BEGIN + timedelta(days=5.6)
    assert any(isinstance(record, Container) for record in (await sync(open_jira, cursor))[0].records)


async def test_a_project_that_is_not_there_does_not_stop_the_others(open_jira: OpenJira) -> None:
    connector = await open_jira(("BOOK", "NOPE"))
    first = [page async for page in connector.pages(None)]
    later = [page async for page in connector.pages(first[-1].cursor)]
    await connector.close()
    for pages in (first, later):
        assert [problem.scope for page in pages for problem in page.problems] == ["project:NOPE"]
        assert pages[-1].last
    assert any(record.key == "BOOK-7" for record in stored(first).values())


async def test_with_no_project_left_the_sync_still_ends(open_jira: OpenJira) -> None:
    connector = await open_jira(("OLD",))
    pages = [page async for page in connector.pages(None)]
    await connector.close()
    assert [record.key for page in pages for record in page.records] == ["OLD"]
    assert pages[-1].last


async def test_a_project_added_later_is_read_from_its_beginning(open_jira: OpenJira) -> None:
    booking = await open_jira(("BOOK",))
    cursor = [page async for page in booking.pages(None)][-1].cursor
    await booking.close()
    both = await open_jira(("BOOK", "TRK"))
    pages = [page async for page in both.pages(cursor)]
    await both.close()
    keys = {record.key for page in pages for record in page.records if isinstance(record, WorkItem)}
    assert "TRK-3" in keys
    assert "BOOK-7" not in keys
    assert [page.last for page in pages].count(True) == 1
    unfinished = position.read(pages[0].cursor)
    assert unfinished == position.read(cursor)  # interrupted here, it is a project added later again


async def test_a_hint_brings_the_issue_as_it_is_now(open_jira: OpenJira) -> None:
    connector = await open_jira(("BOOK",))
    page = await connector.read(["BOOK-7", "10001", "TRK-3", "BOOK-99999"])
    await connector.close()
    assert {record.key for record in page.records if isinstance(record, WorkItem)} == {"BOOK-7", "BOOK-1"}
    assert [problem.scope for problem in page.problems] == ["item:BOOK-99999"]


async def test_fields_the_model_asks_for_are_read_by_any_of_their_names(open_jira: OpenJira) -> None:
    connector = await open_jira((), ("fixVersions", "flagged"))
    page = await connector.read(["BOOK-7"])
    await connector.close()
    (item,) = (record for record in page.records if isinstance(record, WorkItem))
    assert item.fields == {"flagged": "Impediment", "sprint": "BOOK Sprint 1"}


async def test_a_field_is_found_by_the_name_that_jql_has_for_it(open_jira: OpenJira) -> None:
    connector = await open_jira((), ("fixVersion",))
    page = await connector.read(["TRK-3"])
    await connector.close()
    (item,) = (record for record in page.records if isinstance(record, WorkItem))
    assert item.fields == {"fixVersion": "26.01"}


async def test_what_has_not_happened_yet_is_not_told(open_jira: OpenJira, clock: Clock) -> None:
    assert "TRK-900" not in {record.key for record in stored(await sync(open_jira)).values()}
    clock.now = NOW + timedelta(days=2)
    assert "TRK-900" in {record.key for record in stored(await sync(open_jira)).values()}


async def test_larkfields_year_arrives_as_it_happened(clock: Clock) -> None:
    told = larkfield()
    clock.now = told.ends
    with serving(told, clock) as url:
        connector = connect(
            Source(id="jira", jira="larkfield.atlassian.net"), user=USER, token=TOKEN, url=url, clock=clock
        )
        pages = [page async for page in connector.pages(None)]
        await connector.close()
    records = stored(pages)
    for issue in told.issues:
        state = issue.as_of(told.ends)
        item = records.get(("jira", "work_item", str(issue.id)))
        if state is None:
            assert item is None
            continue
        assert isinstance(item, WorkItem)
        assert item.changes is not None
        assert (item.status, item.resolution, item.assignee, item.flagged, item.labels, item.parent) == (
            (state.status, state.resolution, state.assignee, state.flagged, state.labels, state.parent)
        )
        assert sorted(f"{link.kind} {link.key}" for link in item.links) == sorted(state.links)
        assert len(item.changes) == sum(1 for one in state.happenings if one.field != "comment")


async def test_the_doctor_finds_a_healthy_site(open_jira: OpenJira) -> None:
    connector = await open_jira(("BOOK", "OLD", "NOPE"), ("no such field",))
    checks = {check.name: check.state for check in await connector.check()}
    await connector.close()
    assert checks.pop("clock") in {"ok", "warn"}
    assert checks == {
        "sign-in": "ok",
        "permission": "ok",
        "project BOOK": "ok",
        "project OLD": "warn",
        "project NOPE": "fail",
        "field no such field": "warn",
        "address": "ok",
        "plan": "ok",
    }


async def test_the_doctor_says_what_to_do_about_a_refused_token(open_jira: OpenJira) -> None:
    connector = await open_jira(token="t0ken-of-nobody")
    (check,) = await connector.check()
    await connector.close()
    assert check.state == "fail"
    assert "_edge/tenant_info" in check.remedy
    assert "t0ken-of-nobody" not in f"{check}"
