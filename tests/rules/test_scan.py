from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import random_expressions as samples
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from config.calendar import WorkingTime
from rules.digit import Digit
from rules.evaluate import Context
from rules.facts import TABLES
from rules.facts.table import FactTable
from rules.findings import Severity
from rules.judge import judge
from rules.rule import Rule, read_rule
from rules.scan import Scan, compile_scan, term_row
from rules.sql import FRESHNESS, UNREAD, column_values, fact_table, sle_table
from rules.verdict import severity_of

NOW = samples.NOW
HOUR = timedelta(hours=1)
CALENDARS = {
    "default": samples.CALENDAR,
    "tokyo": WorkingTime("tokyo", ZoneInfo("Asia/Tokyo"), samples.CALENDAR.week, frozenset()),
}
FRESH = {"jira": (NOW - HOUR, 2 * HOUR), "github": (NOW - 3 * HOUR, 2 * HOUR)}  # source → synced at, allowed


def rule(**keys: Any) -> Rule:
    """A rule about work items; what a test does not say does not matter to it."""
    anything = {
        "id": "flow-test",
        "purpose": "A test.",
        "about": "work_items",
        "violates": "false",
        "severity": "warn",
        "says": "It fails.",
        "fix": "Mend it.",
        "accountable": "product-manager",
    }
    return read_rule(anything | keys, "test.yaml:1")


def item(subject: str = "jira:1", **facts: Any) -> dict[str, Any]:
    """A governed, fresh work item."""
    return {
        "subject": subject,
        "source": "jira",
        "calendar": "default",
        "governed": True,
        "state": "active",
        "observed_at": None,
        **facts,
    }


class Store:
    """The tables of one scan, filled on one connection."""

    def __init__(self, connection: AsyncConnection, table: FactTable, rules: Sequence[Rule]) -> None:
        self.connection = connection
        self.table = table
        self.metadata = sa.MetaData()
        self.scan: Scan = compile_scan(table, rules, self.metadata)

    async def fill(
        self,
        rows: Sequence[Mapping[str, Any]],
        parameters: Mapping[str | None, Mapping[str, Mapping[str, Any]]] | None = None,
        modes: Mapping[str | None, Mapping[str, str]] | None = None,
        now: datetime = NOW,
    ) -> None:
        await self.connection.run_sync(self.metadata.create_all)
        for temporary in (self.scan.terms_table, self.scan.verdicts_table, FRESHNESS, UNREAD):
            await self.connection.run_sync(temporary.create)
        await self.connection.execute(
            sa.insert(fact_table(self.table, self.metadata)), [column_values(self.table, r) for r in rows]
        )
        terms = [
            term_row(
                self.scan,
                product,
                CALENDARS[calendar],
                now,
                (parameters or {}).get(product, {}),
                (modes or {}).get(product, {}),
            )
            for product, calendar in await self.connection.execute(self.scan.pairs())
        ]
        await self.connection.execute(sa.insert(self.scan.terms_table), terms)
        fresh = [
            {"source": source, "synced_at": at, "stale_after": allowed / timedelta(milliseconds=1)}
            for source, (at, allowed) in FRESH.items()
        ]
        await self.connection.execute(sa.insert(FRESHNESS), fresh)

    async def verdicts(self, now: datetime = NOW, **which: Any) -> dict[str, dict[str, Digit]]:
        found = await self.connection.execute(self.scan.select(**which), {"now": now})
        return {subject: self.scan.unpack(*digits) for subject, _, _, *digits in found}


@pytest.mark.parametrize(
    ("where", "violates", "digit"),
    [
        ("draft_", "true", Digit.OUT_OF_SCOPE),
        ("flagged", "true", Digit.FAIL),
        ("flagged", "false", Digit.PASS),
        ("flagged", "blocked", Digit.UNKNOWN),
        ("blocked", "true", Digit.UNKNOWN),
        ("blocked", "false", Digit.PASS),
        ("blocked", "blocked", Digit.UNKNOWN),
        ("not flagged", "blocked", Digit.OUT_OF_SCOPE),
    ],
)
async def test_a_verdict_is_pass_fail_unknown_or_out_of_scope(
    engine: AsyncEngine, where: str, violates: str, digit: Digit
) -> None:
    said = rule(where=where.replace("draft_", "stale_link"), violates=violates)
    row = item(flagged=True, stale_link=False, blocked=None)
    async with engine.connect() as connection:
        store = Store(connection, TABLES["work_items"], [said])
        await store.fill([row])
        assert await store.verdicts() == {"jira:1": {"flow-test": digit}}
    assert judge(said, row, Context(NOW, samples.CALENDAR, {})) is digit


async def test_the_highest_condition_that_holds_gives_the_severity(engine: AsyncEngine) -> None:
    said = rule(
        violates="open_blockers > 0",
        worse={"critical": "open_blockers > 4", "high": "open_blockers > 2 and priority <> 'low'"},
    )
    rows = [item(f"jira:{n}", open_blockers=n, priority="P1") for n in (1, 3, 5)]
    rows.append(item("jira:null", open_blockers=3, priority=None))
    async with engine.connect() as connection:
        store = Store(connection, TABLES["work_items"], [said])
        await store.fill(rows)
        found = {s: severity_of(said, d["flow-test"]) for s, d in (await store.verdicts()).items()}
    assert found == {
        "jira:1": Severity.WARN,
        "jira:3": Severity.HIGH,
        "jira:5": Severity.CRITICAL,
        "jira:null": Severity.WARN,
    }


async def test_a_product_has_its_own_parameters_cutoffs_and_modes(engine: AsyncEngine) -> None:
    said = rule(violates="business_days_since(blocked_since) > days", parameters={"days": 2})
    since = datetime(
        2026, 11, 24, 8, tzinfo=UTC
    )  # a Tuesday, 3 business days before the Sunday: Thursday is closed
    products = ("usual", "patient", "silent")
    rows = [item(f"jira:{p}", product=p, blocked_since=since) for p in products]
    rows.append(item("jira:none", blocked_since=since))
    async with engine.connect() as connection:
        store = Store(connection, TABLES["work_items"], [said])
        await store.fill(
            rows,
            parameters={"patient": {"flow-test": {"days": 3}}},
            modes={"silent": {"flow-test": "off"}},
        )
        found = {s: d["flow-test"] for s, d in (await store.verdicts()).items()}
    assert found == {
        "jira:usual": Digit.FAIL,
        "jira:none": Digit.FAIL,
        "jira:patient": Digit.PASS,
        "jira:silent": Digit.OUT_OF_SCOPE,
    }


async def test_what_is_not_governed_is_out_of_scope(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        store = Store(connection, TABLES["work_items"], [rule(violates="true")])
        await store.fill([item("a", governed=False), item("b", governed=None), item("c")])
        found = {s: int(d["flow-test"]) for s, d in (await store.verdicts()).items()}
    assert found == {"a": 0, "b": 0, "c": 3}


async def test_the_latest_expectation_until_now_holds(engine: AsyncEngine) -> None:
    said = rule(violates="age_days > sle_days")
    day = datetime(2026, 11, 20, tzinfo=UTC).toordinal()
    row = item(product="booking", flow_item="feature", level="story", started_day=day)  # 10 days old
    key = {"product": "booking", "flow_item": "feature", "level": "story", "provisional": False}
    async with engine.connect() as connection:
        store = Store(connection, TABLES["work_items"], [said])
        await store.fill([row, item("jira:2", started_day=day)])
        quarters = [(datetime(2026, 7, 1, tzinfo=UTC), 5.0), (datetime(2026, 10, 1, tzinfo=UTC), 12.0)]
        quarters.append((datetime(2027, 1, 1, tzinfo=UTC), 1.0))
        values = [{**key, "effective_from": since, "days": days} for since, days in quarters]
        await connection.execute(sa.insert(sle_table(store.metadata)), values)
        verdicts = await store.verdicts()
        (shown,) = (await connection.execute(store.scan.rows(["jira:1"]), {"now": NOW})).mappings()
    assert verdicts["jira:1"]["flow-test"] is Digit.PASS
    assert verdicts["jira:2"]["flow-test"] is Digit.UNKNOWN
    assert (shown["sle_days"], shown["today"] - shown["started_day"] + 1) == (12.0, 10)


async def test_a_fact_of_the_container_is_joined(engine: AsyncEngine) -> None:
    said = rule(
        violates="product is null", worse={"high": "container_unmapped_share > 0.2"}, group="container"
    )
    containers = TABLES["containers"]
    async with engine.connect() as connection:
        store = Store(connection, TABLES["work_items"], [said])
        await store.fill([item("a", container="BOOK"), item("b", container="OPS"), item("c")])
        shares = {"BOOK": 0.1, "OPS": 0.3}
        values = [
            column_values(containers, {"subject": k, "source": "jira", "key": k, "unmapped_share": v})
            for k, v in shares.items()
        ]
        await connection.execute(sa.insert(fact_table(containers, store.metadata)), values)
        found = {s: int(d["flow-test"]) for s, d in (await store.verdicts()).items()}
    assert found == {"a": Digit.FAIL, "b": Digit.WORSE, "c": Digit.FAIL}


async def test_old_data_makes_unknown_what_is_in_scope_and_leaves_the_rest(engine: AsyncEngine) -> None:
    rules = [
        rule(id=f"flow-{name}", where=where, violates=violates, worse={"high": "true"})
        for name, where, violates in (
            ("out", "false", "true"),
            ("pass", "true", "false"),
            ("fail", "true", "true"),
        )
    ]
    rows = [
        item("fresh"),
        item("stale", source="github"),
        item("reread", source="github", observed_at=NOW - HOUR),
        item("never", source="elsewhere"),
        item("model", source=None),
    ]
    async with engine.connect() as connection:
        store = Store(connection, TABLES["work_items"], rules)
        await store.fill(rows)
        found = {s: tuple(map(int, d.values())) for s, d in (await store.verdicts()).items()}
    young, old = (0, 1, 4), (0, 2, 2)
    assert found == {"fresh": young, "stale": old, "reread": young, "never": old, "model": young}


async def test_an_aggregate_is_fresh_until_its_oldest_source_is_stale(engine: AsyncEngine) -> None:
    said = rule(about="team_wip", violates="wip > wip_limit")
    rows = [
        {
            "subject": name,
            "calendar": "default",
            "governed": True,
            "wip": 9,
            "wip_limit": 4,
            "fresh_until": until,
        }
        for name, until in (("young", NOW), ("old", NOW - HOUR))
    ]
    async with engine.connect() as connection:
        store = Store(connection, TABLES["team_wip"], [said])
        await store.fill(rows)
        found = {s: d["flow-test"] for s, d in (await store.verdicts()).items()}
    assert found == {"young": Digit.FAIL, "old": Digit.UNKNOWN}


async def test_finished_rows_are_left_out_unless_they_are_asked_for(engine: AsyncEngine) -> None:
    long_ago = NOW - timedelta(days=91)
    rows = [item("open"), item("done", state="done", finished_at=long_ago, changed_at=long_ago)]
    rows.append(item("recent", state="done", finished_at=long_ago + timedelta(days=2), changed_at=NOW))
    async with engine.connect() as connection:
        store = Store(connection, TABLES["work_items"], [rule(violates="true")])
        await store.fill(rows)
        assert (await store.verdicts()).keys() == {"open", "recent"}
        assert (await store.verdicts(also=["done"])).keys() == {"open", "done", "recent"}
        assert (await store.verdicts(only=["done"])).keys() == {"done"}
        facts = store.scan.judging.facts
        asked = sa.select(facts.c.subject).where(facts.c.state == "done")
        assert (await store.verdicts(only=asked)).keys() == {"done", "recent"}


async def test_random_rules_get_the_verdicts_that_plain_python_gives(engine: AsyncEngine) -> None:
    random = Random(7)  # noqa: S311 - repeatable on purpose
    write = samples.Writer(random).condition
    rules = [
        samples.rule(f"flow-{n}", write(2), write(3), {Severity.HIGH: write(2), Severity.CRITICAL: write(1)})
        for n in range(45)  # three integers
    ]
    rows = [samples.row(random, f"{n:03}") | _setting(random) for n in range(120)]
    parameters = {"x": {f"flow-{n}": {"few": 1.5, "strict": False} for n in range(0, 45, 2)}}
    modes = {"x": {"flow-3": "off"}, None: {"flow-4": "off"}}
    async with engine.connect() as connection:
        store = Store(connection, samples.TABLE, rules)
        await store.fill(rows, parameters, modes)
        scan, verdicts = store.scan, store.scan.verdicts_table
        await connection.execute(scan.into(scan.select()), {"now": NOW})
        facts = {
            r["subject"]: r
            for r in (
                await connection.execute(scan.rows([r["subject"] for r in rows]), {"now": NOW})
            ).mappings()
        }
        asked = sa.select(
            verdicts,
            scan.has_fail(verdicts.c).label("fails"),
        )
        found = {r.subject: r for r in await connection.execute(asked)}
    digits = set()
    for row in rows:
        answer, subject = found[row["subject"]], row["subject"]
        assert answer.fresh == facts[subject]["fresh"] == _is_fresh(row)
        expected = {}
        for said in rules:
            context = Context(
                NOW, CALENDARS[row["calendar"]], parameters.get(row["product"], {}).get(said.id, {})
            )
            off = modes.get(row["product"], {}).get(said.id) == "off"
            expected[said.id] = Digit.OUT_OF_SCOPE if off else judge(said, facts[subject], context)
        assert scan.unpack(answer.digits_0, answer.digits_1, answer.digits_2) == expected
        assert answer.fails == any(d >= Digit.FAIL for d in expected.values())
        digits |= set(expected.values())
    assert digits == set(Digit)


def _setting(random: Random) -> dict[str, Any]:
    return {
        "product": random.choice(["x", "y", None]),
        "calendar": random.choice(["default", "tokyo"]),
        "source": random.choice(["jira", "jira", "github", None]),
        "observed_at": random.choice([None, NOW - HOUR, NOW - 9 * HOUR]),
        "governed": random.choice([True, True, True, False, None]),
    }


def _is_fresh(row: Mapping[str, Any]) -> bool:
    if row["source"] is None:
        return True
    synced, allowed = FRESH[row["source"]]
    return max(synced, row["observed_at"] or synced) + allowed >= NOW


def test_the_statement_never_changes_its_text_so_that_it_is_compiled_once() -> None:
    scan = compile_scan(TABLES["work_items"], [rule(violates="age_days > 2")], sa.MetaData())
    assert scan.select(only=["a"])._generate_cache_key() == scan.select(only=["b", "c"])._generate_cache_key()  # noqa: SLF001 - the key is what is tested
