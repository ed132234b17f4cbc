"""A page for a channel holds nothing that the channel is not cleared for, and names nobody unasked."""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest
from rule_records import change
from shop import MODEL, NOW, Clock, Shop, story
from shop import book as shop_book

from bot.app import App, open_app
from bot.page.gather import gather
from bot.page.render import page_html
from bot.slack.messages import Message
from bot.store import outbox, waivers
from config.settings import Settings
from rules.findings import finding_id
from rules.records import Link
from rules.waivers import Waiver

COMPANY = (
    MODEL.replace(
        "people: {ana: {email: ana@example.com}}",
        "people: {ana: {email: A.Ruiz@example.com, name: Ana Ruiz, github: ana-r, jira: acc-7, slack: U0A}}",
    )
    .replace(
        "defaults:\n",
        "  takeover: {owner: ana, channel: hush, visibility: {read: [ana]}, rules: {hygiene-late: digest},"
        " work: [{jira: {project: HUSH}}, {jira: {project: SHOP, component: bid}}]}\n"
        "  vault: {owner: ana, channel: vault, work: [{github: shop/vaulted}]}\n"
        "defaults:\n",
        1,
    )
    .replace('says: "{key} is late."', 'says: "{key} of {assignee} is late."')
)
HIDDEN = ["HUSH", "hush", "takeover", "Takeover", "bid", "SHOP-2", "TILL", "vaulted", "concealed", "#till"]
PEOPLE = re.compile(r"\b(?:ana|ruiz|acc-7|U0A|visitor)\b", re.IGNORECASE)


@asynccontextmanager
async def company(migrated_file: Path, folder: Path, people_data: str) -> AsyncIterator[App]:
    """Late work in four products, waived in three, digests of two channels, and somebody unknown."""
    file = shutil.copy(migrated_file, folder / "opsbot.db")
    book = shop_book(folder / "model", f"{COMPANY}people_data: {people_data}\n")
    settings = Settings(_env_file=None, model=folder / "model" / "model.yaml", database=f"sqlite:///{file}")  # type: ignore[call-arg]
    async with open_app(settings, book, Clock()) as app:
        shop = Shop(app.database, book)
        history = (
            change("2026-11-23T10:00", "assignee", None, "acc-7"),
            change("2026-11-23T10:00", "link", None, "blocks HUSH-5"),
            change("2026-11-23T10:00", "Seen by", None, "Ana Ruiz"),
        )
        related = {"parent": "HUSH-5", "links": (Link("blocks", "HUSH-5"), Link("blocks", "SHOP-3"))}
        late = [
            story("SHOP-1", "late", changes=history, fields={"Seen by": "Ana Ruiz"}, **related),
            story("SHOP-2", "late", audience="jira:jira:SHOP:board", priority=None, title="concealed"),
            story("SHOP-3", "late", assignee="a visitor"),
            story("TILL-1", "late", audience="jira:jira:TILL", title="concealed"),
            story("HUSH-5", "late", audience="jira:jira:HUSH", title="concealed", priority=None),
            story("shop/vaulted#3", "late", container="shop/vaulted", audience="github:github:shop/vaulted"),
        ]
        await shop.pull(*(r if r.assignee else shop.changed(r, "late", assignee="acc-7") for r in late))
        async with app.database.write() as connection:
            for key in ("SHOP-2", "TILL-1", "HUSH-5"):
                id_ = finding_id("hygiene-late", "work_items", f"jira:{key}")
                waiver = Waiver("hygiene-late", key, "concealed by Ana Ruiz", date(2026, 12, 11), "approved",
                                finding=id_, requested_by="ana", requested_at=NOW,
                                decided_by="ana", decided_at=NOW)  # fmt: skip
                await waivers.add(connection, waiver)
            told = [
                outbox.Letter(f"digest:{n}", name, Message("concealed", ()), (f"jira:jira:{name.upper()}",))
                for n, name in enumerate(("till", "hush"))
            ]
            await outbox.put(connection, told, NOW)
        for _ in told:
            async with app.database.write() as connection:
                claimed = await outbox.claim(connection, NOW)
                assert claimed is not None
                await outbox.sent(connection, claimed, "C1", "1.2", NOW)
        await shop.judge_all()
        yield app


async def html(app: App, channel: str | None) -> str:
    return page_html(await gather(app, "opsbot", channel)).partition("</style>")[2]


@pytest.mark.parametrize("people_data", ["none", "named"])
async def test_a_channel_meets_no_word_of_what_it_may_not_see(
    migrated_file: Path, tmp_path: Path, people_data: str
) -> None:
    async with company(migrated_file, tmp_path, people_data) as app:
        whole, shown = await html(app, None), await html(app, "shop")
    assert [word for word in HIDDEN if word not in whole] == ["#till"]
    assert [word for word in HIDDEN if word in shown] == []
    assert "another record" in shown
    assert "SHOP-3" in shown


@pytest.mark.parametrize("people_data", ["none", "role", "self"])
async def test_no_page_names_people_unless_the_model_shows_names(
    migrated_file: Path, tmp_path: Path, people_data: str
) -> None:
    async with company(migrated_file, tmp_path, people_data) as app:
        for channel in (None, "shop"):
            shown = await html(app, channel)
            assert PEOPLE.findall(shown) == []
            assert "SHOP-1 of somebody is late." in shown


async def test_names_are_shown_where_the_model_says_so(migrated_file: Path, tmp_path: Path) -> None:
    async with company(migrated_file, tmp_path, "named") as app:
        assert "SHOP-1 of ana is late." in await html(app, "shop")
