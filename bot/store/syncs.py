"""The sync log and the cursors: how far each source has been read, and how well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import upsert
from bot.store.tables import cursors, syncs
from rules.facts.sources import Synced

PARTS = ("project:", "repository:", "item:")
"""Scopes of problems that name a part of the source."""


async def cursor(connection: AsyncConnection, source: str) -> str | None:
    """Where the last durable page of this source ended; None before the first."""
    return (
        await connection.execute(sa.select(cursors.c.cursor).where(cursors.c.source == source))
    ).scalar_one_or_none()


async def move_cursor(connection: AsyncConnection, source: str, to: str, now: datetime) -> None:
    """Move the cursor, in the transaction that stores its page."""
    insert = upsert(connection, cursors).values(source=source, cursor=to, moved_at=now)
    await connection.execute(
        insert.on_conflict_do_update(index_elements=[cursors.c.source], set_={"cursor": to, "moved_at": now})
    )


async def begin(connection: AsyncConnection, source: str, now: datetime) -> int:
    """Open a line in the sync log."""
    row = sa.insert(syncs).values(
        source=source, started_at=now, records=0, changed=0, problems=(), whole=False
    )
    return int((await connection.execute(row.returning(syncs.c.id))).scalar_one())


async def count(connection: AsyncConnection, sync: int, records: int, changed: int) -> None:
    """Note a stored page, in its transaction."""
    values = {"records": syncs.c.records + records, "changed": syncs.c.changed + changed}
    await connection.execute(sa.update(syncs).where(syncs.c.id == sync).values(values))


async def end(
    connection: AsyncConnection,
    sync: int,
    outcome: str,
    now: datetime,
    *,
    problems: Sequence[str] = (),
    error: str | None = None,
    requests: Mapping[str, int] | None = None,
    budgets: Mapping[str, object] | None = None,
) -> None:
    """Close the line: complete, partial (problems) or failed (error), with what was spent and what is left.

    A partial sync is whole where each problem names its part: what lies outside of these parts was read.
    """
    named = all(problem.startswith(PARTS) for problem in problems)
    whole = outcome == "complete" or (outcome == "partial" and named)
    values = {
        "outcome": outcome,
        "ended_at": now,
        "problems": tuple(problems),
        "whole": whole,
        "error": error,
        "requests": dict(requests or {}),
        "budgets": dict(budgets or {}),
    }
    await connection.execute(sa.update(syncs).where(syncs.c.id == sync).values(values))


@dataclass(frozen=True, slots=True)
class Ended:
    """A sync that ended, with what it spent and the budgets as they stood then."""

    outcome: str
    started_at: datetime
    records: int
    problems: tuple[str, ...]
    error: str | None
    requests: Mapping[str, int]
    budgets: Mapping[str, Mapping[str, Any]]


async def last(connection: AsyncConnection) -> dict[str, Ended]:
    """The last sync of each source that ended, however it did."""
    latest = sa.select(sa.func.max(syncs.c.id)).where(syncs.c.outcome.is_not(None)).group_by(syncs.c.source)
    rows = await connection.execute(sa.select(syncs).where(syncs.c.id.in_(latest)))
    return {
        r.source: Ended(r.outcome, r.started_at, r.records, tuple(r.problems), r.error, r.requests, r.budgets)
        for r in rows
    }


async def states(connection: AsyncConnection) -> dict[str, Synced]:
    """How each source stands: its last sync that was whole, what that left out, and what went wrong since."""
    complete = (
        sa.select(syncs.c.source, sa.func.max(syncs.c.id).label("id"))
        .where(syncs.c.whole)
        .group_by(syncs.c.source)
    ).subquery()
    whole = {
        r.source: r
        for r in await connection.execute(sa.select(syncs).join(complete, syncs.c.id == complete.c.id))
    }
    rows = await connection.execute(
        sa.select(syncs)
        .join(complete, syncs.c.source == complete.c.source, isouter=True)
        .where(syncs.c.outcome.is_not(None), syncs.c.id > sa.func.coalesce(complete.c.id, 0))
        .order_by(syncs.c.id)
    )
    after: dict[str, list[sa.Row[tuple[object, ...]]]] = {}
    for row in rows:
        after.setdefault(row.source, []).append(row)
    found = {}
    for source in {*whole, *after}:
        bad = after.get(source, [])
        base = whole.get(source)
        partial = base is not None and base.outcome == "partial"
        last = bad[-1] if bad else base if partial else None
        found[source] = Synced(
            last_complete=None if base is None else base.started_at,
            failures=sum(1 for r in bad if r.outcome == "failed"),
            truncated=last is not None and last.outcome == "partial",
            last_error=None if last is None else last.error or "; ".join(last.problems),
            unread=_containers(base.problems) if base is not None else (),
        )
    return found


def _containers(problems: Sequence[str]) -> tuple[str, ...]:
    """Projects and repositories that problems name: project:BOOK: … → BOOK."""
    scopes = (problem.partition(": ")[0] for problem in problems if problem.startswith(PARTS[:2]))
    return tuple(dict.fromkeys(scope.partition(":")[2] for scope in scopes))
