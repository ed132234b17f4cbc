"""The change feed of one repository."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import respx
from github_answers import START, moment, row

from connectors.errors import UnexpectedAnswerError
from connectors.github.feed import Batch, changes
from connectors.transport import Transport

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
        rows = sorted(self.rows, key=lambda r: (r["updated_at"], r["number"]))
        rows = [r for r in rows if r["updated_at"] >= asked.get("since", "")]
        start = (int(asked["page"]) - 1) * 100
        return httpx.Response(200, json=rows[start : start + 100])

    def touch(self) -> None:
        """Nothing happens meanwhile."""


async def read(transport: Transport, since: Any = None) -> list[Batch]:
    return [batch async for batch in changes(transport, "larkfield/tracking", since)]


def numbers(batches: list[Batch]) -> list[int]:
    return [issue.number for batch in batches for issue in batch.issues]


@respx.mock
async def test_a_first_reading_has_no_since(transport: Transport) -> None:
    repository = Repository([row(1)])
    respx.get(URL).mock(side_effect=repository)

    await read(transport)

    assert repository.asked == [
        {"state": "all", "sort": "updated", "direction": "asc", "per_page": "100", "page": "1"}
    ]


@respx.mock
async def test_every_request_asks_for_the_first_page_since_the_last_change(transport: Transport) -> None:
    repository = Repository([row(number) for number in range(1, 251)])
    respx.get(URL).mock(side_effect=repository)

    batches = await read(transport)

    assert numbers(batches) == list(range(1, 251))
    assert [(asked.get("since"), asked["page"]) for asked in repository.asked] == [
        (None, "1"),
        (moment(100), "1"),
        (moment(199), "1"),
    ]


@respx.mock
async def test_a_page_that_shares_one_moment_is_counted_through(transport: Transport) -> None:
    bulk = [row(number, minutes=50) for number in range(1, 321)]
    repository = Repository([*bulk, row(400, minutes=51), row(401, minutes=52)])
    respx.get(URL).mock(side_effect=repository)

    batches = await read(transport)

    assert numbers(batches) == [*range(1, 321), 400, 401]
    assert [(asked.get("since"), asked["page"]) for asked in repository.asked] == [
        (None, "1"),
        *((moment(50), str(page)) for page in (1, 2, 3, 4)),
    ]


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
async def test_a_full_last_page_is_not_taken_for_the_end(transport: Transport) -> None:
    respx.get(URL).mock(side_effect=Repository([row(number) for number in range(1, 101)]))

    batches = await read(transport)

    assert len(batches) == 2
    assert numbers(batches) == list(range(1, 101))


@respx.mock
async def test_an_empty_repository_has_one_empty_batch(transport: Transport) -> None:
    respx.get(URL).mock(return_value=httpx.Response(200, json=[], headers={"X-RateLimit-Remaining": "77"}))

    assert await read(transport) == [Batch((), (), None, 77)]
    assert await read(transport, START) == [Batch((), (), START, 77)]


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
    route = respx.get(URL).mock(return_value=httpx.Response(200, json=page))

    with pytest.raises(UnexpectedAnswerError, match="does not go forward"):
        await read(transport, START)
    assert route.call_count <= 3


@respx.mock
@pytest.mark.parametrize("answer", [{"message": "fine"}, None, "text", 7])
async def test_what_is_no_list_is_refused_by_name(transport: Transport, answer: Any) -> None:
    respx.get(URL).mock(return_value=httpx.Response(200, json=answer))

    with pytest.raises(UnexpectedAnswerError, match="issues of larkfield/tracking"):
        await read(transport)
