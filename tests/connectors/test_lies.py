"""Tools that say of one item what cannot be: that item waits in quarantine, and nothing else does."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.store import quarantine
from bot.store.migrate import migrate
from connectors.transport import Transport
from tests.connectors.stateful.bench import Bench
from tests.connectors.stateful.github_world import GitHubWorld
from tests.connectors.stateful.jira_world import BEGIN, JiraWorld
from tests.connectors.stateful.keeping import Mortal
from tests.connectors.stateful.network import Clock

ISSUES = "/rest/api/3/issue/bulkfetch"
SEARCH = "/rest/api/3/search/jql"
CHANGELOGS = "/rest/api/3/changelog/bulkfetch"
BOOKING = "/repos/larkfield/booking/issues"
TOO_EARLY, TOO_LATE = "0001-01-01T00:00:00.000+1400", "9999-12-31T23:59:59.000-1200"
NEXT_YEAR = "2027-03-02T09:00:00.000+00:00"
VICTIM = "10002"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Mortal]:
    database = Mortal(f"sqlite+aiosqlite:///{tmp_path / 'opsbot.db'}")
    await migrate(database)
    yield database
    await database.close()


@pytest.fixture
def bench(store: Mortal, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Bench]:
    def made(tool: Any) -> Bench:
        made = Bench(tool, store)
        monkeypatch.setattr(
            httpx.AsyncHTTPTransport, "handle_async_request", lambda _, r: made.network.carry(r)
        )
        monkeypatch.setitem(Transport.__init__.__kwdefaults__, "sleep", tool.clock.sleep)
        return made

    return made


@pytest.fixture
def jira(bench: Callable[[Any], Bench]) -> Bench:
    return bench(JiraWorld(Clock(BEGIN)))


@pytest.fixture
def github(bench: Callable[[Any], Bench]) -> Bench:
    return bench(GitHubWorld(Clock(BEGIN)))


async def held(bench: Bench) -> list[str]:
    async with bench.store.read() as connection:
        return [one.item for one in await quarantine.all_of(connection, bench.tool.source)]


async def must_hold_all_but(bench: Bench, id_: str) -> None:
    kept, truth = await bench.kept(), bench.tool.truth()
    assert {i for i, one in kept.items() if one.presence == "present"} == set(truth) - {id_}


async def must_heal(bench: Bench) -> None:
    bench.network.answer = bench.network.forward
    await bench.count()
    assert await held(bench) == []
    await bench.must_hold_the_truth()
    assert {one.presence for one in (await bench.kept()).values()} == {"present"}


def altered(**fields: Any) -> Callable[[httpx.Request, Any], Any]:
    """One issue of Jira's, with other values."""

    def alter(_: httpx.Request, page: Any) -> Any:
        for one in page["issues"]:
            if one["id"] == VICTIM:
                one.update({k: v for k, v in fields.items() if k in one})
                one["fields"].update({k: v for k, v in fields.items() if k in one["fields"]})
        return page

    return alter


@pytest.mark.parametrize(
    "lie",
    [{"created": TOO_EARLY}, {"updated": TOO_LATE}, {"key": None}, {"key": 7}, {"id": None}, {"id": 7.5}],
    ids=str,
)
@pytest.mark.parametrize("first", [True, False], ids=["first seen", "known"])
async def test_one_issue_of_jira_that_cannot_be_read_keeps_no_other(
    jira: Bench, lie: dict[str, Any], first: bool
) -> None:
    if not first:
        await jira.read()
        jira.tool.clock.forward(days=1)
        jira.tool.act("comment", 1)
    jira.altering(ISSUES if first else SEARCH, altered(**lie))
    pulled = await jira.read()
    assert pulled is not None
    assert pulled.outcome == "partial"
    assert [p.quarantined for p in pulled.problems] == [True]
    assert len(await held(jira)) == 1
    await must_hold_all_but(jira, VICTIM)
    await must_heal(jira)


async def test_what_only_one_history_says_wrongly_keeps_no_other_issue(jira: Bench) -> None:
    jira.tool.clock.forward(minutes=5)
    jira.tool.act("edit", 1)
    for lie in ("none", {"created": TOO_LATE}, {"id": "9" * 5000}):

        def alter(_: httpx.Request, page: Any, lie: Any = lie) -> Any:
            for one in page["issueChangeLogs"]:
                if one["issueId"] == VICTIM:
                    told = one["changeHistories"]
                    one["changeHistories"] = lie if lie == "none" else [{**h, **lie} for h in told]
            return page

        jira.altering(CHANGELOGS, alter)
        jira.tool.clock.forward(days=1)
        jira.tool.act("comment", 1)
        pulled = await jira.read()
        assert pulled is not None
        assert pulled.error is None
        assert await held(jira) == ([] if "id" in lie else [jira.tool.issues[int(VICTIM)].key])
    await must_heal(jira)


async def test_an_issue_whose_history_is_refused_is_not_forgotten(jira: Bench) -> None:
    """The floor goes on with the others: without quarantine nobody would look at it again."""
    await jira.read()
    jira.tool.clock.forward(hours=1)
    jira.tool.act("edit", 1)
    jira.tool.clock.forward(hours=1)
    jira.tool.act("edit", 2)
    jira.altering(
        CHANGELOGS, lambda r, page: 400 if VICTIM in json.loads(r.content)["issueIdsOrKeys"] else page
    )
    pulled = await jira.read()
    assert pulled is not None
    assert (pulled.outcome, [p.quarantined for p in pulled.problems]) == ("partial", [True])
    assert (await jira.kept())[VICTIM].presence == "unreadable"
    jira.network.answer = jira.network.forward
    await jira.read()
    await must_heal(jira)


async def test_a_pull_request_that_github_fails_on_is_not_forgotten(github: Bench) -> None:
    await github.read()
    victim = next(id_ for id_ in github.tool.entries if id_.startswith("PR"))
    github.tool.clock.forward(hours=1)
    for n in range(4):
        github.tool.act("label", n)
    github.tool.clock.forward(hours=1)

    def alter(request: httpx.Request, page: Any) -> Any:
        asked = json.loads(request.content)
        ids = asked["variables"].get("ids", [])
        if asked["operationName"] == "PullRequests" and victim in ids:
            place = ids.index(victim)
            page["data"]["nodes"][place] = None
            page["errors"] = [{"message": "Something went wrong.", "path": ["nodes", place]}]
        return page

    github.altering("/graphql", alter)
    pulled = await github.read()
    assert pulled is not None
    assert [p.quarantined for p in pulled.problems] == [True]
    assert (await github.kept())[victim].presence == "unreadable"
    github.network.answer = github.network.forward
    github.tool.clock.forward(hours=1)
    github.tool.act("create", 0)
    github.tool.act("create", 1)
    await github.read()
    await must_heal(github)


@pytest.mark.parametrize("moment", [TOO_EARLY, TOO_LATE])
async def test_one_entry_of_github_with_a_time_that_cannot_be_keeps_no_other(
    github: Bench, moment: str
) -> None:
    def alter(_: httpx.Request, page: Any) -> Any:
        return [{**one, "updated_at": moment} if one["number"] == 1 else one for one in page]

    github.altering(BOOKING, alter)
    pulled = await github.read()
    assert pulled is not None
    assert pulled.outcome == "partial"
    assert await held(github) == ["larkfield/booking#1"]
    await must_hold_all_but(github, "I_1")
    await must_heal(github)


@pytest.mark.parametrize("world", [JiraWorld, GitHubWorld])
async def test_an_item_that_changes_in_the_future_hides_no_other_change(
    bench: Callable[[Any], Bench], world: Any
) -> None:
    tool = bench(world(Clock(BEGIN)))
    await tool.read()
    tool.tool.clock.forward(minutes=30)
    tool.tool.act("label" if world is GitHubWorld else "edit", 0)

    async def answer(request: httpx.Request) -> httpx.Response:
        response = await tool.network.forward(request)
        body = json.loads(response.content or b"null")
        _of_next_year(body)
        headers = {k: v for k, v in response.headers.items() if k != "content-length"}
        return httpx.Response(response.status_code, json=body, headers=headers, request=request)

    tool.network.answer = answer
    await tool.read()
    tool.network.answer = tool.network.forward
    for n in range(4):
        tool.tool.clock.forward(minutes=30)
        tool.tool.act("create", n)
        tool.tool.act("label" if world is GitHubWorld else "edit", n)
        await tool.read()
    await tool.must_hold_the_truth()


def _of_next_year(value: Any) -> None:
    """Number 1 and its like change in the future."""
    if isinstance(value, dict):
        for name in ("updated", "updated_at", "updatedAt"):
            if name in value and (value.get("number") == 1 or "summary" in value):
                value[name] = NEXT_YEAR
        for one in value.values():
            _of_next_year(one)
    elif isinstance(value, list):
        for one in value:
            _of_next_year(one)


@pytest.mark.parametrize("path", [SEARCH, "/rest/api/3/project/search"])
async def test_pages_that_say_the_same_under_ever_new_names_end(jira: Bench, path: str) -> None:
    first: list[Any] = []

    def alter(_: httpx.Request, page: Any) -> Any:
        if jira.network.requests > 200:
            raise AssertionError("the walk does not end")
        first.append(page)
        return {**first[0], "isLast": False, "nextPageToken": f"token {jira.network.requests}"}

    jira.altering(path, alter)
    pulled = await jira.read()
    assert pulled is not None
    assert "lead in circles" in str(pulled.error)


async def test_numbers_without_measure_are_no_estimate_and_no_size(jira: Bench) -> None:
    jira.altering(ISSUES, altered(customfield_10016=10**400))
    pulled = await jira.read()
    assert pulled is not None
    assert pulled.outcome == "complete"
