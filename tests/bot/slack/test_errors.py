"""What Slack refuses is told with the entry that says what to do about it."""

import pytest

from bot.errorbook import ALL, named
from bot.slack.errors import REFUSALS, SlackAmbiguous, SlackWait, refused


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("channel_not_found", "slack-channel"),
        ("not_in_channel", "slack-channel"),
        ("msg_too_long", "slack-message"),
        ("token_revoked", "slack-token"),
        ("missing_scope", "slack-scope"),
        ("ekm_access_denied", "slack-later"),
        ("a_code_of_tomorrow", "slack-later"),
    ],
)
def test_a_refusal_ends_with_its_entry(code: str, name: str) -> None:
    assert named(refused(code, "#shop").sentence) == name


@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_we_know_has_an_entry(code: str) -> None:
    assert named(refused(code, "#shop").sentence) in ALL


def test_waiting_and_not_knowing_have_entries_too() -> None:
    assert named(SlackWait(30, "Slack cannot be reached.").sentence) == "slack-later"
    assert named(SlackAmbiguous("Slack did not answer.").sentence) == "slack-ambiguous"
