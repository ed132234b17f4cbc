"""Larkfield's year is the same for the same seed, believable, and told in order."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from connectors.larkfield.generate import larkfield
from connectors.larkfield.people import HQ, PEOPLE, office
from connectors.larkfield.products import ENDS, PRODUCTS
from connectors.larkfield.world import Issue, World

STATUSES = {
    "Open",
    "Backlog",
    "To Do",
    "In Progress",
    "In Review",
    "Ready for QA",
    "Waiting for customer",
    "On Hold",
    "Done",
    "Released",
}
FINISHED = {"Done", "Released"}


@pytest.fixture(scope="module")
def world() -> World:
    return larkfield()


def test_a_seed_gives_the_same_year_and_another_seed_another(world: World) -> None:
    assert larkfield(7) == world
    assert larkfield(8) != world


def test_a_year_is_told_in_under_two_seconds() -> None:
    start = time.process_time()
    larkfield(3)
    assert time.process_time() - start < 2


def test_the_counts_are_those_of_a_company_of_this_size(world: World) -> None:
    projects = Counter(i.project for i in world.issues)
    assert 2700 < len(world.issues) < 3200
    assert set(projects) == {p.key for p in world.projects}
    assert min(projects[key] for key in ("BOOK", "TRK", "PAY", "PLAT")) > 400
    assert 1400 < len(world.pulls) < 1700
    assert {p.repository for p in world.pulls} == {r.name for r in world.repositories}
    assert len(world.repo_issues) == 60
    kinds = Counter(i.kind for i in world.issues)
    assert set(kinds) == {"Story", "Bug", "Task", "Epic", "Sub-task", "Experiment", "Vulnerability"}


def test_numbers_follow_creation_and_keys_are_unique(world: World) -> None:
    assert len({i.key for i in world.issues}) == len({i.id for i in world.issues}) == len(world.issues)
    numbered = [(p.repository, p.number) for p in world.pulls] + [
        (i.repository, i.number) for i in world.repo_issues
    ]
    assert len(set(numbered)) == len(numbered)
    for project in world.projects:
        mine = [i for i in world.issues if i.project == project.key]
        assert [int(i.key.split("-")[1]) for i in mine] == sorted(int(i.key.split("-")[1]) for i in mine)
        assert [i.created_at for i in mine] == sorted(i.created_at for i in mine)


def test_what_happens_ascends_and_nothing_happens_outside_the_year(world: World) -> None:
    for issue in world.issues:
        moments = [issue.created_at, *(h.at for h in issue.happenings)]
        assert moments == sorted(moments), issue.key
        assert moments[0] >= world.begins
        assert moments[-1] <= world.ends
    for pull in world.pulls:
        steps = [pull.created_at, pull.ready_at, *(r.at for r in pull.reviews)]
        moments = [m for m in steps if m is not None]
        assert moments == sorted(moments), pull
        assert all(m <= world.ends for m in (*moments, pull.merged_at) if m is not None)


def test_every_change_says_what_stood_there_before(world: World) -> None:
    for issue in world.issues:
        now: dict[str, str | None] = {"status": issue.status, "labels": " ".join(issue.labels) or None}
        for happening in issue.happenings:
            if happening.field in {"comment", "link"}:
                continue
            assert happening.before == now.get(happening.field), (issue.key, happening)
            now[happening.field] = happening.after


def test_the_state_of_any_day_is_one_the_workflow_knows(world: World) -> None:
    for month in range(1, 12):
        day = datetime(2026, month, 3, 12, tzinfo=UTC)
        for issue in world.issues:
            state = issue.as_of(day)
            if state is None:
                assert day < issue.created_at
                continue
            assert state.status in STATUSES
            assert (state.status in FINISHED) == (state.resolution is not None), issue.key
            assert state.changed_at <= day


def test_people_work_in_their_own_hours(world: World) -> None:
    acts = [(h.by, h.at) for i in world.issues for h in i.happenings]
    inside = sum(
        office(by).works(office(by).day(at)) and office(by).opening(office(by).day(at)) <= at
        for by, at in acts
    )
    assert inside / len(acts) > 0.98
    assert not [at for _, at in acts if HQ.day(at).weekday() == 6]
    assert {by for by, _ in acts} <= set(PEOPLE)
    assert not [at for by, at in acts if by == "ivo" and at > datetime(2026, 10, 31, tzinfo=UTC)]


def test_most_work_that_was_started_is_finished_and_in_a_reasonable_time(world: World) -> None:
    spans = [span for i in world.issues if i.kind == "Story" and (span := cycle(i)) is not None]
    started = [
        i for i in world.issues if i.kind == "Story" and any(h.after == "In Progress" for h in i.happenings)
    ]
    assert len(spans) / len(started) > 0.95
    spans.sort()
    assert timedelta(days=4) < spans[len(spans) // 2] < timedelta(days=9)
    assert spans[int(len(spans) * 0.95)] < timedelta(days=25)


def test_references_point_at_what_exists(world: World) -> None:
    keys = {i.key for i in world.issues}
    accounts = {m.jira for m in world.people.values()}
    repository_issues = {(i.repository, i.number) for i in world.repo_issues}
    for issue in world.issues:
        state = issue.as_of(world.ends)
        assert state is not None
        assert state.parent is None or state.parent in keys
        assert {link.split()[-1] for link in state.links} <= keys
        assert state.assignee is None or state.assignee in accounts
    for pull in world.pulls:
        assert {(pull.repository, number) for number in pull.closes} <= repository_issues
        if pull.author != "renovate" and pull.repository != "larkfield/demo-kit":
            assert pull.title.split()[0] in keys


def test_links_stand_on_both_issues(world: World) -> None:
    links = {(i.key, h.after) for i in world.issues for h in i.happenings if h.field == "link"}
    blocked = [(key, said.split()[-1]) for key, said in links if said and said.startswith("is blocked by")]
    assert len(blocked) > 5
    assert all((blocker, f"blocks {key}") in links for key, blocker in blocked)


def test_no_title_is_used_twice(world: World) -> None:
    assert max(Counter(i.title for i in world.issues).values()) == 1


@pytest.mark.parametrize("product", ["booking-portal", "tracking", "dev-platform"])
def test_the_mix_of_finished_work_is_that_of_the_product(world: World, product: str) -> None:
    mine = PRODUCTS[product]
    finished = [
        i
        for i in world.issues
        if i.project == mine.project
        and set(i.components) & set(mine.components)
        and i.kind != "Sub-task"
        and cycle(i)
    ]
    share = sum(i.kind in {"Bug", "Vulnerability"} for i in finished) / len(finished)
    meant = (mine.mix["Bug"] + mine.mix["Vulnerability"]) / 20
    assert abs(share - meant) < 0.1


def test_an_earlier_end_tells_the_same_year_until_then(world: World) -> None:
    ends = datetime(2026, 6, 30, 12, tzinfo=UTC)
    half = larkfield(ends=ends)
    assert {i.key for i in half.issues} < {i.key for i in world.issues}
    assert max(h.at for i in half.issues for h in i.happenings) <= ends
    assert all(p.merged_at is None or p.merged_at <= ends for p in half.pulls)
    whole = {i.key: i for i in world.issues}
    assert all(i.as_of(ends) == whole[i.key].as_of(ends) for i in half.issues)


def test_there_is_no_year_beyond_the_end() -> None:
    with pytest.raises(ValueError, match="told from 2025-11-24"):
        larkfield(ends=ENDS + timedelta(days=1))


def cycle(issue: Issue) -> timedelta | None:
    """From the first start to the last end that holds."""
    started = next((h.at for h in issue.happenings if h.after == "In Progress"), None)
    state = issue.as_of(ENDS)
    if started is None or state is None or state.closed_at is None:
        return None
    return state.closed_at - started
