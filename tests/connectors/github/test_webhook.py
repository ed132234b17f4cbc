"""What webhooks make us read again."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from github_answers import moment
from github_company import company, day, issue, pull
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import UnexpectedAnswerError
from connectors.github.sandbox import webhook
from connectors.github.webhook import ACCEPTED, BESIDE, IGNORED, parse
from connectors.hint import Hint, Ignored
from connectors.larkfield.world import PullReview


def told(event: str, **body: Any) -> Hint | Ignored:
    whole = {"repository": {"full_name": "larkfield/tracking"}, **body}
    headers = {"X-GitHub-Event": event, "X-GitHub-Delivery": "d-1"}
    return parse(headers, json.dumps(whole).encode())


@pytest.mark.parametrize(
    ("event", "item"),
    [("issues", "issue"), ("pull_request", "pull_request"), ("pull_request_review", "pull_request")],
)
def test_an_item_that_changed_is_read_again(event: str, item: str) -> None:
    assert told(event, action="edited", **{item: {"number": 12, "updated_at": moment(5)}}) == Hint(
        delivery="d-1",
        event=f"{event}.edited",
        keys=("larkfield/tracking#12",),
        at=datetime(2026, 3, 2, 9, 5, tzinfo=UTC),
    )


def test_a_deleted_issue_is_gone() -> None:
    assert told("issues", action="deleted", issue={"number": 12}) == Hint(
        delivery="d-1", event="issues.deleted", keys=(), deleted=("larkfield/tracking#12",)
    )


def test_a_transferred_issue_is_gone_here_and_read_there() -> None:
    changes = {"new_issue": {"number": 3}, "new_repository": {"full_name": "larkfield/slos"}}
    hint = told("issues", action="transferred", issue={"number": 12}, changes=changes)
    assert isinstance(hint, Hint)
    assert (hint.keys, hint.deleted) == (("larkfield/slos#3",), ("larkfield/tracking#12",))


def test_an_issue_transferred_to_somewhere_hidden_is_gone() -> None:
    hint = told("issues", action="transferred", issue={"number": 12})
    assert isinstance(hint, Hint)
    assert (hint.keys, hint.deleted) == ((), ("larkfield/tracking#12",))


def test_a_pull_request_is_never_deleted() -> None:
    hint = told("pull_request", action="deleted", pull_request={"number": 12})
    assert isinstance(hint, Hint)
    assert hint.deleted == ()


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ("issue_dependencies", {"blocked_issue": {"node_id": "I_1"}, "blocking_issue": {"node_id": "I_2"}}),
        ("sub_issues", {"sub_issue": {"node_id": "I_1"}, "parent_issue": {"node_id": "I_2"}}),
        ("projects_v2_item", {"projects_v2_item": {"content_node_id": "I_1", "content_type": "Issue"}}),
    ],
)
def test_what_belongs_to_an_issue_makes_us_read_the_issue(event: str, body: dict[str, Any]) -> None:
    headers = {"X-GitHub-Event": event, "X-GitHub-Delivery": "d-1"}
    assert parse(headers, json.dumps({"action": "added", **body}).encode()) == Hint(
        delivery="d-1", event=f"{event}.added", keys=("I_1",)
    )
    assert told(event, action="added") == Ignored(event, BESIDE[event])


def test_a_card_that_is_no_issue_is_nothing_to_read() -> None:
    card = {"content_node_id": "DI_1", "content_type": "DraftIssue"}
    hint = told("projects_v2_item", action="edited", projects_v2_item=card)
    assert hint == Ignored("projects_v2_item", BESIDE["projects_v2_item"])


def test_the_end_of_checks_makes_us_read_their_pull_requests() -> None:
    suite = {
        "pull_requests": [
            {"number": 12, "url": "https://api.github.com/repos/larkfield/tracking/pulls/12"},
            {"number": 3, "url": "https://api.github.com/repos/somebody/fork/pulls/3"},
            {"number": 4, "url": "elsewhere"},
        ]
    }
    hint = told("check_suite", action="completed", check_suite=suite)
    assert isinstance(hint, Hint)
    assert hint.keys == ("larkfield/tracking#12",)
    assert told("check_suite", action="requested", check_suite=suite) == Ignored(
        "check_suite", BESIDE["check_suite"]
    )
    assert isinstance(told("check_suite", action="completed", check_suite={"pull_requests": 7}), Ignored)


@pytest.mark.parametrize("event", sorted(IGNORED))
def test_what_is_ignored_has_a_reason(event: str) -> None:
    assert told(event) == Ignored(event, IGNORED[event])
    assert event not in ACCEPTED


def test_an_event_nobody_thought_of_is_unknown() -> None:
    assert told("quantum_leap") == Ignored("quantum_leap", "unknown")
    assert parse({}, b"{}") == Ignored("", "unknown")


def test_header_names_ignore_case() -> None:
    headers = {"x-github-EVENT": "ping", "X-GITHUB-DELIVERY": "d-1"}
    assert parse(headers, b"{}") == Ignored("ping", IGNORED["ping"])


def test_without_a_delivery_id_nothing_is_done() -> None:
    body = json.dumps({"repository": {"full_name": "a/b"}, "issue": {"number": 1}}).encode()
    assert isinstance(parse({"X-GitHub-Event": "issues"}, body), Ignored)


@pytest.mark.parametrize(
    "body",
    [
        {"issue": {"number": "12"}},
        {"issue": None},
        {"issue": {"number": 12}, "repository": {"full_name": "larkfield/../user"}},
        {"issue": {"number": 12}, "repository": None},
        {"pull_request": {"number": 12}},
    ],
)
def test_an_event_of_another_shape_is_ignored_and_says_so(body: dict[str, Any]) -> None:
    answer = told("issues", **body)
    assert isinstance(answer, Ignored)
    assert "not as documented" in answer.reason


@pytest.mark.parametrize("body", [b"", b"payload=%7B%7D", b"[]", b"7", b"\xff\xfe", b"[" * 100_000, b'{"a":'])
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(UnexpectedAnswerError) as caught:
        parse({"X-GitHub-Event": "issues", "X-GitHub-Delivery": "d"}, body)
    assert "application/json" in caught.value.remedy


@given(st.binary(max_size=60), st.sampled_from([*ACCEPTED, *IGNORED, ""]), st.text(max_size=5))
def test_no_body_brings_another_exception(body: bytes, event: str, delivery: str) -> None:
    try:
        assert isinstance(
            parse({"X-GitHub-Event": event, "X-GitHub-Delivery": delivery}, body), Hint | Ignored
        )
    except UnexpectedAnswerError as error:
        assert error.remedy  # noqa: PT017 - either way is right


@pytest.mark.parametrize(
    ("at", "event"),
    [
        (2, "pull_request.opened"),
        (3.5, "pull_request.ready_for_review"),
        (4.5, "pull_request_review.submitted"),
        (6, "pull_request.closed"),
    ],
)
def test_the_sandbox_tells_the_last_thing_that_happened(at: float, event: str) -> None:
    seen = pull(
        2,
        ready_at=day(3),
        reviews=(PullReview(day(4), "dev", "APPROVED"),),
        merged_at=day(5),
        merged_by="dev",
    )
    hint = parse(*webhook(company((seen,)), "larkfield/tracking", 2, day(at)))
    assert isinstance(hint, Hint)
    assert (hint.event, hint.keys) == (event, ("larkfield/tracking#2",))


def test_the_sandbox_tells_the_same_thing_under_the_same_delivery_id() -> None:
    world = company((), (issue(4, closed_at=day(9)),))
    opened, again, closed = (parse(*webhook(world, "larkfield/tracking", 4, day(at))) for at in (5, 6, 9))
    assert isinstance(opened, Hint)
    assert opened == again
    assert isinstance(closed, Hint)
    assert (closed.event, closed.at) == ("issues.closed", day(9))
    assert closed.delivery != opened.delivery


def test_the_sandbox_tells_nothing_about_what_does_not_exist_yet() -> None:
    with pytest.raises(LookupError):
        webhook(company((), (issue(4),)), "larkfield/tracking", 4, day(3))
