"""Slack messages in a browser: their few marks work, and nothing foreign becomes markup."""

import pytest
import slack_views as views
from hypothesis import given
from hypothesis import strategies as st

from bot.page.blocks import message_html, mrkdwn_html, web_address
from bot.slack import messages
from bot.slack.messages import MARKS, Message


def leads_out(_label: str, _text: str) -> None:
    return None


def html(text: str) -> str:
    return str(mrkdwn_html(text, leads_out))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*High* and _soft_", "<p><b>High</b> and <i>soft</i></p>"),
        ("snake_case_name 2*3*4", "<p>snake_case_name 2*3*4</p>"),
        ("`a *b* <c>`", "<p><code>a *b* &lt;c&gt;</code></p>"),
        ("a &amp;lt; b", "<p>a &amp;lt; b</p>"),
        (":red_circle: :no_such:", '<p><span aria-hidden="true">🔴</span> :no_such:</p>'),
        ("one\ntwo", "<p>one<br>two</p>"),
        ("*Better*\n• one\n• two\nend", "<p><b>Better</b></p><ul><li>one</li><li>two</li></ul><p>end</p>"),
        ("<@U123> <!here>", "<p>@U123 !here</p>"),
        ("<javascript:alert(1)|click>", "<p>javascript:alert(1)|click</p>"),
    ],
)
def test_marks_become_markup(text: str, shown: str) -> None:
    assert html(text) == shown


def test_every_mark_of_a_severity_is_a_sign() -> None:
    assert all("aria-hidden" in html(mark) for mark in MARKS.values())


def test_a_link_leads_to_its_finding_where_there_is_one_and_else_out() -> None:
    text = "<https://larkfield.example/B-1|B-1> <https://larkfield.example/B-2|B-2>"
    shown = str(mrkdwn_html(text, lambda label, _: "#finding-1" if label == "B-1" else None))
    assert '<a href="#finding-1">B-1</a>' in shown
    assert '<a class="out" href="https://larkfield.example/B-2" rel="noreferrer noopener">B-2</a>' in shown


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "http://", "//x", "http://[", ""])
def test_only_web_addresses_are_followed(url: str) -> None:
    assert not web_address(url)


def test_a_digest_shows_header_sections_and_small_print() -> None:
    shown = str(message_html(messages.digest(views.digest()), leads_out))
    assert "Booking portal: governance digest, Mon 23 Nov" in shown
    assert 'class="slack-context"' in shown
    assert "Saved lanes &lt;retry&gt; &amp; dedupe" in shown
    assert ":red_circle:" not in shown


def test_other_blocks_keep_their_text() -> None:
    fields = [{"type": "mrkdwn", "text": "*a*"}, {"type": "plain_text", "text": "<b>"}]
    blocks = ({"type": "section", "fields": fields}, {"type": "divider"}, {"type": "image"})
    shown = str(message_html(Message("", blocks), leads_out))
    assert "<b>a</b>" in shown
    assert "<p>&lt;b&gt;</p>" in shown
    assert "<hr>" in shown


@given(st.text())
def test_no_text_makes_an_element_that_is_not_ours(text: str) -> None:
    shown = html(text)
    for ours in ("p", "b", "i", "br", "ul", "li", "code", "span"):
        shown = (
            shown.replace(f"<{ours}>", "").replace(f"</{ours}>", "").replace('<span aria-hidden="true">', "")
        )
    if "http" not in text:
        assert "<" not in shown
