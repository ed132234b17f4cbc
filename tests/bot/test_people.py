"""Who is who, from the store: what accounts hold is counted, and a directory is believed at once."""

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from rule_records import issue, item, pull
from shop import NOW, Shop, Tool, book, page

from bot.pipeline import sync
from bot.store.facts import FACTS
from bot.store.held import held_by_account
from rules.records import Person, Record
from rules.roster import Held

MODEL = """
people: {ana: {email: ana@example.com}}
sources: [{id: jira, jira: shop.atlassian.net}, {id: github, github: shop}, {id: people, file: people.csv}]
profile: "off"
products: {shop: {owner: ana, work: [{jira: {project: SHOP}}]}}
ignore: [{jira: {project: OLD}}]
"""
ENTRY = Person(
    "people", "directory:7", "directory:7", "Ana", "ana@example.com", {"directory": "7", "jira": "712:a"}
)


@pytest.fixture
def shop(shop: Shop, tmp_path: Path) -> Shop:
    return replace(shop, book=book(tmp_path / "shop", MODEL))


async def told(shop: Shop, source: str, *records: Record) -> None:
    await sync(shop.database, Tool(source, [page(*records)]), shop.clock)
    await shop.derive()


def active(key: str, assignee: str, **parts: object) -> Record:
    return item(key, assignee=assignee, status_category="indeterminate", status="In Progress", **parts)


async def test_active_items_and_open_pull_requests_are_counted_by_account(shop: Shop) -> None:
    await told(
        shop,
        "jira",
        active("SHOP-1", "712:a"),
        active("SHOP-2", "712:a"),
        active("SHOP-3", "712:a", level=-1, kind="Sub-task"),
        active("OLD-1", "712:a"),
        item("SHOP-4", assignee="712:a"),
    )
    await told(
        shop,
        "github",
        pull(1, author="ana-r"),
        pull(2, author="ana-r", state="merged", merged_at=NOW),
        issue(3, assignee="ana-r"),
    )
    async with shop.database.read() as connection:
        assert await held_by_account(connection) == {
            ("jira", "712:a"): Held(2, 0),
            ("github", "ana-r"): Held(0, 1),
        }


async def test_a_directory_that_says_anew_who_is_who_is_derived_at_once(shop: Shop) -> None:
    items = FACTS["work_items"]
    query = sa.select(items.c.assignee, items.c.assignee_active)
    await told(shop, "jira", active("SHOP-1", "712:a"))
    assert await shop.rows(query) == [("712:a", True)]
    await told(shop, "people", ENTRY)
    assert await shop.rows(query) == [("ana", True)]
    await told(shop, "people", replace(ENTRY, active=False))
    assert await shop.rows(query) == [("ana", False)]
