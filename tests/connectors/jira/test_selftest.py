"""Whether a site takes epoch milliseconds is counted, and remembered."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
import respx

from connectors.connector import Page
from connectors.jira import answers
from connectors.jira.client import JiraCloud, connect
from connectors.jira.jql import EPOCH, Moments
from connectors.jira.position import Position, read
from connectors.jira.selftest import known
from connectors.jira.site import Manner
from connectors.learned import Learned
from rules.records import WorkItem
from tests.connectors.contract import stored
from tests.connectors.jira.conftest import Clock, serving
from tests.connectors.jira.small_world import NOW, world
from tests.connectors.jira.test_backfill import SOURCE, by_token, keys, read_all
from tests.connectors.jira.test_ticks import CHANGED, asked, edited

API = "https://larkfield.atlassian.net/rest/api/3"
SINCE = Position(NOW - timedelta(days=1), NOW, ("BOOK",))


@pytest.fixture
async def jira(respx_mock: respx.MockRouter) -> respx.MockRouter:
    respx_mock.get(f"{API}/field").respond(json=[])
    respx_mock.get(f"{API}/myself").respond(json={"accountId": "1", "timeZone": "Europe/Berlin"})
    respx_mock.post(f"{API}/search/jql").respond(json={"issues": []})
    return respx_mock


def counting(jira: respx.MockRouter, by_zone: int | None, by_epoch: int | None) -> respx.Route:
    def answer(request: httpx.Request) -> httpx.Response:
        count = by_zone if '"' in json.loads(request.content)["jql"] else by_epoch
        refused: dict[str, Any] = {"errorMessages": ["Date value is invalid."]}
        return (
            httpx.Response(400, json=refused) if count is None else httpx.Response(200, json={"count": count})
        )

    return jira.post(f"{API}/search/approximate-count").mock(side_effect=answer)


async def tick(position: Position = SINCE, **learned: str) -> tuple[JiraCloud, list[Page]]:
    connector = connect(SOURCE, user="ann", token="t", clock=lambda: NOW)
    connector.learned.load(dict(learned))
    pages = await read_all(connector, position.text())
    await connector.close()
    return connector, pages


@pytest.mark.parametrize(
    ("by_zone", "by_epoch", "form"),
    [
        (500, 500, "epoch"),
        (500, 497, "epoch"),  # it does not stand still between two counts
        (3, 1, "epoch"),
        (0, 0, "epoch"),
        (None, 500, "epoch"),
        (500, 0, "zone:Europe/Berlin"),
        (500, 90_000, "zone:Europe/Berlin"),
        (500, None, "zone:Europe/Berlin"),
    ],
)
async def test_the_form_that_finds_the_same_is_taken(
    jira: respx.MockRouter, by_zone: int | None, by_epoch: int | None, form: str
) -> None:
    route = counting(jira, by_zone, by_epoch)
    connector, _ = await tick()
    assert connector.learned.take_changes() == {"jql-time": form}
    assert route.call_count == 2
    said = [json.loads(call.request.content)["jql"] for call in route.calls]
    week = NOW - timedelta(days=8)
    assert said == ['updated >= "2026-10-25 10:00"', f"updated >= {int(week.timestamp() * 1000)}"]


async def test_what_is_known_is_not_tested_again(jira: respx.MockRouter) -> None:
    route = counting(jira, 1, 1)
    await tick(**{"jql-time": "epoch"})
    await tick(**{"jql-time": "zone:Europe/Berlin"})
    assert route.call_count == 0
    last = json.loads(jira.calls[-1].request.content)["jql"]
    assert last == 'updated >= "2026-10-31 10:00" ORDER BY updated ASC, id ASC'


async def test_a_zone_is_tested_again_once_a_day(jira: respx.MockRouter) -> None:
    jira.get(f"{API}/project/search").respond(json={"isLast": True, "values": []})
    jira.get(url__regex=".*/agile/.*").respond(json={"isLast": True, "values": []})
    counting(jira, 5, 5)
    yesterday = Position(SINCE.updated, NOW - timedelta(days=1), ())
    connector, _ = await tick(yesterday, **{"jql-time": "zone:Europe/Berlin"})
    assert connector.learned.text("jql-time") == "epoch"


async def test_an_account_without_a_zone_is_no_reason_to_stop(jira: respx.MockRouter) -> None:
    jira.get(f"{API}/myself").respond(json={"accountId": "1", "timeZone": "Atlantis/Deep"})
    connector, pages = await tick()
    assert pages[-1].last
    assert connector.learned.text("jql-time") is None


@pytest.mark.parametrize("stored_form", ["zone:", "zone:../../etc/passwd", "zone:No/Such", "other"])
def test_a_stored_form_that_is_none_is_not_used(stored_form: str) -> None:
    assert known(Learned({"jql-time": stored_form})) is None
    assert known(Learned({"jql-time": "epoch"})) == EPOCH
    assert known(Learned({"jql-time": "zone:Europe/Berlin"})) == Moments("Europe/Berlin")


async def test_a_site_without_epoch_milliseconds_is_read_by_the_clock_of_its_zone(clock: Clock) -> None:
    with serving(edited(20), clock, Manner(epoch=False)) as url:
        connector = by_token(url, clock)
        pages = await read_all(connector)
        clock.now = CHANGED + timedelta(minutes=5)
        requests, later = await asked(connector, pages[-1].cursor)
        assert (requests, len(keys(later))) == (2, 20)
        requests, idle = await asked(connector, later[-1].cursor)
        assert (requests, keys(idle)) == (1, set())
        checks = {check.name: check for check in await connector.check()}
        await connector.close()
    assert checks["time"].state == "warn"
    assert "Europe/Berlin" in checks["time"].detail


async def test_without_its_clock_the_latest_change_of_a_site_is_where_changes_begin(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setitem(
        answers.TABLE, ("GET", "/rest/api/3/serverInfo"), lambda *_: {"deploymentType": "Cloud"}
    )
    with serving(world(), clock) as url:
        connector = by_token(url, clock)
        pages = await read_all(connector)
        latest = max(one.changed_at for one in stored(pages).values() if isinstance(one, WorkItem))
        assert read(pages[-1].cursor).updated == latest
        requests, idle = await asked(connector, pages[-1].cursor)
        await connector.close()
    assert (requests, keys(idle)) == (1, set())
