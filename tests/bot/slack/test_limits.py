"""Our limits are Slack's, and what breaks one is found before it is sent."""

from typing import Any

import pytest
from slackblocks import _limits as published

from bot.slack.limits import LIMITS, check

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}


def constant(name: str) -> str:
    return name.upper().replace(".", "_")


def test_our_limits_equal_the_published_ones_where_both_name_the_same_thing() -> None:
    common = {name: value for name, value in LIMITS.items() if hasattr(published, constant(name))}
    assert common == {name: getattr(published, constant(name)) for name in common}
    assert set(LIMITS) - set(common) == {"message.text.max_length", "message.characters.max_length"}


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ({"text": "", "blocks": []}, "message.text: must not be empty"),
        ({"text": "x" * 4001, "blocks": []}, "message.text: 4001 characters, at most 4000"),
        ({"text": "x", "blocks": [SECTION] * 51}, "message.blocks: 51 items, at most 50"),
        (
            {"text": "x", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "y" * 3001}}]},
            "blocks[0].text.text: 3001 characters, at most 3000",
        ),
        (
            {"text": "x", "blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "y"}}]},
            "blocks[0].text: must be a text of type plain_text",
        ),
        (
            {"text": "x", "blocks": [{"type": "section"}]},
            "blocks[0].text: must be a text of type mrkdwn or plain_text",
        ),
        (
            {"text": "x", "blocks": [{"type": "section", "fields": [SECTION["text"]] * 11}]},
            "blocks[0].fields: 11 items, at most 10",
        ),
        ({"text": "x", "blocks": [{"type": "context", "elements": []}]}, "blocks[0].elements: at least one"),
        (
            {"text": "x", "blocks": [{"type": "table"}]},
            "blocks[0]: a block of type 'table' is not one of context, divider, header, section",
        ),
        (
            {"text": "x", "blocks": [{**SECTION, "block_id": "a"}, {**SECTION, "block_id": "a"}]},
            "block_id 'a' is used twice",
        ),
        (
            {
                "text": "x",
                "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "y" * 2900}}] * 5,
            },
            "message: 14771 characters of blocks, at most 13000",
        ),
    ],
)
def test_a_message_that_slack_would_refuse_is_named(payload: dict[str, Any], said: str) -> None:
    assert said in check(payload)


def test_a_right_message_has_nothing_to_say() -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Title"}},
        {"type": "divider"},
        {**SECTION, "block_id": "a"},
        {"type": "section", "fields": [SECTION["text"]]},
        {"type": "context", "elements": [SECTION["text"]]},
    ]
    assert check({"text": "A sentence.", "blocks": blocks}) == []
