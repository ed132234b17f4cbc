"""A report counts what was judged, shows the gravest and says what nobody could know."""

import json
import shutil
from pathlib import Path

import pytest
from shop import Shop, story

from bot.report import report
from rules.findings import Severity


@pytest.fixture
def migrated_url(migrated_file: Path, tmp_path: Path) -> str:
    """SQLite alone: what differs between the databases is tested with the store."""
    return f"sqlite+aiosqlite:///{shutil.copy(migrated_file, tmp_path / 'opsbot.db')}"


async def test_a_report_tells_new_from_inherited_and_what_resolved(shop: Shop) -> None:
    await shop.pull(story("SHOP-1", "late"), story("SHOP-2", "late", "very"))
    first = await report(shop.database, shop.book, await shop.judge_all(), shop.clock())
    assert (first.new, first.inherited, first.resolved, first.worst) == (0, 2, 0, Severity.HIGH)
    shop.clock.tick()
    await shop.pull(shop.changed(story("SHOP-1")), shop.changed(story("SHOP-3"), "late"))
    second = await report(shop.database, shop.book, await shop.judge_all(), shop.clock())
    assert (second.new, second.inherited, second.resolved) == (1, 0, 1)
    assert [line.key for line in second.lines] == ["SHOP-2", "SHOP-3"]
    assert "New 1, inherited 0, resolved 1, pending 0." in second.as_text()
    assert "Open: 1 high, 1 warn." in second.as_text()


async def test_as_json_it_is_for_programs(shop: Shop) -> None:
    await shop.pull(story("SHOP-1", "late"))
    told = await report(shop.database, shop.book, await shop.judge_all(), shop.clock())
    read = json.loads(json.dumps(told.as_json()))
    (line,) = read["findings"]
    assert (line["key"], line["severity"], line["since"]) == ("SHOP-1", "warn", shop.clock().isoformat())
    late = [c for c in read["verdicts"] if c["rule"] == "hygiene-late"]
    assert [(c["product"], c["failed"]) for c in late] == [("shop", 1)]


async def test_what_cannot_be_judged_says_what_is_missing(shop: Shop) -> None:
    await shop.pull(story("SHOP-1", priority=None))
    told = await report(shop.database, shop.book, await shop.judge_all(), shop.clock())
    ((rule, why),) = told.why_unknown
    assert rule == "hygiene-graded"
    assert why.startswith("1 unknown; SHOP-1: ")
    assert "priority" in why


async def test_nothing_at_all_is_said_too(shop: Shop) -> None:
    told = await report(shop.database, shop.book, await shop.judge_all(), shop.clock())
    assert told.worst is None
    assert "Open: nothing." in told.as_text()


async def test_beyond_a_dozen_the_rest_is_a_number(shop: Shop) -> None:
    await shop.pull(*(story(f"SHOP-{n}", "late") for n in range(15)))
    told = await report(shop.database, shop.book, await shop.judge_all(), shop.clock())
    assert "   … and 3 more" in told.as_text()
