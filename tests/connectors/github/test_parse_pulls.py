"""From what the query PullRequests tells to records."""

from typing import Any

import pytest
from github_answers import JSON, actor, connection, moment, node, repository, review
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import UnexpectedAnswerError
from connectors.github import parse, parse_pulls, shapes
from connectors.github.shapes import shaped
from rules.records import PullRequest

HOME = parse.repository(repository(), "github", "larkfield/tracking")


def pull(**other: Any) -> PullRequest:
    seen = shaped(node(7) | other, parse_pulls.Told, "larkfield/tracking#7")
    return parse_pulls.pull_request(seen, "PR_7", HOME)


def told_at(minutes: float) -> Any:
    return shaped(moment(minutes), shapes.Time, "a moment")  # type: ignore[arg-type]


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
