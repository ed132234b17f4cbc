"""The file of one proposed product: its name, the work that belongs to it, and who might own it."""

from collections.abc import Iterator

from rules.proposal.proposal import Proposal
from rules.proposal.suggested import Part, Stream, Suggested
from rules.proposal.text import Ask, Line, many, scalar, share, shown

COMPONENTS_SHOWN = 6


def product_lines(product: Suggested, proposal: Proposal) -> list[Line]:
    """The lines of `products/<id>.yaml`."""
    pulls = f", {many(product.pulls, 'pull request')}" if product.pulls else ""
    name = shown(product.name)
    return [
        Line(f"# {name}: {many(product.items, 'item')}, {product.unfinished:,} unfinished{pulls}."),
        Line(f"# Proposal, {product.confidence} confidence: that this is a product. It is {product.why}."),
        Line("# If it is none, delete this file; what nobody shall judge goes under ignore in company.yaml."),
        Line(f"name: {scalar(product.name)}", "fact: the tool's name for it; call it as your company does"),
        _owner(product, proposal),
        *_team(product, proposal),
        *_stream(product),
        Line("# channel: prod-example", "the Slack channel that hears of its findings"),
        *_work(product),
    ]


def _owner(product: Suggested, proposal: Proposal) -> Line:
    ask = Ask(f"Who is the accountable product manager of {shown(product.name)}?", product.unfinished)
    named = [(c, h) for c in product.candidates if (h := proposal.people.handle(c.tool, c.account))]
    if not named:
        return Line("# owner: handle", "no candidate: nothing unfinished is assigned to anybody", ask)
    says = [f"{handle} leads {c.leads} in the tool" for c, handle in named if c.leads]
    if has := "; ".join(f"{handle} has {share(c.items, c.of)}" for c, handle in named if c.items):
        says.append(f"of the unfinished items that are assigned, {has}")
    return Line(f"# owner: {named[0][1]}", f"candidate only: {'; '.join(says)}", ask)


def _team(product: Suggested, proposal: Proposal) -> Iterator[Line]:
    team = proposal.team_ids.get((product.team or "").casefold())
    if team is not None:
        yield Line(f"teams: [{team}]", f"proposal: {product.team} owns its repositories")


def _stream(product: Suggested) -> Iterator[Line]:
    if product.stream is not None:
        yield Line(f"stream: {product.stream}", f"proposal: the team {product.team} is a part of it")


def stream_lines(stream: Stream) -> list[Line]:
    """The lines of `value-streams/<id>.yaml`."""
    name = shown(stream.name)
    return [
        Line(f"# {name}: {many(len(stream.products), 'product')}, {', '.join(stream.products)}."),
        Line(
            f"# Proposal, low confidence: that this is a value stream. {stream.team} is a team above theirs."
        ),
        Line("# If it is none, delete this file, and the line stream in the files of its products."),
        Line("# owner: handle", "no candidate", Ask(f"Who owns the value stream {name}?", 0)),
        Line("# trigger: a shipper asks for a price", ask=Ask(f"What sets {name} off?", 0)),
        Line("# outcome: the load has arrived", ask=Ask(f"What does {name} end with?", 0)),
    ]


def _work(product: Suggested) -> Iterator[Line]:
    ask = None
    if len(product.components) > 1:
        told = [f"{shown(c)} {n:,}" for c, n in product.components[:COMPONENTS_SHOWN]]
        more = len(product.components) - len(told)
        listed = ", ".join(told) + (f" and {more:,} more" if more else "")
        ask = Ask(
            f"Is {shown(product.name)} one product, or are some of its components products? {listed}. "
            "A component of its own gets its own file, with work: jira: {project, component}.",
            product.unfinished,
        )
    yield Line("work:", ask=ask)
    for part in product.parts:
        yield Line(f"  - {selector(part)}", _evidence(part))


def selector(part: Part) -> str:
    """A part as an entry of `work`: github: larkfield/booking."""
    if "/" in part.container:
        return f"github: {scalar(part.container)}"
    component = f", component: {scalar(part.component)}" if part.component is not None else ""
    return f"jira: {{project: {part.container}{component}}}"


def _evidence(part: Part) -> str:
    pulls = f", {many(part.pulls, 'pull request')}" if part.pulls else ""
    kind = f"proposal: {part.why}" if part.why else "fact: it is there"
    return f"{kind}; {many(part.items, 'item')}{pulls}"
