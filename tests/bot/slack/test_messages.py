"""Messages say what happened in a fixed shape, within Slack's limits, and never what they must not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import slack_views as views
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.slack import answers
from bot.slack.limits import BUDGET_BLOCKS, BUDGET_CHARACTERS, check, size
from bot.slack.messages import Message, age, digest, source_age
from bot.slack.plaintext import as_text
from rules.audience import Clearance, visible
from rules.findings import Severity
from rules.views import Placed, SourceAge

GOLDEN = Path(__file__).parent / "fixtures"
HOSTILE = "<!channel> <https://evil|Login> \u202e & " + "long " * 80


def assert_slack_takes(message: Message) -> None:
    assert check(message.payload) == []
    assert len(message.blocks) <= BUDGET_BLOCKS
    assert size(message.blocks) <= BUDGET_CHARACTERS
    parsed = Block.parse_all(list(message.blocks))
    assert len(parsed) == len(message.blocks)
    for block in parsed:
        block.validate_json()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("digest", digest(views.digest())),
        ("status", answers.status(views.status(), views.NOW, "/ops findings booking-portal")),
        ("explanation", answers.explanation(views.explanation(), views.NOW, "/ops findings")),
        ("findings", answers.findings([views.line(), views.line(count=3)], 1, 2, 12, "/ops findings page:2")),
    ],
)
def test_a_message_reads_as_it_was_agreed(name: str, message: Message) -> None:
    assert_slack_takes(message)
    assert as_text(message) + "\n" == (GOLDEN / f"{name}.txt").read_text()


def test_the_fallback_of_a_digest_is_a_sentence_with_the_counts() -> None:
    assert digest(views.digest()).text == (
        "Booking portal digest, Mon 23 Nov: 2 new, 7 worsened, 4 more, 1 resolved,"
        " 11 open (1 critical, 4 high, 6 warn)."
    )


def test_a_digest_names_the_severity_and_never_relies_on_colour() -> None:
    text = as_text(digest(views.digest()))
    assert "Critical ·" in text
    assert "circle" not in text


def test_nothing_of_a_stale_source_is_said_to_be_resolved() -> None:
    assert "GitHub data is 3 h old, nothing from it is marked resolved" in as_text(digest(views.digest()))


def test_a_digest_of_hundreds_of_hostile_findings_keeps_to_the_budget_and_counts_the_rest() -> None:
    lines = tuple(
        views.line(
            key="K" * 300 + str(n), title=HOSTILE * 9, says="&" * 5000, url="https://host/" + "x" * 400
        )
        for n in range(200)
    )
    message = digest(views.digest(lines=lines, resolved=lines, about=HOSTILE, more=7))
    assert_slack_takes(message)
    shown = sum("*High*" in str(block) for block in message.blocks)
    assert shown >= 1
    assert f"and {200 - shown + 7} more" in as_text(message)


def test_answers_of_any_length_keep_to_the_budget() -> None:
    hostile = views.explained(says=HOSTILE * 5, fix=HOSTILE * 5, purpose=HOSTILE * 5)
    about = views.explanation(
        title=HOSTILE * 5, placed=Placed(HOSTILE * 5, None, (), None), rules=(hostile,) * 90
    )
    assert_slack_takes(answers.explanation(about, views.NOW, "/ops findings"))
    lines = [views.line(title=HOSTILE * 5)] * 200
    assert_slack_takes(answers.findings(lines, 1, 1, 200, "/ops findings"))
    assert_slack_takes(answers.say("No.", "/ops help"))
    assert_slack_takes(answers.broken("7f3a"))


def test_a_digest_without_news_says_so() -> None:
    message = digest(views.digest(lines=(), resolved=(), more=0))
    assert_slack_takes(message)
    assert "Nothing changed since Fri 20 Nov. 11 open" in as_text(message)


def test_addresses_are_shown_where_asked_for() -> None:
    assert "(https://larkfield.atlassian.net/browse/BOOK-412)" in as_text(
        digest(views.digest()), addresses=True
    )


def test_a_terminal_shows_the_characters_that_slack_needs_escaped() -> None:
    assert "Saved lanes <retry> & dedupe" in as_text(digest(views.digest()))


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(-1, "0 min"), (6, "6 min"), (119, "119 min"), (120, "2 h"), (2879, "47 h"), (2880, "2 d")],
)
def test_ages_are_rounded_down(minutes: int, words: str) -> None:
    assert age(timedelta(minutes=minutes)) == words


stamps = st.sampled_from(
    ["public", "jira:jira:BOOK", "jira:jira:HR", "jira:jira:BOOK:board", "github:gh:o/r", "?"]
)
audiences = st.none() | st.lists(stamps, max_size=3).map(tuple)
clearances = st.builds(
    Clearance,
    known=st.booleans(),
    everything=st.booleans(),
    projects=st.frozensets(st.sampled_from([("jira", "BOOK"), ("jira", "HR")])),
    repositories=st.frozensets(st.sampled_from([("gh", "o/*")])),
    named=st.frozensets(stamps),
)


def token(n: int) -> str:
    return f"token{n:03}"


@settings(max_examples=60, deadline=None)
@given(st.lists(audiences, max_size=12), clearances)
def test_a_message_never_contains_a_token_of_a_finding_that_its_reader_is_not_cleared_for(
    given_audiences: list[tuple[str, ...] | None], reader: Clearance
) -> None:
    lines = [
        views.line(
            key=f"{token(n)}key",
            title=f"{token(n)}title",
            says=f"{token(n)}says",
            url=f"https://h/{token(n)}",
            audience=a,
        )
        for n, a in enumerate(given_audiences)
    ]
    shown = tuple(x for x in lines if visible(x.audience, reader))
    whole = views.digest(lines=shown, resolved=tuple(replace(x, happened="resolved") for x in shown), more=0)
    sent = [
        str(digest(whole).payload),
        str(answers.findings(shown, 1, 1, len(shown), "/ops help").payload),
    ]
    for n, audience in enumerate(given_audiences):
        if not visible(audience, reader):
            assert not any(token(n) in text for text in sent)
        else:
            assert all(token(n) in text for text in sent)


def test_severities_without_findings_are_not_mentioned() -> None:
    text = as_text(digest(views.digest(open={Severity.HIGH: 2, Severity.INFO: 0})))
    assert "2 open (2 high)." in text


def test_data_of_this_minute_is_of_just_now() -> None:
    now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert source_age(SourceAge("Jira", now, stale=False), now) == "Jira synced just now"
    assert source_age(SourceAge("Jira", now - timedelta(minutes=6), stale=False), now) == (
        "Jira synced 6 min ago"
    )
