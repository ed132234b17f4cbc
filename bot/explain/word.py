"""What a person means by one word: a finding, a key, a rule, a product or a path of the model."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import App
from bot.desk import can_be_named
from bot.explain.path import PathExplained, Words
from bot.explain.product import ProductTold, explain_product
from bot.explain.rule import RuleTold, explain_rule_whole
from bot.store import facts, findings, presence
from config.mistakes import nearest
from rules.presence import GONE
from rules.views import Explanation

Told = Explanation | RuleTold | ProductTold | PathExplained

_OF_THE_MODEL = frozenset({"products", "references"})
"""Tables whose keys are words of the model: a product or a path is meant there."""


@dataclass(frozen=True, slots=True)
class Misheard:
    """A word that means nothing here, and what was probably meant, each with what it is.

    `gone`: why and since when an item of that key is no more.
    """

    nearest: tuple[tuple[str, str], ...]
    gone: tuple[str, datetime] | None = None


async def explain_word(app: App, word: str) -> Told | Misheard:
    """The explanation of what a word means; in doubt a finding, then a key, a rule, a product, a path."""
    book, now = app.book, app.clock()
    if not can_be_named(word):
        return Misheard(())
    words = Words(book.model, book.tree, book.origins)
    async with app.database.read() as connection:
        finding = await findings.by_id(connection, word.lower())
        judged = await facts.judged_at(connection) is not None
        known = await facts.find(connection, word) if judged and finding is None else []
        if finding is not None or any(table not in _OF_THE_MODEL for table, _ in known):
            explained = await app.desk.explain(app.operator(), word)
            if explained is not None:
                return explained
        if word in book.by_id:
            return await explain_rule_whole(connection, book, book.by_id[word])
        if word in book.model.products:
            return await explain_product(connection, book, book.model.products[word], now)
        if (found := words.at(word)) is not None:
            return found
        gone = await presence.gone(connection, word)
        near = () if gone else tuple(await _nearest(connection, app, words, word, judged=judged))
        return Misheard(near, (GONE[gone[0]], gone[1]) if gone else None)


async def _nearest(
    connection: AsyncConnection, app: App, words: Words, word: str, *, judged: bool
) -> list[tuple[str, str]]:
    """The nearest of each kind."""
    alike = await facts.alike(connection, word) if judged else []
    kinds = {
        "key": alike,
        "rule": list(app.book.by_id),
        "product": list(app.book.model.products),
        "path of the model": list(words.paths()),
    }
    near = ((nearest(word, options), kind) for kind, options in kinds.items())
    return [(name, kind) for name, kind in near if name is not None]
