"""A subject explained: each rule on it, how its product was found, its data's age and the record itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.book import Book
from bot.derive import neighbours
from bot.freshness import source_ages
from bot.store import findings, loading, syncs, waivers
from bot.words import context, plain
from rules.around import Around
from rules.declared import Declared
from rules.explain import Standing, explain_rule
from rules.findings import ALIVE, Finding, finding_id, shifted
from rules.mapping import Mapper
from rules.people import Accounts
from rules.placing import placed_item, placed_pull, placed_row
from rules.presence import HIDDEN, Presence
from rules.records import Change, Person, PullRequest, WorkItem
from rules.rule import Rule
from rules.views import Explanation, Happening, Placed, RawChange, RuleExplained
from rules.waivers import Waiver, covering

_KINDS = {"work_items": WorkItem.KIND, "pull_requests": PullRequest.KIND}


@dataclass(frozen=True, slots=True)
class _Read:
    """The record of a subject with what stands around it; nothing for what is no record."""

    record: WorkItem | PullRequest | None = None
    around: Around = field(default_factory=Around)
    hidden: Presence | None = None
    hidden_since: datetime | None = None


async def explain_row(
    connection: AsyncConnection, book: Book, table: str, row: Mapping[str, Any], now: datetime
) -> Explanation:
    """Everything about the subject of a row of facts, as the store knows it now."""
    subject = row["subject"]
    known = await findings.of_subjects(connection, table, [subject])
    lives = await findings.lives(connection, known)
    states = await syncs.states(connection)
    read = await _read(connection, table, subject)
    row = {**row, "hidden": read.hidden}
    held = await waivers.holding(connection, book, now)
    holding = {id_: covering(held, f, book.today(now)) for id_, f in known.items() if f.state == "waived"}
    rules = [
        _with_finding(_explained(book, rule, row, now), known, lives, holding, table, subject)
        for rule in book.rules
        if rule.about == table and book.mode(rule.id, row["product"]) != "off"
    ]
    return Explanation(
        key=row["key"] or subject,
        title=row["title"] or "",
        url=row["url"] or "",
        product=row["product"],
        stream=row["stream"],
        placed=_placed(book, table, row, read),
        audience=row["audience"],
        source=source_ages(book.model, states, now).get(row["source"]),
        observed_at=row["observed_at"],
        rules=tuple(rules),
        changes=_changes(read.record, Accounts(book.model, await loading.every(connection, Person.KIND))),
        record=_plain(read.record),
        hidden=read.hidden,
        hidden_since=read.hidden_since,
    )


def standing(book: Book, rule: Rule, product: str | None, now: datetime) -> Standing:
    """How a rule stands for a product."""
    declared = Declared(book.model, book.origins)
    return Standing(declared, book.mode(rule.id, product), mode_place(book, rule, product), book.today(now))


def mode_place(book: Book, rule: Rule, product: str | None) -> str:
    """Where the rule's mode was set: file:line of the model, the rule itself, or the profile."""
    setting = book.setting(rule.id, product)
    declared = Declared(book.model, book.origins)
    if setting is not None and setting.mode is not None:
        within = f"products.{product}." if product in book.model.products else ""
        return declared.near(f"{within}rules.{rule.id}.mode") or "operating model"
    if rule.id in book.own:
        return rule.origin
    place = declared.place("profile")
    return f"profile {book.model.profile}" + (f" ({place})" if place else "")


def _explained(book: Book, rule: Rule, row: Mapping[str, Any], now: datetime) -> RuleExplained:
    product = row["product"]
    one = explain_rule(rule, row, context(book, rule, row, now), standing(book, rule, product, now))
    if one.severity is None:
        return one
    tier = None if row["tier"] is None else int(row["tier"])
    severity = shifted(one.severity, tier, names_tier=rule.names_tier)
    if severity is one.severity:
        return one
    place = Declared(book.model, book.origins).place(f"products.{product}.tier")
    step = f"{severity.word} because {product} is of tier {tier}" + (f" ({place})" if place else "")
    return replace(one, severity=severity, grades=(*one.grades, step))


def _with_finding(
    explained: RuleExplained,
    known: Mapping[str, Finding],
    lives: Mapping[str, list[Happening]],
    holding: Mapping[str, Waiver | None],
    table: str,
    subject: str,
) -> RuleExplained:
    finding = known.get(finding_id(explained.rule, table, subject))
    if finding is None:
        return explained
    explained = replace(explained, history=tuple(lives.get(finding.id, ())))
    if finding.state not in ALIVE:
        return explained
    severity = finding.severity if explained.verdict == "fail" else explained.severity
    since = finding.opened_at or finding.first_seen_at
    waiver = holding.get(finding.id)
    return replace(explained, finding=finding.id, since=since, severity=severity, waiver=waiver)


async def _read(connection: AsyncConnection, table: str, subject: str) -> _Read:
    kind = _KINDS.get(table)
    source, _, id_ = subject.partition(":")
    stored = await loading.of(connection, kind, source, id_) if kind else None
    if stored is None or not isinstance(stored.record, WorkItem | PullRequest):
        return _Read()
    around = await neighbours(connection, [stored])
    if stored.presence not in HIDDEN:
        return _Read(stored.record, around)
    return _Read(stored.record, around, stored.presence, stored.presence_at)


def _placed(book: Book, table: str, row: Mapping[str, Any], read: _Read) -> Placed:
    place = Declared(book.model, book.origins).place
    match read.record:
        case WorkItem() as item:
            return placed_item(Mapper(book.model), item, read.around, place)
        case PullRequest() as pull:
            return placed_pull(Mapper(book.model), pull, read.around, place)
    return placed_row(table, row, place)


def _changes(record: WorkItem | PullRequest | None, accounts: Accounts) -> tuple[RawChange, ...]:
    """The raw history, people as the model calls them: a changelog, or moments and reviews."""
    match record:
        case WorkItem(changes=tuple() as changes):
            return tuple(_change(record, c, accounts) for c in changes)
        case PullRequest() as pull:
            moments = [
                ("opened", pull.created_at, pull.author),
                ("ready for review", pull.ready_at, None),
                ("merged", pull.merged_at, pull.merged_by),
            ]
            told = [Change("", at, by, "state", None, what) for what, at, by in moments if at is not None]
            told += [Change("", r.at, r.by, "review", None, r.state) for r in pull.reviews]
            return tuple(_change(pull, c, accounts) for c in sorted(told, key=lambda c: c.at))
    return ()


def _change(record: WorkItem | PullRequest, change: Change, accounts: Accounts) -> RawChange:
    def who(account: str | None) -> str | None:
        return accounts.shown(record.source, account)

    before, after = change.before, change.after
    if change.field == "assignee":
        before, after = who(before), who(after)
    return RawChange(change.at, who(change.by), change.field, before, after)


def _plain(record: WorkItem | PullRequest | None) -> dict[str, object]:
    """The record in plain values; its history stands apart."""
    if record is None:
        return {}
    return {f.name: _value(getattr(record, f.name)) for f in fields(record) if f.name != "changes"}


def _value(value: object) -> object:
    match value:
        case tuple():
            return [_value(one) for one in value]
        case Mapping():
            return dict(value)
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return plain(value)
