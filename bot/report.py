"""What a judgement comes to, for the person who ran it: counts, findings, and what nobody could know."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.book import Book
from bot.pipeline import Judged
from bot.store import findings, verdicts
from bot.store.database import Database
from bot.store.judging import joined_rows
from bot.words import context, plain, said
from rules.digest import line
from rules.explain import told
from rules.findings import Severity
from rules.views import Line

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Report:
    """Open findings of rules that speak, and the counts behind them."""

    checked: int
    rules: int
    new: int
    inherited: int
    resolved: int
    pending: int
    lines: tuple[Line, ...]
    counts: tuple[verdicts.Count, ...]
    why_unknown: tuple[tuple[str, str], ...]  # rule, and what it would need to know
    waived: int = 0  # findings that a waiver covers

    @property
    def worst(self) -> Severity | None:
        """The gravest severity that is open."""
        return max((x.severity for x in self.lines), default=None)

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "checked": self.checked,
            "rules": self.rules,
            "new": self.new,
            "inherited": self.inherited,
            "resolved": self.resolved,
            "waived": self.waived,
            "findings": [plain(asdict(x)) for x in self.lines],
            "verdicts": [asdict(c) for c in self.counts],
            "unknown": dict(self.why_unknown),
        }

    def as_text(self) -> str:
        """The same as a person reads it in a terminal."""
        by_severity = Counter(x.severity for x in self.lines)
        open_ = (
            ", ".join(f"{by_severity[s]} {s.word}" for s in reversed(Severity) if by_severity[s]) or "nothing"
        )
        pending = f"pending {self.pending}" + (f", waived {self.waived}" if self.waived else "")
        text = [
            f"{self.checked:,} subjects judged by {self.rules} rules. Open: {open_}.",
            f"New {self.new}, inherited {self.inherited}, resolved {self.resolved}, {pending}.",
            "",
            *_by_rule(self.counts),
        ]
        if self.lines:
            text += ["", *(_shown(x) for x in self.lines[:SHOWN])]
        if len(self.lines) > SHOWN:
            text.append(f"   … and {len(self.lines) - SHOWN} more")
        if self.why_unknown:
            text += ["", "What could not be judged, and why:"]
            text += [f"   {rule}: {why}" for rule, why in self.why_unknown]
        return "\n".join(text)


async def report(database: Database, book: Book, judged: Judged, now: datetime) -> Report:
    """The report of a judgement just made."""
    async with database.read() as connection:
        counts = await verdicts.counts(connection)
        found = [f for f in await findings.open_now(connection) if book.speaks(f.rule, f.product)]
        waived = [f for f in await findings.waived_now(connection) if book.speaks(f.rule, f.product)]
        words = await said(connection, book, found, now)
        unknown = await _why_unknown(connection, book, counts, now)
    return Report(
        checked=judged.checked,
        rules=len({c.rule for c in counts}),
        new=judged.count("opened") + judged.count("reopened") - judged.inherited,
        inherited=judged.inherited,
        resolved=judged.count("resolved"),
        pending=judged.count("pending"),
        lines=tuple(line(f, book.by_id[f.rule], "open", words[f.id]) for f in found),
        counts=tuple(counts),
        why_unknown=tuple(unknown),
        waived=len(waived),
    )


async def _why_unknown(
    connection: AsyncConnection, book: Book, counts: Sequence[verdicts.Count], now: datetime
) -> list[tuple[str, str]]:
    """For each rule that could not judge something: how much, and what one such subject lacks."""
    reasons = []
    for rule in book.rules:
        examples = [c.example for c in counts if c.rule == rule.id and c.example is not None]
        rows = await joined_rows(connection, book, rule.about, examples[:1], now)
        for row in rows.values():
            many = sum(c.unknown for c in counts if c.rule == rule.id)
            says = told(rule, row, context(book, rule, row, now))
            why = says.removeprefix("Unknown: ")
            reasons.append((rule.id, f"{many:,} unknown; {row['key']}: {why}"))
    return reasons


def _by_rule(counts: Sequence[verdicts.Count]) -> list[str]:
    rows: dict[str, list[int]] = {}
    for c in counts:
        row = rows.setdefault(c.rule, [0, 0, 0])
        for place, number in enumerate((c.failed, c.passed, c.unknown)):
            row[place] += number
    head = f"   {'rule':40} {'fail':>7} {'pass':>7} {'unknown':>8}"
    return [head, *(f"   {rule:40} {f:7,} {p:7,} {u:8,}" for rule, (f, p, u) in sorted(rows.items()))]


def _shown(shown: Line) -> str:
    return f"   {shown.severity.word:8} {shown.finding}  {shown.says}"
