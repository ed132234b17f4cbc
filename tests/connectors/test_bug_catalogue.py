"""Bugs that other connectors had, each seen here to be none of ours.

The real connectors read the sandbox servers into a real store; between them something goes wrong. The numbers
are those of the catalogue of known bugs, in which each was found in at least one connector in use.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.store.migrate import migrate
from connectors.github import sandbox_window
from connectors.governor import Governor
from connectors.jira import answers
from connectors.jira.oauth import Grant, OAuth
from connectors.larkfield.world import Happening, PullReview
from connectors.transport import Transport
from tests.connectors.stateful.bench import Bench
from tests.connectors.stateful.github_world import GitHubWorld
from tests.connectors.stateful.jira_world import BEGIN, JiraWorld
from tests.connectors.stateful.keeping import Mortal
from tests.connectors.stateful.network import ADDRESS, Clock

SEARCH = "/rest/api/3/search/jql"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Mortal]:
    database = Mortal(f"sqlite+aiosqlite:///{tmp_path / 'opsbot.db'}")
    await migrate(database)
    yield database
    await database.close()


@pytest.fixture
def bench(store: Mortal, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Bench]:
    monkeypatch.setattr(answers, "WITH_FIELDS", 2)
    monkeypatch.setattr(answers, "IDS_ONLY", 3)
    monkeypatch.setattr(sandbox_window, "LARGEST_PAGE", 2)

    def made(tool: Any) -> Bench:
        made = Bench(tool, store)
        monkeypatch.setattr(
            httpx.AsyncHTTPTransport, "handle_async_request", lambda _, r: made.network.carry(r)
        )
        for sleeper in (Transport, Governor):
            monkeypatch.setitem(sleeper.__init__.__kwdefaults__, "sleep", tool.clock.sleep)
        return made

    return made


@pytest.fixture
def jira(bench: Callable[[Any], Bench]) -> Bench:
    return bench(JiraWorld(Clock(BEGIN)))


@pytest.fixture
def github(bench: Callable[[Any], Bench]) -> Bench:
    return bench(GitHubWorld(Clock(BEGIN)))


def asked(request: httpx.Request) -> dict[str, Any]:
    return json.loads(request.content or b"{}")


async def test_a_page_token_that_comes_again_ends_the_sync_and_an_empty_page_does_not(jira: Bench) -> None:
    """1: one connector walked in circles for ever, another took an empty page for the end."""
    jira.altering(SEARCH, lambda _, page: {**page, "isLast": False, "nextPageToken": "again"})
    pulled = await jira.read()
    assert pulled is not None
    assert pulled.error is not None
    assert jira.network.requests < 40

    async def empty_first(request: httpx.Request) -> httpx.Response:
        if request.url.path == SEARCH and "nextPageToken" not in asked(request):
            return httpx.Response(200, json={"issues": [], "nextPageToken": "lead"}, request=request)
        if asked(request).get("nextPageToken") == "lead":
            body = {name: value for name, value in asked(request).items() if name != "nextPageToken"}
            headers = {"authorization": request.headers["authorization"]}
            request = httpx.Request("POST", request.url, json=body, headers=headers)
        return await jira.network.forward(request)

    jira.network.answer = empty_first
    pulled = await jira.read()
    assert pulled is not None
    assert pulled.error is None
    await jira.must_hold_the_truth()


@pytest.mark.parametrize("tool", [JiraWorld, GitHubWorld])
@pytest.mark.parametrize("killed_after", range(7))
async def test_a_change_in_the_very_moment_of_the_last_one_is_read_though_the_bot_was_killed(
    bench: Callable[[Any], Bench], tool: Any, killed_after: int
) -> None:
    """2: `updated >` skipped what shared a moment; a cursor was stored before its rows."""
    made = bench(tool(Clock(BEGIN)))
    await made.read(killed_after=killed_after)
    made.tool.clock.forward(seconds=1)
    moment = made.tool.clock.now
    made.tool.act("comment", 0)
    await made.read()
    made.tool.clock.now = moment
    for n in range(1, 4):
        made.tool.act("label" if tool is GitHubWorld else "edit", n)
    made.tool.clock.forward(seconds=30)
    await made.read()
    await made.must_hold_the_truth()


@pytest.mark.parametrize("tool", [JiraWorld, GitHubWorld])
async def test_items_that_change_while_pages_are_walked_push_no_other_out(
    bench: Callable[[Any], Bench], tool: Any
) -> None:
    """3: a descending order and counted pages lost the neighbours of what was touched."""
    made = bench(tool(Clock(BEGIN)))
    for n in range(8):
        made.tool.act("create", n)
        made.tool.clock.forward(minutes=3)
    made.network.expect(["touch"] * 30)
    await made.read()
    for n in range(12):
        made.tool.clock.forward(minutes=3)
        made.tool.act("label" if tool is GitHubWorld else "edit", n)
    made.network.expect(["touch"] * 30)
    await made.read()
    made.network.expect(())
    await made.read()
    await made.must_hold_the_truth()


@pytest.mark.parametrize("understood", [True, False], ids=["milliseconds", "the account's own time"])
async def test_no_hour_of_the_clocks_change_is_skipped_and_no_search_ends_at_now(
    jira: Bench, understood: bool
) -> None:
    """4: dates in the wrong zone, the hour that comes twice, and an upper bound that hid busy issues."""
    jira.tool.clock.now = datetime(2026, 10, 25, 0, 20, tzinfo=UTC)  # 02:20 for the first time in Berlin
    said: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        said.append(str(asked(request).get("jql")))
        if not understood and re.search(r"updated >= \d{10}", said[-1]):
            return httpx.Response(400, json={"errorMessages": ["No such date."]}, request=request)
        return await jira.network.forward(request)

    jira.network.answer = answer
    await jira.read()
    for _ in range(4):  # 02:40 and 02:10 for the second time among them
        jira.tool.clock.forward(minutes=30)
        jira.tool.act("edit", 0)
        await jira.read()
        await jira.must_hold_the_truth()
    jira.tool.clock.forward(minutes=16)
    jira.tool.act("edit", 0)
    jira.tool.clock.forward(minutes=-16)  # the site's clock is ahead of ours
    jira.tool.app()
    jira.tool.clock.forward(minutes=17)
    await jira.read()
    await jira.must_hold_the_truth()
    assert not [jql for jql in said if re.search(r"(updated|created)\s*<", jql)]


async def test_lists_inside_of_an_item_are_read_to_their_end(
    jira: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """5: histories were cut after 40, as reviews and labels were."""
    monkeypatch.setattr(answers, "HISTORIES", 40)
    for n in range(130):
        jira.tool.clock.forward(minutes=1)
        jira.tool.act("edit", 7 * (n % 4))
    await jira.read()
    await jira.must_hold_the_truth()


async def test_reviews_and_labels_beyond_the_first_page_are_read(github: Bench) -> None:
    """5: the same of pull requests."""
    node, pull = next((n, one) for n, one in github.tool.entries.items() if n.startswith("PR_"))
    begin = github.tool.clock.now
    reviews = tuple(PullReview(begin + timedelta(seconds=n), "bo", "COMMENTED") for n in range(230))
    labels = tuple(f"label {n}" for n in range(70))
    github.tool.entries[node] = replace(pull, reviews=reviews, labels=labels)
    github.tool.clock.forward(minutes=10)
    await github.read()
    await github.must_hold_the_truth()


async def test_deleted_hidden_archived_and_moved_are_four_different_things(jira: Bench) -> None:
    """6: all of them were taken for deleted."""
    await jira.read()
    deleted, moved, *_ = [number for number, one in jira.tool.issues.items() if one.project == "BOOK"]
    del jira.tool.issues[deleted]
    jira.tool._change(jira.tool.issues[moved], "move", 0)  # noqa: SLF001 - this very issue
    jira.tool.act("hide", 0)
    jira.tool.reopen()
    jira.tool.clock.forward(hours=25)
    await jira.read()
    await jira.count()
    kept = await jira.kept()
    assert kept[str(deleted)].presence == "deleted"
    assert (kept[str(moved)].presence, kept[str(moved)].body["container"]) == ("present", "TRK")
    for what, presence in (("hide", "access_lost"), ("archive", "archived")):
        jira.tool.act(what, 1)
        await jira.count()
        kept = await jira.kept()
        assert {one.presence for one in kept.values() if one.body["container"] == "TRK"} == {presence}
        jira.tool.reopen()
        await jira.count()
        assert (await jira.kept())[str(moved)].presence == "present"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 500, 502])
async def test_a_refusal_is_never_taken_for_an_empty_answer(jira: Bench, status: int) -> None:
    """7: connectors passed over 400, 403, 404, 406, 422 and 5xx, and called the sync complete."""
    jira.altering(SEARCH, lambda *_: status)
    pulled = await jira.read()
    assert pulled is not None
    assert pulled.outcome != "complete"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422, 500, 502])
async def test_a_refused_repository_is_never_taken_for_an_empty_one(github: Bench, status: int) -> None:
    """7: the same of one of several repositories."""
    github.altering("/repos/larkfield/booking/issues", lambda *_: status)
    pulled = await github.read()
    assert pulled is not None
    assert pulled.outcome != "complete"
    github.network.answer = github.network.forward
    await github.read()
    await github.must_hold_the_truth()


@pytest.mark.parametrize(
    "answer",
    [
        {"errors": [{"type": "RATE_LIMIT", "message": "API rate limit exceeded"}]},
        {
            "data": {"nodes": [None, None]},
            "errors": [{"message": "Something went wrong", "path": ["nodes", 0]}],
        },
        {"data": None, "errors": [{"message": "timedout"}]},
        {"data": {}},
    ],
    ids=["limited", "a part", "nothing", "empty"],
)
async def test_an_answer_200_with_errors_is_no_success(github: Bench, answer: dict[str, Any]) -> None:
    """8: GraphQL says limits and failures with status 200; what came beside them was taken for all."""
    github.altering(
        "/graphql",
        lambda request, real: answer if asked(request)["operationName"] == "PullRequests" else real,
    )
    pulled = await github.read()
    assert pulled is not None
    assert pulled.outcome != "complete"


async def test_a_refresh_token_is_used_once_by_two_who_renew_at_the_same_time(jira: Bench) -> None:
    """9: two processes used one refresh token, and the grant was lost."""
    used = Counter[str]()

    async def authority(request: httpx.Request) -> httpx.Response:
        token = asked(request)["refresh_token"]
        used[token] += 1
        await asyncio.sleep(0)
        told = {"access_token": f"a-{token}", "refresh_token": f"{token}+", "expires_in": 3600}
        return httpx.Response(200, json=told, request=request)

    jira.network.answer = authority
    kept: list[str] = []
    lock = asyncio.Lock()

    async def keep(renew: Callable[[str | None], Awaitable[str]]) -> None:
        async with lock:
            kept.append(await renew(kept[-1] if kept else None))

    clock = jira.tool.clock
    clients = [Transport(ADDRESS, who="Atlassian", clock=clock) for _ in range(2)]
    both = [OAuth(Grant("app", "s3cret", "first"), client, keep, clock) for client in clients]
    await asyncio.gather(*(one(None) for one in both for _ in range(3)))
    for client in clients:
        await client.close()
    assert set(used.values()) == {1}
    assert len(kept) == len(used)


async def test_one_node_that_cannot_be_read_spoils_no_other(github: Bench) -> None:
    """10: one bad id failed a batch of a hundred."""

    def spoil(request: httpx.Request, real: Any) -> Any:
        if asked(request)["operationName"] == "PullRequests":
            place = asked(request)["variables"]["ids"].index("PR_2")
            real["data"]["nodes"][place] = None
            real["errors"] = [{"type": "NOT_FOUND", "path": ["nodes", place], "message": "No such node"}]
        return real

    github.tool.act("create", 1)
    github.altering("/graphql", spoil)
    pulled = await github.read()
    assert pulled is not None
    assert pulled.outcome == "partial"
    assert set(await github.kept()) == set(github.tool.truth()) - {"PR_2"}


async def test_text_that_no_database_takes_is_stored_without_what_it_refuses(jira: Bench) -> None:
    """11: a NUL in a title stopped a sync into PostgreSQL for good."""
    number, issue = next(iter(jira.tool.issues.items()))
    comment = Happening(jira.tool.clock.now, "ana", "labels", None, "one\x00two")
    jira.tool.issues[number] = replace(issue, title="A\x00B", happenings=(comment,))
    await jira.read()
    kept = (await jira.kept())[str(number)]
    assert kept.body["title"] == "AB"
    assert kept.changes[0][3] == "onetwo"


async def test_a_long_walk_that_ends_early_is_noticed_and_made_good(jira: Bench) -> None:
    """12: a walk by tokens ended without an error after two thirds of the issues."""
    for n in range(8):
        jira.tool.act("create", n)
    jira.altering(SEARCH, lambda _, page: {"issues": page["issues"], "isLast": True})
    pulled = await jira.read()
    assert pulled is not None
    assert pulled.outcome != "complete"
    jira.network.answer = jira.network.forward
    await jira.read()
    await jira.count()
    await jira.must_hold_the_truth()


async def test_what_a_server_can_bear_is_remembered(github: Bench) -> None:
    """13: every sync began again with pages that were too large, and met the same failures."""
    for n in range(24):
        github.tool.act("create", 3 * n + 1)
    sizes: list[int] = []

    def overloaded(request: httpx.Request, real: Any) -> Any:
        if asked(request)["operationName"] != "PullRequests":
            return real
        sizes.append(len(asked(request)["variables"]["ids"]))
        return 502 if sizes[-1] > 6 else real

    github.altering("/graphql", overloaded)
    await github.read()
    assert max(sizes) > 6
    sizes.clear()
    github.tool.clock.forward(minutes=30)
    for n in range(24):
        github.tool.act("label", n)
    await github.read()
    assert sizes
    assert max(sizes) <= 6
    await github.must_hold_the_truth()
