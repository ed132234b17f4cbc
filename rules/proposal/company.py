"""The file company.yaml of a proposed model: what holds for all products, and the questions about it."""

from collections.abc import Iterator
from dataclasses import dataclass

from rules.proposal.meaning import Meant
from rules.proposal.people import Known
from rules.proposal.proposal import Proposal
from rules.proposal.text import Ask, Line, many, scalar, share, shown
from rules.workflow import State

STATES: tuple[State, ...] = ("backlog", "active", "waiting", "done")
MOST_WORDS = 200
"""More statuses or types than this are nobody's workflow; the rest is counted."""
CERTAIN = (
    "# What a comment says of its line. fact: the tool says so. proposal: by a name or a number, check it.",
    "# Question: no export can tell; it is in QUESTIONS.md too, and a line behind # counts once you answer.",
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who proposes, from what, and the lines of its sources."""

    command: str  # opsbot init
    read: str  # a path, or the sources
    sources: tuple[Line, ...]


def of_export(export: str) -> Origin:
    """The origin of a model that is proposed from an export at that path."""
    return Origin("opsbot init", export, tuple(_sources(export)))


def company_lines(proposal: Proposal, origin: Origin) -> list[Line]:
    """The lines of company.yaml."""
    return [
        *_head(proposal, origin),
        Line("version: 1"),
        Line(
            "# company: {name: Larkfield Logistics, currency: EUR}",
            ask=Ask("What is your company called?", 0),
        ),
        Line(
            "# calendars: {default: {timezone: Europe/Berlin, week: Mon-Fri 09:00-17:30, holidays: [DE-BE]}}",
            "until then: UTC, Mon-Fri 09:00-17:00, no holidays",
            Ask("In which time zone, on which days and hours do you work?", proposal.unfinished),
        ),
        Line(
            "# operations: product-ops",
            "findings about the model, its sources and unplaced items go there",
            Ask("Which Slack channel is for product operations?", 0),
        ),
        Line(""),
        *origin.sources,
        Line(""),
        *_people(proposal),
        *_teams(proposal),
        *_workflow(proposal),
        *_bots(proposal),
        *_ignored(proposal),
        Line("# Digests, when the first products have an owner and a channel:"),
        Line("# digests:"),
        Line("#   product: {to: products, at: weekdays 09:00}"),
        Line("#   operations: {to: operations, at: weekdays 09:00}"),
    ]


def _head(proposal: Proposal, origin: Origin) -> Iterator[Line]:
    pulls = f", {many(proposal.pulls, 'pull request')}" if proposal.pulls else ""
    yield Line(
        f"# An operating model proposed by {origin.command} from {shown(origin.read)}. "
        "Check it and make it yours."
    )
    yield Line(f"# Read: {many(proposal.items, 'item')}, {proposal.unfinished:,} unfinished{pulls}.")
    for line in proposal.coverage:
        yield Line(f"#   {line.what:32} {share(line.part, line.whole)}")
    yield from map(Line, CERTAIN)


def _sources(export: str) -> Iterator[Line]:
    yield Line("sources:")
    yield Line(f"  - {{id: export, file: {scalar(export)}}}", "fact: what was read")
    yield Line(
        "  # - {id: jira, jira: larkfield.atlassian.net, every: 10m}",
        ask=Ask("Which Jira site shall be read later, without exports? (docs/sources.md)", 0),
    )
    yield Line(
        "  # - {id: github, github: larkfield, every: 10m}",
        ask=Ask("Which GitHub organisation shall be read later, without exports?", 0),
    )


def _people(proposal: Proposal) -> Iterator[Line]:
    listed, others = proposal.people.listed, proposal.people.others
    if not listed:
        yield Line("# people: {ana: {email: ana@example.com}}", "nobody is named")
        yield Line("")
        return
    unknown = sum(1 for person in listed if person.email is None)
    ask = Ask(
        f"What are the e-mail addresses of {many(unknown, 'person')}? Slack finds people by them. "
        "Write email: into each line that says so, and delete who need not be known.",
        proposal.strangers,
    )
    yield Line("people:", f"and {others:,} less often named" if others else "", ask if unknown else None)
    for person in listed:
        yield Line(f"  {person.handle}: {{{_accounts(person)}}}", _evidence(person))
    yield Line("")


def _accounts(person: Known) -> str:
    values = (
        ("name", person.name),
        ("email", person.email),
        ("jira", person.jira),
        ("github", person.github),
    )
    return ", ".join(f"{key}: {scalar(value)}" for key, value in values if value)


def _evidence(person: Known) -> str:
    parts = ["proposal: one person, both accounts have this name" if person.joined else "fact"]
    parts.append(f"named {person.met:,} times" if person.met > 1 else "named once")
    if person.email is None:
        parts.append("email unknown")
    if not person.active:
        parts.append("the account is deactivated: write left: and the day")
    return "; ".join(parts)


def _teams(proposal: Proposal) -> Iterator[Line]:
    if proposal.groups:
        yield Line("teams:")
    for group in proposal.groups:
        text = f"  {group.id}: {{github: {scalar(group.key)}, members: [{', '.join(group.members)}]}}"
        yield Line(text, "fact: a team of GitHub, with the members that are listed above")
    if proposal.teams:
        yield Line("# Teams that items name; members are not in an export:")
        yield Line("# teams:")
        for team, items in proposal.teams[:MOST_WORDS]:
            yield Line(f"#   {shown(team)}: {{members: []}}", many(items, "item"))
    if proposal.groups or proposal.teams:
        yield Line("")


def _workflow(proposal: Proposal) -> Iterator[Line]:
    body = [*_statuses(proposal), *_flow(proposal)]
    if any(not line.text.lstrip().startswith("#") for line in body):
        yield Line("workflows:")
        yield Line("  standard:")
    yield from body
    yield Line("")


def _statuses(proposal: Proposal) -> Iterator[Line]:
    statuses = proposal.meanings.statuses[:MOST_WORDS]
    for state in STATES:
        yield from _words(f"    {state}:", [s for s in statuses if s.means == state])
    dropped = [s for s in statuses if s.means == "dropped"]
    resolutions = proposal.meanings.resolutions[:MOST_WORDS]
    if dropped or resolutions:
        yield Line("    dropped:")
        yield from _words("      statuses:", dropped)
        if resolutions:
            yield Line("      resolutions:")
            for word in resolutions:
                yield Line(f"        - {scalar(word.word)}", f"proposal: dropped, {word.why}")
    for status in statuses:
        if status.means is None:
            ask = Ask(
                f"Is the status {shown(status.word)} backlog, active, waiting, done or dropped?", status.items
            )
            yield Line(f"    # to one list above: - {scalar(status.word)}", status.why, ask)


def _words(head: str, statuses: list[Meant[State]]) -> Iterator[Line]:
    if statuses:
        yield Line(head)
    indent = " " * (len(head) - len(head.lstrip()) + 2)
    for status in statuses:
        text = f"{indent}- {scalar(status.word)}"
        if status.said_by_tool:
            yield Line(text, f"fact: {status.why}")
        else:
            ask = Ask(f"Does the status {shown(status.word)} mean {status.means}?", status.items)
            yield Line(text, f"proposal: {status.why}", ask)


def _flow(proposal: Proposal) -> Iterator[Line]:
    types = proposal.meanings.types[:MOST_WORDS]
    named = [(t, scalar(t.word)) for t in types]
    named += [(label, f"{{label: {scalar(label.word)}}}") for label in proposal.meanings.labels]
    known = [(meant, text) for meant, text in named if meant.means is not None]
    if known:
        items = sum(meant.items for meant, _ in known)
        yield Line("    flow:", ask=Ask("Are these issue types and labels what their names say?", items))
    for flow_item in dict.fromkeys(meant.means for meant, _ in known):
        yield Line(f"      {flow_item}:")
        for meant, text in known:
            if meant.means == flow_item:
                yield Line(f"        - {text}", f"proposal: {meant.why}")
    for kind in types:
        if kind.means is None:
            ask = Ask(
                f"Is the type {shown(kind.word)} a feature, defect, risk, debt or experiment?", kind.items
            )
            yield Line(f"      # to one list above: - {scalar(kind.word)}", kind.why, ask)


def _bots(proposal: Proposal) -> Iterator[Line]:
    if proposal.people.bots:
        yield Line("defaults:")
        bots = ", ".join(scalar(bot) for bot in proposal.people.bots[:MOST_WORDS])
        yield Line(f"  quality: {{bots: [{bots}]}}", "fact: these accounts are programs")
        yield Line("")


def _ignored(proposal: Proposal) -> Iterator[Line]:
    trials, left_out = proposal.products.trials, proposal.products.left_out
    if trials:
        yield Line("ignore:", "what is no product's work and not judged")
    for trial in trials:
        ask = Ask(
            f"Is {shown(trial.name)} for trying things out, as its name says? If it is work, delete "
            f"this line and name the project {trial.project} under work: of a product.",
            trial.unfinished,
        )
        why = f"proposal: by its name alone, {many(trial.items, 'item')}"
        yield Line(f"  - jira: {{project: {trial.project}}}", why, ask)
    if left_out:
        told = ", ".join(f"{shown(c)} {n:,}" for c, n in left_out[:8])
        more = f" and {len(left_out) - 8:,} more" if len(left_out) > 8 else ""
        ask = Ask(f"Where do these belong, which no file proposes? {told}{more}", sum(n for _, n in left_out))
        if trials:
            yield Line("#  - github: owner/repository", "one line for each", ask)
        else:
            yield Line("# ignore: []", "what is no product's work and not judged", ask)
    if trials or left_out:
        yield Line("")
