"""How each source stands: what a person at the terminal sees, and what they are told to do."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from counted_site import Site
from shop import HOUR, NOW, Shop, Tool, page, story

from bot.pipeline import sync
from bot.source_list import SourceLine, advice, source_lines
from bot.source_table import as_text
from bot.store import censuses, quarantine, usage
from bot.store.censuses import Counted
from connectors.connector import Page
from connectors.errors import FixCredentialsError, TryLaterError
from connectors.meter import Budget


class Spending(Tool):
    """Each sync costs seven points of a hundred."""

    async def pages(self, cursor: str | None, touched: Sequence[str] = ()) -> AsyncIterator[Page]:
        self.meter.requests += 2
        self.meter.spent["jira:points"] += 7
        self.meter.budgets["jira:points"] = Budget(100, 93, NOW + timedelta(days=3))
        async for one in super().pages(cursor, touched):
            yield one


def counted(container: str = "SHOP", outcome: str = censuses.WHOLE, **numbers: Any) -> Counted:
    known = {"counted": 12, "seen": 12, "known": 12, "missing": 0, **numbers}
    return Counted("jira", container, NOW, outcome=outcome, **known)


async def keep(shop: Shop, *some: Counted) -> None:
    async with shop.database.write() as connection:
        for one in some:
            await censuses.keep(connection, one)


async def lines(shop: Shop, **refused: Any) -> dict[str, SourceLine]:
    found = await source_lines(shop.database, shop.book, {"jira": shop.tool}, refused, shop.clock())
    return {line.source: line for line in found}


async def test_a_source_that_was_never_read_says_how_to_read_it(shop: Shop) -> None:
    found = await lines(shop)
    assert list(found) == ["jira", "github"]
    assert (found["jira"].outcome, found["jira"].stale) == ("never read", True)
    assert found["jira"].to_do == ("Read it: opsbot sync jira",)


async def test_what_a_sync_and_a_census_cost_in_24_hours_and_what_is_left(shop: Shop) -> None:
    shop.tool = Spending()
    await shop.pull(story())
    for _ in range(2):
        shop.clock.tick(HOUR * 12)
        await shop.pull(story())
    async with shop.database.write() as connection:
        await usage.add(connection, "jira", "census", {"jira:points": 3}, shop.clock())
    shop.clock.tick()
    jira = (await lines(shop))["jira"]
    assert jira.last is not None
    assert (jira.last.requests, jira.spent_day) == (
        {"jira:points": 7, "requests": 2},
        {"jira:points": 17, "requests": 4},
    )
    text = as_text([jira], shop.clock())
    assert "✓  jira    complete   60 min ago" in text
    assert "4 in 24 h  93%" in text
    assert "requests: 2 in the last sync, 4 in 24 h" in text
    assert (
        "              points: 7 in the last sync, 17 in 24 h; 93 of 100 left until Fri 27 Nov 10:00" in text
    )


SCARCE = {
    "jira:GET field": Budget(350, 349, NOW + HOUR),
    "jira:POST search": Budget(100, 40, NOW + HOUR),
    "jira:POST changelog": Budget(None, None, None, paused_until=NOW + HOUR),
    "jira:secondary": Budget(100, 99, NOW + HOUR),
    "jira:points": Budget(100, 93, NOW + HOUR),
}


async def test_of_budgets_those_of_the_account_are_shown_and_those_that_run_short(shop: Shop) -> None:
    shop.tool.meter.budgets |= SCARCE
    await shop.pull(story())
    jira = (await lines(shop))["jira"]
    text = as_text([jira], NOW)
    spent = [line for line in text.splitlines() if "in the last sync" in line]
    assert [line.split(":")[0].split("  ")[-1].strip() for line in spent] == [
        "POST changelog",
        "POST search",
        "points",
    ]
    assert "asks to wait" in text.splitlines()[3]
    assert set(jira.as_json(NOW)["budgets"]) == set(SCARCE)


async def test_a_budget_whose_window_is_over_is_no_news(shop: Shop) -> None:
    shop.tool.meter.budgets["jira:POST search"] = SCARCE["jira:POST search"]
    await shop.pull(story())
    assert "40% of POST search" in as_text([*(await lines(shop)).values()], NOW)
    assert "POST search" not in as_text([*(await lines(shop)).values()], NOW + 2 * HOUR)


async def test_who_is_unwell_stands_first_and_why_and_what_to_do(shop: Shop) -> None:
    await shop.pull(story())
    found = await lines(shop, github=FixCredentialsError("Source github has no token.", "Set it."))
    assert {name: line.state for name, line in found.items()} == {"jira": "ok", "github": "fail"}
    text = as_text([*found.values()], NOW).splitlines()
    assert text[0] == "1 of 2 sources needs you: github."
    details = text[text.index("✗ github") :]
    assert details[1] == "  Do this     Source github has no token. Set it. [source-credentials]"
    assert as_text([found["jira"]], NOW).startswith("1 source, all well.")


@pytest.mark.parametrize("ill", ["never", "partial", "held", "hidden"])
async def test_a_source_of_which_a_part_is_not_read_is_marked(shop: Shop, ill: str) -> None:
    if ill != "never":
        shop.tool.says = [page(story(), problems=["project:TILL"] if ill == "partial" else [])]
        await sync(shop.database, shop.tool, shop.clock)
    if ill == "held":
        async with shop.database.write() as connection:
            await quarantine.put(connection, "jira", {"SHOP-1": "status is null"}, NOW)
    if ill == "hidden":
        await keep(shop, counted(outcome=censuses.OUT_OF_SIGHT))
    jira = (await lines(shop))["jira"]
    assert jira.state == jira.as_json(NOW)["state"] == "warn"
    assert as_text([jira], NOW).startswith("1 of 1 source needs you: jira.")


async def test_what_was_spent_long_ago_is_forgotten(shop: Shop) -> None:
    async with shop.database.write() as connection:
        await usage.add(connection, "jira", "check", {"jira:points": 3}, NOW)
        await usage.add(connection, "jira", "check", {"jira:points": 4}, NOW + timedelta(days=30))
        assert await usage.since(connection, NOW) == {"jira": {"jira:points": 4}}


async def test_quarantined_items_stand_there_with_their_reason(shop: Shop) -> None:
    await shop.pull(story())
    async with shop.database.write() as connection:
        reasons = {f"SHOP-{n}": f"status {n} is null" for n in range(1, 8)}
        await quarantine.put(connection, "jira", reasons, NOW)
    jira = (await lines(shop))["jira"]
    text = as_text([jira], shop.clock())
    assert "SHOP-1 since Tue 24 Nov 10:00: status 1 is null" in text
    assert "and 2 more: opsbot sources --json" in text
    assert any("opsbot census jira tries it again" in said for said in jira.to_do)
    assert jira.as_json(NOW)["quarantined"][6]["reason"] == "status 7 is null"


async def test_coverage_is_what_is_stored_of_what_the_source_counts(shop: Shop) -> None:
    await shop.pull(story())
    assert (await lines(shop))["jira"].to_do == ()
    shop.tool.census = Site()
    assert (await lines(shop))["jira"].to_do == (
        "Compare it with what its source counts: opsbot census jira",
    )
    await keep(
        shop, counted(), counted("TILL", counted=3, known=2), counted("X", "out of sight", counted=None)
    )
    jira = (await lines(shop))["jira"]
    assert jira.coverage == (14, 15)
    assert "14 of 15" in as_text([jira], shop.clock())


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (counted(), ""),
        (counted(outcome=censuses.GUARDED, missing=7), "7 items vanished at once"),
        (counted(outcome=censuses.GUARDED, missing=7), "opsbot census jira --believe SHOP"),
        (counted(outcome=censuses.OUT_OF_SIGHT), "SHOP is out of sight: give the account access again"),
        (counted(outcome="failed: Jira is down. [source-later]"), "could not be counted: Jira is down."),
        (counted(seen=15), "3 items of it could not be read yet"),
    ],
)
def test_each_census_that_did_not_go_well_says_what_to_do(one: Counted, says: str) -> None:
    assert (says in advice(one)) if says else advice(one) == ""


async def test_what_is_not_there_is_counted_by_its_state(shop: Shop) -> None:
    await shop.pull(story("SHOP-1"), story("SHOP-2"), story("SHOP-3"))
    await shop.withdraw("access_lost", "SHOP-1", "SHOP-2")
    await shop.withdraw("deleted", "SHOP-3")
    jira = (await lines(shop))["jira"]
    assert jira.absent == {"access_lost": 2, "deleted": 1}
    text = as_text([jira], NOW)
    assert "2 access lost" in text
    assert "1 deleted" in text


async def test_failures_and_refusals_say_what_to_do(shop: Shop) -> None:
    shop.tool.says = [TryLaterError("Jira is down.")]
    await sync(shop.database, shop.tool, shop.clock)
    found = await lines(shop, github=FixCredentialsError("Source github has no token.", "Set it."))
    assert found["jira"].to_do == ("Jira is down. [source-later]",)
    assert found["github"].to_do == ("Source github has no token. Set it. [source-credentials]",)
    shop.tool.says = [page(problems=["project:TILL"])]
    await sync(shop.database, shop.tool, shop.clock)
    jira = (await lines(shop))["jira"]
    assert (jira.outcome, jira.to_do[0]) == ("partial", "project:TILL: not readable")


async def test_old_data_is_stale_and_says_so(shop: Shop) -> None:
    await shop.pull(story())
    shop.clock.tick(5 * HOUR)
    jira = (await lines(shop))["jira"]
    assert jira.stale
    assert "5 h ago, stale" in as_text([jira], shop.clock())
    assert jira.as_json(shop.clock())["lag_seconds"] == 5 * 3600


def test_a_model_without_sources_says_so() -> None:
    assert as_text([], NOW) == "The model names no source to read."
