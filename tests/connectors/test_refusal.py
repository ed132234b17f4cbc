"""What a refusal passes on of the vendor's own words."""

import json
from datetime import UTC, datetime

import pytest

from connectors.errors import LATER, LIMIT, WaitError
from connectors.refusal import refusal

NOW = datetime(2026, 11, 17, 9, 41, tzinfo=UTC)


@pytest.mark.parametrize(
    ("message", "several", "said"),
    [
        ("nope", ["nope red"], "nope red"),
        ("nope.", ["nope", "Nothing red."], "nope; Nothing red"),
        (None, ["red", "red"], "red"),
        ("", ["red", 7, ""], "red"),
    ],
)
def test_what_the_source_says_twice_is_passed_on_once(
    message: str | None, several: list[object], said: str
) -> None:
    body = json.dumps({"message": message, "errorMessages": several}).encode()
    assert refusal("Jira", "search", 400, {}, body, NOW).what == f"Jira refused search (400): {said}."


def test_an_outage_that_says_when_it_ends_is_an_outage_and_no_limit() -> None:
    error = refusal("Jira", "search", 503, {"retry-after": "600"}, b"", NOW)
    assert isinstance(error, WaitError)
    assert error.entry == LATER
    assert error.what == "Jira answered 503 on search and asks to wait until 09:51:00 UTC."
    assert refusal("Jira", "search", 429, {"retry-after": "600"}, b"", NOW).entry == LIMIT
