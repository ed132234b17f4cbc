"""From GitHub's words to records."""

from typing import Any

import pytest
from github_answers import actor, connection, moment, node, repository, review, row, user
from hypothesis import given
from hypothesis import strategies as st

from connectors.connector import Problem
from connectors.errors import UnexpectedAnswerError
from connectors.github import parse, shapes
from connectors.github.shapes import shaped
from rules.records import Container, PullRequest, WorkItem

HOME = parse.repository(repository(), "github", "larkfield/tracking")


def item(**other: Any) -> WorkItem:
    return parse.work_item(shaped(row(12, **other), shapes.Issue, "larkfield/tracking#12"), HOME)


def pull(**other: Any) -> PullRequest:
    seen = shaped(node(7) | other, shapes.PullRequest, "larkfield/tracking#7")
    return parse.pull_request(seen, "PR_7", HOME)


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


@pytest.mark.parametrize(("told", "state"), [("OPEN", "open"), ("MERGED", "merged"), ("CLOSED", "closed")])
def test_a_pull_request_is_open_merged_or_closed(told: str, state: str) -> None:
    assert pull(state=told).state == state


def test_the_last_time_it_was_marked_ready_counts() -> None:
    turns = [
        {"__typename": "ReadyForReviewEvent", "createdAt": moment(5)},
        {"__typename": "ConvertToDraftEvent", "createdAt": moment(6)},
        {"__typename": "ReadyForReviewEvent", "createdAt": moment(9)},
    ]
    assert pull(timelineItems={"nodes": turns}).ready_at == told_at(9)
    assert pull(timelineItems={"nodes": turns}, isDraft=True).ready_at is None
    assert pull().ready_at == told_at(0)


def test_a_review_not_yet_submitted_is_not_read() -> None:
    reviews = connection(
        review(3, "DISMISSED"),
        review(None, "PENDING"),
        review(4, "CHANGES_REQUESTED", actor("renovate", 15, "Bot")),
    )
    assert [(r.by, r.state, r.is_bot, r.at) for r in pull(reviews=reviews).reviews] == [
        ("devp", "dismissed", False, told_at(3)),
        ("renovate[bot]", "changes_requested", True, told_at(4)),
    ]


def test_missing_reviews_are_not_taken_for_none() -> None:
    with pytest.raises(UnexpectedAnswerError, match=r"larkfield/tracking#7 .*reviews"):
        pull(reviews=None)


def test_people_teams_and_bots_may_be_asked_for_a_review() -> None:
    asked = connection(
        {"requestedReviewer": actor("devp", 11)},
        {"requestedReviewer": {"combinedSlug": "larkfield/tracking"}},
        {"requestedReviewer": actor("copilot", 16, "Bot")},
        {"requestedReviewer": None},
    )
    assert pull(reviewRequests=asked).requested == ("devp", "larkfield/tracking", "copilot[bot]")


def test_paths_are_there_only_when_all_are() -> None:
    one = {"path": "src/eta.py"}
    assert pull(files=connection(one)).paths == ("src/eta.py",)
    assert pull(files=connection(one, total=2)).paths is None
    assert pull(files=None).paths is None
    assert pull(files=connection()).paths == ()


def test_a_branch_that_is_not_the_default_is_told() -> None:
    assert pull(baseRefName="release").base_is_default is False
    assert pull(repository={"defaultBranchRef": None}).base_is_default is True


def test_a_bots_pull_request_says_so() -> None:
    seen = pull(author=actor("renovate", 15, "Bot"))
    assert (seen.author, seen.author_is_bot) == ("renovate[bot]", True)
    assert pull(author=None).author is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(row(1))), JSON)
def test_any_wrong_field_is_a_problem_of_that_entry(field: str, value: Any) -> None:
    issues, problems = parse.issue_list([row(1), {**row(2), field: value}], "larkfield/tracking")
    records = [parse.work_item(issue, HOME) for issue in issues]
    assert len(records) + len(problems) == 2
    assert all(isinstance(problem, Problem) for problem in problems)


@given(st.sampled_from(sorted(node(1))), JSON)
def test_any_wrong_field_of_a_pull_request_is_named(field: str, value: Any) -> None:
    try:
        assert pull(**{field: value}).id == "PR_7"
    except UnexpectedAnswerError as error:
        assert "larkfield/tracking#7" in str(error)  # noqa: PT017 - either way is right


@pytest.mark.parametrize(
    ("state", "checks"),
    [
        ("SUCCESS", "passing"),
        ("FAILURE", "failing"),
        ("ERROR", "failing"),
        ("PENDING", "pending"),
        ("EXPECTED", "pending"),
    ],
)
def test_checks_pass_fail_or_are_pending(state: str, checks: str) -> None:
    assert pull(statusCheckRollup={"state": state}).checks == checks


def test_a_commit_without_checks_has_none() -> None:
    assert pull(statusCheckRollup=None).checks is None
    assert pull().checks is None


def test_a_review_was_asked_for_when_somebody_was_last_asked() -> None:
    told = [
        {"__typename": "ReviewRequestedEvent", "createdAt": moment(5)},
        {"__typename": "ReadyForReviewEvent", "createdAt": moment(7)},
        {"__typename": "ReviewRequestedEvent", "createdAt": moment(9)},
    ]
    seen = pull(timelineItems={"nodes": told})
    assert (seen.requested_at, seen.ready_at) == (told_at(9), told_at(7))
