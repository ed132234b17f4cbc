"""Every rule on its cases: told in data, judged by both databases and by plain Python."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from config.calendar import WorkingTime
from config.yaml import read_yaml
from rules.businesstime import day_number
from rules.digit import Digit
from rules.evaluate import Context
from rules.facts import TABLES
from rules.facts.table import Type
from rules.judge import evidence, judge, says
from rules.rule import Rule, read_rule
from rules.scan import Scan, compile_scan, term_row
from rules.sql import FRESHNESS, UNREAD, column_values, fact_table, sle_table
from rules.verdict import severity_of

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CALENDAR = WorkingTime(
    "office", ZoneInfo("UTC"), dict.fromkeys(range(5), ((time(9), time(17)),)), frozenset()
)
CASES = Path(__file__).parent / "cases"
CATALOG = Path(__file__).parents[2] / "rules" / "catalog"
VERDICTS = {"pass", "fail", "unknown", "out of scope"}


@dataclass(frozen=True)
class Case:
    """Facts, and what the rule says of them."""

    name: str
    row: Mapping[str, Any]
    parameters: Mapping[str, Any]
    expected: str

    def verdict(self, rule: Rule, digit: Digit) -> str:
        severity = severity_of(rule, digit)
        return digit.word if severity is None else f"{digit.word}, {severity.word}"


def read(path: Path) -> Any:
    document = read_yaml(path.read_bytes(), path.name)
    assert not document.mistakes, document.mistakes
    return document.content


def catalog() -> Iterator[Rule]:
    for path in sorted(CATALOG.glob("*.yaml")):
        yield from (read_rule(data, path.name) for data in read(path))


RULES = {rule.id: rule for rule in catalog()}
TOLD = [rule for rule in RULES.values() if (CASES / f"{rule.id}.yaml").exists()]
of_each_rule = pytest.mark.parametrize("rule", TOLD, ids=[rule.id for rule in TOLD])


def cases_of(rule: Rule) -> list[Case]:
    told = read(CASES / f"{rule.id}.yaml")
    return [
        Case(
            case["case"],
            row_of(rule, n, {**told.get("given", {}), **case.get("facts", {})}),
            {**rule.parameters, **case.get("parameters", {})},
            case["verdict"] + (f", {case['severity']}" if "severity" in case else ""),
        )
        for n, case in enumerate(told["cases"])
    ]


def row_of(rule: Rule, number: int, told: Mapping[str, Any]) -> dict[str, Any]:
    """A whole row: what the case does not tell is as for any fresh and governed subject of some product."""
    read = source = "jira" if rule.table.fresh == "source" else None
    facts: dict[str, Any] = {
        "subject": f"{number:03}",
        "key": f"SHOP-{number}",
        "product": f"product-{number}",
        "container": f"C{number}",
        "calendar": CALENDAR.id,
        "governed": True,
        "source": source,
        "fresh_until": NOW + timedelta(hours=1),
        "changed_at": NOW,
    }
    for name, value in told.items():
        fact = rule.table.fact(name)
        assert fact is not None, f"{rule.about} have no {name}"
        facts[name] = _value(fact.type, value)
    if facts.get("started_at") is not None:
        facts["started_day"] = float(day_number(CALENDAR, facts["started_at"]))
    facts["fresh"] = facts["source"] == read and facts["fresh_until"] >= NOW
    return facts


def _value(kind: Type, value: Any) -> Any:
    if value is None:
        return None
    if kind is Type.TIME:
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return tuple(value) if kind is Type.TEXTS else value


def test_every_rule_has_cases_and_every_case_a_rule() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} == set(RULES)


@of_each_rule
def test_the_cases_of_a_rule_show_every_verdict(rule: Rule) -> None:
    shown = {case.expected.partition(",")[0] for case in cases_of(rule)}
    assert shown == VERDICTS


def test_aging_work_is_told_with_the_share_its_expectation_stands_for() -> None:
    rule, context = RULES["flow-aging-wip"], Context(NOW, CALENDAR, {})
    told = {"flow_item": "feature", "started_at": "2026-11-13T09:00", "sle_days": 5.0}
    row = row_of(rule, 1, {**told, "sle_share": 0.7, "sle_provisional": True})
    assert says(rule, row, context) == "SHOP-1 is 12 days old; 70% of features here finish within 5 days."
    shown = evidence(rule, row, context)
    assert (shown["sle_share"], shown["sle_provisional"]) == (0.7, True)


@of_each_rule
def test_every_severity_of_a_rule_has_a_case(rule: Rule) -> None:
    shown = {case.expected.partition(", ")[2] for case in cases_of(rule)} - {""}
    assert shown == {severity.word for severity in (rule.severity, *rule.worse)}


@of_each_rule
def test_plain_python_judges_the_cases(rule: Rule) -> None:
    found = {
        case.name: case.verdict(rule, judge(rule, case.row, Context(NOW, CALENDAR, case.parameters)))
        for case in cases_of(rule)
    }
    assert found == {case.name: case.expected for case in cases_of(rule)}


@of_each_rule
async def test_both_databases_judge_the_cases(rule: Rule, engine: AsyncEngine) -> None:
    cases = cases_of(rule)
    metadata = sa.MetaData()
    scan = compile_scan(rule.table, [rule], metadata)
    async with engine.connect() as connection:
        for table in (*metadata.tables.values(), FRESHNESS, UNREAD, scan.terms_table):
            await connection.run_sync(table.create)
        await _fill(connection, scan, metadata, cases)
        found = {
            row.subject: scan.unpack(row.digits_0)[rule.id]
            for row in await connection.execute(scan.select(), {"now": NOW})
        }
    judged = {case.name: case.verdict(rule, found[case.row["subject"]]) for case in cases}
    assert judged == {case.name: case.expected for case in cases}


async def _fill(connection: AsyncConnection, scan: Scan, metadata: sa.MetaData, cases: list[Case]) -> None:
    rows = [case.row for case in cases]
    facts = fact_table(scan.table, metadata)
    await connection.execute(sa.insert(facts), [column_values(scan.table, row) for row in rows])
    fresh = {"source": "jira", "synced_at": NOW, "stale_after": 3_600_000}
    await connection.execute(sa.insert(FRESHNESS), [fresh])
    terms = {
        case.row["product"]: term_row(
            scan, case.row["product"], CALENDAR, NOW, {scan.rules[0].id: case.parameters}, {}
        )
        for case in cases
    }
    await connection.execute(sa.insert(scan.terms_table), list(terms.values()))
    await _fill_joined(connection, metadata, rows)


async def _fill_joined(
    connection: AsyncConnection, metadata: sa.MetaData, rows: list[Mapping[str, Any]]
) -> None:
    """The small tables that a case's joined facts come from."""
    expectations = [
        {
            **{key: row[key] for key in ("product", "flow_item", "level")},
            "effective_from": datetime(2026, 10, 1, tzinfo=UTC),
            "days": row["sle_days"],
            "share": row.get("sle_share"),
            "p95": row["sle_p95"],
            "n": row["sle_sample"],
            "provisional": row.get("sle_provisional"),
        }
        for row in rows
        if "sle_days" in row
    ]
    if expectations:
        await connection.execute(sa.insert(sle_table(metadata)), expectations)
    table = TABLES["containers"]
    containers = [
        column_values(
            table,
            {
                "subject": row["container"],
                "key": row["container"],
                "source": row["source"],
                "unmapped_share": row["container_unmapped_share"],
            },
        )
        for row in rows
        if "container_unmapped_share" in row
    ]
    if containers:
        await connection.execute(sa.insert(fact_table(table, metadata)), containers)
