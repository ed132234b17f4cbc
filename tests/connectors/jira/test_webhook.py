"""Every webhook body is a hint or ignored with a reason."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import UnexpectedAnswerError
from connectors.hint import Hint, Ignored
from connectors.jira.webhook import ACCEPTED, parse

AT = 1770022800000


def body(event: str, **more: Any) -> bytes:
    return json.dumps({"timestamp": AT, "webhookEvent": event, **more}).encode()


def test_an_updated_issue_is_read_again() -> None:
    headers = {"X-Atlassian-Webhook-Identifier": "d-1"}
    told = parse(headers, body("jira:issue_updated", issue={"id": "10412", "key": "BOOK-412"}))
    at = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
    assert told == Hint("d-1", "jira:issue_updated", ("BOOK-412",), (), at)


def test_a_deleted_issue_is_believed_because_it_cannot_be_read_again() -> None:
    told = parse({}, body("jira:issue_deleted", issue={"id": "10412", "key": "BOOK-412"}))
    assert isinstance(told, Hint)
    assert (told.keys, told.deleted) == ((), ("BOOK-412",))


def test_a_link_concerns_both_its_ends() -> None:
    told = parse(
        {}, body("issuelink_created", issueLink={"id": 1, "sourceIssueId": 10, "destinationIssueId": 11})
    )
    assert isinstance(told, Hint)
    assert told.keys == ("10", "11")


def test_a_comment_without_its_issue_tells_it_by_its_address() -> None:
    address = "https://larkfield.atlassian.net/rest/api/2/issue/10013/comment/10084"
    told = parse({}, body("comment_deleted", comment={"self": address}))
    assert isinstance(told, Hint)
    assert told.keys == ("10013",)


def test_without_an_identifier_the_same_body_is_the_same_delivery() -> None:
    one, again, other = (
        parse({}, body("comment_created", issue={"key": key})) for key in ("A-1", "A-1", "A-2")
    )
    assert isinstance(one, Hint)
    assert one == again
    assert isinstance(other, Hint)
    assert one.delivery != other.delivery


@pytest.mark.parametrize(
    ("headers", "message", "reason"),
    [
        ({}, body("worklog_created", worklog={"issueId": "1"}), "work logs are not read"),
        ({}, body("jira:version_released"), "versions come with their issues"),
        ({}, body("sprint_started"), "sprints come with their issues"),
        ({}, body("weather_changed"), "unknown event"),
        ({}, body("jira:issue_updated"), "the message names no issue"),
        ({}, b'{"issue": {"key": "BOOK-1"}}', "the message names no event"),
        (
            {"x-atlassian-webhook-flow": "Secondary"},
            body("comment_deleted", issue={"key": "BOOK-1"}),
            "follows from another event",
        ),
    ],
)
def test_what_means_no_work_is_ignored_with_a_reason(
    headers: dict[str, str], message: bytes, reason: str
) -> None:
    told = parse(headers, message)
    assert isinstance(told, Ignored)
    assert told.reason == reason


@pytest.mark.parametrize("message", [b"", b"<html>", b"[]", b"7", b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(message: bytes) -> None:
    with pytest.raises(UnexpectedAnswerError):
        parse({}, message)


SCALAR = st.none() | st.booleans() | st.integers() | st.text(max_size=4)
SHAPE = st.recursive(
    SCALAR,
    lambda inner: (
        st.dictionaries(st.sampled_from(["id", "key", "self"]), inner) | st.lists(inner, max_size=2)
    ),
    max_leaves=5,
)


@given(
    st.sampled_from(sorted(ACCEPTED)),
    st.dictionaries(st.sampled_from(["issue", "comment", "issueLink", "timestamp"]), SHAPE),
)
def test_a_known_event_of_any_shape_is_a_hint_or_ignored(event: str, message: dict[str, Any]) -> None:
    told = parse({}, json.dumps({"webhookEvent": event, **message}).encode())
    assert isinstance(told, Hint | Ignored)
