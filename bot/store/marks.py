"""Marks: what is to be derived again because it changed, or because something around it did."""

import secrets
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import chunks
from bot.store.loading import Stored, these
from bot.store.tables import edges, records
from rules.records import PullRequest, WorkItem

DEEPEST_FAMILY = 10  # generations of parents; deeper is a loop in the source


def new_mark() -> int:
    """A number that no other transaction marks with: who derived before it came cannot take it away."""
    return secrets.randbits(62)


async def mark(connection: AsyncConnection, which: sa.ColumnElement[bool], number: int) -> Sequence[str]:
    """Mark records to be derived again; gives the keys of those that did not carry this very mark."""
    marked = (
        sa.update(records)
        .where(which, records.c.mark.is_distinct_from(number))
        .values(mark=number)
        .returning(records.c.key)
    )
    return list((await connection.execute(marked)).scalars())


async def mark_around(connection: AsyncConnection, changed: set[str], named: set[str], number: int) -> None:
    """Mark whoever points at the changed keys, and the items that changed pull requests name or named.

    Children inherit from parents of any generation; other relations reach one step.
    """
    keys = list(changed)
    for _ in range(DEEPEST_FAMILY):
        touched: list[str] = []
        for some in chunks(keys):
            pointing = sa.select(edges.c.source, edges.c.kind, edges.c.id).where(edges.c.target.in_(some))
            who = sa.tuple_(records.c.source, records.c.kind, records.c.id).in_(pointing)
            touched += await mark(connection, who, number)
        keys = touched
        if not keys:
            break
    for some in chunks(list(named)):
        await mark(connection, sa.and_(records.c.kind == WorkItem.KIND, records.c.key.in_(some)), number)


async def mark_items(connection: AsyncConnection, keys: sa.Select[Any]) -> None:
    """The work items of these keys are to be derived again."""
    await mark(connection, sa.and_(records.c.kind == WorkItem.KIND, records.c.key.in_(keys)), new_mark())


async def mark_work(connection: AsyncConnection, number: int) -> None:
    """Every item and pull request is to be derived again: a directory says anew who the people are."""
    await mark(connection, records.c.kind.in_([WorkItem.KIND, PullRequest.KIND]), number)


async def mark_all(connection: AsyncConnection) -> None:
    """Everything is to be derived again: the model or the facts' schema changed."""
    await connection.execute(sa.update(records).values(mark=new_mark()))


async def unmark(connection: AsyncConnection, derived: Sequence[Stored]) -> list[Stored]:
    """These, of one kind, are derived; gives those that it is still true for: others were marked again."""
    same: list[Stored] = []
    for _, of_source in groupby(derived, key=lambda s: s.record.source):
        for some in chunks(list(of_source)):
            query = sa.select(records.c.id, records.c.mark).where(these([s.record for s in some]))
            marks = {r.id: r.mark for r in await connection.execute(query.with_for_update())}
            still = [s for s in some if marks.get(s.record.id) == s.mark]
            if still:
                marked = these([s.record for s in still])
                await connection.execute(sa.update(records).where(marked).values(mark=None))
            same += still
    return same
