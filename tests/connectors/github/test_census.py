"""What the census finds on the sandbox, and that it concludes nothing from answers that are not whole."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest
import respx
from github_answers import impatient, repository
from github_company import TOKEN, Clock, company, day, issue, pull, serving

from config.model import Source
from connectors.connector import Found
from connectors.errors import (
    FixRequestError,
    NotThereError,
    TryLaterError,
    UnexpectedAnswerError,
)
from connectors.github.census import GitHubCensus
from connectors.github.client import GitHub, connect
from connectors.github.repositories import Roster
from connectors.github.sandbox_rest import Mishap

API = "https://api.github.com"
TRACKING, SLOS, OLD = "larkfield/tracking", "larkfield/slos", "larkfield/old-portal"


def pull_id(number: int) -> str:
    return f"PR_{TRACKING}_{number}"


def issue_id(number: int, home: str = TRACKING) -> str:
    return f"I_{home}_{number}"


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock(day(30))


@pytest.fixture(scope="module")
def address(clock: Clock) -> Iterator[str]:
    """A repository with more than two pages of each; one issue is deleted on day 40, one transferred."""
    pulls = tuple(pull(number, created_at=day(1)) for number in range(1, 206))
    issues = (
        *(issue(number, created_at=day(2)) for number in range(301, 421)),
        issue(1, repository=SLOS, created_at=day(40)),
        issue(1, repository=OLD),
    )
    mishaps = (
        Mishap(issue_id(301), day(40)),
        Mishap(issue_id(302), day(40), becomes=issue_id(1, SLOS)),
        Mishap(pull_id(7), day(40)),
    )
    with serving(company(pulls, issues), clock, mishaps=mishaps) as url:
        yield url


@pytest.fixture
def at(clock: Clock) -> Iterator[Callable[[datetime], None]]:
    def set_to(moment: datetime) -> None:
        clock.now = moment

    yield set_to
    clock.now = day(30)


@pytest.fixture
async def github(address: str) -> AsyncIterator[GitHub]:
    connector = connect(Source(id="github", github="larkfield"), url=address, token=TOKEN)
    yield connector
    await connector.close()


async def listed(census: GitHubCensus, container: str = TRACKING) -> list[str]:
    return [id_ async for ids in census.ids(container) for id_ in ids]


async def test_the_roster_tells_what_is_archived(github: GitHub) -> None:
    assert await github.census.roster() == {OLD: "archived", SLOS: "live", TRACKING: "live"}


async def test_all_are_counted_with_one_question(github: GitHub) -> None:
    await github.census.roster()
    before = github.meter.spent["github:graphql"]

    counted = await github.census.counts([TRACKING, SLOS, OLD, "larkfield/none"])

    assert counted == {TRACKING: 325, SLOS: 0, OLD: 1}
    assert github.meter.spent["github:graphql"] - before == 1


async def test_every_id_is_listed_once_at_a_point_for_200(github: GitHub) -> None:
    await github.census.roster()
    before = github.meter.spent["github:graphql"]

    ids = await listed(github.census)

    assert sorted(ids) == sorted(
        [*(pull_id(n) for n in range(1, 206)), *(issue_id(n) for n in range(301, 421))]
    )
    assert github.meter.spent["github:graphql"] - before == 3


async def test_an_unchanged_roster_is_free(github: GitHub) -> None:
    await github.census.roster()
    before = github.meter.spent["github:core"]
    await github.census.roster()
    assert github.meter.spent["github:core"] == before


async def test_what_is_deleted_or_transferred_is_told_apart(
    github: GitHub, at: Callable[[datetime], None]
) -> None:
    before = set(await listed(github.census))
    at(day(41))
    missing = before - set(await listed(github.census))
    found = await github.census.find(sorted(missing))

    assert missing == {issue_id(301), issue_id(302), pull_id(7)}
    assert found == {issue_id(302): Found(issue_id(1, SLOS), SLOS)}
    assert await github.census.counts([TRACKING]) == {TRACKING: 322}


async def test_an_item_that_stayed_is_found_where_it_was(github: GitHub) -> None:
    ids = [issue_id(303), pull_id(8), "no id at all"]
    assert await github.census.find(ids) == {
        issue_id(303): Found(issue_id(303), TRACKING),
        pull_id(8): Found(pull_id(8), TRACKING),
    }


@pytest.fixture
async def census() -> AsyncIterator[GitHubCensus]:
    transport = impatient()
    respx.get(f"{API}/orgs/larkfield/repos").mock(
        return_value=httpx.Response(200, json=[repository(TRACKING)])
    )
    yield GitHubCensus(transport, Roster("github", "larkfield", ()))
    await transport.close()


def answers(*bodies: Any) -> respx.Route:
    return respx.post(f"{API}/graphql").mock(
        side_effect=[httpx.Response(200, json=body) for body in bodies] * 5
    )


def gone(place: int, kind: str = "NOT_FOUND") -> dict[str, Any]:
    return {"type": kind, "path": ["nodes", place], "message": "Could not resolve to a node"}


def there(id_: str) -> dict[str, Any]:
    return {"id": id_, "number": 1, "repository": {"nameWithOwner": TRACKING}}


@respx.mock
async def test_one_bad_id_fails_no_other(census: GitHubCensus) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        ids = httpx.Response(200, content=request.content).json()["variables"]["ids"]
        if "bad" in ids:
            return httpx.Response(200, json={"data": None, "errors": [gone(ids.index("bad"))]})
        return httpx.Response(200, json={"data": {"nodes": [there(id_) for id_ in ids]}})

    respx.post(f"{API}/graphql").mock(side_effect=answer)
    ids = [*(f"I_{n}" for n in range(60)), "bad", *(f"I_{n}" for n in range(60, 99))]

    assert set(await census.find(ids)) == set(ids) - {"bad"}


@respx.mock
async def test_a_question_that_is_refused_proves_no_absence(census: GitHubCensus) -> None:
    answers({"errors": [{"message": "Field 'id' doesn't exist on type 'Issue'"}]})
    with pytest.raises(FixRequestError):
        await census.find(["I_1", "I_2", "I_3"])


@respx.mock
@pytest.mark.parametrize(
    "body",
    [
        {"data": {"nodes": [None]}, "errors": [gone(0, "SERVICE_UNAVAILABLE")]},
        {"data": {"nodes": [None]}, "errors": [{"message": "Something went wrong"}]},
    ],
)
async def test_a_null_for_another_reason_proves_no_absence(census: GitHubCensus, body: Any) -> None:
    answers(body)
    with pytest.raises(TryLaterError):
        await census.find(["I_1"])


@respx.mock
async def test_an_answer_that_is_too_short_proves_no_absence(census: GitHubCensus) -> None:
    answers({"data": {"nodes": []}})
    with pytest.raises(UnexpectedAnswerError):
        await census.find(["I_1"])


def part(*ids: str, total: int | None = None, after: str | None = None) -> dict[str, Any]:
    return {
        "totalCount": len(ids) if total is None else total,
        "pageInfo": {"hasNextPage": after is not None, "endCursor": after},
        "nodes": [{"id": id_} for id_ in ids],
    }


@respx.mock
@pytest.mark.parametrize(
    ("body", "error"),
    [
        (
            {"data": {"node": None}, "errors": [{"type": "NOT_FOUND", "path": ["node"], "message": "No"}]},
            None,
        ),
        ({"data": {"node": {"issues": part("I_1", total=2), "pullRequests": part()}}}, TryLaterError),
        ({"data": {"node": {"issues": None, "pullRequests": part()}}}, UnexpectedAnswerError),
        (
            {
                "data": {"node": {"issues": part("I_1"), "pullRequests": part()}},
                "errors": [{"message": "Something went wrong", "path": ["node", "issues"]}],
            },
            TryLaterError,
        ),
        (
            {"data": {"node": {"issues": part("I_1", after="x"), "pullRequests": part()}}},
            UnexpectedAnswerError,
        ),
    ],
)
async def test_a_list_that_is_not_whole_is_refused(
    census: GitHubCensus, body: Any, error: type[Exception] | None
) -> None:
    answers(body)
    with pytest.raises(error or NotThereError):
        await listed(census)


@respx.mock
async def test_a_repository_that_hides_its_items_is_not_counted(census: GitHubCensus) -> None:
    newest = {"totalCount": 3, "nodes": []}
    answers({"data": {"nodes": [{"issues": newest, "pullRequests": None}]}, "errors": [gone(0, "FORBIDDEN")]})
    assert await census.counts([TRACKING]) == {}


@respx.mock
async def test_a_roster_with_an_unreadable_entry_is_no_roster(census: GitHubCensus) -> None:
    listed = [repository(TRACKING), {"full_name": "larkfield/odd"}]
    respx.get(f"{API}/orgs/larkfield/repos").mock(return_value=httpx.Response(200, json=listed))
    with pytest.raises(UnexpectedAnswerError):
        await census.roster()
