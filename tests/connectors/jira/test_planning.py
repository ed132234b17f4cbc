"""The sandbox plans as a site would, and the same in every run."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from connectors.jira.planning import SPRINT, Planning
from connectors.larkfield.generate import larkfield
from connectors.larkfield.world import Happening, Issue
from tests.connectors.jira.small_world import BEGIN, BLOCKED, DONE, EPIC, NOW, world

SMALL = world()
BOOK, TRACKING, OLD = SMALL.projects
PLANNING = Planning(SMALL)


def names(issue: Issue, at: datetime = NOW) -> list[str]:
    state = issue.as_of(at)
    assert state is not None
    return [one.name for one in PLANNING.sprints_of(issue, state)]


def test_every_live_project_has_a_board_and_every_other_works_in_sprints() -> None:
    assert [(one.project.key, one.scrum) for one in PLANNING.boards] == [("BOOK", True), ("TRK", False)]


def test_sprints_follow_each_other_and_two_are_planned_ahead() -> None:
    board, kanban = PLANNING.boards
    sprints = PLANNING.sprints(board, NOW)
    assert all(after.begins - before.begins == SPRINT for before, after in pairwise(sprints))
    states = [one.told(NOW)["state"] for one in sprints]
    assert states == ["closed"] * (len(states) - 3) + ["active", "future", "future"]
    assert sprints[0].begins.weekday() == 0
    assert PLANNING.sprints(kanban, NOW) == []


def test_an_issue_is_in_the_sprints_in_which_it_was_moved_on() -> None:
    assert names(BLOCKED) == ["BOOK Sprint 1"]
    assert names(BLOCKED, BEGIN) == []
    assert names(EPIC) == []
    assert names(replace(DONE, project="OLD")) == []
    assert names(DONE) == []


def test_what_is_only_made_ready_is_in_no_sprint_yet() -> None:
    made_ready = Happening(BEGIN + timedelta(days=1), "ana", "status", "To Do", "Ready")
    assert names(replace(BLOCKED, happenings=(made_ready,))) == []


def test_nothing_but_what_happens_to_an_issue_moves_it_to_a_sprint() -> None:
    assert names(BLOCKED, BEGIN + timedelta(days=2)) == names(BLOCKED, NOW + timedelta(days=100))


def test_an_issue_goes_out_with_the_version_of_the_month_it_was_done_in() -> None:
    state = DONE.as_of(NOW)
    assert state is not None
    version = PLANNING.version_of(state, TRACKING)
    assert version is not None
    assert (version.name, version.day) == ("26.01", date(2026, 1, 31))
    assert version in PLANNING.versions(TRACKING, NOW)
    unfinished = BLOCKED.as_of(NOW)
    assert unfinished is not None
    assert PLANNING.version_of(unfinished, BOOK) is None


def test_versions_are_released_when_their_month_is_over() -> None:
    versions = PLANNING.versions(BOOK, NOW)
    assert [one.name for one in versions[-4:]] == ["26.10", "26.11", "26.12", "27.01"]
    assert [one.released(NOW) for one in versions[-4:]] == [True, False, False, False]
    assert versions[-2].day == date(2026, 12, 31)


@pytest.mark.parametrize(("component", "handle"), [("Checkout", "bo"), ("Carrier", "chi"), ("", "bo")])
def test_who_owns_a_product_leads_its_components(component: str, handle: str) -> None:
    told = larkfield()
    lead = Planning(told).lead(next(one for one in told.projects if one.key == "BOOK"), component)
    assert lead == told.people[handle]


def test_else_who_asks_most_leads() -> None:
    lead = PLANNING.lead(TRACKING)
    assert lead == SMALL.people["bo"]
    assert PLANNING.lead(OLD) is None


def test_stories_tasks_and_bugs_are_estimated() -> None:
    assert [PLANNING.points(one) for one in (BLOCKED, DONE, EPIC)] == [3.0, 3.0, None]
