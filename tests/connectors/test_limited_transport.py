"""How the transport counts requests and keeps to the limits of an account."""

from collections.abc import AsyncIterator

import httpx
import pytest
import respx
from sleeping import NOW, Time

from connectors.errors import TryLaterError, UnexpectedAnswerError, WaitError
from connectors.github.limits import GitHubLimits
from connectors.governor import Governor
from connectors.transport import Transport

HOME = "https://larkfield.example"
OK = httpx.Response(200, json={"fine": True})


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def source(time: Time) -> AsyncIterator[Transport]:
    transport = Transport(HOME, who="Jira", sleep=time.sleep, clock=time)
    yield transport
    await transport.close()


@respx.mock
async def test_each_request_is_counted_however_it_ends(source: Transport, time: Time) -> None:
    respx.get(f"{HOME}/x").side_effect = [httpx.Response(503), httpx.ReadTimeout("slow"), OK]
    respx.get(f"{HOME}/y").mock(return_value=httpx.Response(200, content=b"<html>"))
    await source.get("x")
    with pytest.raises(UnexpectedAnswerError):
        await source.get("y")
    assert source.meter.spent == {"jira": 4}
    assert len(time.slept) == 2


@respx.mock
async def test_a_limit_without_an_end_is_waited_out_longer_each_time(source: Transport, time: Time) -> None:
    respx.get(f"{HOME}/x").side_effect = [httpx.Response(429)] * 3 + [OK]
    await source.get("x")
    assert [int(seconds) // 60 * 60 for seconds in time.slept] == [60, 120, 240]


@respx.mock
async def test_who_can_ask_for_less_gives_up_an_outage_sooner_but_waits_out_a_limit(
    source: Transport,
) -> None:
    route = respx.post(f"{HOME}/graphql")
    route.side_effect = [httpx.Response(502)]
    with pytest.raises(TryLaterError):
        await source.query("graphql", {}, tries=1)
    route.side_effect = [httpx.Response(429), OK]
    assert (await source.query("graphql", {}, tries=1)).data == {"fine": True}


def github(time: Time) -> Transport:
    governor = Governor(GitHubLimits(), who="GitHub", sleep=time.sleep, clock=time)
    return Transport(HOME, who="GitHub", governor=governor, sleep=time.sleep, clock=time)


@respx.mock
async def test_a_success_that_says_a_limit_is_waited_out_as_one(time: Time) -> None:
    transport = github(time)
    told = {"errors": [{"type": "RATE_LIMIT", "message": "wait"}]}
    reset = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 90)}
    respx.post(f"{HOME}/graphql").side_effect = [httpx.Response(200, json=told, headers=reset), OK]
    respx.get(f"{HOME}/user").mock(return_value=OK)
    await transport.query("graphql", {})
    assert 90 <= sum(time.slept) <= 91
    await transport.close()


@respx.mock
async def test_a_used_up_hour_of_points_leaves_requests_alone_and_a_secondary_limit_does_not(
    time: Time,
) -> None:
    transport = github(time)
    respx.get(f"{HOME}/user").mock(return_value=OK)
    respx.post(f"{HOME}/graphql").mock(
        return_value=httpx.Response(403, headers={"x-ratelimit-remaining": "0", "retry-after": "1800"})
    )
    with pytest.raises(WaitError):
        await transport.query("graphql", {})
    await transport.get("user")
    assert time.slept == []
    respx.get(f"{HOME}/slow").mock(
        return_value=httpx.Response(403, headers={"x-ratelimit-remaining": "9", "retry-after": "1800"})
    )
    with pytest.raises(WaitError):
        await transport.get("slow")
    with pytest.raises(WaitError):
        await transport.get("user")
    assert transport.meter.budgets["github:secondary"].paused_until is not None
    await transport.close()


@respx.mock
async def test_an_outage_that_says_when_it_ends_holds_the_whole_source(time: Time) -> None:
    transport = github(time)
    respx.get(f"{HOME}/user").mock(return_value=OK)
    outage = httpx.Response(503, headers={"Retry-After": "40"})
    respx.post(f"{HOME}/graphql").side_effect = [outage, OK]
    await transport.query("graphql", {})
    assert 40 <= sum(time.slept) <= 41
    await transport.close()


@respx.mock
async def test_background_work_ends_at_the_reserve_and_a_question_is_still_asked(time: Time) -> None:
    transport = github(time)
    left = {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": "1000",
        "x-ratelimit-reset": str(int(NOW.timestamp()) + 1800),
    }
    route = respx.get(f"{HOME}/user").mock(return_value=httpx.Response(200, json={}, headers=left))
    background = transport.in_background()
    await background.get("user")
    with pytest.raises(WaitError, match="grants 1000 of 5000"):
        await background.get("user")
    await transport.get("user")
    assert route.call_count == 2
    assert background.meter.spent == transport.meter.spent == {"github:core": 2, "github:secondary": 2}
    assert time.slept == []
    await transport.close()
