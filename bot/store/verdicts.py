"""How many subjects pass, fail or cannot be judged, by rule and product, in the last full judgement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import verdicts


@dataclass(frozen=True, slots=True)
class Count:
    """Verdicts of one rule on the subjects of one product (None: of no product)."""

    rule: str
    product: str | None
    passed: int = 0
    failed: int = 0
    unknown: int = 0
    example: str | None = None  # a subject that could not be judged


async def keep(
    connection: AsyncConnection, rules: Sequence[str], counts: Sequence[Count], at: datetime
) -> None:
    """Replace the counts of these rules."""
    await connection.execute(sa.delete(verdicts).where(verdicts.c.rule.in_(rules)))
    rows = [
        {
            "rule": c.rule,
            "product": c.product or "",
            "passed": c.passed,
            "failed": c.failed,
            "unknown": c.unknown,
            "example": c.example,
            "at": at,
        }
        for c in counts
    ]
    if rows:
        await connection.execute(sa.insert(verdicts), rows)


async def forget_others(connection: AsyncConnection, rules: Iterable[str]) -> None:
    """Drop the counts of rules that are no more."""
    await connection.execute(sa.delete(verdicts).where(verdicts.c.rule.not_in(list(rules))))


async def counts(connection: AsyncConnection) -> list[Count]:
    """All counts."""
    rows = await connection.execute(sa.select(verdicts).order_by(verdicts.c.rule, verdicts.c.product))
    return [Count(r.rule, r.product or None, r.passed, r.failed, r.unknown, r.example) for r in rows]
