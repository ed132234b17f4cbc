"""A channel is told what is new to it, once, and only what it may see."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from shop import MODEL, NOW, Clock, Shop, book, story

from bot import digests
from bot.book import Book
from bot.digests import Made
from bot.slack.plaintext import as_text
from bot.store.database import Database
from bot.store.tables import outbox

DIGESTS = """
digests:
  product: {to: products, at: weekdays 09:00, max: 2}
  operations: {to: operations, at: weekdays 09:00}
  all: {to: leadership, at: Mon 09:00}
"""
TOLD = MODEL + DIGESTS


@pytest.fixture(scope="module")
def told_book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return book(tmp_path_factory.mktemp("model"), TOLD)


@pytest.fixture
def shop(database: Database, told_book: Book) -> Shop:
    return Shop(database, told_book, Clock())


async def made(shop: Shop, channel: str = "shop", name: str = "product") -> Made:
    """The digest of a channel, remembered, in an hour of its own."""
    now = shop.clock.tick()
    (one,) = await digests.make(shop.database, shop.book, digests.Order(name, now, channel))
    await digests.keep(shop.database, [one], now)
    shop.clock.tick()
    return one


def keys(one: Made) -> list[str]:
    return [line.key for line in one.digest.lines]


async def test_the_first_digest_counts_what_was_there_before_once(shop: Shop) -> None:
    late = story("SHOP-1", "late")
    await shop.told(late)
    first = await made(shop)
    assert (first.digest.inherited, keys(first), first.digest.silent) == (1, [], False)
    second = await made(shop)
    assert second.digest.silent
    assert [channel for channel, _ in await shop.letters()] == ["shop"]


async def test_later_digests_tell_the_news_alone(shop: Shop) -> None:
    await shop.told(story("SHOP-1", "late"))
    await made(shop)
    await shop.told(story("SHOP-1", "late"), story("SHOP-2", "late"))
    news = await made(shop)
    assert keys(news) == ["SHOP-2"]
    assert "SHOP-2 is late." in as_text(news.message)
    assert "SHOP-1" not in as_text(news.message)


async def test_what_opened_and_was_mended_in_between_is_not_mentioned(shop: Shop) -> None:
    await shop.told(story("SHOP-1"))
    await made(shop)
    shop.clock.tick()
    await shop.told(shop.changed(story("SHOP-1"), "late"))
    shop.clock.tick()
    await shop.told(shop.changed(story("SHOP-1")))
    assert (await made(shop)).digest.silent


async def test_what_was_told_and_is_mended_now_got_better(shop: Shop) -> None:
    await shop.told(story("SHOP-1", "late"))
    await made(shop)
    await shop.told(shop.changed(story("SHOP-1")))
    assert [line.key for line in (await made(shop)).digest.resolved] == ["SHOP-1"]


async def test_an_inherited_finding_is_news_when_it_gets_worse(shop: Shop) -> None:
    await shop.told(story("SHOP-1", "late"))
    await made(shop)
    await shop.told(shop.changed(story("SHOP-1"), "late", "very"))
    (line,) = (await made(shop)).digest.lines
    assert (line.happened, line.severity.word) == ("worsened", "high")


async def test_beyond_the_budget_the_rest_is_a_number(shop: Shop) -> None:
    await shop.told(story("SHOP-1"))
    await made(shop)
    await shop.told(*(story(f"SHOP-{n}", "late") for n in range(2, 7)))
    digest = (await made(shop)).digest
    assert (len(digest.lines), digest.more, sum(digest.open.values())) == (2, 3, 5)


async def test_rules_in_the_shadow_stay_out(shop: Shop, tmp_path: Path) -> None:
    shop.book = book(tmp_path, TOLD.replace("hygiene-late: notify", "hygiene-late: shadow"))
    await shop.told(story("SHOP-1", "late"))
    one = await made(shop)
    assert one.digest.silent
    assert one.digest.open == {}


async def test_each_channel_is_told_of_its_own_product_and_unmapped_work_goes_to_operations(
    shop: Shop,
) -> None:
    await shop.told(story("SHOP-1"))
    for channel, name in (("shop", "product"), ("till", "product"), ("ops", "operations")):
        await made(shop, channel, name)
    elsewhere = story("LAB-1", "late", audience="jira:jira:LAB")
    till = story("TILL-1", "late", audience="jira:jira:TILL")
    await shop.told(story("SHOP-2", "late"), till, elsewhere)
    assert keys(await made(shop, "shop")) == ["SHOP-2"]
    assert keys(await made(shop, "till")) == ["TILL-1"]
    assert keys(await made(shop, "ops", "operations")) == ["LAB-1"]


async def test_a_channel_is_not_told_what_it_is_not_cleared_for(shop: Shop) -> None:
    await shop.told(story("SHOP-1"))
    await made(shop)
    hidden = story("SHOP-2", "late", audience="jira:jira:SHOP:board-only", title="The merger")
    await shop.told(hidden)
    one = await made(shop)
    assert one.digest.silent
    assert "merger" not in str(one.message.payload)
    assert (await made(shop, "leadership", "all")).digest.silent


async def test_a_product_that_keeps_to_itself_is_told_in_its_own_channel_alone(
    shop: Shop, tmp_path: Path
) -> None:
    restricted = TOLD.replace("till: {owner: ana,", "till: {owner: ana, visibility: {read: [ana]},")
    shop.book = book(tmp_path, restricted.replace("to: leadership", "to: ops"))
    await shop.told(story("TILL-1", audience="jira:jira:TILL"))
    for channel, name in (("till", "product"), ("ops", "all")):
        await made(shop, channel, name)
    await shop.told(story("TILL-2", "late", audience="jira:jira:TILL"), story("SHOP-2", "late"))
    assert keys(await made(shop, "till")) == ["TILL-2"]
    assert keys(await made(shop, "ops", "all")) == ["SHOP-2"]


async def test_times_are_those_of_the_products_calendar(shop: Shop, tmp_path: Path) -> None:
    zones = """
company: {name: Shop, calendar: hq}
calendars: {hq: {timezone: Europe/Berlin}, pune: {extends: hq, timezone: Asia/Kolkata}}
"""
    shop.book = book(
        tmp_path, zones + TOLD.replace("till: {owner: ana,", "till: {owner: ana, calendar: pune,")
    )
    await shop.told(story("SHOP-1"))
    assert (await made(shop, "till")).digest.at.utcoffset() == timedelta(hours=5, minutes=30)
    assert (await made(shop, "shop")).digest.at.utcoffset() == timedelta(hours=1)


async def test_the_same_digest_made_twice_at_one_time_is_sent_once(shop: Shop) -> None:
    await shop.told(story("SHOP-1", "late"))
    for _ in range(2):
        one = await digests.make(shop.database, shop.book, digests.Order("product", NOW, "shop"))
        await digests.keep(shop.database, one, NOW)
    assert len(await shop.rows(sa.select(outbox))) == 1


async def test_making_a_digest_writes_nothing(shop: Shop) -> None:
    await shop.told(story("SHOP-1", "late"))
    for _ in range(2):
        (one,) = await digests.make(shop.database, shop.book, digests.Order("product", NOW, "shop"))
        assert one.digest.since is None
    assert await shop.letters() == []


async def test_a_digest_may_look_further_back_than_the_last_one(shop: Shop) -> None:
    await shop.told(story("SHOP-1"))
    before = shop.clock()
    shop.clock.tick()
    await shop.told(shop.changed(story("SHOP-1"), "late"))
    assert keys(await made(shop)) == ["SHOP-1"]
    assert keys(await made(shop)) == []
    back = digests.Order("product", shop.clock(), "shop", since=before)
    (again,) = await digests.make(shop.database, shop.book, back)
    assert keys(again) == ["SHOP-1"]


async def test_what_is_waived_is_a_count_until_its_waiver_ends(shop: Shop, tmp_path: Path) -> None:
    """From both sides: the line of the model comes, and is taken out again."""
    long = "waivers: [{rule: hygiene-late, subject: SHOP-2, reason: x, approved_by: ana, until: 2027-11-24}]"
    await shop.told(story("SHOP-1", "late"))
    await made(shop)
    plain = shop.book
    shop.book = book(tmp_path, f"{TOLD}\n{long}\n")
    await shop.told(story("SHOP-2", "late"))
    waived = await made(shop)
    assert (keys(waived), waived.digest.waived, waived.digest.silent) == ([], 1, True)
    assert "1 open (1 warn), 1 waived." in as_text(waived.message)
    shop.book = plain
    await shop.judge()
    ended = await made(shop)
    assert (keys(ended), ended.digest.waived) == (["SHOP-2"], 0)
    assert "No longer waived" in as_text(ended.message)
