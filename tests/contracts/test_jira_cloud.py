"""All that is asked of Jira Cloud is in Jira's own description, and the sandbox answers as described there.

Jira Data Center has no machine-readable description: its requests are tested against its sandbox alone.
"""

import asyncio
import json
from dataclasses import replace

import pytest

from config.model import Source
from connectors.errors import FixCredentialsError
from connectors.jira.client import JiraCloud, connect, connect_by_oauth
from connectors.jira.oauth import Grant, Renew
from connectors.jira.sandbox import create_app
from connectors.jira.sandbox_door import GATEWAY, Tokens
from connectors.larkfield.generate import larkfield
from tests.contracts.openapi import Description
from tests.contracts.recording import Exchange, Recorder, first_of_each, serving
from tests.contracts.vendor import vendor
from tests.contracts.whole_sync import Clock, everything, part_of, refused

DESCRIPTION = Description(json.loads(vendor("jira-cloud-v3.json")[0].read_bytes()))
USER, TOKEN = "opsbot@larkfield.example", "sandbox-token"
REMOVED = "/rest/api/3/search"
ELSEWHERE = ("/_edge/tenant_info", "/oauth/token", "/rest/agile/1.0/")
"""Asked, and described in other documents than this one."""


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    """What is said while a site is read in every way: all of it, two projects, with OAuth."""
    world = larkfield()
    clock = Clock(world.ends)
    tokens = Tokens("app", "s3cret", "first", clock)
    recorder = Recorder(create_app(part_of(world), user=USER, token=TOKEN, now=clock, tokens=tokens))
    with serving(recorder) as url:

        def connected(projects: tuple[str, ...] = (), token: str = TOKEN) -> JiraCloud:
            source = Source(id="jira", jira="larkfield.atlassian.net", projects=list(projects))
            return connect(source, user=USER, token=token, url=url, clock=clock)

        kept: list[str] = []

        async def keep(renew: Renew) -> None:
            kept.append(await renew(kept[-1] if kept else None))

        def by_oauth() -> JiraCloud:
            source = Source(id="jira", jira="larkfield.atlassian.net")
            grant = Grant("app", "s3cret", "first")
            return connect_by_oauth(
                source, grant=grant, keep=keep, url=url, gateway=url, authority=url, clock=clock
            )

        asyncio.run(everything(by_oauth, clock, world.ends))
        two = tuple(project.key for project in world.projects[:2])
        asyncio.run(everything(connected, clock, world.ends))
        asyncio.run(everything(lambda: connected(two), clock, world.ends))
        assert isinstance(asyncio.run(refused(lambda: connected(token="wrong"))), FixCredentialsError)
    direct = [replace(one, path=one.path.removeprefix(GATEWAY)) for one in recorder.exchanges]
    return [one for one in direct if not one.path.startswith(ELSEWHERE)]


def test_every_request_is_described(exchanges: list[Exchange]) -> None:
    mistakes = {f"{one}: {mistake}" for one in exchanges for mistake in DESCRIPTION.mistakes_of_request(one)}
    assert sorted(mistakes) == []


def test_what_jira_removed_is_not_asked(exchanges: list[Exchange]) -> None:
    assert REMOVED not in {one.path for one in exchanges}


def test_the_sandbox_answers_as_described(exchanges: list[Exchange]) -> None:
    looked_at = list(first_of_each(exchanges))
    assert {200, 401} <= {one.status for one in looked_at}
    mistakes = {
        f"{one} {one.status}: {mistake}"
        for one in map(with_text_of_moments, looked_at)
        for mistake in DESCRIPTION.mistakes_of_answer(one)
    }
    assert sorted(mistakes) == []


def with_text_of_moments(exchange: Exchange) -> Exchange:
    """A changelog's moments as text: the description calls them that, and shows numbers in its example."""
    if exchange.path.endswith("/changelog/bulkfetch") and exchange.status == 200:
        for log in exchange.answer["issueChangeLogs"]:
            for history in log["changeHistories"]:
                history["created"] = "2026-01-05T09:00:00Z"
    return exchange
