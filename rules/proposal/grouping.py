"""Repositories that stand together: by the team that owns them, else by the first word of their names."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from rules.proposal.tally import Tally
from rules.records import Ownership

Confidence = Literal["high", "medium", "low"]
"""How much speaks for a proposal: several signs or an explicit one, one sign, or a name alone."""

MANY = 4
"""A first word that all repositories share says nothing, where there are at least so many."""

_EVERYTHING = frozenset(("*", "**", "/", "/*", "/**"))
_FIRST = re.compile(r"([^-_.]+)([-_.])")


@dataclass(frozen=True, slots=True)
class Group:
    """Repositories that may be one product: what it might be called, why, and the team that owns them."""

    name: str
    repositories: tuple[str, ...]
    why: str
    confidence: Confidence
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Owned:
    """A repository's team, and who says so."""

    team: str
    why: str
    explicit: bool  # CODEOWNERS says it


def grouped(repositories: Collection[str], tally: Tally) -> Iterator[Group]:
    """Groups of these repositories, each once; one that goes with no other is a group of itself."""
    owned = {r: found for r in sorted(repositories) if (found := owner_of(r, tally)) is not None}
    by_team: dict[str, list[str]] = {}
    for repository, found in owned.items():
        by_team.setdefault(found.team.casefold(), []).append(repository)
    for mine in by_team.values():
        yield _of_team(mine, owned, tally)
    rest = [r for r in sorted(repositories) if r not in owned]
    by_word: dict[tuple[str, str], list[str]] = {}
    for repository in rest:
        by_word.setdefault(_word(repository, rest), []).append(repository)
    for (_, word), mine in by_word.items():
        if len(mine) > 1:
            yield Group(word, tuple(mine), f"their names begin with {word}", "low")
        else:
            yield Group(mine[0], tuple(mine), "", "low")


def owner_of(repository: str, tally: Tally) -> Owned | None:
    """The one team that owns a repository: by CODEOWNERS, else because no other may write to it."""
    team, whole = _by_file(tally.ownership.get(repository, ()))
    if team is not None:
        return Owned(team, f"CODEOWNERS gives {'it' if whole else 'its paths'} to {team}", explicit=True)
    writers = tally.writers.get(repository, [])
    if len(writers) == 1:
        return Owned(writers[0], f"of all teams {writers[0]} alone may write to it", explicit=False)
    return None


def patterns(repositories: Iterable[str], others: Collection[str]) -> tuple[str, ...]:
    """Selectors that match these and none of the others: one pattern where there is one, else each name."""
    mine = sorted(repositories)
    heads = {f"{owner}/{match[0]}" for owner, match in map(_parts, mine) if match}
    head = next(iter(heads), "")
    alike = len(heads) == 1 and len(mine) > 1 and all(r.startswith(head) for r in mine)
    if alike and not any(o.casefold().startswith(head.casefold()) for o in others if o not in mine):
        return (f"{head}*",)
    return tuple(mine)


def parent_of(team: str, tally: Tally) -> str | None:
    """The team right above this one."""
    known = tally.groups.get(team.casefold())
    return known.parent if known else None


def team_name(team: str, tally: Tally) -> str:
    """What a team calls itself, else the last part of its key."""
    known = tally.groups.get(team.casefold())
    return known.name if known else team.rpartition("/")[2]


def _of_team(mine: list[str], owned: Mapping[str, Owned], tally: Tally) -> Group:
    first = owned[mine[0]]
    explicit = all(owned[r].explicit for r in mine)
    known = first.team.casefold() in tally.groups
    confidence: Confidence = "high" if explicit and known and len(mine) > 1 else "medium"
    why = (
        first.why
        if len(mine) == 1
        else f"{'CODEOWNERS gives' if explicit else 'owners are told as'} all to {first.team}"
    )
    name = mine[0] if len(mine) == 1 else team_name(first.team, tally)
    return Group(name, tuple(mine), why, confidence, first.team)


def _by_file(lines: tuple[Ownership, ...]) -> tuple[str | None, bool]:
    """The one team of a file CODEOWNERS, and whether it owns all: of lines for everything the last counts."""
    whole = [line for line in lines if line.pattern in _EVERYTHING]
    about = whole[-1:] or lines
    teams = {owner for line in about for owner in line.owners if "/" in owner}
    return (next(iter(teams)) if len(teams) == 1 else None), bool(whole)


def _word(repository: str, among: Collection[str]) -> tuple[str, str]:
    """Owner and first word of a name; the whole name where the word is everybody's, or there is none."""
    owner, match = _parts(repository)
    whole = (owner, repository.rpartition("/")[2])
    if match is None:
        return whole
    alike = [r for r in among if _parts(r)[0] == owner]
    shared = all((m := _parts(r)[1]) is not None and m[1] == match[1] for r in alike)
    return whole if shared and len(alike) >= MANY else (owner, match[1])


def _parts(repository: str) -> tuple[str, re.Match[str] | None]:
    owner, _, name = repository.partition("/")
    return owner, _FIRST.match(name)
