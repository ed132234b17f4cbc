"""Releases and deployments, read from the sandbox and from answers that are not as they should be."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import respx
from github_answers import connection, impatient, moment, repository
from github_company import TOKEN, Clock, company, day, serving

from connectors.github import parse, shipped
from connectors.github.gathered import Gathered
from connectors.github.shipped import BATCH
from connectors.larkfield.world import Deployed, Published, Turn
from connectors.learned import Learned
from connectors.transport import Transport
from rules.records import Container, Deployment, Release

URL = "https://api.github.com/graphql"
HOME = replace(parse.repository(repository(), "github", "larkfield/tracking"), id="R_71")
OTHER = replace(parse.repository(repository("larkfield/slos"), "github", "larkfield/slos"), id="R_72")
GONE = replace(OTHER, id="R_99")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    many = tuple(Turn(day(150 + n / 100), "IN_PROGRESS") for n in range(12))
    world = replace(
        company(()),
        published=(
            Published("RE_1", "larkfield/tracking", "v1.0", day(100)),
            Published("RE_2", "larkfield/tracking", "v1.1-rc", day(150)),
            Published("RE_9", "larkfield/tracking", "v2.0", day(190)),
        ),
        deployed=(
            *(
                Deployed(n, f"DE_{n}", "larkfield/tracking", "production", f"{n:040}", day(n), "dev")
                for n in range(1, 151)
            ),
            Deployed(
                200,
                "DE_200",
                "larkfield/slos",
                "staging",
                "f" * 40,
                day(150),
                "renovate",
                (*many, Turn(day(151), "FAILURE")),
            ),
        ),
    )
    with serving(world, Clock(day(180))) as url:
        yield url


@pytest.fixture
async def transport(address: str) -> AsyncIterator[Transport]:
    transport = impatient(address, TOKEN)
    yield transport
    await transport.close()


async def read(transport: Transport, *homes: Container, since: float = 90) -> Gathered:
    batches = [batch async for batch in shipped.read(transport, Learned(), homes, day(since))]
    return Gathered(
        tuple(record for batch in batches for record in batch.records),
        tuple(problem for batch in batches for problem in batch.problems),
    )


async def test_a_release_is_told_with_when_it_came_out(transport: Transport) -> None:
    found = {r.key: r for r in (await read(transport, HOME)).records if isinstance(r, Release)}

    assert set(found) == {"larkfield/tracking@v1.0", "larkfield/tracking@v1.1-rc"}
    first = found["larkfield/tracking@v1.0"]
    assert (first.id, first.container, first.released, first.released_at) == (
        "RE_1",
        "larkfield/tracking",
        True,
        day(100),
    )
    assert first.audience == HOME.audience
    assert [found[key].prerelease for key in sorted(found)] == [False, True]


async def test_a_deployment_is_told_with_all_that_became_of_it(transport: Transport) -> None:
    (found,) = (await read(transport, OTHER)).records

    assert isinstance(found, Deployment)
    assert (found.key, found.environment, found.ref) == ("larkfield/slos@staging#200", "staging", "main")
    assert (found.commit, found.by, found.created_at) == ("f" * 40, "renovate[bot]", day(150))
    assert [status.state for status in found.statuses] == ["in_progress"] * 12 + ["failure"]
    assert found.changed_at == day(151)


async def test_deployments_are_followed_as_far_back_as_they_count(transport: Transport) -> None:
    deployed = [r for r in (await read(transport, HOME, since=90)).records if isinstance(r, Deployment)]
    newest = [r for r in (await read(transport, HOME, since=179)).records if isinstance(r, Deployment)]

    assert min(r.created_at for r in deployed) <= day(90)
    assert len(deployed) == 100
    assert len(newest) == 50


async def test_a_repository_that_is_gone_is_one_problem_and_the_others_are_read(transport: Transport) -> None:
    found = await read(transport, GONE, OTHER)

    assert [record.id for record in found.records] == ["DE_200"]
    assert [problem.scope for problem in found.problems] == ["shipped:a repository"]


def node(**other: Any) -> dict[str, Any]:
    return {"releases": connection(), "deployments": connection(), **other}


def release(number: int, **other: Any) -> dict[str, Any]:
    return {
        "id": f"RE_{number}",
        "name": None,
        "tagName": f"v{number}",
        "url": "https://github.com/larkfield/tracking/releases/tag/v1",
        "isDraft": False,
        "isPrerelease": False,
        "createdAt": moment(number),
        "publishedAt": moment(number),
        "updatedAt": moment(number),
        **other,
    }


def deployment(**other: Any) -> dict[str, Any]:
    return {
        "id": "DE_1",
        "databaseId": None,
        "environment": None,
        "commitOid": "0" * 40,
        "ref": None,
        "createdAt": moment(1),
        "updatedAt": moment(2),
        "creator": None,
        "statuses": None,
        **other,
    }


async def answered(*bodies: dict[str, Any], homes: tuple[Container, ...] = (HOME, OTHER)) -> Gathered:
    with respx.mock:
        respx.post(URL).mock(side_effect=[httpx.Response(200, json=body) for body in bodies])
        transport = impatient()
        found = await read(transport, *homes)
        await transport.close()
    return found


async def test_what_github_does_not_know_stays_empty() -> None:
    told = node(
        deployments=connection(deployment()), releases=connection(release(1, isDraft=True, publishedAt=None))
    )
    found = await answered({"data": {"nodes": [told, None]}})

    draft, deployed = found.records
    assert isinstance(draft, Release)
    assert isinstance(deployed, Deployment)
    assert (draft.name, draft.released, draft.released_at) == ("v1", False, None)
    assert (deployed.key, deployed.by, deployed.statuses) == ("larkfield/tracking@#DE_1", None, ())


async def test_one_that_is_not_as_documented_is_a_problem_and_the_others_are_kept() -> None:
    told = node(releases=connection(release(1), release(2, tagName=None), "?"))
    found = await answered({"data": {"nodes": [told, node()]}})

    assert [record.id for record in found.records] == ["RE_1"]
    assert [problem.scope for problem in found.problems] == ["shipped:larkfield/tracking"] * 2


async def test_a_kind_that_is_hidden_everywhere_is_one_problem() -> None:
    hidden = [
        {"type": "FORBIDDEN", "path": ["nodes", n, "deployments"], "message": "Resource not accessible."}
        for n in range(BATCH)
    ]
    told = node(deployments=None, releases=connection(release(1)))
    body = {"data": {"nodes": [told] * BATCH}, "errors": hidden}
    found = await answered(body, body, homes=(HOME,) * (2 * BATCH))

    assert [record.id for record in found.records] == ["RE_1"] * (2 * BATCH)
    assert [problem.scope for problem in found.problems] == ["shipped:deployments"]


async def test_a_refused_question_is_a_problem_and_no_failure() -> None:
    refused = {"errors": [{"message": "Field 'releases' doesn't exist on type 'Repository'"}]}
    found = await answered(refused)

    assert found.records == ()
    assert [problem.scope for problem in found.problems] == ["shipped"]


async def test_further_entries_that_do_not_come_are_a_problem_of_their_repository() -> None:
    going_on = {
        "nodes": [release(1, createdAt="2027-01-01T00:00:00Z")],
        "pageInfo": {"hasNextPage": True, "endCursor": "1"},
    }
    gave_up = {"data": None, "errors": [{"message": "Something went wrong. This may be a timeout."}]}
    first = {"data": {"nodes": [node(releases=going_on), node(releases=connection(release(2)))]}}
    found = await answered(first, gave_up)

    assert [record.id for record in found.records] == ["RE_2"]
    assert [problem.scope for problem in found.problems] == ["shipped:larkfield/tracking"]
