"""The desk: answers about status, findings and reasons, from the store, cut to what the asker may see."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.book import Book
from bot.clock import Clock
from bot.explain.subject import explain_row
from bot.freshness import source_ages
from bot.routing import about_channel, product_name, spoken
from bot.slack.commands.desk import Asker, FindingsPage, FindingsQuery
from bot.store import facts, findings, syncs, verdicts
from bot.store.database import Database
from bot.store.judging import joined_rows
from bot.words import said
from config.model import Product
from rules.audience import Clearance, lets_in, visible
from rules.digest import line
from rules.facts import TABLES
from rules.findings import Finding, Severity
from rules.names import without_names
from rules.views import Explanation, Status
from rules.withheld import related, withheld

PAGE = 10
LONGEST_NAME = 500
"""Characters of a key, with its owner and repository."""


def can_be_named(what: str) -> bool:
    """Whether something may be called so; a database may refuse to look for anything else."""
    return len(what) <= LONGEST_NAME and what.isprintable()


@dataclass(frozen=True, slots=True)
class StoreDesk:
    """Answers from the store. `clearance` says what an asker may see; `clock` when it is."""

    database: Database
    book: Callable[[], Book]
    clock: Clock
    clearance: Callable[[Asker], Clearance]
    next_digest: Callable[[datetime], datetime | None]

    def now(self) -> datetime:
        """The moment answers are given at, in the company's time zone."""
        return self.clock().astimezone(self.book().calendar(None).zone)

    def products(self, asker: Asker) -> Sequence[str]:
        """Ids of the products this person may ask about."""
        return [p.id for p in self.book().model.products.values() if self._may_ask(asker, p)]

    def streams(self, asker: Asker) -> Sequence[str]:
        """Ids of the value streams this person may ask about."""
        mine = {self.book().model.products[p].stream for p in self.products(asker)}
        return [s for s in self.book().model.value_streams if s in mine]

    def here(self, asker: Asker) -> str | None:
        """Id of the product or value stream whose channel this is."""
        return about_channel(self.book().model, asker.channel) if asker.channel else None

    async def status(self, asker: Asker, about: str | None) -> Status:
        """Status of a product or stream by id; None: of everything the asker may see."""
        book, now = self.book(), self.clock()
        async with self.database.read() as connection:
            mine = [f for f in await self._open(connection, asker) if _is_about(f, about)]
            waived = [f for f in await self._waived(connection, asker) if _is_about(f, about)]
            states = await syncs.states(connection)
            judged_at = await facts.judged_at(connection)
            counts = await verdicts.counts(connection)
        return Status(
            about=self._name(about),
            open={s: n for s in reversed(Severity) if (n := sum(1 for f in mine if f.severity == s))},
            inherited=sum(1 for f in mine if f.inherited),
            unknown=sum(c.unknown for c in counts if self._counts(asker, c.product, about)),
            sources=tuple(source_ages(book.model, states, now).values()),
            judged_at=judged_at,
            next_digest_at=self.next_digest(now),
            waived=len(waived),
        )

    async def findings(self, asker: Asker, query: FindingsQuery) -> FindingsPage:
        """A page of open findings, or of waived ones; most severe first."""
        book, now = self.book(), self.clock()
        async with self.database.read() as connection:
            mine = [f for f in await self._open(connection, asker) if _fits(f, query)]
            waived = [f for f in await self._waived(connection, asker) if _fits(f, query)]
            if query.waived:
                mine = waived
            if query.without_labels:
                mine = await _without(connection, mine, set(query.without_labels))
            pages = max(1, math.ceil(len(mine) / PAGE))
            page = min(query.page, pages)
            shown = mine[(page - 1) * PAGE : page * PAGE]
            words = await said(connection, book, shown, now)
        lines = tuple(
            line(f, book.by_id[f.rule], "waived" if query.waived else "open", words[f.id]) for f in shown
        )
        return FindingsPage(lines, page, pages, len(mine), len(waived))

    async def explain(self, asker: Asker, what: str) -> Explanation | None:
        """All rules about a key or a finding's id; None where it is unknown or not for this person."""
        async with self.database.read() as connection:
            if await facts.judged_at(connection) is None:
                return None  # there are no facts yet
            for table, subject in await self._named(connection, what):
                whole = await self._explained(connection, asker, table, subject)
                if whole is not None:
                    return whole
        return None

    async def explain_subject(self, asker: Asker, table: str, subject: str) -> Explanation | None:
        """All rules about the subject of a fact table; None where it is gone or not for this person."""
        async with self.database.read() as connection:
            return await self._explained(connection, asker, table, subject)

    async def _explained(
        self, connection: AsyncConnection, asker: Asker, table: str, subject: str
    ) -> Explanation | None:
        book, now = self.book(), self.clock()
        row = (await joined_rows(connection, book, table, [subject], now)).get(subject)
        if row is None or not visible(row["audience"], self.clearance(asker)):
            return None
        if not self._lets_in(asker, row["product"]):
            return None
        whole = await explain_row(connection, book, table, row, now)
        if asker.operator:
            return whole
        products = [p for p in book.model.products if not self._lets_in(asker, p)]
        hidden = [key for key in related(whole) if not await self._shows(connection, asker, key)]
        return without_names(withheld(whole, products, hidden), book.model, asker.handle)

    async def _shows(self, connection: AsyncConnection, asker: Asker, key: str) -> bool:
        """Whether the asker may see something that is called so; not where nothing is known of it."""
        book, clearance = self.book(), self.clearance(asker)
        for table, subject in await facts.find(connection, key):
            row = (await joined_rows(connection, book, table, [subject], self.clock())).get(subject)
            if row and visible(row["audience"], clearance) and self._lets_in(asker, row["product"]):
                return True
        return False

    async def failing(self, asker: Asker) -> list[Finding]:
        """Every open finding that the asker may see, then every waived one; gravest first."""
        async with self.database.read() as connection:
            return [*await self._open(connection, asker), *await self._waived(connection, asker)]

    def lets_in(self, asker: Asker, product: str | None) -> bool:
        """Whether counts about this product are for the asker."""
        return self._counts(asker, product, None)

    async def _named(self, connection: AsyncConnection, what: str) -> list[tuple[str, str]]:
        if not can_be_named(what):
            return []
        finding = await findings.by_id(connection, what.lower())
        if finding is not None:
            return [(finding.table, finding.subject)]
        return await facts.find(connection, what)

    async def _open(self, connection: AsyncConnection, asker: Asker) -> list[Finding]:
        return self._for(asker, await findings.open_now(connection))

    async def _waived(self, connection: AsyncConnection, asker: Asker) -> list[Finding]:
        return self._for(asker, await findings.waived_now(connection))

    def _for(self, asker: Asker, found: Sequence[Finding]) -> list[Finding]:
        book, clearance = self.book(), self.clearance(asker)
        return [
            f
            for f in found
            if book.speaks(f.rule, f.product)
            and visible(f.audience, clearance)
            and self._lets_in(asker, f.product)
        ]

    def _lets_in(self, asker: Asker, product: str | None) -> bool:
        if asker.operator:
            return True
        model, today = self.book().model, self.now().date()
        return lets_in(model, product, handle=asker.handle, channel=asker.channel, today=today)

    def _counts(self, asker: Asker, product: str | None, about: str | None) -> bool:
        """Whether a count of this product belongs into an answer about a product or stream."""
        known = self.book().model.product(product)
        within = about is None or about in {product, known.stream if known else None}
        return within and self.clearance(asker).known and self._lets_in(asker, product)

    def _may_ask(self, asker: Asker, product: Product) -> bool:
        here = self.here(asker)
        knows = asker.handle is not None or (here is not None and here in {product.id, product.stream})
        return asker.operator or (knows and self._lets_in(asker, product.id))

    def _name(self, about: str | None) -> str:
        model = self.book().model
        if about is None:
            return model.company.name
        product = model.products.get(about)
        return product_name(product) if product else spoken(about)


def _is_about(finding: Finding, about: str | None) -> bool:
    return about is None or about in {finding.product, finding.stream}


def _fits(finding: Finding, query: FindingsQuery) -> bool:
    return (
        (not query.products or finding.product in query.products)
        and (not query.streams or finding.stream in query.streams)
        and (not query.rules or finding.rule in query.rules)
        and (not query.severities or finding.severity in query.severities)
    )


async def _without(connection: AsyncConnection, found: list[Finding], labels: set[str]) -> list[Finding]:
    """Those whose subject carries none of the labels."""
    kept = []
    for table in {f.table for f in found}:
        has_labels = TABLES[table].fact("labels") is not None
        of_table = [f for f in found if f.table == table]
        rows = await facts.rows_of(connection, table, [f.subject for f in of_table]) if has_labels else {}
        kept += [f for f in of_table if not labels & set(rows.get(f.subject, {}).get("labels") or ())]
    order = {f.id: n for n, f in enumerate(found)}
    return sorted(kept, key=lambda f: order[f.id])
