"""What `opsbot doctor` says about GitHub."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import respx
from github_answers import repository

from connectors.github.client import GitHub
from connectors.transport import Transport

API = "https://api.github.com"


def header(**headers: str) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


DATE = "Mon, 02 Mar 2026 09:00:00 GMT"


def healthy(**headers: str) -> None:
    signed_in = httpx.Response(200, json={"login": "opsbot"}, headers=header(date=DATE, **headers))
    respx.get(f"{API}/user").mock(return_value=signed_in)
    budget = {"limit": 5000, "remaining": 4000, "reset": 1, "used": 1000}
    low = {**budget, "remaining": 900}
    limits = {"resources": {"core": budget, "graphql": low, "search": budget}}
    respx.get(f"{API}/rate_limit").mock(return_value=httpx.Response(200, json=limits))
    seen(repository("larkfield/a"), repository("larkfield/b", archived=True))


def seen(*repositories: Any) -> None:
    respx.get(f"{API}/orgs/larkfield/repos").mock(return_value=httpx.Response(200, json=list(repositories)))


@pytest.fixture
async def doctor() -> AsyncIterator[Callable[[], Any]]:
    transport = Transport(API, who="GitHub")
    connector = GitHub("github", transport, "larkfield", clock=lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))

    async def lines() -> dict[str, tuple[str, str]]:
        return {line.name: (line.state, line.detail + line.remedy) for line in await connector.check()}

    yield lines
    await connector.close()


@respx.mock
async def test_a_healthy_source_says_what_it_sees(doctor: Callable[[], Any]) -> None:
    healthy()
    lines = await doctor()

    assert {name: state for name, (state, _) in lines.items()} == {
        "sign-in": "ok",
        "scopes": "ok",
        "clock": "ok",
        "budget: requests": "ok",
        "budget: GraphQL points": "warn",
        "repositories": "ok",
    }
    assert "2 repositories" in lines["repositories"][1]


@respx.mock
@pytest.mark.parametrize(
    ("scopes", "state"),
    [("", "ok"), ("public_repo, read:org", "ok"), ("repo", "warn"), ("repo, admin:org", "warn")],
)
async def test_more_rights_than_needed_are_told(doctor: Callable[[], Any], scopes: str, state: str) -> None:
    healthy(x_oauth_scopes=scopes)
    assert (await doctor())["scopes"][0] == state


@respx.mock
async def test_a_github_app_signs_in_without_being_a_user(doctor: Callable[[], Any]) -> None:
    healthy()
    respx.get(f"{API}/user").mock(return_value=httpx.Response(403, json={"message": "by integration"}))
    respx.get(f"{API}/installation/repositories").mock(
        return_value=httpx.Response(200, json={"repositories": []}, headers={"Date": DATE})
    )
    assert (await doctor())["sign-in"] == ("ok", "Signed in as a GitHub App.")


@respx.mock
@pytest.mark.parametrize(
    ("date", "state"), [("Mon, 02 Mar 2026 09:02:00 GMT", "warn"), ("today", "warn"), (DATE, "ok")]
)
async def test_a_clock_that_is_off_is_told(doctor: Callable[[], Any], date: str, state: str) -> None:
    healthy()
    respx.get(f"{API}/user").mock(
        return_value=httpx.Response(200, json={"login": "opsbot"}, headers={"Date": date})
    )
    assert (await doctor())["clock"][0] == state


@respx.mock
async def test_nothing_visible_is_a_failure_with_a_remedy(doctor: Callable[[], Any]) -> None:
    healthy()
    seen()
    state, told = (await doctor())["repositories"]
    assert state == "fail"
    assert "read access" in told


@respx.mock
async def test_an_enterprise_server_without_limits_is_no_mistake(doctor: Callable[[], Any]) -> None:
    healthy()
    respx.get(f"{API}/rate_limit").mock(return_value=httpx.Response(404))
    assert (await doctor())["budget"][0] == "ok"
