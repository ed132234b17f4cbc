"""Waive: a waiver asked for, granted, denied or ended, with what it means for the finding, all at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.book import Book
from bot.judge import worded
from bot.news import letters
from bot.routing import product_name
from bot.store import facts, findings, ledger, outbox, waivers
from bot.store.database import Database
from rules.findings import Finding, Severity, Transition, unwaived, waived
from rules.rights import DOERS, About, Allowed, Refused, may
from rules.waivers import Waiver, covering, fits, impossible, taken

BY_ITSELF = "opsbot"
"""Who the ledger names where a waiver ended by its date alone."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person of the model, and the door they came by: command line."""

    handle: str
    door: str


@dataclass(frozen=True, slots=True)
class Wish:
    """A waiver that somebody asks for: of which finding, why, and until which day, included."""

    finding: str
    reason: str
    until: date


async def request(
    database: Database, book: Book, actor: Actor, wish: Wish, now: datetime
) -> Waiver | Refused:
    """Ask for a waiver of an open finding; gives it as it waits for a decision, or why it cannot be."""
    today = book.today(now)
    async with database.write() as connection:
        finding = await findings.by_id(connection, wish.finding)
        if finding is None:
            return impossible(f"There is no finding {wish.finding}.")
        allowed = may(book.model, "request", actor.handle, about_finding(book, finding), today)
        if isinstance(allowed, Refused):
            return allowed
        before = await waivers.about(connection, finding.id)
        refused = _needless(finding, before, wish, today) or fits(book.model, wish.until, today)
        if refused is not None:
            return refused
        waiver = await waivers.add(
            connection,
            Waiver(
                rule=finding.rule,
                subject=finding.subject,
                reason=wish.reason.strip(),
                until=wish.until,
                state="requested",
                finding=finding.id,
                requested_by=actor.handle,
                requested_at=now,
            ),
        )
        await _write(connection, waiver, "requested", actor, wish.reason.strip(), now)
    return waiver


async def decide(
    database: Database,
    book: Book,
    actor: Actor,
    act: Literal["approve", "deny", "revoke"],
    number: int,
    reason: str,
    now: datetime,
) -> Waiver | Refused:
    """Approve, deny or revoke a waiver; what that does to its finding is done when this returns."""
    async with database.write() as connection:
        waiver = await waivers.by_id(connection, number)
        finding = await _finding(connection, waiver)
        if waiver is None or finding is None:
            return impossible(f"There is no waiver {number}.")
        if not await facts.stand(connection, book.fingerprint):
            return impossible("What was read was not judged by this model yet: run opsbot judge first.")
        about = await about_whole(connection, book, finding, waiver)
        allowed = may(book.model, act, actor.handle, about, book.today(now))
        if isinstance(allowed, Refused):
            return allowed
        after = taken(waiver, act, actor.handle, now)
        if isinstance(after, Refused):
            return after
        if act == "approve":
            if refused := _fruitless(finding, after, book.today(now)):
                return refused
            grave = may(
                book.model, act, actor.handle, replace(about, severity=Severity.CRITICAL), book.today(now)
            )
            after = replace(after, critical=isinstance(grave, Allowed))
        await waivers.keep(connection, after)
        await _write(connection, after, after.state, actor, reason, now, right=list(allowed.steps))
        await _take_effect(connection, book, finding, after, now)
    return after


async def expire(database: Database, book: Book, now: datetime) -> list[Waiver]:
    """Write down which waivers ended by their date; the judgement that follows opens their findings."""
    today = book.today(now)
    async with database.write() as connection:
        ended = [
            expired
            for waiver in await waivers.all_of(connection)
            if waiver.state == "approved" and waiver.until < today
            if isinstance(expired := taken(waiver, "expire", waiver.decided_by or BY_ITSELF, now), Waiver)
        ]
        for waiver in ended:
            await waivers.keep(connection, waiver)
            await _write(
                connection, waiver, "expired", Actor(BY_ITSELF, "clock"), f"held until {waiver.until}", now
            )
    return ended


async def named(database: Database, what: str) -> list[Finding]:
    """The finding of that id, else the open and waived ones about that key, gravest first."""
    async with database.read() as connection:
        by_id = await findings.by_id(connection, what.lower())
        if by_id is not None:
            return [by_id]
        failing = [*await findings.open_now(connection), *await findings.waived_now(connection)]
    return [f for f in failing if (f.key or "").lower() == what.lower()]


def about_finding(book: Book, finding: Finding) -> About:
    """A finding as the table of rights asks about it, without the people whose work it is."""
    product = book.model.product(finding.product)
    name = product_name(product) if product else "what belongs to no product"
    return About(finding.product, name, finding.audience, finding.severity)


async def about_whole(connection: AsyncConnection, book: Book, finding: Finding, waiver: Waiver) -> About:
    """The same with the people whose work it is and who asked, for a decision about a waiver."""
    stands = await facts.stand(connection, book.fingerprint)
    rows = await facts.rows_of(connection, finding.table, [finding.subject]) if stands else {}
    row = rows.get(finding.subject, {})
    doers = frozenset(str(row[name]) for name in DOERS if row.get(name))
    return replace(about_finding(book, finding), people=doers, asked_by=waiver.requested_by)


async def _finding(connection: AsyncConnection, waiver: Waiver | None) -> Finding | None:
    if waiver is None or waiver.finding is None:
        return None
    return await findings.by_id(connection, waiver.finding)


def _needless(finding: Finding, before: list[Waiver], wish: Wish, today: date) -> Refused | None:
    """Why nobody has to decide about this wish."""
    if not wish.reason.strip():
        return impossible("A waiver needs a reason: whoever decides reads it.")
    if finding.state not in {"open", "waived"}:
        return impossible(f"Finding {finding.id} is {finding.state}: only an open one can be waived.")
    if waiting := next((w for w in before if w.state == "requested"), None):
        return impossible(f"Waiver {waiting.id} for this finding waits for a decision already.")
    holding = covering(before, finding, today)
    if holding is not None and holding.until >= wish.until:
        return impossible(f"It is waived already, by {holding.words}.")
    return None


def _fruitless(finding: Finding, waiver: Waiver, today: date) -> Refused | None:
    """Why approving this would change nothing."""
    if finding.state not in {"open", "waived"}:
        return impossible(f"Finding {finding.id} is {finding.state} meanwhile: there is nothing to waive.")
    if waiver.until < today:
        return impossible(f"Waiver {waiver.id} was asked for until {waiver.until}, which has passed.")
    return None


async def _take_effect(
    connection: AsyncConnection, book: Book, finding: Finding, waiver: Waiver, now: datetime
) -> None:
    """What the step does to the finding at once; a judgement under way sees that it came too late."""
    holding = covering(await waivers.holding(connection, book, now), finding, book.today(now))
    transition: Transition
    if finding.state == "open" and holding is not None:
        transition = waived(finding, now, holding.words)
    elif finding.state == "waived" and holding is None:
        transition = unwaived(finding, now, f"waiver {waiver.id} was revoked")
    else:
        return
    if finding.rule in book.by_id:
        (transition,) = await worded(connection, book, finding.table, [transition], now)
    await findings.save(connection, [transition], book.fingerprint)
    await outbox.put(connection, letters(book, [transition]), now)


async def _write(
    connection: AsyncConnection,
    waiver: Waiver,
    event: str,
    actor: Actor,
    why: str,
    now: datetime,
    **more: object,
) -> None:
    what: Mapping[str, object] = {
        "waiver": waiver.id,
        "finding": waiver.finding,
        "rule": waiver.rule,
        "until": waiver.until.isoformat(),
        "door": actor.door,
        **more,
    }
    entry = ledger.Entry(now, actor.handle, f"waiver-{event}", waiver.subject, why, what)
    await ledger.append(connection, entry)
