"""A shop with two products and four easy rules, a tool that says what it is told to, and a clock."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rule_records import item

from bot.book import Book, read_book
from bot.derive import derive_records
from bot.judge import judge_table
from bot.pipeline import Judged, Pulled, derive, judge, sync
from bot.store import facts, findings, presence
from bot.store.database import Database
from bot.store.tables import history, outbox
from connectors.connector import Census, Check, Page, Problem
from connectors.errors import ConnectorError
from connectors.learned import Learned
from connectors.meter import Meter
from rules.findings import Finding, Transition
from rules.presence import Presence
from rules.records import Record, WorkItem

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)

MODEL = """
people: {ana: {email: ana@example.com}}
sources:
  - {id: jira, jira: shop.atlassian.net, every: 1h}
  - {id: github, github: shop, every: 1h}
profile: "off"
operations: ops
teams:
  front: {members: [ana], wip: {story: 1}}
products:
  shop: {owner: ana, channel: shop, teams: [front], work: [{jira: {project: SHOP}}]}
  till: {owner: ana, channel: till, work: [{jira: {project: TILL}}]}
defaults:
  rules:
    hygiene-late: notify
    hygiene-slow: digest
    hygiene-covered: notify
    hygiene-graded: digest
custom_rules:
  - id: hygiene-late
    purpose: Nothing is late.
    about: work_items
    violates: "'late' in labels"
    severity: warn
    worse: {high: "'very' in labels"}
    says: "{key} is late."
    evidence: [labels, changed_at]
    fix: Hurry.
    accountable: product-manager
  - id: hygiene-slow
    purpose: Nothing is slow for long.
    about: work_items
    violates: "'slow' in labels"
    for: 2h
    severity: warn
    worse_after: {high: 1d}
    says: "{key} is slow."
    fix: Hurry.
    accountable: product-manager
  - id: hygiene-covered
    purpose: Nothing is covered, unless it is late.
    about: work_items
    violates: "'covered' in labels"
    inhibited_by: [hygiene-late]
    severity: high
    says: "{key} is covered."
    fix: Uncover it.
    accountable: product-manager
  - id: hygiene-graded
    purpose: Nothing is of the first grade.
    about: work_items
    violates: priority = 'P1'
    severity: warn
    says: "{key} is of the first grade."
    fix: Lower it.
    accountable: product-manager
"""


@dataclass
class Clock:
    """It stands until a test moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def tick(self, by: timedelta = HOUR) -> datetime:
        self.now += by
        return self.now


@dataclass
class Tool:
    """A connector that gives the pages it was told, and raises the errors among them."""

    source: str = "jira"
    says: list[Page | Exception] = field(default_factory=list)
    answers: Page | ConnectorError = field(default_factory=lambda: Page((), "", last=True))
    cursors: list[str | None] = field(default_factory=list)  # that it was asked to go on from
    touched: list[list[str]] = field(default_factory=list)  # that it was told to look at
    asked: list[list[str]] = field(default_factory=list)
    learned: Learned = field(default_factory=Learned)
    meter: Meter = field(default_factory=Meter)
    census: Census | None = None

    async def pages(self, cursor: str | None, touched: Sequence[str] = ()) -> AsyncIterator[Page]:
        self.cursors.append(cursor)
        self.touched.append(list(touched))
        for one in self.says:
            if isinstance(one, Exception):
                raise one
            yield one

    async def read(self, keys: Sequence[str]) -> Page:
        self.asked.append(list(keys))
        if isinstance(self.answers, ConnectorError):
            raise self.answers
        return self.answers

    async def check(self) -> Sequence[Check]:
        return ()

    async def close(self) -> None:
        """Nothing to give back."""


def page(*records: Record, cursor: str = "c", last: bool = True, problems: Iterable[str] = ()) -> Page:
    """A page, the last one where nothing else is said."""
    return Page(records, cursor, last, tuple(Problem(scope, "not readable") for scope in problems))


def story(key: str = "SHOP-1", *labels: str, **parts: Any) -> WorkItem:
    """A story with labels that the rules look at, of the second grade."""
    return item(key, **{"labels": labels, "priority": "P2", "changed_at": NOW - HOUR, **parts})


@dataclass
class Shop:
    """The parts of the pipeline, and short words for what tests do with them."""

    database: Database
    book: Book
    clock: Clock = field(default_factory=Clock)
    tool: Tool = field(default_factory=Tool)

    async def pull(self, *records: Record, **how: Any) -> Pulled:
        """A complete sync of one page. What is told later is changed later."""
        self.tool.says = [page(*records, **how)]
        return await sync(self.database, self.tool, self.clock)

    async def withdraw(self, state: Presence, *ids: str) -> None:
        """These items of the tool are not there any more, as was found out now."""
        async with self.database.write() as connection:
            states = dict.fromkeys(ids, state)
            at = self.clock()
            await presence.put(connection, self.tool.source, states, at, unless_seen_since=at + HOUR)

    async def judge(self) -> list[Transition]:
        """Derive all records and judge all work items now; gives what happened."""
        async with self.database.write() as connection:
            await facts.prepare(connection, self.book.fingerprint)
            await facts.remember(connection, derived=self.book.fingerprint)
        await derive_records(self.database, self.book, self.clock())
        return (await judge_table(self.database, self.book, "work_items", self.clock(), None)).transitions

    async def derive(self) -> None:
        """Bring all facts up to date."""
        await derive(self.database, self.book, self.clock())

    async def judge_all(self) -> Judged:
        """Derive and judge everything now."""
        await derive(self.database, self.book, self.clock())
        return await judge(self.database, self.book, self.clock())

    async def told(self, *records: Record) -> list[Transition]:
        """Pull these, and judge."""
        await self.pull(*records)
        return await self.judge()

    def changed(self, record: WorkItem, *labels: str, **parts: Any) -> WorkItem:
        """The record as it is now, with other labels."""
        return replace(record, **{"labels": labels, "changed_at": self.clock(), **parts})

    async def finding(self, rule: str, subject: str = "jira:SHOP-1") -> Finding | None:
        """The one finding of that rule about that subject, in any state."""
        async with self.database.read() as connection:
            found = await findings.of_subjects(connection, "work_items", [subject])
        return next((f for f in found.values() if f.rule == rule), None)

    async def state(self, rule: str, subject: str = "jira:SHOP-1") -> str | None:
        """The state of that finding, None where there is none."""
        finding = await self.finding(rule, subject)
        return None if finding is None else finding.state

    async def events(self) -> list[str]:
        """All that ever happened to findings, oldest first."""
        return [r.event for r in await self.rows(sa.select(history).order_by(history.c.id))]

    async def letters(self) -> list[tuple[str, str]]:
        """Channel and text of every letter, oldest first."""
        rows = await self.rows(sa.select(outbox).order_by(outbox.c.id))
        return [(r.channel, r.text) for r in rows]

    async def rows(self, query: sa.Select[Any]) -> Sequence[Any]:
        """The rows of a query."""
        async with self.database.read() as connection:
            return (await connection.execute(query)).all()


def book(folder: Path, model: str = MODEL) -> Book:
    """The book of a model, written to a file and read as ever, with the model's own rules alone."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "model.yaml"
    file.write_text(model, encoding="utf-8")
    read = read_book(file)
    return replace(read, rules=tuple(r for r in read.rules if r.family == "hygiene"))
