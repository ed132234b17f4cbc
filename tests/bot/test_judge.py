"""Judge: what is told, what is only kept, and all that must never close a finding."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from shop import HOUR, MODEL, NOW, Shop, book, story

from bot import judge as judging
from bot.judge import judge_table
from bot.pipeline import judge
from bot.store import facts, findings, records
from bot.store.judging import Scanned
from bot.store.tables import findings as stored_findings
from bot.store.tables import history, verdicts
from rules.findings import Severity
from rules.records import Container

LATE, SLOW, COVERED, GRADED = "hygiene-late", "hygiene-slow", "hygiene-covered", "hygiene-graded"


async def test_the_first_judgement_inherits_and_the_second_announces_only_what_is_new(shop: Shop) -> None:
    await shop.told(story("SHOP-1", "late"))
    first = await shop.finding(LATE)
    assert first is not None
    assert (first.state, first.inherited, first.key, first.product) == ("open", True, "SHOP-1", "shop")
    assert (first.says, first.evidence["labels"]) == ("SHOP-1 is late.", ["late"])
    assert first.audience == ("jira:jira:SHOP",)
    assert await shop.letters() == []
    shop.clock.tick()
    (new,) = await shop.told(story("SHOP-2", "late"))
    assert (new.event, new.finding.key, new.finding.inherited) == ("opened", "SHOP-2", False)
    assert await shop.letters() == [("shop", "1 finding to decide on: SHOP-2 is late.")]


async def test_an_episode_is_told_once_and_the_next_one_again(shop: Shop) -> None:
    one = story("SHOP-1")
    await shop.told(one)
    for labels, state in (("late",), "open"), ((), "resolved"), (("late",), "open"):
        shop.clock.tick()
        await shop.told(shop.changed(one, *labels))
        await shop.judge()
        assert await shop.state(LATE) == state
    assert await shop.events() == ["opened", "resolved", "reopened"]
    finding = await shop.finding(LATE)
    assert finding is not None
    assert (finding.occurrence, len(await shop.letters())) == (2, 2)


async def test_what_has_not_lasted_is_pending_then_open_then_worse(shop: Shop) -> None:
    await shop.told(story("SHOP-1"))
    await shop.told(story("SHOP-1", "slow", changed_at=NOW))
    assert await shop.state(SLOW) == "pending"
    shop.clock.tick(2 * HOUR - timedelta(seconds=1))
    await shop.judge()
    assert await shop.state(SLOW) == "pending"
    shop.clock.tick(timedelta(seconds=1))
    await shop.judge()
    assert await shop.state(SLOW) == "open"
    shop.clock.tick(timedelta(hours=23))
    await shop.told()
    finding = await shop.finding(SLOW)
    assert finding is not None
    assert finding.severity is Severity.WARN
    shop.clock.tick()
    (worse,) = await shop.told()
    assert (worse.event, worse.finding.severity) == ("worsened", Severity.HIGH)


async def test_what_never_lasted_ends_quietly(shop: Shop) -> None:
    slow = story("SHOP-1", "slow")
    await shop.told(slow)
    shop.clock.tick()
    await shop.told(shop.changed(slow))
    assert await shop.events() == ["pending", "closed"]


async def test_a_finding_worsens_and_eases_with_what_it_sees(shop: Shop) -> None:
    late = story("SHOP-1", "late")
    await shop.told(late)
    seen = []
    for labels in ("late", "very"), ("late",):
        shop.clock.tick()
        (transition,) = await shop.told(shop.changed(late, *labels))
        seen.append((transition.event, transition.finding.severity))
    assert seen == [("worsened", Severity.HIGH), ("eased", Severity.WARN)]
    assert await shop.letters() == [("shop", "1 finding to decide on: SHOP-1 is late.")]


async def test_what_leaves_the_rules_scope_is_resolved(shop: Shop) -> None:
    late = story("SHOP-1", "late")
    await shop.told(late)
    shop.clock.tick()
    (left,) = await shop.told(shop.changed(late, "late", level=-1))
    assert (left.event, left.why) == ("resolved", "left the rule's scope")


async def test_an_old_item_with_an_open_finding_is_still_looked_at(shop: Shop) -> None:
    done = story("SHOP-1", "late", status="Done", changed_at=NOW - timedelta(days=80), changes=None)
    await shop.told(done)
    shop.clock.tick(timedelta(days=20))
    assert await shop.told() == []
    assert await shop.state(LATE) == "open"


async def test_a_stale_source_resolves_nothing_until_it_is_read_again(shop: Shop) -> None:
    late = story("SHOP-1", "late")
    await shop.told(late)
    shop.clock.tick(4 * HOUR)
    async with shop.database.write() as connection:  # stored before the outage, derived after it
        await records.save(connection, [replace(late, labels=(), changed_at=NOW)], NOW)
    assert await shop.judge() == []
    assert await shop.state(LATE) == "open"
    (resolved,) = await shop.told()
    assert resolved.event == "resolved"


async def test_a_stale_source_opens_nothing(shop: Shop) -> None:
    await shop.told(story("SHOP-1"))
    shop.clock.tick(4 * HOUR)
    async with shop.database.write() as connection:
        await records.save(connection, [story("SHOP-2", "late")], NOW)
    assert await shop.judge() == []


async def test_an_unknown_verdict_neither_opens_nor_resolves(shop: Shop) -> None:
    graded = story("SHOP-1", priority="P1")
    await shop.told(graded, story("SHOP-2", priority=None))
    shop.clock.tick()
    assert await shop.told(shop.changed(graded, priority=None)) == []
    assert await shop.state(GRADED) == "open"
    assert await shop.state(GRADED, "jira:SHOP-2") is None


async def test_an_item_that_its_source_deleted_closes_its_findings(shop: Shop) -> None:
    await shop.told(story("SHOP-1", "late"))
    shop.clock.tick()
    await shop.withdraw("deleted", "SHOP-1")
    (closed,) = await shop.judge()
    assert (closed.event, closed.finding.state) == ("closed", "closed")
    assert closed.why == "it was deleted in its source"


async def test_a_transferred_item_takes_its_finding_to_its_new_product(shop: Shop) -> None:
    late = story("SHOP-1", "late")
    await shop.told(late)
    shop.clock.tick()
    to = {"key": "TILL-7", "container": "TILL", "audience": "jira:jira:TILL"}
    (moved,) = await shop.told(shop.changed(late, "late", **to))
    finding = moved.finding
    assert (moved.event, finding.product, finding.key, finding.inherited) == (
        "moved",
        "till",
        "TILL-7",
        False,
    )
    assert await shop.letters() == [("till", "1 finding to decide on: TILL-7 is late.")]


async def test_a_finding_that_another_one_covers_is_kept_and_told_when_it_is_uncovered(shop: Shop) -> None:
    both = story("SHOP-1")
    await shop.told(both)
    shop.clock.tick()
    await shop.told(shop.changed(both, "late", "covered"))
    covered = await shop.finding(COVERED)
    assert covered is not None
    assert (covered.state, covered.inhibited_by) == ("open", LATE)
    assert await shop.letters() == [("shop", "1 finding to decide on: SHOP-1 is late.")]
    shop.clock.tick()
    await shop.told(shop.changed(both, "covered"))
    assert (await shop.letters())[1:] == [("shop", "1 finding to decide on: SHOP-1 is covered.")]


# -- the model changes


async def test_a_rule_that_is_switched_off_closes_its_findings_even_where_data_is_stale(
    shop: Shop, tmp_path: Path
) -> None:
    await shop.told(story("SHOP-1", "late"))
    shop.clock.tick(10 * HOUR)
    shop.book = book(tmp_path, MODEL.replace("hygiene-late: notify", "hygiene-late: 'off'"))
    (closed,) = await shop.judge()
    assert (closed.event, closed.why) == ("closed", "the rule was switched off")


async def test_a_rule_that_is_off_for_one_product_goes_on_for_the_others(shop: Shop, tmp_path: Path) -> None:
    await shop.told(story("SHOP-1", "late"), story("TILL-1", "late"))
    off = MODEL.replace("till: {owner: ana,", "till: {owner: ana, rules: {hygiene-late: 'off'},")
    shop.book = book(tmp_path, off)
    await shop.judge()
    assert (await shop.state(LATE), await shop.state(LATE, "jira:TILL-1")) == ("open", "closed")


async def test_a_rule_that_is_no_more_closes_its_findings_and_takes_its_counts(
    shop: Shop, tmp_path: Path
) -> None:
    """Also where no other rule is about the same facts."""
    lone = MODEL + (
        "  - {id: hygiene-lone, purpose: P, about: containers, violates: 'true', severity: warn,"
        " says: S, fix: F, accountable: operator}\n"
    )
    lone = lone.replace("    hygiene-slow: digest", "    hygiene-slow: digest\n    hygiene-lone: digest")
    shop.book = book(tmp_path / "with", lone)
    await shop.pull(story("SHOP-1", status="In Progress", status_category="indeterminate"))
    await shop.judge_all()
    assert [f.state for f in await shop.rows(sa.select(stored_findings))] == ["open"]
    shop.book = book(tmp_path / "without", MODEL)
    await shop.judge_all()
    assert [f.state for f in await shop.rows(sa.select(stored_findings))] == ["closed"]
    assert "hygiene-lone" not in {r.rule for r in await shop.rows(sa.select(verdicts))}


async def test_a_product_that_is_new_in_the_model_inherits_what_it_brings(shop: Shop, tmp_path: Path) -> None:
    desk = story("DESK-1", "late", audience="jira:jira:DESK")
    await shop.told(desk)
    new = "  desk: {owner: ana, channel: desk, work: [{jira: {project: DESK}}]}\ndefaults:"
    shop.book = book(tmp_path, MODEL.replace("defaults:", new))
    (moved,) = await shop.judge()
    assert (moved.event, moved.finding.product, moved.finding.inherited) == ("moved", "desk", True)
    assert await shop.letters() == []


async def test_nothing_is_judged_while_facts_are_derived_anew(shop: Shop, tmp_path: Path) -> None:
    """Their tables are empty for a moment: what has no row yet is not gone."""
    await shop.told(story("SHOP-1", "late"))
    other = book(tmp_path, MODEL.replace("operations: ops", "operations: other"))
    async with shop.database.write() as connection:
        await facts.prepare(connection, other.fingerprint)
        await connection.execute(sa.delete(facts.FACTS["work_items"]))
    for judged_by in (shop.book, other):
        judged = await judge(shop.database, judged_by, shop.clock.tick())
        assert judged.checked == 0
    assert await shop.state(LATE) == "open"
    await shop.judge()
    assert await shop.state(LATE) == "open"


# -- some subjects, and several who judge at once


async def test_judging_some_subjects_leaves_all_others_alone(shop: Shop) -> None:
    await shop.told(story("SHOP-1", "late"), story("SHOP-2", "late"))
    async with shop.database.write() as connection:
        await facts.remove(connection, "work_items", ["jira:SHOP-1", "jira:SHOP-2"])
    await judge_table(shop.database, shop.book, "work_items", shop.clock.tick(), ["jira:SHOP-2"])
    assert (await shop.state(LATE), await shop.state(LATE, "jira:SHOP-2")) == ("open", "closed")


async def test_a_first_judgement_of_some_subjects_is_no_baseline(shop: Shop) -> None:
    """What a webhook tells before the first full judgement is inherited, and so is the rest."""
    await shop.pull(story("SHOP-1", "late"), story("SHOP-2", "late"))
    await shop.derive()
    await judge(shop.database, shop.book, shop.clock(), {"work_items": ["jira:SHOP-1"]})
    await shop.judge()
    both = [await shop.finding(LATE), await shop.finding(LATE, "jira:SHOP-2")]
    assert [f and f.inherited for f in both] == [True, True]


def _meanwhile(monkeypatch: pytest.MonkeyPatch, work: Any) -> None:
    """Let something happen between the next scan and its writing."""
    scan = judging.scan

    async def slow_scan(*arguments: Any) -> Scanned:
        monkeypatch.setattr(judging, "scan", scan)
        seen = await scan(*arguments)
        await work()
        return seen

    monkeypatch.setattr(judging, "scan", slow_scan)


async def test_a_slow_scan_does_not_undo_what_a_webhook_saw_since(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = story("SHOP-1")
    await shop.told(one)
    await shop.pull(shop.changed(one, "late"))
    began = shop.clock.tick()

    async def webhook() -> None:
        shop.clock.tick(timedelta(seconds=1))
        await shop.told(shop.changed(one))

    await shop.derive()
    _meanwhile(monkeypatch, webhook)
    judgement = await judge_table(shop.database, shop.book, "work_items", began, None)
    assert judgement.transitions == []
    assert await shop.state(LATE) is None
    assert await shop.letters() == []


async def test_a_slow_scan_does_not_say_again_what_another_judgement_said(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = story("SHOP-1", "late")
    await shop.told(late)
    await shop.pull(shop.changed(late, "late", "very"))
    await shop.derive()
    began = shop.clock.tick()

    async def other() -> None:
        await judge_table(shop.database, shop.book, "work_items", shop.clock.tick(), None)

    _meanwhile(monkeypatch, other)
    judgement = await judge_table(shop.database, shop.book, "work_items", began, None)
    assert judgement.transitions == []
    assert await shop.events() == ["opened", "worsened"]


async def test_what_happened_at_one_moment_is_told_in_the_order_it_was_written(shop: Shop) -> None:
    one = story("SHOP-1", "late")
    await shop.told(one)
    shop.clock.tick()
    await shop.told(shop.changed(one))
    await shop.told(shop.changed(one, "late", title="again"))
    async with shop.database.read() as connection:
        told = await findings.since(connection, moment=NOW)
    assert [h.event for h in told] == ["resolved", "reopened"]
    assert all(h.finding.state == "open" for h in told)


async def test_history_keeps_what_was_seen_then(shop: Shop) -> None:
    late = story("SHOP-1", "late")
    await shop.told(late)
    shop.clock.tick()
    await shop.told(shop.changed(late, "late", "very"))
    rows = await shop.rows(sa.select(history).order_by(history.c.id))
    assert [r.evidence["labels"] for r in rows] == [["late"], ["late", "very"]]
    assert {r.model for r in rows} == {shop.book.fingerprint}


async def test_each_source_has_a_first_look_of_its_own(shop: Shop) -> None:
    await shop.told(story("SHOP-1"))
    shop.clock.tick()
    issue = story("shop/web#1", "late", source="github", container="shop/web", audience="public")
    shop.tool.source = "github"
    await shop.told(issue)
    first = await shop.finding(LATE, "github:shop/web#1")
    assert first is not None
    assert first.inherited
    assert await shop.letters() == []


async def test_a_rule_that_was_off_looks_for_the_first_time_again(shop: Shop, tmp_path: Path) -> None:
    await shop.told(story("SHOP-1"))
    on = shop.book
    shop.book = book(tmp_path, MODEL.replace("hygiene-late: notify", "hygiene-late: off"))
    shop.clock.tick()
    await shop.told(story("SHOP-2", "late", changed_at=NOW))
    assert await shop.state(LATE, "jira:SHOP-2") is None
    shop.book = on
    shop.clock.tick()
    await shop.told()
    back = await shop.finding(LATE, "jira:SHOP-2")
    assert back is not None
    assert back.inherited
    assert await shop.letters() == []


async def test_a_project_that_could_not_be_read_is_unknown_and_the_others_are_judged(shop: Shop) -> None:
    await shop.told(story("SHOP-1", "late"), story("TILL-1", "late"))
    shop.clock.tick(timedelta(hours=6))
    mended = [shop.changed(story(key)) for key in ("SHOP-1",)]
    await shop.pull(*mended, story("SHOP-2", "late", changed_at=shop.clock()), problems=["project:TILL"])
    await shop.judge()
    assert await shop.state(LATE) == "resolved"
    assert await shop.state(LATE, "jira:SHOP-2") == "open"
    assert await shop.state(LATE, "jira:TILL-1") == "open"
    counted = {(r.product, r.unknown) for r in await shop.rows(sa.select(verdicts)) if r.rule == LATE}
    assert ("till", 1) in counted


async def test_what_a_source_no_longer_shows_is_unknown(shop: Shop) -> None:
    project = Container("jira", "1", "TILL", "project", "Till")
    await shop.told(story("TILL-1", "late"), project)
    shop.clock.tick(timedelta(days=3))
    await shop.pull(story("SHOP-1", changed_at=shop.clock()))
    await shop.judge()
    assert await shop.state(LATE, "jira:TILL-1") == "open"
    counted = {
        (r.product, r.failed, r.unknown) for r in await shop.rows(sa.select(verdicts)) if r.rule == LATE
    }
    assert ("till", 0, 1) in counted


async def test_a_source_that_left_the_model_takes_its_findings_along(shop: Shop, tmp_path: Path) -> None:
    await shop.told(story("SHOP-1", "late"))
    renamed = MODEL.replace(
        "{id: jira, jira: shop.atlassian.net, every: 1h}", "{id: cloud, jira: shop.atlassian.net, every: 1h}"
    )
    shop.book = book(tmp_path, renamed)
    shop.clock.tick()
    await shop.judge()
    assert await shop.state(LATE) == "closed"
