"""What people type is understood, or answered with what they probably meant."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_desk import LarkfieldDesk
from slack_sdk.models.blocks import Block

from bot.slack import commands
from bot.slack.commands import findings
from bot.slack.commands.command import MisunderstoodError
from bot.slack.commands.desk import Asker, FindingsPage, FindingsQuery
from bot.slack.commands.words import reference, split
from bot.slack.limits import check
from bot.slack.plaintext import as_text
from rules.findings import Severity

ASKER = Asker(user="U1", team="T1", channel="prod-booking", handle="ana")


async def ask(text: str, desk: LarkfieldDesk | None = None) -> str:
    message = await commands.answer(text, desk or LarkfieldDesk(), ASKER)
    assert check(message.payload) == []
    for block in Block.parse_all(list(message.blocks)):
        block.validate_json()
    return as_text(message)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("BOOK-412", "BOOK-412"),
        ("book-412", "BOOK-412"),
        ("https://larkfield.atlassian.net/browse/BOOK-412", "BOOK-412"),
        ("<https://larkfield.atlassian.net/browse/BOOK-412|BOOK-412>", "BOOK-412"),
        ("<https://larkfield.atlassian.net/browse/BOOK-412?focusedId=1&amp;x=2>", "BOOK-412"),
        ("https://larkfield.atlassian.net/jira/software/c/boards/1?selectedIssue=BOOK-412", "BOOK-412"),
        ("https://github.com/larkfield/tracking/pull/7/files", "larkfield/tracking#7"),
        ("https://github.com/larkfield/tracking/issues/12#issuecomment-1", "larkfield/tracking#12"),
        ("larkfield/tracking#7", "larkfield/tracking#7"),
        ("01jda1", "01jda1"),
        ("https://elsewhere.example/page", "https://elsewhere.example/page"),
        ("“BOOK-412”", "BOOK-412"),
    ],
)
def test_pasted_links_are_read_as_keys(typed: str, meant: str) -> None:
    assert [reference(word) for word in split(typed)] == [meant]


def test_quotes_of_any_kind_keep_words_together() -> None:
    assert split("status “Booking portal”") == ["status", "Booking portal"]
    assert split('product:"Booking portal" -label:bot') == ["product:Booking portal", "-label:bot"]


@settings(deadline=None)
@given(st.text(max_size=200))
def test_splitting_any_text_gives_visible_words(text: str) -> None:
    assert all(word.strip() and "\n" not in word for word in split(text))


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
async def test_any_text_gets_an_answer_that_slack_takes(text: str) -> None:
    assert await ask(text)


@pytest.mark.parametrize(
    "typed", ["status Booking portal", "STATUS booking_portal", "status product:booking-portal"]
)
async def test_status_finds_a_product_however_it_is_spelled(typed: str) -> None:
    desk = LarkfieldDesk()
    assert "5 open (1 critical, 4 high)" in await ask(typed, desk)
    assert desk.asked == ["booking-portal"]


async def test_status_without_a_name_is_about_the_channel() -> None:
    desk = LarkfieldDesk()
    desk.channel_of = "tracking"
    await ask("status", desk)
    assert desk.asked == ["tracking"]


async def test_nothing_typed_shows_the_channels_product_or_else_help() -> None:
    desk = LarkfieldDesk()
    desk.channel_of = "tracking"
    assert "status" in await ask("", desk)
    assert desk.asked == ["tracking"]
    assert "Ask opsbot" in await ask("")


async def test_a_product_that_does_not_exist_is_answered_with_the_nearest() -> None:
    assert "Did you mean `booking-portal`?" in await ask("status bookin-portal")
    assert (await ask("status bookin-portal")).endswith("Next: `/ops status booking-portal`")


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", FindingsQuery()),
        ("sev:critical,HIGH", FindingsQuery(severities=frozenset({Severity.CRITICAL, Severity.HIGH}))),
        ("sev:&gt;=high", FindingsQuery(severities=frozenset({Severity.CRITICAL, Severity.HIGH}))),
        ("Booking-Portal", FindingsQuery(products=("booking-portal",))),
        ("product:ship", FindingsQuery(streams=("ship",))),
        (
            "stream:Ship rule:a,b -label:bot page:2",
            FindingsQuery((), ("ship",), ("a", "b"), frozenset(), ("bot",), 2),
        ),
    ],
)
async def test_filters_are_read(typed: str, query: FindingsQuery) -> None:
    desk = LarkfieldDesk()
    await ask(f"findings {typed}", desk)
    assert desk.asked == [query]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("page:0", "I cannot filter by `page:0`"),
        ("page:two", "I cannot filter by `page:two`"),
        ("prodct:tracking", "Next: `/ops findings product:tracking`"),
        ("sev:urgent", "`urgent` is no severity: critical, high, warn, info"),
        ("stream:shop", "Did you mean `ship`?"),
        ("product:", "I cannot filter by `product:`"),
        ("product:nothing-like-it", "I know no product or value stream `nothing-like-it`"),
    ],
)
async def test_a_filter_that_makes_no_sense_is_answered_with_what_would(typed: str, said: str) -> None:
    assert said in await ask(f"findings {typed}")


words = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=9)


@settings(deadline=None)
@given(
    st.builds(
        FindingsQuery,
        products=st.lists(words, max_size=2).map(tuple),
        streams=st.lists(words, max_size=2).map(tuple),
        rules=st.lists(words, max_size=2).map(tuple),
        severities=st.frozensets(st.sampled_from(Severity)),
        without_labels=st.lists(words.map(lambda w: f"{w} {w}"), max_size=2).map(tuple),
        page=st.integers(1, 9999),
    )
)
def test_the_next_page_is_typed_as_it_is_read(query: FindingsQuery) -> None:
    assert findings.parse(split(findings.to_words(query))) == query


async def test_a_page_ends_with_the_next_and_the_last_with_an_explanation() -> None:
    assert (await ask("findings sev:high")).endswith("Next: `/ops findings sev:high page:2`")
    assert (await ask("findings page:3")).endswith("Next: `/ops explain BOOK-412`")


async def test_explain_tells_inputs_limits_and_what_to_do() -> None:
    text = await ask("explain <https://larkfield.atlassian.net/browse/book-412|x>")
    assert "`age_days > sle_days` holds\n    age_days = 12 (history)\n    sle_days = 10 (history)" in text
    assert "What to do: Swarm it, split it, or stop it today." in text


async def test_what_is_unknown_and_what_is_forbidden_get_the_same_sentence() -> None:
    assert "I cannot find `PAY-999`" in await ask("explain pay-999")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("statsu", "Did you mean `status`?"),
        ("xyzzy", "I do not know `xyzzy`."),
        ("BOOK-412", "Next: `/ops explain BOOK-412`"),
        ("explain", "Say which one"),
        ("explain A-1 B-2", "Say which one"),
        ("help statu", "Next: `/ops help status`"),
        ("help nonsense", "There is no command `nonsense`."),
    ],
)
async def test_what_is_not_understood_is_answered_with_the_nearest(typed: str, said: str) -> None:
    assert said in await ask(typed)


async def test_help_lists_every_command_and_explains_each() -> None:
    text = await ask("Help")
    assert all(f"`{command.form('/ops')}`" in text for command in commands.COMMANDS)
    for command in commands.COMMANDS[:-1]:
        assert command.does in await ask(f"help {command.verb}")


async def test_every_example_of_every_command_can_be_read() -> None:
    for command in commands.COMMANDS:
        for example in command.examples:
            command.parse(split(example))


async def test_version_says_which_opsbot_answers() -> None:
    assert "opsbot 0." in await ask("version")


async def test_the_slash_command_may_have_another_name() -> None:
    message = await commands.answer("help", LarkfieldDesk(), ASKER, "/govern")
    assert "/ops" not in as_text(message)


async def test_foreign_words_in_an_error_stay_harmless() -> None:
    message = await commands.answer("status <!channel>`x`", LarkfieldDesk(), ASKER)
    assert "<!" not in str(message.payload)


def test_a_filter_is_refused_without_asking_anyone() -> None:
    with pytest.raises(MisunderstoodError):
        findings.parse(["colour:red"])


async def test_an_empty_page_says_that_nothing_is_open() -> None:
    class Nothing(LarkfieldDesk):
        async def findings(self, _asker: Asker, query: FindingsQuery) -> FindingsPage:
            return FindingsPage((), query.page, 0, 0)

    assert "No open findings match" in await ask("findings", Nothing())
