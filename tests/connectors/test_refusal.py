"""What a refusal passes on of the vendor's own words."""

import json
from datetime import UTC, datetime

import pytest

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
