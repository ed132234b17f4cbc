"""The ledger: what people decided, one row an act, never changed and never deleted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import ledger


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: who did what about which subject, by which door and right (`what`), and why."""

    at: datetime
    who: str  # a person of the model, or opsbot where time alone did it
    event: str  # waiver-approved
    subject: str
    why: str
    what: Mapping[str, object] = field(default_factory=dict)


async def append(connection: AsyncConnection, entry: Entry) -> None:
    """Write one row, in the transaction of the act itself."""
    await connection.execute(
        sa.insert(ledger).values(
            at=entry.at,
            who=entry.who,
            event=entry.event,
            subject=entry.subject,
            why=entry.why,
            what=dict(entry.what),
        )
    )


async def entries(connection: AsyncConnection) -> list[Entry]:
    """Every act, in the order it was written."""
    rows = await connection.execute(sa.select(ledger).order_by(ledger.c.id))
    return [Entry(r.at, r.who, r.event, r.subject, r.why, r.what) for r in rows]
