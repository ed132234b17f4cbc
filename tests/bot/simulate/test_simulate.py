"""What a change would do is what the changed model then does, and the store does not notice."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from shop import MODEL, Shop, book, story

from bot.simulate.outlook import Outlook
from bot.simulate.simulate import simulate
from bot.store.tables import metadata


async def foreseen(shop: Shop, folder: Path, old: str, new: str) -> Outlook:
    """What the shop's model would do with these words changed."""
    assert old in MODEL
    return await simulate(shop.database, shop.book, book(folder, MODEL.replace(old, new)), shop.clock())


def kinds(outlook: Outlook) -> dict[tuple[str, str], str]:
    return {(f.rule, f.key): f.kind for f in outlook.foreseen}


async def stored(shop: Shop) -> list[object]:
    return [list(await shop.rows(sa.select(table))) for table in metadata.sorted_tables]


async def test_nothing_changed_changes_nothing_whatever_time_has_passed(shop: Shop, tmp_path: Path) -> None:
    await shop.pull(story("SHOP-1", "late"), story("SHOP-2", "slow"), story("TILL-1", "covered"))
    await shop.judge_all()
    shop.clock.tick(timedelta(hours=3))
    outlook = await simulate(shop.database, shop.book, book(tmp_path), shop.clock())
    assert (outlook.foreseen, outlook.unknown, outlook.told) == ((), (), {})
    assert "Would open 0, close 0" in outlook.as_text(())


async def test_another_condition_opens_some_and_closes_others_with_the_reasons_of_both(
    shop: Shop, tmp_path: Path
) -> None:
    await shop.pull(story("SHOP-1", "late"), story("SHOP-2", "later"))
    await shop.judge_all()
    outlook = await foreseen(shop, tmp_path, "\"'late' in labels\"", "\"'later' in labels\"")
    assert kinds(outlook) == {("hygiene-late", "SHOP-1"): "closes", ("hygiene-late", "SHOP-2"): "opens"}
    opens = next(f for f in outlook.foreseen if f.kind == "opens")
    assert opens.before.startswith("Fine: 'late' in labels is not met")
    assert opens.after == "SHOP-2 is late."
    assert outlook.told == {"shop": {"at once": 1}}


async def test_the_store_is_as_before(shop: Shop, tmp_path: Path) -> None:
    await shop.pull(story("SHOP-1", "late"), story("SHOP-2", "slow"))
    await shop.judge_all()
    before = await stored(shop)
    await foreseen(shop, tmp_path, "hygiene-late: notify", "hygiene-late: 'off'")
    assert await stored(shop) == before


async def test_a_store_that_was_never_judged_is_judged_in_the_copy_alone(shop: Shop, tmp_path: Path) -> None:
    await shop.pull(story("SHOP-1", "late"))
    outlook = await foreseen(shop, tmp_path, "hygiene-late: notify", "hygiene-late: 'off'")
    assert kinds(outlook) == {("hygiene-late", "SHOP-1"): "closes"}
    assert await shop.events() == []


async def test_what_must_last_begins_to_wait_and_says_how_long(shop: Shop, tmp_path: Path) -> None:
    await shop.pull(story("SHOP-1", "slower"))
    await shop.judge_all()
    outlook = await foreseen(shop, tmp_path, "\"'slow' in labels\"", "\"'slower' in labels\"")
    (waits,) = outlook.foreseen
    assert (waits.kind, waits.lasting) == ("waits", "2h")
    assert "It opens if that lasts 2h." in outlook.as_text(())


async def test_what_only_waited_is_not_counted_as_closed(shop: Shop, tmp_path: Path) -> None:
    await shop.pull(story("SHOP-1", "slow"))
    await shop.judge_all()
    outlook = await foreseen(shop, tmp_path, "hygiene-slow: digest", "hygiene-slow: 'off'")
    assert kinds(outlook) == {("hygiene-slow", "SHOP-1"): "waits no more"}
    assert outlook.counts["closes"] == 0


async def test_a_rule_that_looks_for_the_first_time_hides_nothing(shop: Shop, tmp_path: Path) -> None:
    shop.book = book(tmp_path / "off", MODEL.replace("hygiene-late: notify", "hygiene-late: 'off'"))
    await shop.pull(story("SHOP-1", "late"))
    await shop.judge_all()
    outlook = await simulate(shop.database, shop.book, book(tmp_path / "on"), shop.clock())
    assert kinds(outlook) == {("hygiene-late", "SHOP-1"): "opens"}
    assert outlook.told == {"shop": {"as inherited": 1}}


async def test_what_goes_to_another_product_moves(shop: Shop, tmp_path: Path) -> None:
    await shop.pull(story("SHOP-1", "late"))
    await shop.judge_all()
    swapped = MODEL.replace("project: SHOP", "project: OLD").replace("project: TILL", "project: SHOP")
    outlook = await simulate(shop.database, shop.book, book(tmp_path, swapped), shop.clock())
    (moves,) = outlook.foreseen
    assert (moves.kind, moves.product_before, moves.product) == ("moves", "shop", "till")


async def test_a_rule_in_shadow_falls_silent_and_comes_back(shop: Shop, tmp_path: Path) -> None:
    await shop.pull(story("SHOP-1", "late"))
    await shop.judge_all()
    outlook = await foreseen(shop, tmp_path / "one", "hygiene-late: notify", "hygiene-late: shadow")
    assert kinds(outlook) == {("hygiene-late", "SHOP-1"): "falls silent"}
    silent = replace(shop, book=book(tmp_path / "two", MODEL.replace("late: notify", "late: shadow")))
    back = await simulate(silent.database, silent.book, shop.book, shop.clock())
    assert kinds(back) == {("hygiene-late", "SHOP-1"): "is told"}


async def test_verdicts_that_become_unknown_are_told_and_close_nothing(shop: Shop, tmp_path: Path) -> None:
    await shop.pull(story("SHOP-1", "late"))
    await shop.judge_all()
    shop.clock.tick(timedelta(hours=2))
    outlook = await foreseen(
        shop, tmp_path, "jira: shop.atlassian.net, every: 1h", "jira: shop.atlassian.net, every: 10m"
    )
    assert outlook.foreseen == ()
    assert "Not foreseen: what stands on Jira" in outlook.as_text(())
    (late,) = [u for u in outlook.unknown if u.rule == "hygiene-late"]
    assert (late.before, late.after) == (0, 1)
    assert late.example is not None
    assert "too old" in late.example
