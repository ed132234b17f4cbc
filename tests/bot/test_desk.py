"""The desk answers with what is open and why, and never with more than the asker may see."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from rule_records import pull
from shop import MODEL, Shop, book, story

from bot.book import Book
from bot.desk import PAGE, StoreDesk
from bot.slack.commands.desk import Asker, FindingsQuery
from bot.store.database import Database
from rules.audience import Clearance, asker_clearance
from rules.findings import Severity

KEEPS_TO_ITSELF = MODEL.replace("till: {owner: ana,", "till: {owner: bo, visibility: {read: [bo]},").replace(
    "people: {", "people: {bo: {email: bo@example.com}, zoe: {email: zoe@example.com}, "
)
OPERATOR = Asker("", None, None, None, operator=True)
ANA = Asker("U1", "T1", None, "ana")
BO = Asker("U2", "T1", None, "bo")
ZOE = Asker("U3", "T1", None, "zoe")
STRANGER = Asker("U4", "T1", "shop", None)


@pytest.fixture
def migrated_url(migrated_file: Path, tmp_path: Path) -> str:
    """SQLite alone: what differs between the databases is tested with the store."""
    return f"sqlite+aiosqlite:///{shutil.copy(migrated_file, tmp_path / 'opsbot.db')}"


@pytest.fixture(scope="module")
def desk_book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return book(tmp_path_factory.mktemp("model"), KEEPS_TO_ITSELF)


@pytest.fixture
async def shop(database: Database, desk_book: Book) -> Shop:
    """Two late items in the shop, one in the till, one behind a security level."""
    shop = Shop(database, desk_book)
    await shop.told(
        story("SHOP-1", "late", "very"),
        story("SHOP-2", "late", "bot"),
        story("SHOP-3", "late", audience="jira:jira:SHOP:board-only"),
        story("TILL-1", "late", audience="jira:jira:TILL"),
    )
    await shop.judge_all()
    return shop


@pytest.fixture
def desk(shop: Shop) -> StoreDesk:
    def clearance(asker: Asker) -> Clearance:
        if asker.operator:
            return Clearance(known=True, everything=True, levels=True)
        return asker_clearance(shop.book.model, asker.handle, asker.channel, shop.clock().date())

    return StoreDesk(shop.database, lambda: shop.book, shop.clock, clearance, lambda _: None)


async def keys(desk: StoreDesk, asker: Asker, **query: object) -> list[str]:
    found = await desk.findings(asker, FindingsQuery(**query))
    assert found.total == len(found.lines)
    return [line.key for line in found.lines]


@pytest.mark.parametrize(
    ("asker", "sees"),
    [
        (OPERATOR, ["SHOP-1", "SHOP-2", "SHOP-3", "TILL-1"]),
        (ANA, ["SHOP-1", "SHOP-2"]),
        (BO, ["TILL-1"]),
        (ZOE, []),
        (replace(ZOE, channel="shop"), ["SHOP-1", "SHOP-2"]),
        (STRANGER, []),
    ],
    ids=[
        "operator",
        "owner of shop",
        "owner of till",
        "somebody",
        "somebody in the channel",
        "unknown person",
    ],
)
async def test_each_sees_what_roles_and_channel_clear(desk: StoreDesk, asker: Asker, sees: list[str]) -> None:
    assert sorted(await keys(desk, asker)) == sees
    assert sum((await desk.status(asker, None)).open.values()) == len(sees)
    for key in ("SHOP-1", "SHOP-2", "SHOP-3", "TILL-1"):
        explained = await desk.explain(asker, key)
        assert (explained is not None) == (key in sees)


async def test_a_product_that_keeps_to_itself_is_named_to_nobody_else(desk: StoreDesk) -> None:
    assert list(desk.products(ANA)) == ["shop"]
    assert list(desk.products(BO)) == ["shop", "till"]
    assert list(desk.products(OPERATOR)) == ["shop", "till"]
    assert list(desk.products(STRANGER)) == ["shop"]  # the channel they write in is about it
    assert list(desk.products(replace(STRANGER, channel=None))) == []


async def test_the_gravest_come_first_and_filters_narrow(desk: StoreDesk) -> None:
    assert (await keys(desk, ANA))[0] == "SHOP-1"
    assert await keys(desk, ANA, severities=frozenset({Severity.WARN})) == ["SHOP-2"]
    assert await keys(desk, ANA, without_labels=("bot",)) == ["SHOP-1"]
    assert await keys(desk, ANA, without_labels=("bot", "very")) == []
    assert await keys(desk, ANA, rules=("hygiene-slow",)) == []
    assert await keys(desk, OPERATOR, products=("till",)) == ["TILL-1"]
    assert await keys(desk, OPERATOR, streams=("ship",)) == []


async def test_pages_hold_all_once_and_a_page_beyond_the_last_is_the_last(
    shop: Shop, desk: StoreDesk
) -> None:
    await shop.told(*(story(f"SHOP-{n}", "late") for n in range(10, 25)))
    first = await desk.findings(ANA, FindingsQuery())
    second = await desk.findings(ANA, FindingsQuery(page=2))
    beyond = await desk.findings(ANA, FindingsQuery(page=99))
    assert (first.total, first.pages, len(first.lines)) == (17, 2, PAGE)
    assert len({line.finding for line in (*first.lines, *second.lines)}) == 17
    assert beyond == second


@pytest.mark.parametrize("typed", ["SHOP-1", "shop-1", "Shop-1"])
async def test_a_key_is_found_in_any_case(desk: StoreDesk, typed: str) -> None:
    explained = await desk.explain(ANA, typed)
    assert explained is not None
    assert (explained.key, explained.product) == ("SHOP-1", "shop")


async def test_a_finding_is_explained_by_its_id_and_a_product_by_its_own(desk: StoreDesk) -> None:
    (line,) = (await desk.findings(ANA, FindingsQuery(severities=frozenset({Severity.HIGH})))).lines
    explained = await desk.explain(ANA, line.finding.upper())
    assert explained is not None
    failing = [r for r in explained.rules if r.verdict == "fail"]
    assert [(r.rule, r.finding, r.says) for r in failing] == [
        ("hygiene-late", line.finding, "SHOP-1 is late.")
    ]
    product = await desk.explain(ANA, "shop")
    assert product is not None
    assert product.key == "shop"


async def test_what_is_unknown_and_what_is_forbidden_look_the_same(desk: StoreDesk) -> None:
    assert await desk.explain(ANA, "SHOP-404") is None
    assert await desk.explain(ANA, "TILL-1") is None
    assert await desk.explain(ANA, "") is None
    assert await desk.explain(ANA, "%") is None
    assert await desk.explain(ANA, "x" * 100_000) is None
    assert await desk.explain(ANA, "SHOP\0-1") is None
    assert await desk.explain(ANA, "SHOP\udcff-1") is None


async def test_a_pull_request_is_explained_too(shop: Shop, desk: StoreDesk) -> None:
    shop.tool.source = "github"
    await shop.pull(pull(8))
    await shop.judge_all()
    assert await desk.explain(OPERATOR, "Larkfield/Tracking#8") is not None


async def test_status_counts_by_severity_and_tells_how_old_the_data_is(shop: Shop, desk: StoreDesk) -> None:
    status = await desk.status(OPERATOR, "shop")
    assert status.open == {Severity.HIGH: 1, Severity.WARN: 2}
    assert status.inherited == 3
    assert status.judged_at == shop.clock()
    assert [(s.name, s.stale) for s in status.sources] == [("Jira", False), ("GitHub", True)]


async def test_what_ended_is_no_longer_open(shop: Shop, desk: StoreDesk) -> None:
    shop.clock.tick()
    await shop.told(shop.changed(story("SHOP-1")))
    assert await keys(desk, ANA) == ["SHOP-2"]


async def test_what_is_waived_is_counted_and_listed_apart_for_those_who_may_see_it(
    shop: Shop, desk: StoreDesk, tmp_path: Path
) -> None:
    long = "{{rule: hygiene-late, subject: {}, reason: x, approved_by: ana, until: 2027-11-24}}"
    listed = ", ".join(map(long.format, ("SHOP-2", "SHOP-3")))
    shop.book = book(tmp_path, f"{KEEPS_TO_ITSELF}\nwaivers: [{listed}]\n")
    await shop.judge()
    assert await keys(desk, OPERATOR, products=("shop",)) == ["SHOP-1"]
    assert sorted(await keys(desk, OPERATOR, products=("shop",), waived=True)) == ["SHOP-2", "SHOP-3"]
    page = await desk.findings(OPERATOR, FindingsQuery(products=("shop",)))
    status = await desk.status(OPERATOR, "shop")
    assert (page.waived, status.waived, status.open) == (2, 2, {Severity.HIGH: 1})
    assert {x.happened for x in (await desk.findings(OPERATOR, FindingsQuery(waived=True))).lines} == {
        "waived"
    }
    assert (await desk.status(ANA, "shop")).waived == 1  # the other stands behind a security level
