"""Waive: what a waiver does to its finding, at once and through every judgement, and what it leaves."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
import sqlalchemy as sa
from shop import MODEL, NOW, Shop, book, story

from bot import judge as judging
from bot.book import Book
from bot.explain.subject import explain_row
from bot.explain.text.subject import rule_lines
from bot.judge import judge_table
from bot.slack.answers import explanation
from bot.slack.plaintext import as_text as message_text
from bot.store import ledger, waivers
from bot.store.database import Database
from bot.store.judging import Scanned, joined_rows
from bot.store.tables import history
from bot.store.tables import ledger as stored_ledger
from bot.waive import Actor, Wish, decide, expire, named, request
from bot.waiver_list import as_text, listed
from rules.findings import Severity
from rules.names import without_names
from rules.rights import Refused
from rules.waivers import Waiver

LATE, SLOW = "hygiene-late", "hygiene-slow"
UNTIL = date(2026, 12, 11)
PEOPLE = (
    MODEL.replace(
        "people: {ana: {email: ana@example.com}}",
        "people: {ana: {}, bo: {jira: bo}, hana: {}, pia: {jira: pia}, zoe: {}}\noperator: ana\n"
        "value_streams: {sell: {owner: pia}}",
    )
    .replace("members: [ana]", "members: [ana, bo]")
    .replace(
        "shop: {owner: ana,",
        "shop: {owner: ana, stream: sell, roles: {portfolio-owner: hana},",
    )
)
LONG = """
waivers:
  - {rule: hygiene-late, subject: SHOP-1, reason: Agreed, approved_by: pia, until: 2026-12-11}
"""


@pytest.fixture(scope="session")
def people_book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return book(tmp_path_factory.mktemp("people"), PEOPLE)


@pytest.fixture
async def shop(database: Database, people_book: Book) -> Shop:
    """The shop with a stream owner (pia), a portfolio owner (hana), and one late item."""
    shop = Shop(database, people_book)
    await shop.told(story("SHOP-1", "late"))
    return shop


def by(handle: str) -> Actor:
    return Actor(handle, "command line")


async def asked(
    shop: Shop, handle: str = "bo", until: date = UNTIL, reason: str = "Agreed."
) -> Waiver | Refused:
    (finding,) = await named(shop.database, "shop-1")
    return await request(shop.database, shop.book, by(handle), Wish(finding.id, reason, until), shop.clock())


async def waiver(shop: Shop, **how: Any) -> int:
    """A waiver that was asked for; its number."""
    answer = await asked(shop, **how)
    assert isinstance(answer, Waiver)
    assert answer.id is not None
    return answer.id


async def step(
    shop: Shop, act: Literal["approve", "deny", "revoke"], number: int, handle: str = "pia"
) -> Waiver | Refused:
    return await decide(shop.database, shop.book, by(handle), act, number, "Because.", shop.clock())


async def acts(shop: Shop) -> list[tuple[str, str]]:
    rows = await shop.rows(sa.select(stored_ledger).order_by(stored_ledger.c.id))
    return [(r.event, r.who) for r in rows]


async def test_asking_changes_nothing_and_granting_holds_at_once(shop: Shop) -> None:
    number = await waiver(shop)
    assert await shop.state(LATE) == "open"
    granted = await step(shop, "approve", number)
    assert isinstance(granted, Waiver)
    assert (granted.state, granted.decided_by, granted.critical) == ("approved", "pia", False)
    assert await shop.state(LATE) == "waived"
    rows = await shop.rows(sa.select(history).order_by(history.c.id))
    assert [(r.event, r.why) for r in rows][1:] == [("waived", f"waiver {number} until 2026-12-11")]
    async with shop.database.read() as connection:
        entries = await ledger.entries(connection)
        stored = await waivers.by_id(connection, number)
    assert stored == granted
    assert [(e.event, e.who, e.why) for e in entries] == [
        ("waiver-requested", "bo", "Agreed."),
        ("waiver-approved", "pia", "Because."),
    ]
    assert {e.what["door"] for e in entries} == {"command line"}
    assert entries[1].what["right"] == ["pia is value stream owner of sell"]


@pytest.mark.parametrize("handle", ["bo", "ana", "hana", "zoe", "nobody"])
async def test_the_wrong_person_changes_nothing(shop: Shop, handle: str) -> None:
    number = await waiver(shop)
    assert isinstance(await step(shop, "approve", number, handle), Refused)
    assert await shop.state(LATE) == "open"
    assert await acts(shop) == [("waiver-requested", "bo")]
    assert isinstance(await step(shop, "approve", number), Waiver)
    assert isinstance(await step(shop, "revoke", number, handle), Refused)
    assert await shop.state(LATE) == "waived"


async def test_whose_work_it_is_does_not_decide_and_then_the_portfolio_owner_does(shop: Shop) -> None:
    shop.clock.tick()
    await shop.told(shop.changed(story("SHOP-1"), "late", assignee="pia"))
    number = await waiver(shop)
    refused = await step(shop, "approve", number, "pia")
    assert isinstance(refused, Refused)
    assert "their own work" in refused.why
    assert isinstance(await step(shop, "approve", number, "hana"), Waiver)


async def test_an_explanation_names_the_waiver_and_people_only_to_who_may_see_them(shop: Shop) -> None:
    await step(shop, "approve", await waiver(shop))
    (finding,) = await named(shop.database, "shop-1")
    now = shop.clock()
    async with shop.database.read() as connection:
        rows = await joined_rows(connection, shop.book, finding.table, [finding.subject], now)
        about = await explain_row(connection, shop.book, finding.table, rows[finding.subject], now)
    says = message_text(explanation(about, now, "x"))
    told = "until 2026-12-11, approved by pia: Agreed."
    assert f"Waived {told}" in says
    assert "Open since" not in says
    in_terminal = [line for r in about.rules for line in rule_lines(r, now)]
    assert any(line.split() == ["Waived", *told.split()] for line in in_terminal)
    hidden = without_names(about, shop.book.model, None)
    assert [r.waiver.decided_by for r in hidden.rules if r.waiver] == ["somebody"]


async def test_judgements_keep_it_waived_through_worse_and_better_and_tell_nobody(shop: Shop) -> None:
    await step(shop, "approve", await waiver(shop))
    for labels in ("late",), ("late", "very"), ("late",):
        shop.clock.tick()
        await shop.told(shop.changed(story("SHOP-1"), *labels))
        assert await shop.state(LATE) == "waived"
    assert await shop.events() == ["opened", "waived", "worsened", "eased"]
    assert await shop.letters() == []


async def test_unknown_changes_nothing_about_what_is_waived(shop: Shop) -> None:
    await step(shop, "approve", await waiver(shop))
    shop.clock.tick(timedelta(days=2))
    assert await shop.judge() == []
    assert await shop.state(LATE) == "waived"


async def test_a_waiver_hides_no_pass_and_covers_the_same_trouble_again(shop: Shop) -> None:
    await step(shop, "approve", await waiver(shop))
    for labels, state in ((), "resolved"), (("late",), "waived"):
        shop.clock.tick()
        await shop.told(shop.changed(story("SHOP-1"), *labels))
        assert await shop.state(LATE) == state
    assert await shop.letters() == []


async def test_what_left_the_facts_is_closed_although_it_was_waived(shop: Shop) -> None:
    await step(shop, "approve", await waiver(shop))
    shop.clock.tick()
    await shop.withdraw("deleted", "SHOP-1")
    await shop.judge()
    assert await shop.state(LATE) == "closed"


@pytest.mark.parametrize("read_again", [True, False])
async def test_after_its_last_day_the_finding_is_open_again_and_told_also_where_nothing_is_known(
    shop: Shop, read_again: bool
) -> None:
    number = await waiver(shop, until=date(2026, 11, 25))
    await step(shop, "approve", number)
    shop.clock.tick(timedelta(days=1))
    await shop.pull(shop.changed(story("SHOP-1"), "late"))
    await shop.judge_all()
    assert await shop.state(LATE) == "waived"
    shop.clock.tick(timedelta(days=1))
    if read_again:
        await shop.pull(shop.changed(story("SHOP-1"), "late"))
    for _ in range(2):
        await shop.judge_all()
    finding = await shop.finding(LATE)
    assert finding is not None
    assert (finding.state, finding.opened_at, finding.inherited) == ("open", shop.clock(), False)
    assert (await shop.events())[-2:] == ["waived", "unwaived"]
    assert await shop.letters() == [("shop", "1 finding to decide on: SHOP-1 is late.")]
    assert (await acts(shop))[-1] == ("waiver-expired", "opsbot")
    refused = await step(shop, "revoke", number)
    assert refused == Refused(f"Waiver {number} is expired: only one that is approved can be revoked.")
    assert await expire(shop.database, shop.book, shop.clock()) == []


async def test_revoking_opens_at_once_and_tells_it_each_time(shop: Shop) -> None:
    for told in (1, 2):
        number = await waiver(shop)
        await step(shop, "approve", number)
        shop.clock.tick()
        assert isinstance(await step(shop, "revoke", number), Waiver)
        finding = await shop.finding(LATE)
        assert finding is not None
        assert (finding.state, finding.opened_at, finding.says) == ("open", shop.clock(), "SHOP-1 is late.")
        assert len(await shop.letters()) == told
    await shop.judge()
    assert await shop.state(LATE) == "open"


async def test_denying_leaves_it_open_and_ends_the_waiver(shop: Shop) -> None:
    number = await waiver(shop)
    assert isinstance(await step(shop, "deny", number), Waiver)
    assert await shop.state(LATE) == "open"
    assert isinstance(await step(shop, "approve", number), Refused)
    assert await acts(shop) == [("waiver-requested", "bo"), ("waiver-denied", "pia")]


async def test_what_becomes_critical_wakes_and_only_the_portfolio_owner_waives_it_then(
    shop: Shop, tmp_path: Path
) -> None:
    shop.book = book(tmp_path, PEOPLE.replace("shop: {owner: ana,", "shop: {owner: ana, tier: 1,"))
    await shop.judge()
    await step(shop, "approve", await waiver(shop))
    assert await shop.state(LATE) == "waived"
    before = len(await shop.letters())
    shop.clock.tick()
    (woken,) = await shop.told(shop.changed(story("SHOP-1"), "late", "very"))
    assert (woken.event, woken.finding.state, woken.finding.severity) == (
        "unwaived",
        "open",
        Severity.CRITICAL,
    )
    assert len(await shop.letters()) == before + 1
    number = await waiver(shop, until=UNTIL + timedelta(days=1))
    assert isinstance(await step(shop, "approve", number, "pia"), Refused)
    assert isinstance(await step(shop, "approve", number, "hana"), Waiver)
    await shop.judge()
    assert await shop.state(LATE) == "waived"


@pytest.mark.parametrize("granted", [True, False])
async def test_a_judgement_under_way_does_not_undo_a_decision(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, granted: bool
) -> None:
    number = await waiver(shop)
    if not granted:
        await step(shop, "approve", number)
    await shop.pull(shop.changed(story("SHOP-1"), "late", "very"))
    await shop.derive()
    began = shop.clock.tick()
    scan = judging.scan

    async def slow_scan(*arguments: Any) -> Scanned:
        seen = await scan(*arguments)
        assert isinstance(await step(shop, "approve" if granted else "revoke", number), Waiver)
        return seen

    monkeypatch.setattr(judging, "scan", slow_scan)
    judgement = await judge_table(shop.database, shop.book, "work_items", began, None)
    assert judgement.transitions == []
    assert await shop.state(LATE) == ("waived" if granted else "open")


async def test_two_who_decide_at_once_are_one_decision(shop: Shop) -> None:
    number = await waiver(shop)
    assert isinstance(await step(shop, "approve", number), Waiver)
    assert isinstance(await step(shop, "approve", number), Refused)
    assert (await acts(shop)).count(("waiver-approved", "pia")) == 1


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"until": date(2026, 11, 23)}, "2026-11-23 has passed"),
        ({"until": date(2027, 11, 23)}, "A waiver holds for 90d at most"),
        ({"reason": "  "}, "A waiver needs a reason"),
        ({"handle": "zoe"}, "zoe is not cleared"),
    ],
)
async def test_what_cannot_be_asked_for_is_refused(shop: Shop, how: dict[str, Any], says: str) -> None:
    answer = await asked(shop, **how)
    assert isinstance(answer, Refused)
    assert answer.why.startswith(says)
    assert await acts(shop) == []


async def test_a_wish_waits_once_and_a_longer_one_may_follow_what_stands(shop: Shop) -> None:
    number = await waiver(shop)
    assert await asked(shop) == Refused(f"Waiver {number} for this finding waits for a decision already.")
    await step(shop, "approve", number)
    assert await asked(shop) == Refused(f"It is waived already, by waiver {number} until 2026-12-11.")
    longer = await waiver(shop, until=UNTIL + timedelta(days=7))
    await step(shop, "approve", longer)
    await step(shop, "revoke", longer)
    assert await shop.state(LATE) == "waived"


async def test_only_what_is_open_can_be_waived(shop: Shop) -> None:
    number = await waiver(shop)
    finding = await shop.finding(LATE)
    assert finding is not None
    shop.clock.tick()
    await shop.told(shop.changed(story("SHOP-1")))
    for answer in (
        await step(shop, "approve", number),
        await request(shop.database, shop.book, by("bo"), Wish(finding.id, "x", UNTIL), shop.clock()),
        await request(shop.database, shop.book, by("bo"), Wish("none", "x", UNTIL), shop.clock()),
        await step(shop, "approve", 99),
    ):
        assert isinstance(answer, Refused)
    assert await named(shop.database, "SHOP-1") == []


async def test_where_the_model_changed_since_nobody_decides_until_it_was_judged(
    shop: Shop, tmp_path: Path
) -> None:
    number = await waiver(shop)
    shop.book = book(tmp_path, PEOPLE.replace("till: {owner: ana,", "till: {owner: bo,"))
    assert "run opsbot judge first" in _why(await step(shop, "approve", number))
    await shop.judge()
    assert isinstance(await step(shop, "approve", number), Waiver)


def _why(answer: Waiver | Refused) -> str:
    assert isinstance(answer, Refused)
    return answer.why


async def test_a_waiver_of_the_model_holds_from_the_first_look_and_ends_with_its_line(
    shop: Shop, tmp_path: Path, people_book: Book
) -> None:
    shop.clock.tick()
    shop.book = book(tmp_path / "with", PEOPLE + LONG.replace("SHOP-1", "project:SHOP"))
    transitions = await shop.told(
        shop.changed(story("SHOP-1"), "late"), story("SHOP-2", "late", changed_at=shop.clock())
    )
    assert {t.event for t in transitions} == {"waived"}
    assert await shop.state(LATE, "jira:SHOP-2") == "waived"
    assert await shop.letters() == []
    shop.clock.tick()
    shop.book = people_book
    assert {t.event for t in await shop.judge()} == {"unwaived"}
    assert len(await shop.letters()) == 1


async def test_the_list_tells_what_waits_for_whom_what_stands_and_what_ended(
    shop: Shop, tmp_path: Path
) -> None:
    shop.book = book(tmp_path, PEOPLE + LONG.replace("SHOP-1", "TILL-1"))
    await shop.judge()
    first = await waiver(shop)
    waiting = as_text(await listed(shop.database, shop.book, shop.clock), ended=False)
    assert "Waiting for a decision" in waiting
    assert "for the value stream owner to decide: pia" in waiting
    assert "in the operating model, waivers[0]: Agreed" in waiting
    await step(shop, "deny", first)
    found = await listed(shop.database, shop.book, shop.clock)
    assert "denied by pia" in as_text(found, ended=True)
    assert "SHOP-1" not in as_text(found, ended=False)
    assert [one.as_json()["state"] for one in found] == ["denied", "approved"]


async def test_nothing_to_list_says_how_to_ask(shop: Shop) -> None:
    found: Sequence[Any] = await listed(shop.database, shop.book, shop.clock)
    assert "opsbot waive FINDING" in as_text(list(found), ended=True)


async def test_the_clock_of_what_was_waived_starts_anew(shop: Shop) -> None:
    """What would be grave by now, had nobody agreed to wait, begins as it began."""
    slow = story("SHOP-1", "slow")
    await shop.told(slow)
    shop.clock.tick(timedelta(hours=3))
    await shop.told(shop.changed(slow, "slow"))
    number = await waiver(shop, until=NOW.date() + timedelta(days=3))
    await step(shop, "approve", number)
    shop.clock.tick(timedelta(days=4))
    (ended,) = await shop.told(shop.changed(slow, "slow"))
    assert (ended.event, ended.finding.rule, ended.finding.severity) == ("unwaived", SLOW, Severity.WARN)
    assert await shop.judge() == []
