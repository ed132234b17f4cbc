"""From GitHub's words to records."""

from typing import Any

import pytest
from github_answers import JSON, moment, repository, row, user
from hypothesis import given
from hypothesis import strategies as st

from connectors.connector import Problem
from connectors.errors import UnexpectedAnswerError
from connectors.github import parse, shapes
from connectors.github.shapes import shaped
from rules.records import Container, WorkItem

HOME = parse.repository(repository(), "github", "larkfield/tracking")


def item(**other: Any) -> WorkItem:
    return parse.work_item(shaped(row(12, **other), shapes.Issue, "larkfield/tracking#12"), HOME)


def told_at(minutes: float) -> Any:
    return shaped(moment(minutes), shapes.Time, "a moment")  # type: ignore[arg-type]


def test_a_private_repository_restricts_its_items() -> None:
    assert (
        Container(
            source="github",
            id="R_larkfield/tracking",
            key="larkfield/tracking",
            kind="repository",
            name="tracking",
            url="https://github.com/larkfield/tracking",
            archived=False,
            public=False,
            changed_at=told_at(0),
            audience="github:github:larkfield/tracking",
        )
        == HOME
    )


def test_a_public_repository_is_for_everyone() -> None:
    public = parse.repository(repository(private=False, archived=True), "github", "larkfield/slos")
    assert (public.public, public.archived, public.audience) == (True, True, "public")


def test_a_repository_that_does_not_say_whether_it_is_private_is_refused() -> None:
    told = repository()
    del told["private"]
    with pytest.raises(UnexpectedAnswerError, match="larkfield/tracking"):
        parse.repository(told, "github", "larkfield/tracking")


def test_an_open_issue_is_new_work_at_the_level_of_a_story() -> None:
    seen = item(labels=[{"name": "bug"}, "text only"], assignees=[user("devp", 11), user("omar-s", 14)])
    assert seen == WorkItem(
        source="github",
        id="I_12",
        key="larkfield/tracking#12",
        container="larkfield/tracking",
        kind="issue",
        title="Issue 12",
        url="https://github.com/larkfield/tracking/issues/12",
        status="open",
        created_at=told_at(0),
        changed_at=told_at(12),
        audience="github:github:larkfield/tracking",
        status_category="new",
        level=0,
        labels=("bug", "text only"),
        assignee="devp",
        reporter="eva-k",
    )


@pytest.mark.parametrize("reason", ["completed", "not_planned", "duplicate", None])
def test_a_closed_issue_tells_why(reason: str | None) -> None:
    seen = item(state="closed", state_reason=reason, closed_at=moment(9))
    assert (seen.status, seen.status_category, seen.resolution) == ("closed", "done", reason)
    assert seen.closed_at == told_at(9)


def test_a_reopened_issue_has_no_resolution() -> None:
    seen = item(state="open", state_reason="reopened")
    assert (seen.status_category, seen.resolution, seen.closed_at) == ("new", None, None)


def test_a_sub_issue_knows_its_parent() -> None:
    seen = item(parent_issue_url="https://api.github.com/repos/larkfield/slos/issues/4", type={"name": "Bug"})
    assert (seen.level, seen.parent, seen.kind) == (-1, "larkfield/slos#4", "Bug")


def test_an_unreadable_parent_still_makes_a_sub_issue() -> None:
    assert (item(parent_issue_url="https://api.github.com/x").level, item().parent) == (-1, None)


def test_a_deleted_account_leaves_no_name() -> None:
    assert (item(user=None).reporter, item(assignees=None).assignee) == (None, None)


@given(st.sampled_from(sorted(row(1))), JSON)
def test_any_wrong_field_is_a_problem_of_that_entry(field: str, value: Any) -> None:
    issues, problems = parse.issue_list([row(1), {**row(2), field: value}], "larkfield/tracking")
    records = [parse.work_item(issue, HOME) for issue in issues]
    assert len(records) + len(problems) == 2
    assert all(isinstance(problem, Problem) for problem in problems)
