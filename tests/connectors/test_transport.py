"""What the transport does when a source answers badly, slowly or not at all."""

import asyncio
import base64
import gzip
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import respx
from sleeping import NOW, Time

from connectors import transport as module
from connectors.errors import (
    ConnectorError,
    FixCredentialsError,
    FixRequestError,
    GrantAccessError,
    NotThereError,
    TryLaterError,
    UnexpectedAnswerError,
    UpgradeError,
    WaitError,
)
from connectors.governor import LONGEST_WAIT
from connectors.transport import TRIES, Answer, Transport

HOME = "https://larkfield.example"
OK = httpx.Response(200, json={"fine": True})


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def source(time: Time) -> AsyncIterator[Transport]:
    transport = Transport(
        HOME, who="Jira", auth=("ann@larkfield.example", "s3cret"), sleep=time.sleep, clock=time
    )
    yield transport
    await transport.close()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "Mon, 02 Nov 2026 09:00:20 GMT"}, 20),
        ({"Retry-After": "Mon, 02 Nov 2026 10:00:20 +0100"}, 20),
        ({}, 60),
        ({"Retry-After": "soon"}, 60),
        ({"Retry-After": b"\xb2"}, 60),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1793610030"}, 30),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2026-11-02T09:02Z"}, 120),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9" * 30}, 60),
        ({"Retry-After": "Mon, 02 Nov 2026 08:00:00 GMT"}, 0),
    ],
)
@respx.mock
async def test_a_limited_request_waits_as_long_as_it_is_told_and_never_less(
    source: Transport, time: Time, headers: dict[str, str | bytes], seconds: int
) -> None:
    respx.get(f"{HOME}/x").side_effect = [httpx.Response(429, headers=headers), OK]
    assert (await source.get("x")).data == {"fine": True}
    assert seconds <= sum(time.slept) <= seconds + 1


@respx.mock
async def test_a_pause_holds_for_every_request_that_comes_meanwhile(source: Transport, time: Time) -> None:
    limited = respx.get(f"{HOME}/x")
    limited.side_effect = [httpx.Response(429, headers={"Retry-After": "30"}), OK]
    respx.get(f"{HOME}/y").mock(return_value=OK)
    await source.get("x")
    time.now = NOW + timedelta(seconds=10)
    await source.get("y")
    assert 20 <= time.slept[-1] <= 21


@pytest.mark.parametrize("after", ["901", "9" * 400])
@respx.mock
async def test_a_wait_longer_than_we_have_is_handed_up(source: Transport, time: Time, after: str) -> None:
    respx.get(f"{HOME}/x").mock(return_value=httpx.Response(429, headers={"Retry-After": after}))
    with pytest.raises(WaitError) as caught:
        await source.get("x")
    assert caught.value.until is not None
    assert caught.value.until - NOW > LONGEST_WAIT
    assert time.slept == []


@respx.mock
async def test_githubs_secondary_limit_is_a_limit_although_it_says_forbidden(
    source: Transport, time: Time
) -> None:
    told = {"message": "You have exceeded a secondary rate limit. Please wait."}
    respx.get(f"{HOME}/x").side_effect = [httpx.Response(403, json=told), OK]
    await source.get("x")
    assert 60 <= time.slept[0] <= 61


@respx.mock
async def test_a_source_that_is_down_and_says_until_when_is_believed(source: Transport, time: Time) -> None:
    respx.get(f"{HOME}/x").side_effect = [httpx.Response(503, headers={"Retry-After": "40"}), OK]
    await source.get("x")
    assert 40 <= time.slept[0] <= 41


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, FixRequestError),
        (401, FixCredentialsError),
        (403, GrantAccessError),
        (404, NotThereError),
        (410, UpgradeError),
        (302, FixRequestError),
        (407, FixRequestError),
        (413, FixRequestError),
        (422, FixRequestError),
        (451, GrantAccessError),
    ],
)
@respx.mock
async def test_what_waiting_does_not_mend_is_told_at_once(
    source: Transport, time: Time, status: int, error: type[ConnectorError]
) -> None:
    elsewhere = respx.get("https://evil.example/").mock(return_value=OK)
    route = respx.get(f"{HOME}/x").mock(
        return_value=httpx.Response(status, headers={"Location": "https://evil.example/"})
    )
    with pytest.raises(error) as caught:
        await source.get("x")
    assert caught.value.status == status
    assert route.call_count == 1
    assert not elsewhere.called
    assert time.slept == []


@respx.mock
async def test_the_sources_own_message_is_passed_on(source: Transport) -> None:
    told = {"errorMessages": ["The value 'NOPE' does not exist for the field 'project'."], "errors": {}}
    respx.post(f"{HOME}/search").mock(return_value=httpx.Response(400, json=told))
    with pytest.raises(FixRequestError, match="The value 'NOPE' does not exist"):
        await source.query("search", {"jql": "project = NOPE"})


@pytest.mark.parametrize("body", [b'{"errorMessages": 7}', b'"no"', b"<html>", b"[" * 100_000])
@respx.mock
async def test_a_refusal_with_a_strange_body_is_still_a_refusal(source: Transport, body: bytes) -> None:
    respx.get(f"{HOME}/x").mock(return_value=httpx.Response(400, content=body))
    with pytest.raises(FixRequestError):
        await source.get("x")


@respx.mock
async def test_why_the_sign_in_failed_is_kept(source: Transport) -> None:
    headers = {"X-Failure-Category": "FAILURE_CLIENT_AUTH_MISMATCH"}
    respx.get(f"{HOME}/x").mock(return_value=httpx.Response(401, headers=headers))
    with pytest.raises(FixCredentialsError) as caught:
        await source.get("x")
    assert caught.value.reason == "FAILURE_CLIENT_AUTH_MISMATCH"


@pytest.mark.parametrize(
    "failure",
    [
        httpx.Response(500),
        httpx.Response(502),
        httpx.Response(504),
        httpx.Response(408),
        httpx.Response(522),
        httpx.ReadTimeout("slow"),
        httpx.ConnectError("no route"),
        httpx.RemoteProtocolError("peer closed connection."),
    ],
)
@respx.mock
async def test_what_may_pass_is_tried_five_times_with_growing_jitter(
    source: Transport, time: Time, failure: httpx.Response | httpx.TransportError
) -> None:
    route = respx.get(f"{HOME}/x")
    route.side_effect = [failure] * TRIES
    with pytest.raises(TryLaterError) as told:
        await source.get("x")
    assert ".." not in str(told.value)
    assert route.call_count == TRIES
    assert len(time.slept) == TRIES - 1
    assert all(0 <= seconds <= 2**n for n, seconds in enumerate(time.slept))


@respx.mock
async def test_one_bad_moment_is_not_noticed(source: Transport) -> None:
    respx.post(f"{HOME}/search").side_effect = [httpx.Response(503), OK]
    assert (await source.query("search", {})).data == {"fine": True}


def test_there_is_no_post_but_the_one_that_reads() -> None:
    verbs = {name for name in dir(Transport) if not name.startswith("_")}
    assert verbs == {"close", "get", "query", "in_background"}


@respx.mock
async def test_what_has_not_changed_is_not_sent_again(source: Transport) -> None:
    route = respx.get(f"{HOME}/x")
    route.side_effect = [httpx.Response(200, json=[1], headers={"ETag": 'W/"a"'}), httpx.Response(304)]
    first = await source.get("x")
    again = await source.get("x", etag=first.etag)
    assert (first.data, again.status, again.data) == ([1], 304, None)
    assert route.calls.last.request.headers["If-None-Match"] == 'W/"a"'


@respx.mock
async def test_an_answer_that_nothing_has_changed_is_no_answer_to_who_knows_nothing(
    source: Transport,
) -> None:
    respx.get(f"{HOME}/x").mock(return_value=httpx.Response(304))
    with pytest.raises(FixRequestError):
        await source.get("x")


@respx.mock
async def test_a_token_that_has_run_out_is_renewed_once_and_then_refused(time: Time) -> None:
    told: list[str | None] = []

    async def sign_in(refused: str | None) -> str:
        told.append(refused)
        return f"Bearer {len(told)}"

    transport = Transport(HOME, who="GitHub", auth=sign_in, sleep=time.sleep, clock=time)
    route = respx.get(f"{HOME}/x")
    route.side_effect = [httpx.Response(401), OK, httpx.Response(401), httpx.Response(401)]
    assert (await transport.get("x")).data == {"fine": True}
    assert route.calls.last.request.headers["Authorization"] == "Bearer 2"
    with pytest.raises(FixCredentialsError):
        await transport.get("x")
    assert told == [None, "Bearer 1", None, "Bearer 3"]
    await transport.close()


@pytest.mark.parametrize("body", [b"<html>Log in</html>", b'{"issues": [', b"\xff\xfe", b"[" * 100_000])
@respx.mock
async def test_an_answer_that_is_not_json_is_not_an_empty_answer(source: Transport, body: bytes) -> None:
    route = respx.get(f"{HOME}/x").mock(return_value=httpx.Response(200, content=body))
    with pytest.raises(UnexpectedAnswerError, match="not JSON"):
        await source.get("x")
    assert route.call_count == 1


@respx.mock
async def test_a_body_without_end_is_cut_off(source: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_BODY", 1 << 20)
    bomb = gzip.compress(b" " * (3 << 20))
    respx.get(f"{HOME}/x").mock(
        return_value=httpx.Response(200, content=bomb, headers={"Content-Encoding": "gzip"})
    )
    with pytest.raises(UnexpectedAnswerError, match="more than 1 MB"):
        await source.get("x")


@respx.mock
async def test_a_body_that_cannot_be_unpacked_is_no_answer(source: Transport) -> None:
    respx.get(f"{HOME}/x").mock(
        side_effect=lambda _: httpx.Response(
            200, stream=httpx.ByteStream(b"no gzip"), headers={"Content-Encoding": "gzip"}
        )
    )
    with pytest.raises(UnexpectedAnswerError, match="decompressed"):
        await source.get("x")


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/rest?page=2",
        "http://larkfield.example/rest?page=2",
        "https://larkfield.example:8443/rest",
        "https://larkfield.example.evil.example/rest",
        "https://someone:else@larkfield.example/rest",
        "https://169.254.169.254/latest/meta-data",
        "https://larkfield.example:port/",
    ],
)
@respx.mock
async def test_a_next_link_to_another_origin_is_refused_before_credentials_leave(
    source: Transport, link: str
) -> None:
    anywhere = respx.route().mock(return_value=OK)
    with pytest.raises(UnexpectedAnswerError):
        await source.get(link)
    assert not anywhere.called


@respx.mock
async def test_a_next_link_home_is_followed(source: Transport) -> None:
    route = respx.get(f"{HOME}/rest", params={"page": "2"}).mock(return_value=OK)
    await source.get(f"{HOME}/rest?page=2")
    assert route.calls.last.request.headers["Authorization"].startswith("Basic ")


@respx.mock
async def test_paths_stay_below_a_base_address_with_a_path() -> None:
    gateway = Transport("https://api.atlassian.com/ex/jira/42", who="Jira")
    route = respx.get("https://api.atlassian.com/ex/jira/42/rest/api/3/myself").mock(return_value=OK)
    await gateway.get("/rest/api/3/myself")
    await gateway.close()
    assert route.called


@pytest.mark.parametrize(
    "address", ["http://jira.example", "ftp://jira.example", "jira.example", "https://x:y"]
)
def test_credentials_do_not_travel_in_the_clear(address: str) -> None:
    with pytest.raises(FixRequestError):
        Transport(address, who="Jira", auth=("ann", "s3cret"))


@respx.mock
async def test_a_token_with_a_line_break_is_not_repeated_in_the_error(source: Transport) -> None:
    respx.get(f"{HOME}/x").side_effect = httpx.LocalProtocolError("Illegal header value b'Bearer s3cret\\n'")
    with pytest.raises(FixRequestError) as caught:
        await source.get("x")
    assert "s3cret" not in f"{caught.value!r}{caught.value.__cause__!r}"


@pytest.mark.parametrize(
    ("header", "left"), [("42", 42), ("many", None), (b"\xb2", None), ("", None), ("9" * 5000, None)]
)
@respx.mock
async def test_what_is_left_is_a_number_or_unknown(
    source: Transport, header: str | bytes, left: int | None
) -> None:
    respx.get(f"{HOME}/x").mock(
        return_value=httpx.Response(200, json={}, headers={"X-RateLimit-Remaining": header})
    )
    assert (await source.get("x")).left == left


class Dripping(httpx.AsyncByteStream):
    """A body whose first byte comes at once, and whose second never does."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b" "
        await asyncio.Event().wait()


@respx.mock
async def test_a_body_that_drips_does_not_hold_a_sync_for_ever(
    source: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WHOLE_ANSWER", 0.01)
    route = respx.get(f"{HOME}/x").mock(side_effect=lambda _: httpx.Response(200, stream=Dripping()))
    async with asyncio.timeout(5):
        with pytest.raises(TryLaterError, match="did not end its answer"):
            await source.get("x")
    assert route.call_count == TRIES


@respx.mock
async def test_a_body_that_is_compressed_twice_is_not_unpacked(source: Transport) -> None:
    bomb = gzip.compress(gzip.compress(b" " * (1 << 20)))
    respx.get(f"{HOME}/x").mock(
        return_value=httpx.Response(
            200, stream=httpx.ByteStream(bomb), headers={"Content-Encoding": "gzip, gzip"}
        )
    )
    with pytest.raises(UnexpectedAnswerError, match="compressed more than once"):
        await source.get("x")


DATE = "Mon, 02 Mar 2026 09:00:00"


@pytest.mark.parametrize("zone", ["GMT", "-0000", "+0000"])
def test_an_answer_tells_the_time_of_its_source(zone: str) -> None:
    assert Answer(None, {"date": f"{DATE} {zone}"}, 200).at == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("date", ["", "today", f"{DATE} GMT, {DATE} GMT"])
def test_a_date_that_is_none_or_two_is_no_time(date: str) -> None:
    assert Answer(None, {"date": date}, 200).at is None


@respx.mock
async def test_a_source_that_repeats_our_credentials_is_not_quoted(source: Transport) -> None:
    basic = base64.b64encode(b"ann@larkfield.example:s3cret").decode()
    said = f"The token s3cret of Authorization: Basic {basic} is not allowed"
    respx.get(f"{HOME}/x").mock(return_value=httpx.Response(403, json={"message": said}))
    with pytest.raises(GrantAccessError, match=r"\[secret\]") as caught:
        await source.get("x")
    assert "s3cret" not in str(caught.value)
    assert basic not in str(caught.value)
