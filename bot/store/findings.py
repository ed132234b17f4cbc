"""Findings in the store, with the history of what happened to each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import chunks, upsert
from bot.store.tables import baselines, findings, history
from rules.findings import ALIVE, Event, Finding, Severity, State, Transition
from rules.views import Happening

SHORT = 10
"""Characters of a fingerprint that tell models apart for people."""


async def save(connection: AsyncConnection, transitions: Sequence[Transition], model: str) -> None:
    """Write findings as they are now and one history row for each thing that happened."""
    if not transitions:
        return
    rows = [
        {name: getattr(t.finding, name) for name in _NAMES} | {"evidence": dict(t.finding.evidence)}
        for t in transitions
    ]
    insert = upsert(connection, findings)
    await connection.execute(
        insert.on_conflict_do_update(
            index_elements=[findings.c.id], set_={c: insert.excluded[c] for c in rows[0] if c != "id"}
        ),
        rows,
    )
    happened = [
        {
            "finding": t.finding.id,
            "at": t.finding.changed_at,
            "event": t.event,
            "severity": t.finding.severity,
            "product": t.finding.product,
            "inherited": t.finding.inherited,
            "why": t.why,
            "evidence": dict(t.finding.evidence),
            "model": model,
        }
        for t in transitions
    ]
    await connection.execute(sa.insert(history), happened)


async def of_subjects(
    connection: AsyncConnection, table: str, subjects: Iterable[str] | None
) -> dict[str, Finding]:
    """Findings about these subjects in any state, by id; all that are alive where `subjects` is None."""
    about = sa.select(findings).where(findings.c.table == table)
    if subjects is None:
        return {
            f.id: f for f in map(_finding, await connection.execute(about.where(findings.c.state.in_(ALIVE))))
        }
    found: dict[str, Finding] = {}
    for some in chunks(list(subjects)):
        rows = await connection.execute(about.where(findings.c.subject.in_(some)))
        found |= {f.id: f for f in map(_finding, rows)}
    return found


async def by_ids(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, Finding]:
    """Findings by id, in any state."""
    found: dict[str, Finding] = {}
    for some in chunks(list(dict.fromkeys(ids))):
        rows = await connection.execute(sa.select(findings).where(findings.c.id.in_(some)))
        found |= {f.id: f for f in map(_finding, rows)}
    return found


async def by_id(connection: AsyncConnection, id_: str) -> Finding | None:
    """The finding of that id, in any state; None where there is none."""
    return (await by_ids(connection, [id_])).get(id_)


async def open_now(connection: AsyncConnection) -> list[Finding]:
    """All open findings, gravest and oldest first."""
    return await _in_state(connection, "open")


async def waived_now(connection: AsyncConnection) -> list[Finding]:
    """All findings that a waiver covers, gravest and oldest first."""
    return await _in_state(connection, "waived")


async def _in_state(connection: AsyncConnection, state: State) -> list[Finding]:
    query = sa.select(findings).where(findings.c.state == state)
    rows = await connection.execute(
        query.order_by(findings.c.severity.desc(), findings.c.opened_at, findings.c.id)
    )
    return [_finding(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Happened:
    """One row of a finding's history, with the finding as it is today."""

    at: datetime
    event: Event
    finding: Finding


async def since(
    connection: AsyncConnection, *, row: int | None = None, moment: datetime | None = None
) -> list[Happened]:
    """What was written after that row of the history, or happened after that moment; oldest first.

    A clock may step back and a slow judgement may write late: only the order of writing misses nothing.
    """
    query = sa.select(history.c.at, history.c.event, findings)
    query = query.join_from(history, findings, history.c.finding == findings.c.id)
    if row is not None:
        query = query.where(history.c.id > row)
    if moment is not None:
        query = query.where(history.c.at > moment)
    rows = await connection.execute(query.order_by(history.c.id))
    return [Happened(r.at, r.event, _finding(r)) for r in rows]


async def lives(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, list[Happening]]:
    """What happened to each of these findings, oldest first, by id."""
    found: dict[str, list[Happening]] = {}
    for some in chunks(list(dict.fromkeys(ids))):
        query = sa.select(history).where(history.c.finding.in_(some)).order_by(history.c.id)
        for row in await connection.execute(query):
            told = Happening(row.at, row.event, Severity(row.severity), row.why, row.model[:SHORT])
            found.setdefault(row.finding, []).append(told)
    return found


async def last_row(connection: AsyncConnection) -> int:
    """The last row of the history; 0 where nothing ever happened."""
    latest: int = (
        await connection.execute(sa.select(sa.func.coalesce(sa.func.max(history.c.id), 0)))
    ).scalar_one()
    return latest


async def baseline_of(connection: AsyncConnection, rules: Sequence[str]) -> set[tuple[str, str]]:
    """Pairs of these rules and a product ("" for none) that have been judged before."""
    query = sa.select(baselines.c.rule, baselines.c.product).where(baselines.c.rule.in_(rules))
    return {(r.rule, r.product) for r in await connection.execute(query)}


async def remember_baseline(
    connection: AsyncConnection, pairs: Iterable[tuple[str, str]], at: datetime
) -> None:
    """From now on failures of these pairs are news."""
    rows = [{"rule": rule, "product": product, "at": at} for rule, product in pairs]
    if rows:
        await connection.execute(upsert(connection, baselines).on_conflict_do_nothing(), rows)


async def forget_baseline(connection: AsyncConnection, pairs: Iterable[tuple[str, str]]) -> None:
    """The next look at these pairs is a first look again."""
    for rule, product in pairs:
        pair = sa.and_(baselines.c.rule == rule, baselines.c.product == product)
        await connection.execute(sa.delete(baselines).where(pair))


_NAMES = tuple(f.name for f in fields(Finding))


def _finding(row: Any) -> Finding:
    values = {name: getattr(row, name) for name in _NAMES}
    return Finding(**{**values, "severity": Severity(values["severity"])})
