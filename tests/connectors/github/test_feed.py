"""The change feed of one repository."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import respx
from github_answers import START, moment, row

from connectors.errors import UnexpectedAnswerError
from connectors.github.feed import Batch, changes, everything
from connectors.transport import Transport

DATE = "Mon, 02 Mar 2026 10:00:00 GMT"
URL = "https://api.github.com/repos/larkfield/tracking/issues"


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    transport = Transport("https://api.github.com", who="GitHub")
    yield transport
    await transport.close()


class Repository:
    """Answers the issue list from rows, as GitHub does; `touch` may change them before a request."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows
        self.asked: list[dict[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = dict(request.url.params)
        self.asked.append(asked)
        self.touch()
        by = f"{asked['sort']}_at"
        rows = sorted(self.rows, key=lambda r: (r[by], r["number"]))
        rows = [r for r in rows if r["updated_at"] >= asked.get("since", "")]
        page = int(asked.get("page", 1))
        more = request.url.copy_merge_params({"page": page + 1})
        links = {"Link": f'<{more}>; rel="next"'} if page * 100 < len(rows) else {}
        return httpx.Response(200, json=rows[(page - 1) * 100 : page * 100], headers=links)

    def touch(self) -> None:
        """Nothing happens meanwhile."""


async def read(transport: Transport, since: datetime = START) -> list[Batch]:
    return [batch async for batch in changes(transport, "larkfield/tracking", since)]


async def read_all(transport: Transport, rest: str = "") -> list[Batch]:
    return [batch async for batch in everything(transport, "larkfield/tracking", rest)]


def numbers(batches: list[Batch]) -> list[int]:
    return [issue.number for batch in batches for issue in batch.issues]


@respx.mock
async def test_a_first_reading_follows_the_order_of_creation_and_has_no_since(transport: Transport) -> None:
    repository = Repository([row(number, created_at=moment(number)) for number in range(1, 251)])
    respx.get(URL).mock(side_effect=repository)

    batches = await read_all(transport)

    assert numbers(batches) == list(range(1, 251))
    first = {"state": "all", "sort": "created", "direction": "asc", "per_page": "100"}
    assert repository.asked == [first, {**first, "page": "2"}, {**first, "page": "3"}]
    assert [batch.last for batch in batches] == [False, False, True]


@respx.mock
async def test_a_change_meanwhile_moves_nothing_out_of_a_first_reading(transport: Transport) -> None:
    class Busy(Repository):
        def touch(self) -> None:
            self.rows[len(self.asked)]["updated_at"] = moment(5000)

    rows = [row(number, created_at=moment(number)) for number in range(1, 251)]
    respx.get(URL).mock(side_effect=Busy(rows))

    assert numbers(await read_all(transport)) == list(range(1, 251))


@respx.mock
async def test_a_first_reading_goes_on_where_it_was_stopped(transport: Transport) -> None:
    rows = [row(number, created_at=moment(number)) for number in range(1, 251)]
    respx.get(URL).mock(side_effect=Repository(rows))
    first, *_ = await read_all(transport)

    assert numbers(await read_all(transport, first.rest)) == list(range(101, 251))


@respx.mock
async def test_a_first_reading_begins_anew_where_github_has_forgotten_the_page(transport: Transport) -> None:
    repository = Repository([row(1)])

    def forgetful(request: httpx.Request) -> httpx.Response:
        return httpx.Response(422) if "after" in request.url.params else repository(request)

    respx.get(URL).mock(side_effect=forgetful)

    assert numbers(await read_all(transport, "per_page=100&after=Y3Vyc29y")) == [1]


@respx.mock
async def test_every_request_asks_for_the_first_page_since_the_last_change(transport: Transport) -> None:
    repository = Repository([row(number) for number in range(1, 251)])
    respx.get(URL).mock(side_effect=repository)

    batches = await read(transport)

    assert numbers(batches) == list(range(1, 251))
    assert [(asked.get("since"), asked.get("page")) for asked in repository.asked] == [
        (moment(0), None),
        (moment(100), None),
        (moment(199), None),
    ]


@respx.mock
async def test_a_page_that_shares_one_moment_is_left_by_its_link(transport: Transport) -> None:
    bulk = [row(number, minutes=50) for number in range(1, 321)]
    repository = Repository([*bulk, row(400, minutes=51), row(401, minutes=52)])
    respx.get(URL).mock(side_effect=repository)

    batches = await read(transport)

    assert numbers(batches) == [*range(1, 321), 400, 401]
    once = [(moment(50), page) for page in (None, "2", "3", "4")]
    assert [(asked["since"], asked.get("page")) for asked in repository.asked[1:]] == [*once, *once]


@respx.mock
async def test_an_entry_touched_meanwhile_hides_no_other_of_its_moment(transport: Transport) -> None:
    class Busy(Repository):
        def touch(self) -> None:
            if len(self.asked) == 3:  # page 2: all others move up by one, over the edge of the page
                self.rows[0] = row(1, minutes=1000)

    respx.get(URL).mock(side_effect=Busy([row(number, minutes=50) for number in range(1, 251)]))

    assert sorted(numbers(await read(transport))) == [1, *range(1, 251)]


@respx.mock
async def test_an_entry_touched_meanwhile_is_met_again_and_hides_no_other(transport: Transport) -> None:
    class Busy(Repository):
        def touch(self) -> None:
            if len(self.asked) == 2:
                self.rows[0] = row(1, minutes=1000)

    respx.get(URL).mock(side_effect=Busy([row(number) for number in range(1, 251)]))

    batches = await read(transport)

    assert numbers(batches) == [*range(1, 251), 1]


@respx.mock
async def test_a_full_page_is_the_last_only_where_github_links_to_no_other(transport: Transport) -> None:
    repository = Repository([row(number) for number in range(1, 101)])
    respx.get(URL).mock(side_effect=repository)

    assert len(await read(transport)) == 1
    repository.rows.append(row(101))
    assert numbers(await read(transport)) == list(range(1, 102))


@respx.mock
async def test_an_unchanged_list_gives_nothing(transport: Transport) -> None:
    told = httpx.Response(200, json=[row(1)], headers={"ETag": 'W/"1"', "Date": DATE})
    route = respx.get(URL).mock(return_value=told)
    (batch,) = await read(transport)
    assert (batch.etag, batch.seen) == ('W/"1"', datetime(2026, 3, 2, 10, 0, tzinfo=UTC))

    route.mock(return_value=httpx.Response(304))
    assert [b async for b in changes(transport, "larkfield/tracking", START, etag=batch.etag)] == []
    assert route.calls[-1].request.headers["if-none-match"] == 'W/"1"'


@respx.mock
async def test_an_empty_repository_has_one_empty_batch(transport: Transport) -> None:
    respx.get(URL).mock(return_value=httpx.Response(200, json=[], headers={"X-RateLimit-Remaining": "77"}))

    assert await read_all(transport) == [Batch((), (), None, 77, last=True)]
    assert await read(transport) == [Batch((), (), None, 77, last=True)]


@respx.mock
async def test_one_unreadable_entry_is_a_problem_and_spoils_nothing(transport: Transport) -> None:
    rows = [row(1), row(2, title=None), row(3, state="stuck"), {"odd": True}, "odder", row(4)]
    respx.get(URL).mock(return_value=httpx.Response(200, json=rows))

    (batch,) = await read(transport)

    assert [issue.number for issue in batch.issues] == [1, 4]
    assert [problem.scope for problem in batch.problems] == [
        "item:larkfield/tracking#2",
        "item:larkfield/tracking#3",
        "item:larkfield/tracking#?",
        "item:larkfield/tracking#?",
    ]
    assert "$.title" in batch.problems[0].what


@respx.mock
@pytest.mark.parametrize(
    "page",
    [
        [row(number, minutes=5) for number in range(1, 101)],  # whatever is asked: the same page
        [row(number, minutes=-number) for number in range(1, 101)],  # newest first
        [{"number": number} for number in range(1, 101)],  # nothing to go on from
    ],
)
async def test_a_list_that_does_not_go_forward_is_refused(transport: Transport, page: list[Any]) -> None:
    more = {"Link": f'<{URL}?page=2>; rel="next"'}
    route = respx.get(URL).mock(return_value=httpx.Response(200, json=page, headers=more))

    with pytest.raises(UnexpectedAnswerError, match=r"does not go forward|lead in circles"):
        await read(transport, START)
    assert route.call_count <= 3


@respx.mock
@pytest.mark.parametrize("answer", [{"message": "fine"}, None, "text", 7])
async def test_what_is_no_list_is_refused_by_name(transport: Transport, answer: Any) -> None:
    respx.get(URL).mock(return_value=httpx.Response(200, json=answer))

    with pytest.raises(UnexpectedAnswerError, match="issues of larkfield/tracking"):
        await read(transport)
