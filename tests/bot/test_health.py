"""Health of products: which rules and which findings count for which product."""

from pathlib import Path

import pytest
from shop import MODEL, NOW, book

from bot.book import Book
from bot.health import healths
from bot.store.verdicts import Count
from rules.findings import Finding, Severity

LATE = Count("hygiene-late", "shop", passed=7, failed=3)


@pytest.fixture(name="shop_book")
def _shop_book(tmp_path: Path) -> Book:
    return book(tmp_path)


def standing(state: str, severity: Severity = Severity.WARN, product: str = "shop") -> Finding:
    return Finding(
        "f1", "hygiene-late", "work_items", "jira:SHOP-1", state, severity, NOW, NOW, product=product  # type: ignore[arg-type]
    )  # fmt: skip


def test_every_product_has_a_health_and_only_its_own_verdicts(shop_book: Book) -> None:
    found = healths(shop_book, [LATE], [])
    assert list(found) == ["shop", "till"]
    assert (found["shop"].score, found["till"].score) == (70, None)


def test_rules_that_nobody_hears_of_do_not_count(tmp_path: Path) -> None:
    muted = book(tmp_path, MODEL.replace("hygiene-late: notify", "hygiene-late: shadow"))
    assert healths(muted, [LATE], [])["shop"].why_not == "0 judged; a number needs 10"


def test_what_is_waived_leaves_both_sides_and_is_counted(shop_book: Book) -> None:
    count = Count("hygiene-late", "shop", passed=9, failed=3)
    waived = healths(shop_book, [count], [standing("waived")])["shop"]
    assert (waived.score, waived.waived) == (82, 1)
    assert (waived.lost[0].failed, waived.lost[0].judged) == (2, 11)


def test_a_critical_finding_caps_its_own_product_alone_and_only_while_it_is_open(shop_book: Book) -> None:
    critical = standing("open", Severity.CRITICAL)
    assert healths(shop_book, [LATE], [critical])["shop"].score == 49
    assert healths(shop_book, [LATE], [standing("open", Severity.CRITICAL, "till")])["shop"].score == 70
