"""Who is who: people of the model, accounts of tools and entries of directories, for the operator."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from bot.app import App
from bot.explain.text.layout import columns
from bot.pipeline import derive
from bot.store.held import held_by_account
from bot.store.loading import every
from rules.proposal.text import many, share
from rules.records import Person
from rules.roster import Account, Departed, Held, Member, Roster, roster

SHOWN = 20
"""Unmatched accounts that are listed one by one; all of them with --unmatched."""


async def gather(app: App) -> Roster:
    """Everybody, by what the store knows now; what was read since the last judgement is derived first."""
    now = app.clock()
    await derive(app.database, app.book, now)
    async with app.database.read() as connection:
        persons: list[Person] = await every(connection, Person.KIND)
        held = await held_by_account(connection)
    return roster(app.book.model, persons, held, app.book.today(now))


def as_json(found: Roster) -> dict[str, Any]:
    """The same as plain data."""
    return asdict(found)


def as_text(found: Roster, *, unmatched: bool = False, departed: bool = False) -> str:
    """What a person reads at a terminal; only one list, or two, where asked for."""
    whole = not unmatched and not departed
    parts: list[list[str]] = []
    if whole:
        parts += [list(_members(found)), list(_shares(found))]
    if unmatched or (whole and found.shares):
        parts.append(list(_unmatched(found, SHOWN if whole else None)))
    if whole or departed:
        parts.append(list(_departed(found)))
    if whole and found.contradictions:
        parts.append(["Contradictions, to settle in the model:", *(f"   {c}" for c in found.contradictions)])
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _members(found: Roster) -> Iterator[str]:
    accounts = [account for member in found.members for account in member.accounts]
    told = ", ".join(
        f"{number} {words}"
        for how, words in (("written", "written"), ("e-mail", "by e-mail"), ("directory", "by a directory"))
        if (number := sum(1 for a in accounts if a.how == how))
    )
    yield f"{many(len(found.members), 'person')} in the model, {many(len(accounts), 'account')}" + (
        f": {told}." if told else "."
    )
    yield from columns([_member(member) for member in found.members], 3)


def _member(member: Member) -> tuple[str, str]:
    listed = "; ".join(f"{a.source} {a.account} ({_grounds(a)})" for a in member.accounts)
    name = f"{member.handle} ({member.name})" if member.name else member.handle
    return name, listed or "no account: write one, or an e-mail address that a tool shows"


def _grounds(account: Account) -> str:
    words: list[str] = [account.how or "nobody's"]
    if account.name is None:
        words.append("no tool tells of it")
    elif not account.active:
        words.append("deactivated")
    return ", ".join(words)


def _shares(found: Roster) -> Iterator[str]:
    if not found.shares:
        yield "No tool has told of an account yet: opsbot sync"
        return
    yield "Accounts of each source:"
    head = ("source", "whose is known", "e-mail address shown")
    rows = [(s.source, share(s.matched, s.accounts), share(s.with_email, s.accounts)) for s in found.shares]
    yield from columns([head, *rows], 3)
    if found.entries:
        known = f"{found.entries_known:,} of people of the model"
        yield f"   directories: {many(found.entries, 'entry')}, {known}"


def _unmatched(found: Roster, most: int | None) -> Iterator[str]:
    if not found.unmatched:
        yield "Every account is somebody's."
        return
    yield f"{many(len(found.unmatched), 'account')} of nobody in the model, those that hold most first:"
    listed, rows = found.unmatched[:most], list[tuple[str, str]]()
    for a in listed:
        name = f" ({a.name})" if a.name and a.name != a.account else ""
        known = f"; {a.directory} by a directory" if a.directory else ""
        closed = "" if a.active else ", deactivated"
        rows.append((f"{a.source} {a.account}{name}", f"{_held(a.held)}{closed}{known}"))
    yield from columns(rows, 3)
    if len(listed) < len(found.unmatched):
        yield f"   … and {len(found.unmatched) - len(listed):,} more: opsbot people --unmatched"
    yield "   To tie one to a person, write it under people, or read a directory: docs/people.md"


def _departed(found: Roster) -> Iterator[str]:
    if not found.departed:
        yield "Nobody who has gone holds work or a role."
        return
    yield "Gone, and still in charge of something:"
    yield from map(_gone, found.departed)


def _gone(one: Departed) -> str:
    rest = [*([_held(one.held)] if one.held.total else []), *one.roles]
    return f"   {one.who}: {', '.join(one.why)}; {', '.join(rest)}"


def _held(held: Held) -> str:
    parts = [many(held.items, "active item")] if held.items or not held.pulls else []
    parts += [many(held.pulls, "open pull request")] if held.pulls else []
    return ", ".join(parts)
