"""The proposal of an operating model: what an export suggests, and how much of it that covers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rules.proposal.ids import ids
from rules.proposal.meaning import Meanings, meanings
from rules.proposal.people import People, people
from rules.proposal.products import suggest
from rules.proposal.suggested import Suggestions
from rules.proposal.tally import Tally


@dataclass(frozen=True, slots=True)
class Coverage:
    """A part of the export that the proposal accounts for."""

    what: str
    part: int
    whole: int


@dataclass(frozen=True, slots=True)
class TeamOfTool:
    """A team as a tool has it: what the model may call it, and its members by handle."""

    id: str
    key: str  # larkfield/payments
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the export suggests, piece by piece, each with its evidence."""

    items: int
    unfinished: int
    pulls: int
    meanings: Meanings
    products: Suggestions
    people: People
    teams: tuple[tuple[str, int], ...]  # that items name, and how many do
    groups: tuple[TeamOfTool, ...]
    team_ids: Mapping[str, str]  # key of a team in small letters → its id, where the model has or gets it
    strangers: int  # unfinished items of people whose address is not known
    coverage: tuple[Coverage, ...]


def propose(
    tally: Tally,
    suggested: Suggestions | None = None,
    handles: Mapping[tuple[str, str], str] | None = None,
    team_ids: Mapping[str, str] | None = None,
) -> Proposal:
    """Work out the proposal; the same tally gives the same proposal, whatever the order of its records.

    `suggested` are its products where they are known already; `handles` those of people that a model has, by
    tool and account; `team_ids` its teams, where no others can be proposed.
    """
    meant = meanings(tally)
    products = suggest(tally, meant) if suggested is None else suggested
    found = people(tally, handles or {})
    groups = tuple(_groups(tally, found))
    known = {account for p in found.listed if p.email for account in (p.jira, p.github) if account}
    open_cells = [(cell, n) for cell, n in tally.cells.items() if not meant.finished(cell)]
    unfinished = sum(n for _, n in open_cells)
    return Proposal(
        items=tally.items,
        unfinished=unfinished,
        pulls=tally.pulls.total(),
        meanings=meant,
        products=products,
        people=found,
        teams=tuple(sorted(tally.teams.items(), key=lambda t: (-t[1], t[0]))),
        groups=groups,
        team_ids={g.key.casefold(): g.id for g in groups} if team_ids is None else team_ids,
        strangers=sum(n for cell, n in open_cells if cell.assignee and cell.assignee not in known),
        coverage=_coverage(tally, unfinished, meant, products, found),
    )


def _groups(tally: Tally, found: People) -> Iterator[TeamOfTool]:
    """Teams with members or repositories, by key."""
    teams = sorted((t for t in tally.groups.values() if t.members or t.repositories), key=lambda t: t.key)
    for id_, team in zip(ids((t.key.rpartition("/")[2] for t in teams), "team"), teams, strict=True):
        members = (found.handle("github", account) for account in team.members)
        yield TeamOfTool(id_, team.key, tuple(dict.fromkeys(m for m in members if m is not None)))


def _coverage(
    tally: Tally, unfinished: int, meant: Meanings, products: Suggestions, found: People
) -> tuple[Coverage, ...]:
    known = [s for s in meant.statuses if s.means is not None]
    told = [s for s in known if s.said_by_tool]
    in_projects = sum(s.items for s in meant.statuses)
    everybody = len(found.listed) + found.others
    lines = (
        Coverage("items in a proposed product", sum(p.items for p in products.products), tally.items),
        Coverage("unfinished items in one", sum(p.unfinished for p in products.products), unfinished),
        Coverage("pull requests in one", sum(p.pulls for p in products.products), tally.pulls.total()),
        Coverage("items whose status is mapped", sum(s.items for s in known), in_projects),
        Coverage("statuses mapped", len(known), len(meant.statuses)),
        Coverage("… because the tool says so", len(told), len(meant.statuses)),
        Coverage(
            "issue types mapped, by name",
            sum(1 for t in meant.types if t.means is not None),
            len(meant.types),
        ),
        Coverage("people with an e-mail address", sum(1 for p in found.listed if p.email), everybody),
        Coverage("products with an owner", 0, len(products.products)),
    )
    tried = sum(t.items for t in products.trials)
    trials = [Coverage("items left out, as trials", tried, tally.items)] if tried else []
    return tuple(line for line in (*lines, *trials) if line.whole)
