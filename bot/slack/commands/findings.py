"""`findings`: what is open, filtered and a page at a time."""

from collections.abc import Sequence
from dataclasses import replace

from bot.slack import answers
from bot.slack.commands.command import Command, MisunderstoodError
from bot.slack.commands.desk import Asker, Desk, FindingsQuery
from bot.slack.commands.words import named, nearest, unknown
from bot.slack.messages import Message
from bot.slack.text import code
from rules.findings import Severity

_FILTERS = ("product", "stream", "rule", "sev", "page")
_SEVERITIES = {severity.word: severity for severity in reversed(Severity)}


def parse(words: Sequence[str]) -> FindingsQuery:
    """The filters as typed; names are not looked up yet, and a bare word stands for a product or stream."""
    query = FindingsQuery()
    for word in words:
        name, colon, value = word.partition(":")
        query = _with(query, name.casefold(), value) if colon else _with(query, "product", word)
    return query


def to_words(query: FindingsQuery) -> str:
    """The query as it would be typed: what parse reads back."""
    listed = (
        ("product", query.products),
        ("stream", query.streams),
        ("rule", query.rules),
        ("sev", tuple(s.word for s in sorted(query.severities, reverse=True))),
        ("-label", query.without_labels),
    )
    words = [_quoted(f"{name}:{','.join(values)}") for name, values in listed if values]
    return " ".join([*words, *([f"page:{query.page}"] if query.page > 1 else [])])


async def answer(desk: Desk, asker: Asker, query: FindingsQuery, ops: str) -> Message:
    """A page of findings; the next command is the next page, then the first finding's explanation."""
    known = _looked_up(query, desk.products(asker), desk.streams(asker))
    page = await desk.findings(asker, known)
    if page.page < page.pages:
        following = f"findings {to_words(replace(known, page=page.page + 1))}"
    else:
        following = f"explain {page.lines[0].key}" if page.lines else "status"
    return answers.findings(page.lines, page.page, page.pages, page.total, f"{ops} {following}")


def _with(query: FindingsQuery, name: str, value: str) -> FindingsQuery:
    values = tuple(v for v in value.split(",") if v)
    match name:
        case "product" if values:
            return replace(query, products=(*query.products, *values))
        case "stream" if values:
            return replace(query, streams=(*query.streams, *values))
        case "rule" if values:
            return replace(query, rules=(*query.rules, *values))
        case "-label" if values:
            return replace(query, without_labels=(*query.without_labels, *values))
        case "sev" | "severity" if values:
            return replace(query, severities=query.severities.union(*map(_severities, values)))
        case "page" if value.isascii() and value.isdigit() and 0 < int(value) < 10_000:
            return replace(query, page=int(value))
    allowed = ", ".join(f"`{x}:`" for x in (*_FILTERS, "-label"))
    guess = nearest(name, _FILTERS)
    raise MisunderstoodError(
        f"I cannot filter by {code(f'{name}:{value}', 80)}. Filters are {allowed}, each with a value.",
        "help findings" if guess is None or guess == name else f"findings {guess}:{value}",
    )


def _severities(value: str) -> frozenset[Severity]:
    """`high`, or `>=high` for high and worse."""
    word = value.casefold()
    least = _SEVERITIES.get(word.removeprefix(">="))
    if least is None:
        raise MisunderstoodError(
            f"{code(value, 80)} is no severity: {', '.join(_SEVERITIES)}, or `>=high` for high and worse.",
            f"findings sev:{nearest(word.removeprefix('>='), _SEVERITIES) or 'high'}",
        )
    return frozenset(s for s in Severity if s >= least) if word.startswith(">=") else frozenset({least})


def _looked_up(query: FindingsQuery, products: Sequence[str], streams: Sequence[str]) -> FindingsQuery:
    """The query with canonical ids; a product that is a stream's name becomes that stream."""
    found_products, found_streams = [], []
    for word in query.products:
        if (product := named(word, products)) is not None:
            found_products.append(product)
        elif (stream := named(word, streams)) is not None:
            found_streams.append(stream)
        else:
            raise unknown("product or value stream", word, [*products, *streams], "findings")
    for word in query.streams:
        stream = named(word, streams)
        if stream is None:
            raise unknown("value stream", word, streams, "findings")
        found_streams.append(stream)
    return replace(query, products=tuple(found_products), streams=tuple(found_streams))


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word


COMMAND = Command(
    "findings",
    "[product: stream: rule: sev: -label: page:]",
    "Open findings that you may see, most severe first.",
    ("sev:>=high", "product:booking-portal -label:bot", "rule:flow-aging-wip page:2"),
    parse,
    answer,
)
