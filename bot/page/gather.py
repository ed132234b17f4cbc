"""Gathers the page from the store: what its reader may see, with names only as the model allows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.app import App
from bot.book import Book
from bot.desk import StoreDesk
from bot.health import healths
from bot.page import excerpts
from bot.page.steps import steps
from bot.page.views import (
    Entry,
    Excerpt,
    Group,
    Page,
    Post,
    ProductCard,
    RuleRow,
    UnknownRow,
    WaivedEntry,
)
from bot.routing import product_name, spoken
from bot.slack.commands.desk import Asker
from bot.store import outbox, verdicts, waivers
from bot.words import said
from config.model import Product
from rules.audience import Clearance, visible
from rules.digest import Said
from rules.findings import Finding, Severity
from rules.health import Health
from rules.holders import MANAGER, here, role_words
from rules.names import sentence_without_names, without_names
from rules.views import Explanation
from rules.waivers import Waiver, covering

EXPLAINED = 500
"""Findings that are explained whole; a page must open in a browser."""
LISTED = 2_000
"""Findings beyond, as lines."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom the page is cut for: the operator, or a channel by name."""

    desk: StoreDesk
    asker: Asker
    clearance: Clearance


def reader_of(app: App, channel: str | None) -> Reader:
    """The reader that a page is made for; None: the operator, who can read the database anyway."""
    if channel is None:
        asker = app.operator()
        return Reader(app.desk, asker, app.desk.clearance(asker))
    name = channel.removeprefix("#")
    clearance = app.channel_clearance(name)
    asker = Asker(user="", team=None, channel=name, handle=None)
    return Reader(replace(app.desk, clearance=lambda _: clearance), asker, clearance)


async def gather(app: App, command: str, channel: str | None = None) -> Page:
    """Everything on the page, as of now. `command` is how opsbot is called here."""
    book, reader = app.book, reader_of(app, channel)
    now = reader.desk.now()
    status = await reader.desk.status(reader.asker, None)
    found = await reader.desk.failing(reader.asker)
    open_now = [f for f in found if f.state == "open"]
    shown = open_now[: EXPLAINED + LISTED]
    waived = [f for f in found if f.state == "waived"]
    async with app.database.read() as connection:
        words = await said(connection, book, [*shown, *waived], now)
        counts = await verdicts.counts(connection)
        held = await waivers.holding(connection, book, now)
    counts = [c for c in counts if reader.desk.lets_in(reader.asker, c.product)]
    entries = [_entry(book, f, words[f.id]) for f in shown]
    whole = await _explained(reader, book, entries[:EXPLAINED])
    posts, silent = await _posts(app, reader, channel) if status.judged_at else ((), ())
    folder = app.settings.model.parent
    title, to_do = steps(book.model.company.name, folder, command)
    return Page(
        company=book.model.company.name,
        reader=f"#{reader.asker.channel}" if channel else "",
        now=now,
        status=status,
        products=_by_stage(book, reader, found, healths(book, counts, found), now),
        posts=posts,
        silent=silent,
        groups=_groups(book, whole),
        further=tuple(entries[EXPLAINED:]),
        left_out=len(open_now) - len(entries),
        waived=tuple(_waived(book, f, words, held, now) for f in waived),
        rules=_rules(reader, book, counts, found),
        unknown=await _unknown(reader, book, counts),
        excerpts=_excerpts(reader, book, app.settings.model, whole),
        steps_title=title,
        steps=to_do,
        command=command,
    )


def _entry(book: Book, finding: Finding, words: Said) -> Entry:
    return Entry(
        id=finding.id,
        rule=finding.rule,
        severity=finding.severity,
        key=finding.key or finding.subject,
        title=finding.title or "",
        url=finding.url or "",
        says=words.says,
        fix=words.fix,
        accountable=role_words(book.by_id[finding.rule].accountable.role),
        product=finding.product,
        since=finding.opened_at or finding.first_seen_at,
        inherited=finding.inherited,
        covered_by=finding.inhibited_by,
        table=finding.table,
        subject=finding.subject,
    )


async def _explained(reader: Reader, book: Book, entries: Sequence[Entry]) -> list[Entry]:
    """The entries with their reasons; what several rules say about one subject is asked once."""
    known: dict[tuple[str, str], Explanation | None] = {}
    whole = []
    for entry in entries:
        named = (entry.table, entry.subject)
        if named not in known:
            about = await reader.desk.explain_subject(reader.asker, *named)
            known[named] = about and without_names(about, book.model, None)
        about = known[named]
        rule = next((r for r in about.rules if r.rule == entry.rule), None) if about else None
        whole.append(replace(entry, about=about, explained=rule))
    return whole


def _groups(book: Book, entries: Iterable[Entry]) -> tuple[Group, ...]:
    """Findings by product in the order of the model; those of no product last."""
    by_product: dict[str, list[Entry]] = {}
    for entry in entries:
        by_product.setdefault(entry.product or "", []).append(entry)
    names = {p.id: product_name(p) for p in book.model.products.values()}
    order = [*(p for p in names if p in by_product), *(p for p in by_product if p not in names)]
    return tuple(
        Group(p, names.get(p, spoken(p) if p else "Belongs to no product"), tuple(by_product[p]))
        for p in order
    )


def _waived(
    book: Book, finding: Finding, words: Mapping[str, Said], held: Iterable[Waiver], now: datetime
) -> WaivedEntry:
    waiver = covering(held, finding, book.today(now))
    entry = _entry(book, finding, words[finding.id])
    if waiver is None:  # it ended since the last judgement, which the next one will say
        return WaivedEntry(entry, "its waiver has ended; the next judgement opens it", "")
    reason = sentence_without_names(waiver.reason, book.model)
    by = sentence_without_names(waiver.decided_by or "", book.model)
    return WaivedEntry(entry, reason, waiver.until.isoformat(), by)


def _by_stage(
    book: Book, reader: Reader, found: Sequence[Finding], health: Mapping[str, Health], now: datetime
) -> dict[str, tuple[ProductCard, ...]]:
    """Products by stage; inside a stage in the order of the model, because this ranks nobody."""
    order = [stage for stages in book.model.lifecycles.values() for stage in stages]
    mine = [p for p in book.model.products.values() if reader.desk.lets_in(reader.asker, p.id)]
    stages = sorted({p.stage or "" for p in mine}, key=lambda s: order.index(s) if s in order else len(order))
    return {
        spoken(stage) if stage else "No stage": tuple(
            _card(book, p, found, health[p.id], now) for p in mine if (p.stage or "") == stage
        )
        for stage in stages
    }


def _card(
    book: Book, product: Product, found: Iterable[Finding], health: Health, now: datetime
) -> ProductCard:
    mine = [f for f in found if f.product == product.id]
    count = Counter(f.severity for f in mine if f.state == "open")
    return ProductCard(
        id=product.id,
        name=product_name(product),
        stream=spoken(product.stream) if product.stream else "",
        stage=product.stage or "",
        tier=product.tier,
        owner=_owner(book, product, now),
        open={s: count[s] for s in reversed(Severity) if count[s]},
        waived=sum(f.state == "waived" for f in mine),
        health=health,
    )


def _owner(book: Book, product: Product, now: datetime) -> str:
    """The role and whether somebody holds it; who, only where the model shows names to all."""
    role = role_words(MANAGER)
    if product.owner is None:
        return f"{role}: nobody is named"
    if not here(book.model, product.owner, book.today(now)):
        return f"{role}: who was named has left"
    return f"{role}: {product.owner if book.model.people_data == 'named' else 'somebody is named'}"


async def _posts(app: App, reader: Reader, channel: str | None) -> tuple[tuple[Post, ...], tuple[str, ...]]:
    """The last digest of each channel; where none was sent, the one that would be made now."""
    zone, only = reader.desk.now().tzinfo, reader.asker.channel if channel else None
    async with app.database.read() as connection:
        letters = await outbox.latest_digests(connection)
    posts = {
        letter.channel: Post(letter.channel, at.astimezone(zone), letter.message, sent=True)
        for at, letter in letters
        if only in {None, letter.channel} and visible(letter.audience, reader.clearance)
    }
    silent = []
    for made in await app.digests(channel=only, keep=False):
        told = made.digest
        if told.channel in posts:
            continue
        if told.silent:
            silent.append(told.channel)
        else:
            posts[told.channel] = Post(told.channel, told.at, made.message, sent=False)
    return tuple(posts.values()), tuple(dict.fromkeys(silent))


def _rules(
    reader: Reader, book: Book, counts: Iterable[verdicts.Count], found: Iterable[Finding]
) -> tuple[RuleRow, ...]:
    mine = [p for p in book.model.products if reader.desk.lets_in(reader.asker, p)]
    waived = Counter(f.rule for f in found if f.state == "waived")
    by_rule: dict[str, list[verdicts.Count]] = {}
    for count in counts:
        by_rule.setdefault(count.rule, []).append(count)
    return tuple(
        RuleRow(
            id=rule.id,
            purpose=rule.purpose,
            about=rule.about.replace("_", " "),
            where=rule.where.text,
            violates=rule.violates.text,
            modes=_modes(book, rule.id, mine),
            passed=sum(c.passed for c in by_rule[rule.id]),
            failed=sum(c.failed for c in by_rule[rule.id]) - waived[rule.id],
            unknown=sum(c.unknown for c in by_rule[rule.id]),
            waived=waived[rule.id],
        )
        for rule in book.rules
        if rule.id in by_rule
    )


def _modes(book: Book, rule: str, products: Iterable[str]) -> str:
    """The mode of most of these products, and those that have another."""
    modes = {p: book.mode(rule, p) for p in products}
    usual = Counter(modes.values()).most_common(1)[0][0] if modes else book.mode(rule, None)
    others = [f"{mode} for {p}" for p, mode in modes.items() if mode != usual]
    return ", ".join([*others, f"else {usual}"]) if others else usual


async def _unknown(reader: Reader, book: Book, counts: Sequence[verdicts.Count]) -> tuple[UnknownRow, ...]:
    """For each rule that could not judge something: how much, and why by one subject the reader may see."""
    rows = []
    for rule in book.rules:
        mine = [c for c in counts if c.rule == rule.id and c.unknown]
        if not mine:
            continue
        about = None
        for example in (c.example for c in mine if c.example):
            about = await reader.desk.explain_subject(reader.asker, rule.about, example)
            if about is not None:
                break
        why = next((r for r in about.rules if r.rule == rule.id), None) if about else None
        rows.append(
            UnknownRow(
                rule=rule.id,
                many=sum(c.unknown for c in mine),
                example=about.key if about else "",
                why=sentence_without_names(why.says, book.model) if why else "",
                to_know=why.to_know if why else "",
            )
        )
    return tuple(rows)


def _excerpts(reader: Reader, book: Book, model: Path, entries: Sequence[Entry]) -> dict[str, Excerpt]:
    """The lines that the explanations name, without the names of people in them.

    A channel gets no line that says something of a product it may not see, and of each place one line
    alone: what stands around it may be about another product.
    """
    others = [p for p in book.model.products if not reader.desk.lets_in(reader.asker, p)]
    wanted = excerpts.places(entries).difference(*(book.origins.lines(f"products.{p}") for p in others))
    names = partial(sentence_without_names, model=book.model)
    return excerpts.read(model, wanted, names, neighbours=1 if reader.asker.operator else 0)
