"""Outbox, inbox, syncs, verdict counts and findings: each word of theirs, and who wins."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from shop import NOW

from bot.slack.messages import Message
from bot.store import digests, findings, inbox, outbox, syncs, tables, verdicts
from bot.store.database import Database
from bot.store.inbox import Arrival
from bot.store.outbox import LEASE, Letter
from bot.store.verdicts import Count
from rules.findings import Event, Finding, Severity, Transition

SECOND = timedelta(seconds=1)


def letter(key: str) -> Letter:
    return Letter(key, "shop", Message(key, ({"type": "divider"},)), ("public",))


async def claim(database: Database, at: timedelta = SECOND) -> outbox.Claimed | None:
    async with database.write() as connection:
        return await outbox.claim(connection, NOW + at)


async def put(database: Database, *keys: str) -> None:
    async with database.write() as connection:
        await outbox.put(connection, [letter(k) for k in keys], NOW)


# -- outbox


async def test_a_key_is_due_once_also_within_one_call(database: Database) -> None:
    await put(database, "a", "a")
    await put(database, "a")
    first = await claim(database)
    assert first is not None
    assert first.letter == letter("a")
    assert await claim(database) is None


async def test_a_letter_is_written_with_its_cause_or_not_at_all(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as connection:
            await outbox.put(connection, [letter("a")], NOW)
            raise RuntimeError("no")

    await asyncio.gather(fail(), return_exceptions=True)
    assert await claim(database) is None


async def test_of_many_senders_each_letter_goes_to_one(database: Database) -> None:
    await put(database, *"abcdef")
    claimed = await asyncio.gather(*(claim(database) for _ in range(8)))
    keys = [c.letter.key for c in claimed if c is not None]
    assert len(keys) == len(set(keys))
    while (late := await claim(database)) is not None:
        keys.append(late.letter.key)
    assert sorted(keys) == list("abcdef")


async def test_a_late_sender_cannot_settle_what_another_holds(database: Database) -> None:
    await put(database, "a")
    first = await claim(database)
    assert first is not None
    async with database.write() as connection:
        await outbox.again(connection, first, NOW, "busy")
    second = await claim(database)
    assert second is not None
    assert (second.token, second.attempts) == (2, 2)
    async with database.write() as connection:
        await outbox.sent(connection, second, "C1", "1.0", NOW)
        await outbox.give_up(connection, first, "dead", "late")
        assert await outbox.held_up(connection) == []


async def test_a_sender_whose_lease_ran_out_may_still_say_that_it_arrived(database: Database) -> None:
    await put(database, "a")
    slow = await claim(database)
    assert slow is not None
    assert await claim(database, LEASE) is None
    assert await claim(database, LEASE + 2 * SECOND) is None
    async with database.write() as connection:
        assert [h[0] for h in await outbox.held_up(connection)] == ["ambiguous"]
        await outbox.sent(connection, slow, "C1", "1.0", NOW)
        assert await outbox.held_up(connection) == []


async def test_claiming_reads_no_letter_that_was_sent(database: Database) -> None:
    """The outbox only grows: the partial indexes are what keeps claiming quick."""
    if not database.embedded:
        return
    statements: list[str] = []
    listener = database.engine.sync_engine
    sa.event.listen(listener, "before_cursor_execute", lambda *a: statements.append(a[2]) or None)
    assert await claim(database) is None
    async with database.read() as connection:
        for statement in [s for s in statements if s.startswith("UPDATE")]:
            plan = await connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", tuple(0 for _ in range(statement.count("?")))
            )
            assert "ix_outbox_" in str(plan.all())
            assert "SCAN outbox" not in str(plan.all())


async def test_a_digest_is_remembered_once(database: Database) -> None:
    async with database.write() as connection:
        assert await digests.last(connection, "daily", "shop") is None
        assert await digests.remember(connection, "daily", "shop", NOW, silent=False, seen=3)
        assert not await digests.remember(connection, "daily", "shop", NOW, silent=False, seen=4)
        assert await digests.remember(connection, "daily", "shop", NOW - SECOND, silent=True, seen=7)
        assert await digests.last(connection, "daily", "shop") == digests.Last(NOW - SECOND, 7)
        assert await digests.last(connection, "daily", "till") is None


# -- inbox


async def test_a_delivery_or_a_body_is_taken_in_once(database: Database) -> None:
    async with database.write() as connection:
        one = Arrival("jira", "d1", "updated", ("SHOP-1",), ("SHOP-2",))
        assert await inbox.receive(connection, one, "body", NOW)
        assert not await inbox.receive(connection, one, "other body", NOW)
        assert not await inbox.receive(connection, replace(one, delivery="d2"), "body", NOW)
        assert await inbox.receive(connection, replace(one, source="github"), "body", NOW - SECOND)
        assert [a.source for a in await inbox.waiting(connection)] == ["github", "jira"]
        assert (await inbox.waiting(connection))[1] == one
        await inbox.done(connection, [one], "checked", NOW)
        assert [a.source for a in await inbox.waiting(connection)] == ["github"]


async def test_what_is_ignored_never_waits(database: Database) -> None:
    async with database.write() as connection:
        assert await inbox.receive(connection, Arrival("jira", "d1", "ping"), "body", NOW, "ignored: ping")
        assert await inbox.waiting(connection) == []
        assert (await connection.execute(sa.select(tables.inbox.c.outcome))).scalars().all() == [
            "ignored: ping"
        ]


# -- syncs


async def test_a_source_stands_as_its_syncs_since_the_last_complete_one(database: Database) -> None:
    async def sync(outcome: str | None, minutes: int, said: str = "") -> tuple[object, ...]:
        async with database.write() as connection:
            line = await syncs.begin(connection, "jira", NOW + timedelta(minutes=minutes))
            await syncs.begin(connection, "github", NOW)  # another source, never ended
            if outcome is not None:
                problems = [said] if outcome == "partial" else []
                error = said if outcome == "failed" else None
                await syncs.end(connection, line, outcome, NOW, problems=problems, error=error)
            states = await syncs.states(connection)
        assert "github" not in states
        if "jira" not in states:
            return ()
        s = states["jira"]
        last = None if s.last_complete is None else (s.last_complete - NOW) // timedelta(minutes=1)
        return (last, s.failures, s.truncated, s.last_error)

    assert await sync(None, 0) == ()
    assert await sync("failed", 1, "no access") == (None, 1, False, "no access")
    assert await sync("complete", 2) == (2, 0, False, None)
    assert await sync("failed", 3, "down") == (2, 1, False, "down")
    assert await sync("partial", 4, "source:jira: cut") == (2, 1, True, "source:jira: cut")
    assert await sync("partial", 5, "project:X: hidden") == (5, 0, True, "project:X: hidden")
    assert await sync("failed", 6, "down again") == (5, 1, False, "down again")
    assert await sync(None, 7) == (5, 1, False, "down again")
    assert await sync("complete", 7) == (7, 0, False, None)


# -- verdict counts


async def test_counts_replace_those_of_the_same_rules(database: Database) -> None:
    kept = Count("b", None, passed=1)
    async with database.write() as connection:
        await verdicts.keep(connection, ["a", "b"], [Count("a", "shop", 1, 2, 3, "x"), kept], NOW)
        await verdicts.keep(connection, ["a"], [Count("a", "till", failed=1)], NOW)
        assert await verdicts.counts(connection) == [Count("a", "till", failed=1), kept]
        await verdicts.keep(connection, ["a"], [], NOW)
        assert await verdicts.counts(connection) == [kept]
        await verdicts.forget_others(connection, ["a"])
        assert await verdicts.counts(connection) == []


# -- findings


def finding(name: str, **parts: object) -> Finding:
    whole = {
        "id": name,
        "rule": "flow-rule",
        "table": "work_items",
        "subject": f"jira:{name}",
        "state": "open",
        "severity": Severity.WARN,
        "first_seen_at": NOW,
        "changed_at": NOW,
        "audience": ("a", "b"),
        "evidence": {"days": 1.5, "who": None, "labels": ["x"]},
    }
    return Finding(**{**whole, **parts})  # type: ignore[arg-type]


async def save(database: Database, *some: tuple[Event, Finding]) -> None:
    async with database.write() as connection:
        await findings.save(connection, [Transition(f, event, "why") for event, f in some], "m1")


async def test_a_finding_comes_back_as_it_was_saved(database: Database) -> None:
    one = finding("f1", worse_at=NOW, inherited=True, inhibited_by="other", occurrence=3, audience=None)
    await save(database, ("opened", one))
    async with database.read() as connection:
        assert await findings.by_ids(connection, ["f1", "f1", "f2"]) == {"f1": one}


async def test_findings_of_all_subjects_are_those_alive_and_of_some_subjects_all(database: Database) -> None:
    states = {"f1": "open", "f2": "pending", "f3": "resolved", "f4": "closed"}
    await save(database, *(("opened", finding(n, state=s)) for n, s in states.items()))
    await save(database, ("opened", finding("f5", table="products")))
    async with database.read() as connection:
        assert set(await findings.of_subjects(connection, "work_items", None)) == {"f1", "f2"}
        some = await findings.of_subjects(connection, "work_items", ["jira:f3", "jira:f5"])
        assert set(some) == {"f3"}


async def test_open_findings_come_gravest_and_oldest_first(database: Database) -> None:
    later = NOW + SECOND
    some = [
        finding("f1", opened_at=later),
        finding("f2", opened_at=NOW),
        finding("f3", opened_at=later, severity=Severity.CRITICAL),
        finding("f4", state="pending"),
    ]
    await save(database, *(("opened", f) for f in some))
    async with database.read() as connection:
        assert [f.id for f in await findings.open_now(connection)] == ["f3", "f2", "f1"]


async def test_history_is_told_in_the_order_of_writing_whatever_the_clock_said(
    database: Database,
) -> None:
    for n in range(4):
        await save(database, ("opened", finding("f1", changed_at=NOW + n * SECOND)))
    await save(database, ("worsened", finding("f1", changed_at=NOW + 2 * SECOND, title="now")))
    async with database.read() as connection:
        told = await findings.since(connection, moment=NOW)
        assert [(h.event, h.at - NOW) for h in told] == [
            ("opened", SECOND),
            ("opened", 2 * SECOND),
            ("opened", 3 * SECOND),
            ("worsened", 2 * SECOND),
        ]
        assert {h.finding.title for h in told} == {"now"}
        last = await findings.last_row(connection)
        assert [h.event for h in await findings.since(connection, row=last - 1)] == ["worsened"]
        assert await findings.since(connection, row=last) == []
        assert len(await findings.since(connection)) == 5


async def test_a_baseline_stays_as_it_was_first_known(database: Database) -> None:
    async with database.write() as connection:
        await findings.remember_baseline(connection, [("a", ""), ("a", "shop")], NOW)
        await findings.remember_baseline(connection, [("a", "shop"), ("b", "shop")], NOW + SECOND)
        rows = await connection.execute(sa.text("SELECT rule, product FROM baselines ORDER BY rule, product"))
        assert [tuple(r) for r in rows] == [("a", ""), ("a", "shop"), ("b", "shop")]
