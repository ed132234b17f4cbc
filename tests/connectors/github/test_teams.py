"""Teams of an organisation."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import respx
from github_answers import connection, impatient, moment
from github_company import TOKEN, Clock, company, day, serving

from connectors.github import teams
from connectors.github.teams import Teams
from connectors.larkfield.world import Group, Member
from connectors.transport import Transport

URL = "https://api.github.com/graphql"
CROWD = [f"person-{n:03}" for n in range(230)]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    world = company(())
    crowd = {name: Member(name, name, "", "", name, "") for name in CROWD}
    groups = (
        Group("T_1", "all", "All", tuple(CROWD), tuple(f"larkfield/r{n}" for n in range(120))),
        Group(
            "T_2",
            "eta",
            "Arrival times",
            ("dev", "hana"),
            ("larkfield/tracking",),
            ("larkfield/slos",),
            "all",
        ),
        *(Group(f"T_{n}", f"team-{n}", f"Team {n}", (), ()) for n in range(3, 64)),
    )
    world = replace(world, people={**world.people, **crowd}, groups=groups)
    with serving(world, Clock(day(30))) as url:
        yield url


@pytest.fixture
async def transport(address: str) -> AsyncIterator[Transport]:
    transport = impatient(address, TOKEN)
    yield transport
    await transport.close()


async def test_a_team_has_members_and_the_repositories_it_may_write_to(transport: Transport) -> None:
    found = {team.key: team for team in (await teams.read(transport, "github", "larkfield")).found}

    team = found["larkfield/eta"]
    assert (team.id, team.name, team.parent) == ("T_2", "Arrival times", "larkfield/all")
    assert (team.members, team.repositories) == (("devp",), ("larkfield/tracking",))
    assert team.audience == "github:github:larkfield"


async def test_all_teams_members_and_repositories_are_read(transport: Transport) -> None:
    read = await teams.read(transport, "github", "larkfield")

    assert read.problems == []
    assert len({team.id for team in read.found}) == 63
    assert read.found[0].members == tuple(CROWD)
    assert len(read.found[0].repositories) == 120


async def test_a_user_has_no_teams_and_that_is_no_problem(transport: Transport) -> None:
    assert await teams.read(transport, "github", "eva-k") == Teams()


async def answered(body: dict[str, Any]) -> Teams:
    with respx.mock:
        respx.post(URL).mock(return_value=httpx.Response(200, json=body))
        transport = impatient()
        found = await teams.read(transport, "github", "larkfield")
        await transport.close()
    return found


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [{"type": "INSUFFICIENT_SCOPES", "message": "The 'teams' field requires read:org."}]},
        {
            "data": {"organization": {"id": "O_1", "teams": None}},
            "errors": [
                {
                    "type": "FORBIDDEN",
                    "path": ["organization", "teams"],
                    "message": "Resource not accessible.",
                }
            ],
        },
        {"data": {"organization": {"id": "O_1", "teams": {"nodes": 7}}}},
    ],
)
async def test_teams_that_cannot_be_read_are_one_problem(body: dict[str, Any]) -> None:
    found = await answered(body)

    assert found.found == []
    assert [problem.scope for problem in found.problems] == ["teams"]


async def test_one_team_that_is_not_as_documented_is_a_problem_and_the_others_are_kept() -> None:
    row = {
        "id": "T_1",
        "name": "Arrival times",
        "combinedSlug": "larkfield/eta",
        "updatedAt": moment(0),
        "parentTeam": None,
        "members": connection({"login": "devp"}, None),
        "repositories": {**connection(), "edges": []},
    }
    listed = connection(row, {**row, "combinedSlug": "larkfield/odd", "members": None})
    found = await answered({"data": {"organization": {"id": "O_1", "teams": listed}}})

    assert [team.members for team in found.found] == [("devp",)]
    assert [problem.scope for problem in found.problems] == ["teams"]
    assert "larkfield/odd" in found.problems[0].what
