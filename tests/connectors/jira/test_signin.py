"""A token finds its door by itself, and goes to no other."""

import base64
import json

import httpx
import pytest
import respx

from config.model import Source
from connectors.errors import FixCredentialsError, UnexpectedAnswerError
from connectors.jira.client import JiraCloud, connect
from connectors.jira.sandbox_door import CLOUD_ID
from connectors.jira.site import Manner
from tests.connectors.jira.conftest import TOKEN, USER, Clock, serving
from tests.connectors.jira.small_world import NOW, world
from tests.connectors.jira.test_backfill import SOURCE, keys, read_all

SITE = "https://larkfield.atlassian.net"
GATE = f"https://api.atlassian.com/ex/jira/{CLOUD_ID}"
ME = {"accountId": "1", "displayName": "opsbot"}
BASIC = "Basic " + base64.b64encode(b"ann:t0ken").decode()


def connected() -> JiraCloud:
    async def no_sleep(_seconds: float) -> None: ...

    source = Source(id="jira", jira="larkfield.atlassian.net")
    return connect(source, user="ann", token="t0ken", clock=lambda: NOW, sleep=no_sleep)


def tenant(router: respx.MockRouter, cloud_id: object = CLOUD_ID) -> respx.Route:
    return router.get(f"{SITE}/_edge/tenant_info").respond(json={"cloudId": cloud_id})


async def sign_in(client: JiraCloud) -> str:
    check, *_ = await client.check()
    await client.close()
    return check.state


async def test_a_token_without_scopes_signs_in_at_the_site(respx_mock: respx.MockRouter) -> None:
    respx_mock.get(url__startswith=f"{SITE}/rest").respond(json=ME)
    client = connected()
    assert await sign_in(client) == "ok"
    assert client.learned.text("base") is None
    assert all(call.request.url.host == "larkfield.atlassian.net" for call in respx_mock.calls)


async def test_a_token_with_scopes_signs_in_at_the_gateway_and_goes_there_at_once_next_time(
    respx_mock: respx.MockRouter,
) -> None:
    refused = respx_mock.get(url__startswith=f"{SITE}/rest").respond(401)
    asked = tenant(respx_mock)
    respx_mock.get(url__startswith=f"{GATE}/rest").respond(json=ME)
    client = connected()
    assert await sign_in(client) == "ok"
    assert refused.call_count == 1
    assert client.learned.text("base") == GATE
    assert "authorization" not in asked.calls[0].request.headers
    later = connected()
    later.learned.load({"base": GATE})
    assert await sign_in(later) == "ok"
    assert (refused.call_count, asked.call_count) == (1, 1)


async def test_credentials_go_to_the_site_and_the_gateway_alone_whatever_is_stored(
    respx_mock: respx.MockRouter,
) -> None:
    respx_mock.get(url__startswith=f"{SITE}/rest").respond(json=ME)
    for stored in (
        "https://evil.example/ex/jira/" + CLOUD_ID,
        "https://api.atlassian.com.evil.example/ex/jira/" + CLOUD_ID,
        f"{GATE}@evil.example",
        f"{GATE}/../../other",
    ):
        client = connected()
        client.learned.load({"base": stored})
        assert await sign_in(client) == "ok"
    assert {call.request.url.host for call in respx_mock.calls} == {"larkfield.atlassian.net"}


@pytest.mark.parametrize("cloud_id", ["../../evil", "", 7, f"{CLOUD_ID}/x"])
async def test_a_cloud_id_that_is_none_is_no_way_in(respx_mock: respx.MockRouter, cloud_id: object) -> None:
    respx_mock.get(f"{SITE}/rest/api/3/myself").respond(401)
    tenant(respx_mock, cloud_id)
    assert await sign_in(connected()) == "fail"
    assert {call.request.url.host for call in respx_mock.calls} == {"larkfield.atlassian.net"}


async def test_a_missing_scope_is_told_and_no_other_door_is_tried(respx_mock: respx.MockRouter) -> None:
    category = {"X-Failure-Category": "FAILURE_CLIENT_SCOPE_CHECK"}
    site = respx_mock.get(f"{SITE}/rest/api/3/myself").respond(401)
    tenant(respx_mock)
    gate = respx_mock.get(f"{GATE}/rest/api/3/myself").respond(401, headers=category)
    client = connected()
    check, *_ = await client.check()
    assert "lacks a scope" in check.remedy
    client.learned.put("base", GATE)
    await client.check()
    await client.close()
    assert (site.call_count, gate.call_count) == (1, 2)


async def test_a_token_that_is_refused_everywhere_is_told_as_the_site_says(
    respx_mock: respx.MockRouter,
) -> None:
    respx_mock.get(f"{SITE}/rest/api/3/myself").respond(
        401, headers={"X-Failure-Category": "FAILURE_CLIENT_AUTH_MISMATCH"}
    )
    tenant(respx_mock)
    respx_mock.get(f"{GATE}/rest/api/3/myself").respond(401)
    client = connected()
    check, *rest = await client.check()
    await client.close()
    assert rest == []
    assert "e-mail belongs to the token" in check.remedy
    assert client.learned.text("base") is None


async def test_a_token_that_has_no_scopes_any_more_is_back_at_the_site(respx_mock: respx.MockRouter) -> None:
    respx_mock.get(url__startswith=f"{SITE}/rest").respond(json=ME)
    respx_mock.get(url__startswith=f"{GATE}/rest").respond(401)
    client = connected()
    client.learned.load({"base": GATE})
    assert await sign_in(client) == "ok"
    assert client.learned.text("base") is None
    assert respx_mock.calls[-1].request.headers["authorization"] == BASIC


async def test_a_search_that_was_refused_at_the_site_is_repeated_at_the_gateway_as_it_was(
    respx_mock: respx.MockRouter,
) -> None:
    respx_mock.post(f"{SITE}/rest/api/3/issue/bulkfetch").respond(401)
    respx_mock.get(f"{SITE}/rest/api/3/field").respond(json=[])
    tenant(respx_mock)
    again = respx_mock.post(f"{GATE}/rest/api/3/issue/bulkfetch").respond(json={"issues": []})
    client = connected()
    await client.read(["BOOK-1"])
    await client.close()
    assert json.loads(again.calls[0].request.content)["issueIdsOrKeys"] == ["BOOK-1"]


async def test_an_address_that_is_set_is_the_only_one(respx_mock: respx.MockRouter) -> None:
    respx_mock.get(f"{GATE}/rest/api/3/field").respond(401)
    client = connect(SOURCE, user="ann", token="t0ken", url=GATE, clock=lambda: NOW)
    with pytest.raises(FixCredentialsError):
        await read_all(client)
    await client.close()
    assert respx_mock.calls.call_count == 1


async def test_links_lead_to_the_site_and_never_to_the_gateway(clock: Clock) -> None:
    with serving(world(5), clock, Manner(scoped=True)) as url:
        client = connect(SOURCE, user=USER, token=TOKEN, url=url, gateway=url, clock=clock)
        pages = await read_all(client)
        checks = {check.name: check.detail for check in await client.check()}
        await client.close()
    assert "BOOK-7" in keys(pages)
    urls = {getattr(record, "url", "") for page in pages for record in page.records} - {""}
    assert all(url.startswith(f"{SITE}/") for url in urls)
    assert checks["address"].endswith(f"/ex/jira/{CLOUD_ID}")


async def test_an_answer_that_is_no_description_of_a_site_is_told(respx_mock: respx.MockRouter) -> None:
    respx_mock.get(f"{SITE}/_edge/tenant_info").mock(return_value=httpx.Response(200, text="<html>"))
    respx_mock.get(f"{SITE}/rest/api/3/myself").respond(401)
    client = connected()
    with pytest.raises(UnexpectedAnswerError):
        await client._door._found_gateway()  # noqa: SLF001 - the sign-in itself tells only the refusal
    assert await sign_in(client) == "fail"
