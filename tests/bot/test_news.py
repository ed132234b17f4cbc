"""News: what is told at once, to which channel, and what stays silent."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from shop import NOW

from bot.book import Book
from bot.news import MOST, letters
from rules.findings import Event, Finding, Severity, Transition

LATE = Finding(
    id="f1",
    rule="hygiene-late",
    table="work_items",
    subject="jira:SHOP-1",
    state="open",
    severity=Severity.WARN,
    first_seen_at=NOW,
    changed_at=NOW,
    opened_at=NOW,
    key="SHOP-1",
    product="shop",
    audience=("jira:jira:SHOP",),
    says="SHOP-1 is late.",
    occurrence=1,
)


def happened(event: Event = "opened", **parts: Any) -> Transition:
    return Transition(replace(LATE, **parts), event, "")


@pytest.mark.parametrize("event", ["opened", "reopened", "worsened", "moved"])
def test_what_wants_somebody_is_told(shop_book: Book, event: Event) -> None:
    (letter,) = letters(shop_book, [happened(event)])
    assert (letter.channel, letter.audience) == ("shop", ("jira:jira:SHOP",))
    assert letter.message.text == "1 finding to decide on: SHOP-1 is late."


@pytest.mark.parametrize("event", ["pending", "eased", "resolved", "closed"])
def test_what_wants_nobody_is_not_told(shop_book: Book, event: Event) -> None:
    assert letters(shop_book, [happened(event)]) == []


@pytest.mark.parametrize(
    "silent",
    [
        {"inherited": True},
        {"inhibited_by": "hygiene-slow"},
        {"rule": "hygiene-slow"},  # digest
        {"rule": "flow-aging-wip"},  # off
        {"audience": None},
        {"audience": ("jira:jira:SECRET",)},
        {"audience": ("jira:jira:SHOP", "jira:jira:SECRET")},
        {"audience": ("jira:jira:SHOP:board",)},
    ],
)
def test_what_is_inherited_covered_quiet_or_confidential_is_not_told(
    shop_book: Book, silent: dict[str, Any]
) -> None:
    assert letters(shop_book, [happened(**silent)]) == []


def test_an_inherited_finding_is_told_when_it_worsens(shop_book: Book) -> None:
    assert len(letters(shop_book, [happened("worsened", inherited=True)])) == 1


def test_what_belongs_to_no_product_goes_to_operations(shop_book: Book) -> None:
    (letter,) = letters(shop_book, [happened(product=None)])
    assert letter.channel == "ops"


def test_a_channel_gets_one_letter_with_the_gravest_first(shop_book: Book) -> None:
    some = [
        happened(id="f1"),
        happened(id="f2", severity=Severity.HIGH, says="SHOP-2 is late."),
        happened(id="f3", product="till", audience=("jira:jira:TILL",)),
    ]
    shop, till = letters(shop_book, some)
    assert (shop.channel, till.channel) == ("shop", "till")
    assert shop.message.text == "2 findings to decide on: SHOP-2 is late."
    assert till.audience == ("jira:jira:TILL",)


def test_many_findings_are_cut_and_counted(shop_book: Book) -> None:
    (letter,) = letters(shop_book, [happened(id=f"f{n}") for n in range(MOST + 3)])
    assert f"{MOST + 3} findings" in letter.message.text
    assert len(letter.message.blocks) == MOST + 2
    assert "and 3 more" in str(letter.message.blocks[-1])


def test_the_same_news_has_the_same_key_whenever_and_in_whatever_order_it_is_told(shop_book: Book) -> None:
    one, two = happened(id="f1"), happened(id="f2")
    later = happened(id="f1", changed_at=NOW + timedelta(hours=1))
    (first,), (second,) = letters(shop_book, [one, two]), letters(shop_book, [two, later])
    assert first.key == second.key


@pytest.mark.parametrize("other", [{"occurrence": 2}, {"severity": Severity.HIGH}, {"id": "f2"}])
def test_another_episode_severity_or_finding_has_another_key(shop_book: Book, other: dict[str, Any]) -> None:
    (first,), (second,) = letters(shop_book, [happened()]), letters(shop_book, [happened(**other)])
    assert first.key != second.key
