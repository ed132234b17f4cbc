"""What is gathered for the page: everything its reader may see, and no names of people."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from rule_records import change
from shop import MODEL, NOW, Clock, Shop, story
from shop import book as shop_book

from bot.app import App, open_app
from bot.page import gather as gathering
from bot.page.gather import gather
from bot.page.render import page_html
from bot.page.views import Page
from bot.store import waivers
from config.settings import Settings
from rules.findings import finding_id
from rules.waivers import Waiver

LATE = finding_id("hygiene-late", "work_items", "jira:SHOP-1")


@dataclass
class Office:
    """The shop with an app around its store."""

    app: App
    shop: Shop

    async def page(self, channel: str | None = None) -> Page:
        return await gather(self.app, "opsbot", channel)


@pytest.fixture
async def office(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Office]:
    file = shutil.copy(migrated_file, tmp_path / "opsbot.db")
    clock = Clock()
    model = f"{MODEL}\ndigests: {{all: {{to: products, at: daily 09:00}}}}\n"
    book = shop_book(tmp_path / "model", model)
    settings = Settings(_env_file=None, model=tmp_path / "model" / "model.yaml", database=f"sqlite:///{file}")  # type: ignore[call-arg]
    async with open_app(settings, book, clock) as app:
        yield Office(app, Shop(app.database, book, clock))


async def test_a_finding_comes_with_its_reasons_its_record_and_the_lines_of_the_model(office: Office) -> None:
    moved = change("2026-11-23T10:00", "status", None, "Doing")
    await office.shop.pull(story("SHOP-1", "late", assignee="ana", changes=(moved,)))
    await office.shop.judge_all()
    page = await office.page()
    (group,) = page.groups
    (entry,) = group.entries
    assert (group.id, entry.id, entry.says, entry.fix) == ("shop", LATE, "SHOP-1 is late.", "Hurry.")
    assert entry.explained is not None
    assert entry.about is not None
    assert entry.explained.verdict == "fail"
    assert [(c.field, c.after) for c in entry.about.changes] == [("status", "Doing")]
    assert entry.explained.rule_place in page.excerpts
    assert (page.status.open, page.now) == ({entry.severity: 1}, NOW)


async def test_nobody_is_named_not_even_in_the_lines_of_the_model(office: Office) -> None:
    moved = replace(change("2026-11-23T10:00", "assignee", None, "ana"), by="ana")
    await office.shop.pull(story("SHOP-1", "late", assignee="ana", reporter="ana", changes=(moved,)))
    await office.shop.judge_all()
    page = await office.page()
    lines = [text for excerpt in page.excerpts.values() for _, text in excerpt.lines]
    assert any("owner: somebody" in text for text in lines)
    body = page_html(page).partition("</style>")[2]
    assert ">ana<" not in body
    assert " ana" not in body


async def test_a_channel_reads_what_it_is_cleared_for(office: Office) -> None:
    await office.shop.pull(
        story("SHOP-1", "late", audience="jira:jira:SHOP"), story("TILL-1", "late", audience="jira:jira:TILL")
    )
    await office.shop.judge_all()
    assert [g.id for g in (await office.page()).groups] == ["shop", "till"]
    page = await office.page("#till")
    assert [g.id for g in page.groups] == ["till"]
    assert [post.channel for post in page.posts] in ([], ["till"])
    assert page.reader == "#till"
    assert "SHOP-1" not in page_html(page)


async def test_waived_findings_come_with_reason_and_end(office: Office) -> None:
    await office.shop.pull(story("SHOP-1", "late"))
    await office.shop.judge_all()
    waiver = Waiver(
        "hygiene-late", "SHOP-1", "ana said so", date(2026, 12, 11), "approved",
        finding=LATE, requested_by="bo", requested_at=NOW, decided_by="ana", decided_at=NOW,
    )  # fmt: skip
    async with office.app.database.write() as connection:
        await waivers.add(connection, waiver)
    await office.shop.judge_all()
    page = await office.page()
    (one,) = page.waived
    assert (one.entry.id, one.reason, one.until) == (LATE, "somebody said so", "2026-12-11")
    assert page.groups == ()
    row = next(r for r in page.rules if r.id == "hygiene-late")
    assert (row.failed, row.waived) == (0, 1)


async def test_what_could_not_be_judged_says_why(office: Office) -> None:
    await office.shop.pull(story("SHOP-1", priority=None))
    await office.shop.judge_all()
    (row,) = (await office.page()).unknown
    assert (row.rule, row.many, row.example) == ("hygiene-graded", 1, "SHOP-1")
    assert "priority" in row.why


async def test_a_digest_that_was_not_sent_is_made_for_the_page(office: Office) -> None:
    await office.shop.pull(story("SHOP-1"))
    await office.shop.judge_all()
    assert (await office.page()).silent == ("shop", "till")
    office.shop.clock.tick()
    await office.shop.pull(story("SHOP-1", "late", changed_at=office.shop.clock()))
    await office.shop.judge_all()
    page = await office.page()
    assert [(p.channel, p.sent) for p in page.posts] == [("shop", False)]
    assert f'<a href="#finding-{LATE}">SHOP-1</a>' in page_html(page)


async def test_beyond_the_limit_findings_are_lines(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "EXPLAINED", 2)
    monkeypatch.setattr(gathering, "LISTED", 1)
    await office.shop.pull(*(story(f"SHOP-{n}", "late") for n in range(5)))
    await office.shop.judge_all()
    page = await office.page()
    assert (sum(len(g.entries) for g in page.groups), len(page.further), page.left_out) == (2, 1, 2)


async def test_a_store_that_was_never_judged_is_a_page_too(office: Office) -> None:
    page = await office.page()
    assert (page.groups, page.posts, page.rules, page.status.judged_at) == ((), (), (), None)
    assert [card.health.score for cards in page.products.values() for card in cards] == [None, None]
    assert "Nothing was judged yet" in page_html(page)
    assert page.steps_title == "What to do next"
