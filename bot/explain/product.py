"""A product explained: who answers for it, what belongs to it, what holds for it, and how it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.book import Book
from bot.explain.rule import Setting, settings
from bot.explain.subject import explain_row
from bot.freshness import source_ages
from bot.routing import product_name
from bot.store import aggregates, facts, findings, syncs
from bot.store.judging import joined_rows
from bot.store.loading import EPOCH
from config.model import Product
from rules.belonging import calendar_name
from rules.declared import Declared
from rules.findings import Severity
from rules.holders import MANAGER, STREAM_OWNER, holder, role_words
from rules.measured import chosen_for, hours
from rules.placing import selector_text
from rules.views import Explanation, Holder, SourceAge


@dataclass(frozen=True, slots=True)
class Brought:
    """A selector of the product, and how many items and pull requests it decided."""

    selector: str
    place: str | None
    subjects: int


@dataclass(frozen=True, slots=True)
class Expected:
    """An expectation that holds now for some kinds of work."""

    level: str
    flow_items: tuple[str, ...]
    days: float
    share: float
    source: str
    place: str | None


@dataclass(frozen=True, slots=True)
class ProductTold:
    """Everything about a product."""

    id: str
    name: str
    place: str | None
    stream: str | None
    roles: tuple[Holder, ...]
    calendar: str  # name, zone and hours
    calendar_place: str
    selectors: tuple[Brought, ...]
    expectations: tuple[Expected, ...]
    settings: Mapping[str, tuple[Setting, ...]]  # by rule, what holds otherwise than for the company
    open: Mapping[Severity, int]
    waived: int
    sources: tuple[SourceAge, ...]
    itself: Explanation | None  # the rules about the product itself; None before anything was derived


async def explain_product(
    connection: AsyncConnection, book: Book, product: Product, now: datetime
) -> ProductTold:
    """A product of the model, as the store knows it now."""
    declared = Declared(book.model, book.origins)
    mine = [f for f in await findings.open_now(connection) if f.product == product.id]
    told = [f for f in mine if book.speaks(f.rule, f.product)]
    judged = await facts.judged_at(connection) is not None  # before that there are no facts to read
    rows = await joined_rows(connection, book, "products", [product.id], now) if judged else {}
    row = rows.get(product.id)
    counts = await aggregates.matched_since(connection, EPOCH) if judged else {}
    calendar = book.calendar(calendar_name(book.model, product.id))
    chosen, place = chosen_for(declared, product.id)
    return ProductTold(
        id=product.id,
        name=product_name(product),
        place=declared.near(f"products.{product.id}"),
        stream=product.stream,
        roles=tuple(_roles(book, declared, product, now)),
        calendar=f"{calendar.id} ({calendar.zone.key}, {hours(calendar.week)})",
        calendar_place=f"{chosen}, {place}" if place else chosen,
        selectors=tuple(_brought(counts, declared, product)),
        expectations=tuple(await _expected(connection, declared, product, now)),
        settings=_settings(book, product),
        open={s: n for s in reversed(Severity) if (n := sum(1 for f in told if f.severity == s))},
        waived=sum(f.product == product.id for f in await findings.waived_now(connection)),
        sources=tuple(source_ages(book.model, await syncs.states(connection), now).values()),
        itself=None if row is None else await explain_row(connection, book, "products", row, now),
    )


def _roles(book: Book, declared: Declared, product: Product, now: datetime) -> Iterator[Holder]:
    """The roles that rules ask of it or that the model fills."""
    asked = (rule.accountable.role for rule in book.rules if rule.accountable.of is None)
    known = set(book.model.roles)
    for role in dict.fromkeys((MANAGER, STREAM_OWNER, *product.roles, *asked)):
        if role in known:
            held = holder(book.model, role, product.id, book.today(now))
            yield Holder(role_words(role), held.person, held.steps, declared.near(held.path))


def _brought(counts: Mapping[str, int], declared: Declared, product: Product) -> list[Brought]:
    paths = [f"products.{product.id}.work[{n}]" for n in range(len(product.work))]
    found = [
        Brought(selector_text(selector), declared.place(path), counts.get(path, 0))
        for selector, path in zip(product.work, paths, strict=True)
    ]
    by_label = counts.get(f"products.{product.id}", 0)
    label = Brought(f"label product:{product.id}, known to every product", None, by_label)
    return [*found, *([label] if by_label else [])]


async def _expected(
    connection: AsyncConnection, declared: Declared, product: Product, now: datetime
) -> list[Expected]:
    found: dict[Expected, list[str]] = {}
    for row in await aggregates.expectations_of(connection, product.id, now):
        path = f"products.{product.id}.sle.{row.level}"
        own = f"own history, {row.n:g} items{', provisional' if row.provisional else ''}"
        source, place = ("declared", declared.place(path)) if row.declared else (own, None)
        alike = Expected(row.level, (), row.days, row.share, source, place)
        found.setdefault(alike, []).append(row.flow_item)
    return [replace(alike, flow_items=tuple(items)) for alike, items in found.items()]


def _settings(book: Book, product: Product) -> dict[str, tuple[Setting, ...]]:
    of_rule = {r.id: tuple(s for s in settings(book, r) if s.product == product.id) for r in book.rules}
    return {rule: found for rule, found in of_rule.items() if found}
