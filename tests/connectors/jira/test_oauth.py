"""A refresh token holds for one use: whoever renews, and however often at once, the grant is not lost."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
import respx

from connectors.errors import ConnectorError, FixCredentialsError, TryLaterError
from connectors.jira.oauth import Grant, Keep, OAuth, Renew, no_second_try
from connectors.jira.sandbox_door import Tokens
from connectors.transport import Transport
from tests.connectors.jira.conftest import Clock, serving
from tests.connectors.jira.small_world import NOW, world
from tests.connectors.jira.test_backfill import Kept, by_oauth, keys, read_all


@pytest.fixture
def tokens(clock: Clock) -> Tokens:
    return Tokens("app", "s3cret", "first", clock)


@pytest.fixture
def url(clock: Clock, tokens: Tokens) -> Iterator[str]:
    with serving(world(5), clock, tokens=tokens) as address:
        yield address


@pytest.fixture
async def authority(url: str, clock: Clock) -> AsyncIterator[Transport]:
    transport = Transport(url, who="Atlassian", clock=clock, sleep=no_second_try)
    yield transport
    await transport.close()


class OneAtATime(Kept):
    """Keeps for two processes, as the database does: the second waits for the first."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = asyncio.Lock()

    async def __call__(self, renew: Renew) -> None:
        async with self._lock:
            await asyncio.sleep(0)
            await super().__call__(renew)


def signing(authority: Transport, keep: Keep, clock: Clock, first: str = "first") -> OAuth:
    return OAuth(Grant("app", "s3cret", first), authority, keep, clock)


async def test_one_token_serves_all_requests_of_an_hour(
    authority: Transport, tokens: Tokens, clock: Clock
) -> None:
    sign_in = signing(authority, Kept(), clock)
    headers = {await sign_in(None) for _ in range(3)}
    clock.now += timedelta(minutes=58)
    headers.add(await sign_in(None))
    assert len(headers) == 1
    assert tokens.given == 1
    clock.now += timedelta(minutes=2)
    assert await sign_in(None) not in headers


async def test_many_that_find_it_run_out_at_once_renew_it_once(
    authority: Transport, tokens: Tokens, clock: Clock
) -> None:
    sign_in = signing(authority, Kept(), clock)
    old = await sign_in(None)
    tokens.revoke()
    renewed = await asyncio.gather(*(sign_in(old) for _ in range(8)))
    assert len(set(renewed)) == 1
    assert renewed[0] != old
    assert tokens.given == 2


async def test_two_processes_renew_one_after_the_other_and_neither_loses_the_grant(
    authority: Transport, tokens: Tokens, clock: Clock
) -> None:
    keep = OneAtATime()
    processes = [signing(authority, keep, clock) for _ in range(4)]
    for round_ in range(3):
        await asyncio.gather(*(process(None) for process in processes))
        clock.now += timedelta(hours=1)
        assert tokens.given == 4 * (round_ + 1)


async def test_a_token_is_used_only_after_the_next_one_is_kept(
    authority: Transport, tokens: Tokens, clock: Clock
) -> None:
    kept = Kept()

    async def lost(renew: Renew) -> None:
        await renew(kept.value)
        raise OSError("the disk is full")

    sign_in = signing(authority, lost, clock)
    with pytest.raises(OSError, match="full"):
        await sign_in(None)
    assert sign_in._header == ""  # noqa: SLF001 - it must not be there to be used
    assert tokens.given == 1


async def test_a_process_that_starts_goes_on_with_the_token_that_was_kept(
    authority: Transport, tokens: Tokens, clock: Clock
) -> None:
    kept = Kept()
    await signing(authority, kept, clock)(None)
    assert kept.value is not None
    assert tokens.refresh_token in kept.value
    await signing(authority, kept, clock)(None)
    assert tokens.given == 2


async def test_another_first_token_in_the_settings_begins_anew(
    authority: Transport, tokens: Tokens, clock: Clock
) -> None:
    kept = Kept()
    await signing(authority, kept, clock)(None)
    tokens.refresh_token = "granted again"
    await signing(authority, kept, clock, first="granted again")(None)
    assert tokens.given == 2


async def test_a_grant_that_has_ended_is_told_without_any_secret(authority: Transport, clock: Clock) -> None:
    sign_in = signing(authority, Kept(), clock, first="an old t0ken")
    with pytest.raises(FixCredentialsError, match="does not take the refresh token") as caught:
        await sign_in(None)
    said = f"{caught.value!r} {caught.value} {Grant('app', 's3cret', 'an old t0ken')}"
    assert "s3cret" not in said
    assert "t0ken" not in said


async def test_an_outage_is_waited_for_by_the_next_sync_and_no_token_is_sent_twice(
    respx_mock: respx.MockRouter, clock: Clock
) -> None:
    route = respx_mock.post("https://auth.atlassian.com/oauth/token").respond(503)
    transport = Transport("https://auth.atlassian.com", who="Atlassian", clock=clock, sleep=no_second_try)
    with pytest.raises(TryLaterError):
        await signing(transport, Kept(), clock)(None)
    await transport.close()
    assert route.call_count == 1


async def test_a_sync_goes_on_when_its_token_is_revoked_in_the_middle(
    url: str, tokens: Tokens, clock: Clock
) -> None:
    connector = by_oauth(url, clock, tokens)
    pages = []
    async for page in connector.pages(None):
        pages.append(page)
        tokens.revoke()
    await connector.close()
    assert "BOOK-7" in keys(pages)
    assert tokens.given == 2


async def test_without_a_token_to_be_had_the_sync_ends(url: str, tokens: Tokens, clock: Clock) -> None:
    connector = by_oauth(url, clock, tokens)
    tokens.refresh_token = "used up by somebody else"
    with pytest.raises(ConnectorError):
        await read_all(connector)
    check, *rest = await connector.check()
    await connector.close()
    assert (check.state, rest) == ("fail", [])
    assert clock() == NOW
