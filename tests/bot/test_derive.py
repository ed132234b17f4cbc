"""Derive: facts of what changed and of what hangs on it, in batches that can stop at any moment."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from rule_records import pull
from shop import HOUR, NOW, Shop, story

from bot import derive as deriving
from bot.derive import derive_aggregates, derive_records, quarter_start
from bot.pipeline import derive
from bot.store import facts, loading, marks, records
from rules.records import Link, WorkItem

DOING = {"status": "In Progress", "status_category": "indeterminate"}


async def _facts(shop: Shop, *keys: str) -> list[dict[str, Any]]:
    table = facts.FACTS["work_items"]
    found = {r.key: r._asdict() for r in await shop.rows(sa.select(table))}  # type: ignore[arg-type]
    return [found[key] for key in keys]


async def test_a_record_becomes_facts_with_when_it_was_seen(shop: Shop) -> None:
    await shop.pull(story("SHOP-1", "late"))
    await shop.derive()
    (row,) = await _facts(shop, "SHOP-1")
    assert (row["subject"], row["product"], row["labels"]) == ("jira:SHOP-1", "shop", ("late",))
    assert row["observed_at"] == NOW


async def test_only_what_is_marked_is_derived(shop: Shop) -> None:
    await shop.pull(story("SHOP-1"), story("SHOP-2"), pull(8))
    await shop.derive()
    await shop.pull(shop.changed(story("SHOP-2"), "late"))
    derived = await derive_records(shop.database, shop.book, NOW)
    assert derived == {"work_items": ["jira:SHOP-2"]}


async def test_a_deleted_record_loses_its_row_and_is_named(shop: Shop) -> None:
    await shop.pull(story("SHOP-1"))
    await shop.derive()
    await shop.withdraw("deleted", "SHOP-1")
    assert await derive_records(shop.database, shop.book, NOW) == {"work_items": ["jira:SHOP-1"]}
    assert await shop.rows(sa.select(facts.FACTS["work_items"])) == []


async def test_a_blocked_item_follows_its_blocker(shop: Shop) -> None:
    blocker = story("SHOP-1", **DOING)
    await shop.pull(blocker, story("SHOP-2", links=(Link("is blocked by", "SHOP-1"),), **DOING))
    await shop.derive()
    (held,) = await _facts(shop, "SHOP-2")
    assert held["blocked"]
    await shop.pull(shop.changed(blocker, status="Done", status_category="done"))
    await shop.derive()
    (free,) = await _facts(shop, "SHOP-2")
    assert not free["blocked"]


async def test_batches_of_one_give_what_one_batch_gives(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    some = [story(f"SHOP-{n}", parent=f"SHOP-{n - 1}" if n > 1 else None) for n in range(1, 5)]
    await shop.pull(*some)
    await shop.derive()
    keys = [s.key for s in some]
    whole = await _facts(shop, *keys)
    async with shop.database.write() as connection:
        await marks.mark_all(connection)
    monkeypatch.setattr(deriving, "BATCH", 1)
    await shop.derive()
    assert await _facts(shop, *keys) == whole


async def test_a_stop_between_batches_goes_on_where_it_was(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.derive()
    await shop.pull(story("SHOP-1"), story("SHOP-2"))
    monkeypatch.setattr(deriving, "BATCH", 1)
    save, calls = facts.save, []

    async def fail_later(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise OSError("disk full")
        await save(*arguments)

    monkeypatch.setattr(facts, "save", fail_later)
    with pytest.raises(OSError, match="disk full"):
        await derive_records(shop.database, shop.book, NOW)
    derived = await derive_records(shop.database, shop.book, NOW)
    assert derived == {"work_items": ["jira:SHOP-2"]}


@pytest.mark.parametrize("another_derives_it", [False, True])
async def test_what_changes_while_it_is_derived_is_derived_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, another_derives_it: bool
) -> None:
    """A page that is stored between reading and writing a batch is not lost under the older row."""
    one = story("SHOP-1")
    await shop.derive()
    await shop.pull(one)
    around = deriving.neighbours

    async def and_a_page_comes(*arguments: Any) -> Any:
        monkeypatch.setattr(deriving, "neighbours", around)
        found = await around(*arguments)
        async with shop.database.write() as connection:
            await records.save(connection, [replace(one, labels=("late",), changed_at=NOW)], NOW + HOUR)
        if another_derives_it:
            await derive_records(shop.database, shop.book, NOW)
        return found

    monkeypatch.setattr(deriving, "neighbours", and_a_page_comes)
    derived = await derive_records(shop.database, shop.book, NOW)
    assert derived.get("work_items", []) == ([] if another_derives_it else ["jira:SHOP-1"])
    (row,) = await _facts(shop, "SHOP-1")
    assert (row["labels"], row["observed_at"]) == (("late",), NOW + HOUR)
    async with shop.database.read() as connection:
        assert await loading.marked(connection, WorkItem.KIND, 10) == []


async def test_aggregates_count_what_the_items_say(shop: Shop) -> None:
    await shop.pull(*(story(f"SHOP-{n}", **DOING) for n in range(3)), story("DESK-1", **DOING))
    await derive(shop.database, shop.book, shop.clock())
    async with shop.database.read() as connection:
        wip = await facts.rows_of(connection, "team_wip", ["front:story"])
        products = await facts.rows_of(connection, "products", ["shop", "till"])
        sources = await facts.rows_of(connection, "sources", ["jira", "github"])
    assert (wip["front:story"]["wip"], wip["front:story"]["wip_limit"]) == (3, 1)
    assert {p: r["active_items"] for p, r in products.items()} == {"shop": 3, "till": 0}
    assert {s: r["last_complete_sync"] for s, r in sources.items()} == {"jira": NOW, "github": None}


async def test_aggregates_derived_twice_are_the_same(shop: Shop) -> None:
    await shop.pull(story("SHOP-1", **DOING))
    await shop.derive()
    tables = ("products", "team_wip", "containers", "sources", "references")

    async def all_rows() -> list[Any]:
        return [await shop.rows(sa.select(facts.FACTS[t]).order_by("subject")) for t in tables]

    await derive_aggregates(shop.database, shop.book, NOW)
    first = await all_rows()
    await derive_aggregates(shop.database, shop.book, NOW)
    assert await all_rows() == first


@pytest.mark.parametrize(
    ("now", "start"),
    [((2026, 11, 24), (2026, 10, 1)), ((2026, 3, 31), (2026, 1, 1)), ((2026, 4, 1), (2026, 4, 1))],
)
def test_a_quarter_starts_on_its_first_day(
    shop_book: Any, now: tuple[int, int, int], start: tuple[int, int, int]
) -> None:
    assert quarter_start(shop_book, datetime(*now, 5, tzinfo=UTC)) == datetime(*start, tzinfo=UTC)
