"""Findings in words: the sentences of their rules, filled from the facts as they are; and values in words."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.book import Book
from bot.store.judging import joined_rows
from rules.digest import Said
from rules.evaluate import Context
from rules.findings import Finding, Severity
from rules.names import row_without_names
from rules.rule import Rule


def context(book: Book, rule: Rule, row: Mapping[str, Any], now: datetime) -> Context:
    """What stands beside a row when a rule looks at it."""
    return Context(now, book.calendar(row.get("calendar")), book.parameters(rule, row.get("product")))


async def said(
    connection: AsyncConnection, book: Book, findings: Iterable[Finding], now: datetime
) -> dict[str, Said]:
    """Sentence and fix of each finding, by id. One whose subject is gone keeps its last words."""
    by_table: dict[str, list[Finding]] = {}
    for finding in findings:
        by_table.setdefault(finding.table, []).append(finding)
    told: dict[str, Said] = {}
    for table, some in by_table.items():
        rows = await joined_rows(connection, book, table, [f.subject for f in some], now)
        told |= {f.id: _said(book, f, rows.get(f.subject), now) for f in some}
    return told


def _said(book: Book, finding: Finding, row: Mapping[str, Any] | None, now: datetime) -> Said:
    rule = book.by_id.get(finding.rule)
    if rule is None:
        return Said(finding.says, "")
    if row is None:
        return Said(finding.says, "")
    row, around = row_without_names(row, book.model), context(book, rule, row, now)
    fix = rule.fix.filled(row, around)
    return Said(finding.says if finding.state == "resolved" else rule.says.filled(row, around), fix)


def plain(found: object) -> object:
    """The same as JSON can hold it: times as ISO texts, severities as words, lists as lists."""
    match found:
        case date():  # and the moments among them
            return found.isoformat()
        case Severity():
            return found.word
        case Mapping():
            return {str(plain(key)): plain(value) for key, value in found.items()}
        case list() | tuple():
            return [plain(one) for one in found]
    return found


def spelled(value: object) -> str:
    """A value as YAML writes it on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case list():
            return f"[{', '.join(map(spelled, value))}]"
        case dict():
            return "{" + ", ".join(f"{key}: {spelled(below)}" for key, below in value.items()) + "}"
    return str(value)
