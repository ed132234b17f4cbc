"""What follows from Larkfield's pull requests, and what it must not change."""

from datetime import timedelta

import pytest

from connectors.github.owners import parse
from connectors.larkfield.generate import larkfield
from connectors.larkfield.people import PEOPLE
from connectors.larkfield.world import World


@pytest.fixture(scope="module")
def world() -> World:
    return larkfield()


def test_it_is_the_same_every_time(world: World) -> None:
    again = larkfield()
    assert (again.deployed, again.published, again.pulls) == (world.deployed, world.published, world.pulls)


def test_an_earlier_end_tells_the_same_until_then(world: World) -> None:
    ends = world.ends - timedelta(days=60)
    earlier = larkfield(ends=ends)
    told = [(deployed.commit, deployed.at) for deployed in world.deployed if deployed.at <= ends]
    assert [(deployed.commit, deployed.at) for deployed in earlier.deployed] == told != []
    assert all(turn.at <= ends for deployed in earlier.deployed for turn in deployed.turns)


def test_what_was_merged_had_passed_its_checks(world: World) -> None:
    merged = [pull for pull in world.pulls if pull.merged_at]
    assert {pull.checks[-1].state for pull in merged} == {"SUCCESS"}
    assert all(pull.merged_at is None or pull.checks[-1].at <= pull.merged_at for pull in merged)
    assert {turn.state for pull in world.pulls for turn in pull.checks} >= {"PENDING", "SUCCESS"}


def test_some_deployments_fail(world: World) -> None:
    ended = [deployed.turns[-1].state for deployed in world.deployed]
    assert 0.01 < ended.count("FAILURE") / len(ended) < 0.15


def test_every_repository_that_is_shipped_is_released_once_a_month_at_most(world: World) -> None:
    tags = [(release.repository, release.tag) for release in world.published]
    assert len(tags) == len(set(tags)) > 50
    assert {repository for repository, _ in tags} == {deployed.repository for deployed in world.deployed}


def test_teams_and_owners_are_of_this_company(world: World) -> None:
    repositories = {repository.name for repository in world.repositories}
    slugs = {f"larkfield/{group.slug}" for group in world.groups}
    for group in world.groups:
        assert set(group.members) <= set(PEOPLE)
        assert {*group.writes, *group.reads} <= repositories
    for name, text in world.owners.items():
        file = parse(text)
        assert name in repositories
        assert file.skipped == 0
        assert {owner for line in file.lines for owner in line.owners} <= slugs
