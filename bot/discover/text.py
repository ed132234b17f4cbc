"""What was discovered, as a person reads it in a terminal, and as plain data."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import Any

from bot.discover.discover import Discovered
from rules.proposal.discovered import Discovery, Unnamed
from rules.proposal.files import COMPANY
from rules.proposal.product import selector
from rules.proposal.proposal import Proposal
from rules.proposal.suggested import Suggested
from rules.proposal.text import many, share

SHOWN = 20
"""Lines of one list; the rest is counted, and stands in the JSON."""


def as_json(told: Discovered) -> dict[str, Any]:
    """All of it as plain data."""
    found = told.found
    return {
        "active": found.active,
        "mapped": found.mapped,
        "would_be_mapped": found.would_be,
        "trials": dict(found.trials),
        "products": [
            {
                "id": product.id,
                "name": product.name,
                "confidence": product.confidence,
                "why": product.why,
                "active": found.brings[product.id],
                "stream": product.stream,
                "work": [selector(part) for part in product.parts],
                "owner_candidates": _candidates(product, told.proposal),
            }
            for product in found.products.products
        ],
        "value_streams": [asdict(stream) for stream in found.products.streams],
        "additions": [asdict(addition) for addition in found.additions],
        "unnamed": [asdict(one) for one in found.unnamed],
        "idle": [asdict(one) for one in found.idle],
        "files": dict(told.files.texts),
        "questions": [asdict(question) for question in told.files.questions],
        "problems": list(told.problems),
        "unread": list(told.unread),
    }


def as_text(told: Discovered, out: Path | None, *, dry: bool) -> str:
    """All of it for a person: coverage, proposals, lines to paste, and what to do."""
    found = told.found
    parts = [
        list(_coverage(told)),
        list(_products(found, told.proposal)),
        list(_trials(found)),
        list(_additions(found)),
        list(_unnamed(found)),
        list(_teams(told)),
        list(_idle(told)),
        list(_files(told, out, dry=dry)),
        list(_next(told, out, dry=dry)),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _coverage(told: Discovered) -> Iterator[str]:
    found = told.found
    yield from (f"not read  {problem}" for problem in told.problems)
    yield f"Active items that belong to a product of the model: {share(found.mapped, found.active)}"
    if found.would_be != found.mapped:
        rest = found.active - sum(found.trials.values())
        trials = (
            f"; {found.active - rest:,} for trying things out are left out" if rest < found.active else ""
        )
        yield f"With everything that is proposed here:              {share(found.would_be, rest)}{trials}"
    if not found.products.products and not found.additions and not found.trials:
        yield "Nothing new is proposed."


def _trials(found: Discovery) -> Iterator[str]:
    if found.trials:
        yield "For trying things out, by their names, and so no product's work; to paste under ignore:"
    for project, active in found.trials.items():
        yield f"   - jira: {{project: {project}}}   # {_brings(active, found)}"


def _products(found: Discovery, proposal: Proposal) -> Iterator[str]:
    products = found.products.products
    if products:
        yield f"{many(len(products), 'new product')} proposed, with what speaks for each:"
    for product in products[:SHOWN]:
        brings = _brings(found.brings[product.id], found)
        yield f"   {product.id}   {product.confidence} confidence: {product.why}; {brings}"
        yield from (f"      - {selector(part)}" for part in product.parts)
        if names := _candidates(product, proposal):
            yield f"      owner? {names[0]}" + (f", or {names[1]}" if len(names) > 1 else "")
    yield from _more(len(products))
    for stream in found.products.streams:
        of = ", ".join(stream.products)
        yield f"   value stream {stream.id}   low confidence: the team {stream.team} is above those of {of}"


def _candidates(product: Suggested, proposal: Proposal) -> list[str]:
    """Who might own it, by handle where they have one; evidence stands in the file."""
    return [proposal.people.handle(c.tool, c.account) or c.account for c in product.candidates]


def _additions(found: Discovery) -> Iterator[str]:
    if found.additions:
        yield "For products of the model, to paste under their work:"
    for a in found.additions[:SHOWN]:
        yield f"   {a.product}   {a.confidence} confidence: {a.why}; {_brings(a.active, found)}"
        yield f"      {a.line}"
    yield from _more(len(found.additions))


def _unnamed(found: Discovery) -> Iterator[str]:
    """What no proposal covers, in the order of what it would bring, and what is quiet at the end."""
    places = [u for u in found.unnamed if u.kind != "team" and u.proposed is None]
    busy, quiet = [u for u in places if u.active], [u for u in places if not u.active]
    if busy:
        yield "No selector names these, and no product is proposed for them:"
        yield from _lines(busy, found)
    if quiet:
        yield f"{many(len(quiet), 'more place')} without an active item: {_listed(u.key for u in quiet)}"


def _teams(told: Discovered) -> Iterator[str]:
    """Teams that nothing stands for; in a whole model they are proposed with the rest."""
    if COMPANY in told.files.texts:
        return
    teams = [one for one in told.found.unnamed if one.kind == "team"]
    new, known = [t for t in teams if t.proposed is None], [t for t in teams if t.proposed is not None]
    if new:
        yield "Teams that no team of the model stands for, to paste under teams:"
        yield from _lines(new, told.found)
    if known:
        yield "Teams of the same word as one of the model, to paste there if they are the same:"
        yield from (f"   {team.proposed}: {team.line}" for team in known)


def _lines(unnamed: list[Unnamed], found: Discovery) -> Iterator[str]:
    for one in unnamed[:SHOWN]:
        brings = f"; {_brings(one.active, found)}" if one.active else ""
        yield f"   {one.kind} {one.key}{brings}"
        yield f"      {one.line}"
    yield from _more(len(unnamed))


def _idle(told: Discovered) -> Iterator[str]:
    if told.unread:
        unread = ", ".join(told.unread)
        yield f"Not read completely yet: {unread}. So it is not told which selectors match nothing."
    if told.found.idle:
        yield "Selectors of the model that match nothing:"
        yield from (f"   {i.where}: {i.value} ({i.why})" for i in told.found.idle[:SHOWN])
        yield from _more(len(told.found.idle))


def _files(told: Discovered, out: Path | None, *, dry: bool) -> Iterator[str]:
    names = worth_writing(told)
    if not names:
        return
    if out is None:
        yield f"{many(len(names), 'file')} to edit: write them with --out FOLDER, or see them with --dry-run"
        if not dry:
            return
    yield "Would write (nothing was written):" if dry else "Written:"
    for name in names:
        yield f"   {out / name if out is not None else name}"
        if dry:
            yield from (f"      {line}" for line in told.files.texts[name].splitlines())


def _next(told: Discovered, out: Path | None, *, dry: bool) -> Iterator[str]:
    if out is None or dry or not worth_writing(told):
        return
    yield "What to do next:"
    yield f"   edit {out}; its QUESTIONS.md lists what only you can answer, the weightiest first"
    if COMPANY in told.files.texts:
        yield f"   opsbot model check {quote(str(out))}; then let it be your model, or take over what is new"
    else:
        yield "   move the files you keep into the folder of your model, then: opsbot model check"


def worth_writing(told: Discovered) -> list[str]:
    """The files, unless there is nothing to propose: nothing is there, or nothing was read."""
    found = told.found
    blind = told.unread and not (found.products.products or found.trials or found.unnamed)
    return [] if blind or len(told.files.texts) == 1 else list(told.files.texts)


def _brings(active: int, found: Discovery) -> str:
    return f"{many(active, 'active item')} ({share(active, found.active).partition(' (')[0]})"


def _more(count: int) -> Iterator[str]:
    if count > SHOWN:
        yield f"   … and {count - SHOWN:,} more, all with --json"


def _listed(keys: Iterable[str]) -> str:
    every = list(keys)
    return ", ".join(every[:SHOWN]) + (f" and {len(every) - SHOWN:,} more" if len(every) > SHOWN else "")
