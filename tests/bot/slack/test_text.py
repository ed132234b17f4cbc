"""Foreign text stays text."""

import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.slack.text import clean, code, cut, esc, link, plain, safe

HOSTILE = [
    "<!channel> <https://evil|Login>",
    "<@U123> &amp; <!subteam^S1>",
    "\u202egnp.exe \u2066hidden\u2069",
    "zero\u200bwidth\ufeff and \u2028lines\r\n\ttabs",
    "👩‍💻 ship it 🚢",
    "\ud800 lone \udfff surrogates",
    "K" * 300 + "-1",
    "`` `code` *bold* _it_ ~no~",
    "&<>" * 200,
    "",
]
titles = st.text(st.characters(), max_size=400) | st.sampled_from(HOSTILE)


def hostile_examples(test: Callable[..., None]) -> Callable[..., None]:
    for title in HOSTILE:
        test = example(title)(test)
    return test


@hostile_examples
@settings(deadline=None)
@given(titles)
def test_no_title_reaches_slack_with_a_live_control_character(title: str) -> None:
    shown = safe(title)
    assert "<" not in shown
    assert ">" not in shown
    assert not re.search(r"&(?!(amp|lt|gt);)", shown)
    assert len(shown) <= 200
    shown.encode()


@hostile_examples
@settings(deadline=None)
@given(titles)
def test_cleaned_text_is_one_visible_line_and_cleaning_it_again_changes_nothing(title: str) -> None:
    shown = clean(title)
    assert all(unicodedata.category(c) not in {"Cc", "Cf", "Cs"} for c in shown)
    assert "  " not in shown
    assert clean(shown) == shown


@settings(deadline=None)
@given(titles, st.integers(1, 50))
def test_a_cut_never_splits_an_escape(title: str, limit: int) -> None:
    shown = safe(title, limit)
    assert len(shown) <= limit
    whole = shown.removesuffix("…")
    for escaped, char in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        whole = whole.replace(escaped, char)
    assert clean(title).startswith(whole)


@settings(deadline=None)
@given(titles, titles)
def test_a_link_has_one_address_and_one_label_whatever_it_is_made_of(url: str, label: str) -> None:
    for address in (url, f"https://jira.example/browse/{url}"):
        made = link(address, label)
        if made.startswith("<"):
            assert re.fullmatch(r"<https?://[^<>| ]+\|[^<>]+>", made)
        else:
            assert made == safe(label)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "ftp://host/file",
        "https://",
        "//host/path",
        "https://user:secret@host/",
        "https://host/\u202epath",
        "http://[::1",
        "https://host/" + "a" * 600,
        "",
    ],
)
def test_only_plain_web_addresses_become_links(address: str) -> None:
    assert link(address, "PAY-1") == "PAY-1"


def test_a_link_encodes_what_would_end_it() -> None:
    made = link("https://host/a|b<c>?x=1&y=2", "A & B")
    assert made == "<https://host/a%7Cb%3Cc%3E?x=1&amp;y=2|A &amp; B>"


def test_code_cannot_be_left_by_a_backtick() -> None:
    assert code("a`b") == "`a'b`"


def test_emoji_and_right_to_left_letters_stay() -> None:
    assert plain("שלום 🚢") == "שלום 🚢"


def test_only_three_characters_are_escaped() -> None:
    assert esc("\"'*_~`|#@!") == "\"'*_~`|#@!"


def test_what_is_cut_says_so() -> None:
    assert cut("abcdef", 4) == "abc…"
