"""A rule explained: the rule whole, how often it passes, and where products hold it differently."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.book import Book
from bot.explain.subject import mode_place
from bot.store import facts, verdicts
from rules.declared import Declared, level
from rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Setting:
    """A mode or parameter that holds for a product, or for what belongs to none."""

    product: str | None
    name: str  # mode, or the name of a parameter
    value: object
    source: str
    place: str | None


@dataclass(frozen=True, slots=True)
class RuleTold:
    """A rule, its verdicts in the last full judgement, and what products set otherwise."""

    rule: Rule
    mode: str  # for a product that sets nothing
    mode_place: str
    counts: tuple[verdicts.Count, ...]  # by product
    judged_at: datetime | None
    settings: tuple[Setting, ...]


async def explain_rule_whole(connection: AsyncConnection, book: Book, rule: Rule) -> RuleTold:
    """Everything about a rule of the book."""
    return RuleTold(
        rule=rule,
        mode=book.mode(rule.id, None),
        mode_place=mode_place(book, rule, None),
        counts=tuple(c for c in await verdicts.counts(connection) if c.rule == rule.id),
        judged_at=await facts.judged_at(connection),
        settings=tuple(settings(book, rule)),
    )


def settings(book: Book, rule: Rule) -> Iterator[Setting]:
    """What holds otherwise than the company's mode and the rule's own parameters, product by product."""
    declared = Declared(book.model, book.origins)
    for product in (None, *book.model.products):
        if (mode := book.mode(rule.id, product)) != book.mode(rule.id, None):
            yield Setting(product, "mode", mode, "", mode_place(book, rule, product))
        for name, value in book.parameters(rule, product).items():
            origin = declared.parameter(rule, name, product)
            if origin is not None:
                yield Setting(product, name, value, level(origin), book.origins.short(origin))
