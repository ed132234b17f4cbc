"""Judge: verdicts compared with the stored findings, and what changed written in one short transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.book import Book
from bot.news import letters
from bot.store import facts, findings, outbox, presence, syncs, verdicts, waivers
from bot.store.database import Database
from bot.store.judging import Verdicts, joined_rows, scan
from bot.words import context, plain
from config.words import Span
from rules.businesstime import business_days, business_hours
from rules.digit import Digit
from rules.facts import TABLES
from rules.findings import (
    ALIVE,
    Finding,
    Seen,
    Severity,
    Transition,
    finding_id,
    obsolete,
    reconcile,
    shifted,
)
from rules.judge import evidence, says
from rules.names import row_without_names
from rules.presence import GONE, Presence
from rules.records import PullRequest, WorkItem
from rules.rule import Rule
from rules.verdict import severity_of
from rules.waivers import Waiver, covering

KINDS_OF = {"work_items": WorkItem.KIND, "pull_requests": PullRequest.KIND}
"""Kinds of the records that the rows of a table stand for, one each."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one fact table's judgement found."""

    table: str
    checked: int
    counts: list[verdicts.Count]
    transitions: list[Transition]


async def judge_table(
    database: Database, book: Book, table: str, now: datetime, only: Sequence[str] | None
) -> Judgement:
    """Scan in a read snapshot, compare, then write briefly. Nothing is concluded from a row that is missing.

    Where facts are being derived anew, or stand for another model, there is nothing to judge yet.
    """
    async with database.read() as connection:
        if not await facts.stand(connection, book.fingerprint):
            return Judgement(table, 0, [], [])
        compiled = book.scan(table)
        rules = [r.id for r in compiled.rules]
        seen = await scan(connection, book, compiled, now, only)
        known = await findings.of_subjects(connection, table, only)
        known |= await findings.by_ids(connection, _failing_ids(seen.verdicts, table) - known.keys())
        baseline = await findings.baseline_of(connection, rules)
        holding = await waivers.holding(connection, book, now)
        keys = await _keys(connection, table, seen.verdicts, known, holding)
        by_rule = {rule: [w for w in holding if w.rule == rule] for rule in rules}
        before = _Before(known, baseline, by_rule, keys, book.today(now))
        drafts = [t for v in seen.verdicts for t in _compare(book, table, v, before, now)]
        present = {v.subject for v in seen.verdicts}
        missing = [f.subject for f in known.values() if f.state in ALIVE and f.subject not in present]
        absent = await presence.absent(connection, KINDS_OF[table], missing) if table in KINDS_OF else {}
        drafts += _ended(book, table, present, known, {s: state for s, (state, _) in absent.items()}, now)
        transitions = await worded(connection, book, table, drafts, now)
    async with database.write() as connection:
        transitions = await _not_overtaken(connection, table, transitions, known, now)
        await findings.save(connection, transitions, book.fingerprint)
        await outbox.put(connection, letters(book, transitions), now)
        if only is None:
            await verdicts.keep(connection, rules, seen.counts, now)
            await _remember_looks(connection, book, table, baseline, now)
    return Judgement(table, seen.checked, seen.counts, transitions)


async def _remember_looks(
    connection: AsyncConnection, book: Book, table: str, known: set[tuple[str, str]], now: datetime
) -> None:
    """From now on what fails is news: where a rule is on, and what it looks at was read once."""
    states = await syncs.states(connection)
    tools = [s.id for s in book.model.sources if s.kind != "slack" and s.path is None]
    read = [source for source in tools if source in states and states[source].last_complete]
    about = TABLES[table]
    if about.fresh == "source":
        looks = [_look(table, f"{source}:", product) for source in read for product in _products(book)]
    else:
        ready = about.fresh == "always" or read == tools
        looks = [_look(table, "", product) for product in _products(book)] if ready else []
    for rule in book.scan(table).rules:
        off = {product or "" for product in _products(book) if book.mode(rule.id, product) == "off"}
        seen = {look for r, look in known if r == rule.id}
        gone = {look for look in seen if look.rpartition(":")[2] in off}
        new = {look for look in looks if look.rpartition(":")[2] not in off} - seen
        await findings.forget_baseline(connection, [(rule.id, look) for look in gone])
        await findings.remember_baseline(connection, [(rule.id, look) for look in sorted(new)], now)


def _products(book: Book) -> list[str | None]:
    return [None, *book.model.products]


def _look(table: str, subject: str, product: str | None) -> str:
    """What the first look of a rule is kept by: the product, and for items the source they come from."""
    source = subject.partition(":")[0] + ":" if TABLES[table].fresh == "source" else ""
    return f"{source}{product or ''}"


async def _not_overtaken(
    connection: AsyncConnection,
    table: str,
    transitions: Sequence[Transition],
    known: Mapping[str, Finding],
    now: datetime,
) -> list[Transition]:
    """Those that still hold: a slow scan must not undo a fresher answer.

    Left out is what was read again from its source after the scan began, and any finding that somebody
    else has written meanwhile.
    """
    late = await facts.seen_after(connection, table, [t.finding.subject for t in transitions], now)
    stored = await findings.by_ids(connection, [t.finding.id for t in transitions])
    return [
        t
        for t in transitions
        if t.finding.subject not in late and stored.get(t.finding.id) == known.get(t.finding.id)
    ]


def _failing_ids(seen: Sequence[Verdicts], table: str) -> set[str]:
    return {
        finding_id(rule, table, v.subject)
        for v in seen
        for rule, digit in v.digits.items()
        if digit >= Digit.FAIL
    }


@dataclass(frozen=True, slots=True)
class _Before:
    """What stood before this judgement, to compare with."""

    known: Mapping[str, Finding]
    baseline: set[tuple[str, str]]
    waivers: Mapping[str, Sequence[Waiver]]  # by rule
    keys: Mapping[str, str]  # of subjects that the model may waive by key and that have no finding yet
    today: date


async def _keys(
    connection: AsyncConnection,
    table: str,
    seen: Sequence[Verdicts],
    known: Mapping[str, Finding],
    holding: Sequence[Waiver],
) -> dict[str, str]:
    """Keys of subjects that fail a rule for the first time which the model waives somewhere."""
    waived = {w.rule for w in holding if w.id is None}
    new = [
        v.subject
        for v in seen
        if any(
            digit >= Digit.FAIL and rule in waived and finding_id(rule, table, v.subject) not in known
            for rule, digit in v.digits.items()
        )
    ]
    return {s: row["key"] for s, row in (await facts.rows_of(connection, table, new)).items()} if new else {}


def _compare(book: Book, table: str, seen: Verdicts, before: _Before, now: datetime) -> list[Transition]:
    """Transitions of one subject, over all its rules."""
    failing = {rule for rule, digit in seen.digits.items() if digit >= Digit.FAIL}
    product = book.model.product(seen.product)
    tier = product.tier if product else None
    found = []
    for rule in book.scan(table).rules:
        digit = seen.digits[rule.id]
        name = finding_id(rule.id, table, seen.subject)
        prior = before.known.get(name)
        if digit < Digit.FAIL and prior is None:
            continue
        alive = prior is not None and prior.state in ALIVE
        blank = prior or replace(
            Finding(name, rule.id, table, seen.subject, "pending", rule.severity, now, now),
            key=before.keys.get(seen.subject),
            product=seen.product,
        )
        severity = _severity(book, rule, digit, blank if alive else None, tier, now)
        judged = replace(blank, severity=severity) if seen.fresh and digit >= Digit.FAIL else blank
        waiver = covering(before.waivers[rule.id], judged, before.today)
        if blank.state == "waived" and covering(before.waivers[rule.id], blank, before.today) is None:
            severity = _severity(book, rule, digit, None, tier, now)  # it ended: the clock starts anew
        look = Seen(
            digit=digit,
            fresh=seen.fresh,
            severity=severity,
            product=seen.product,
            enough=rule.for_ is None or (alive and _lasted(book, rule.for_, blank.first_seen_at, now)),
            inhibited_by=next((r for r in rule.inhibited_by if r in failing), None),
            waiver=waiver.words if waiver else None,
        )
        first_look = (rule.id, _look(table, seen.subject, seen.product)) not in before.baseline
        transition = reconcile(blank, look, now, known=prior is not None, baseline=first_look)
        if transition is not None:
            found.append(transition)
    return found


def _severity(
    book: Book, rule: Rule, digit: int, alive: Finding | None, tier: int | None, now: datetime
) -> Severity:
    """Of a failing verdict: the rule's own, worse by value or by time, then shifted by the tier."""
    severity = severity_of(rule, digit)
    if severity is None:
        return rule.severity
    if alive is not None and alive.opened_at is not None:
        for worse, span in rule.worse_after.items():
            if worse > severity and _lasted(book, span, alive.opened_at, now):
                severity = worse
    return shifted(severity, tier, names_tier=rule.names_tier)


def _lasted(book: Book, span: Span, since: datetime, now: datetime) -> bool:
    """At least that much time has passed, business time by the company's calendar."""
    if not span.business:
        return now - since >= timedelta(hours=span.hours)
    measure = business_days if span.unit == "bd" else business_hours
    return measure(book.calendar(None), since, now) >= span.amount


def _ended(
    book: Book,
    table: str,
    present: Collection[str],
    known: Mapping[str, Finding],
    absent: Mapping[str, Presence],
    now: datetime,
) -> list[Transition]:
    """Findings that end without having been fixed: their subject left the facts, or their rule is off."""
    ended = []
    for finding in known.values():
        if finding.state not in ALIVE:
            continue
        if finding.rule not in book.by_id:
            ended.append(obsolete(finding, now, "the rule no longer exists"))
        elif finding.subject not in present:
            reason = GONE.get(absent.get(finding.subject, "present"))
            told = reason or f"its {table} row is gone: the source or the model removed it"
            ended.append(obsolete(finding, now, told))
        elif book.mode(finding.rule, finding.product) == "off":
            ended.append(obsolete(finding, now, "the rule was switched off"))
    return ended


async def worded(
    connection: AsyncConnection, book: Book, table: str, drafts: Sequence[Transition], now: datetime
) -> list[Transition]:
    """The same transitions with what people read: key, title, sentence and evidence from the facts of now."""
    last = {t.finding.id: t for t in drafts}  # a rule that is off ends a finding, whatever its verdict said
    begun = [t for t in last.values() if t.event not in {"resolved", "closed"}]
    rows = (
        await joined_rows(connection, book, table, [t.finding.subject for t in begun], now) if begun else {}
    )
    return [_in_words(book, t, rows.get(t.finding.subject), now) for t in last.values()]


def _in_words(book: Book, transition: Transition, row: Mapping[str, Any] | None, now: datetime) -> Transition:
    if row is None:
        return transition
    rule = book.by_id[transition.finding.rule]
    around = context(book, rule, row, now)
    finding = replace(
        transition.finding,
        key=row["key"],
        title=row["title"],
        url=row["url"],
        stream=row["stream"],
        audience=row["audience"],
        says=says(rule, row_without_names(row, book.model), around),
        evidence={name: plain(met) for name, met in evidence(rule, row, around).items()},
    )
    return replace(transition, finding=finding)
