"""The list of waivers: what waits for whom, what stands, and what has ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.book import Book
from bot.clock import Clock
from bot.store import findings, waivers
from bot.store.database import Database
from bot.waive import about_whole
from rules.findings import Finding
from rules.holders import role_words
from rules.rights import Approvers, approvers
from rules.waivers import Waiver, declared


@dataclass(frozen=True, slots=True)
class Listed:
    """A waiver with its finding; `deciders` where it waits for a decision."""

    waiver: Waiver
    finding: Finding | None = None  # None for one of the model, which may cover many
    deciders: Approvers | None = None
    where: str = ""  # in the model: waivers[0]

    @property
    def about(self) -> str:
        """What people call its subject."""
        return (self.finding.key if self.finding else None) or self.waiver.subject

    @property
    def ended(self) -> bool:
        """It neither waits nor stands."""
        return self.waiver.state not in {"requested", "approved"}

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        w = self.waiver
        return {
            "id": w.id,
            "where": self.where or None,
            "state": w.state,
            "finding": w.finding,
            "about": self.about,
            "rule": w.rule,
            "subject": w.subject,
            "reason": w.reason,
            "until": w.until.isoformat(),
            "requested_by": w.requested_by,
            "requested_at": w.requested_at.isoformat() if w.requested_at else None,
            "decided_by": w.decided_by,
            "decided_at": w.decided_at.isoformat() if w.decided_at else None,
            "covers_critical": w.critical,
            "decided_by_role": self.deciders.role if self.deciders else None,
            "deciders": list(self.deciders.people) if self.deciders else [],
        }


async def listed(database: Database, book: Book, clock: Clock) -> list[Listed]:
    """All waivers: those of the store oldest first, then those of the model that have not ended."""
    today = book.today(clock())
    async with database.read() as connection:
        stored = await waivers.all_of(connection)
        known = await findings.by_ids(connection, [w.finding for w in stored if w.finding])
        found = [await _one(connection, book, w, known[w.finding or ""], clock) for w in stored]
    model = [Listed(w, where=f"waivers[{n}]") for n, w in enumerate(declared(book.model, today))]
    return [*found, *(one for one in model if one.waiver.until >= today)]


async def _one(
    connection: AsyncConnection, book: Book, waiver: Waiver, finding: Finding, clock: Clock
) -> Listed:
    if waiver.state != "requested":
        return Listed(waiver, finding)
    about = await about_whole(connection, book, finding, waiver)
    return Listed(waiver, finding, approvers(book.model, about, book.today(clock())))


def as_text(found: list[Listed], *, ended: bool) -> str:
    """The list as a terminal shows it; `ended` ones only where they are asked for."""
    groups = {
        "Waiting for a decision": [one for one in found if one.waiver.state == "requested"],
        "Standing": [one for one in found if one.waiver.state == "approved"],
        "Ended": [one for one in found if one.ended] if ended else [],
    }
    lines = [line for title, some in groups.items() if some for line in (title, *map(_told, some), "")]
    if not lines:
        return "No waiver waits or stands. To ask for one: opsbot waive FINDING --reason TEXT --until DATE"
    return "\n".join(lines).rstrip()


def _told(one: Listed) -> str:
    return "\n".join(_lines(one))


def _lines(one: Listed) -> Iterator[str]:
    w = one.waiver
    number = "model" if w.id is None else str(w.id)
    yield f"  {number:>5}  {one.about}  {w.rule}  until {w.until}"
    by = f"asked by {w.requested_by}" if w.requested_by else f"in the operating model, {one.where}"
    yield f"         {by}: {w.reason}"
    if one.deciders is not None:
        yield f"         for the {role_words(one.deciders.role)} to decide: {people(one.deciders)}"
    elif w.decided_by is not None:
        yield f"         {'approved' if w.id is None else w.state} by {w.decided_by}"


def people(deciders: Approvers) -> str:
    """Who may decide today, by handle."""
    return ", ".join(deciders.people) or "nobody yet"


async def outcome(database: Database, waiver: Waiver) -> str:
    """What a decision just taken means for the finding, in a sentence or two."""
    async with database.read() as connection:
        finding = (await findings.by_ids(connection, [waiver.finding or ""]))[waiver.finding or ""]
    said = f"Waiver {waiver.id} is {waiver.state} by {waiver.decided_by}. {finding.key or finding.subject}"
    match finding.state:
        case "waived":
            return f"{said} is waived until {waiver.until}: counted, told nowhere, open again after that day."
        case "open":
            return f"{said} is open."
        case state:
            return f"{said} is {state}; nothing changes for it."
