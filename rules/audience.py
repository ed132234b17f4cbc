"""Who may read what: channels and people are cleared for containers; a finding needs all of its own cleared.

Audience stamps are "public", "jira:<source>:<project>", "jira:<source>:<project>:<security level>" and
"github:<source>:<owner/repository>". What carries no list of stamps (None) is restricted; an empty list
stands on the operating model alone: everyone the model knows may read it. All else is cleared by name only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from config.model import OperatingModel, Product
from rules.patterns import repository_matches

PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Clearance:
    """What a reader may see. Two are joined with `|`."""

    known: bool = False  # the model names this channel or person
    everything: bool = False  # every project and repository, but no security level
    levels: bool = False  # with everything: its security levels too
    projects: frozenset[tuple[str, str]] = frozenset()  # source, project key
    repositories: frozenset[tuple[str, str]] = frozenset()  # source, pattern
    named: frozenset[str] = frozenset()  # stamps of `cleared_for`, security levels included

    def __or__(self, other: "Clearance") -> "Clearance":
        return Clearance(
            self.known or other.known,
            self.everything or other.everything,
            self.levels or other.levels,
            self.projects | other.projects,
            self.repositories | other.repositories,
            self.named | other.named,
        )

    def covers(self, stamp: str) -> bool:
        """Whether this one stamp is cleared."""
        if stamp == PUBLIC or stamp in self.named:
            return True
        tool, _, rest = stamp.partition(":")
        source, _, container = rest.partition(":")
        if not source or not container:
            return False
        if tool == "jira":
            # a fourth part is a security level: no project clears it
            if ":" in container:
                return self.everything and self.levels
            return self.everything or (source, container) in self.projects
        if tool == "github":
            return self.everything or any(
                s == source and repository_matches(container, pattern) for s, pattern in self.repositories
            )
        return False


NOBODY = Clearance()
"""Of people and channels the model does not know: what is public."""


def visible(audience: Sequence[str] | None, clearance: Clearance) -> bool:
    """Whether something with this audience may be shown: every container it stands on must be cleared."""
    if audience is None:
        return False
    return all(map(clearance.covers, audience)) if audience else clearance.known


def union(audiences: Iterable[Sequence[str] | None]) -> tuple[str, ...]:
    """Every stamp of these audiences once, in order; what is restricted adds none."""
    return tuple(sorted({stamp for audience in audiences for stamp in audience or ()}))


def channel_clearance(model: OperatingModel, channel: str) -> Clearance:
    """What may be posted to a channel, by its name; NOBODY where the model does not name it."""
    name = _name(channel)
    return _join(
        [
            *(_own(model, p) for p in model.products.values() if _is(p.channel, name)),
            *(
                _shared(model, p)
                for s in model.value_streams.values()
                if _is(s.channel, name)
                for p in _of_stream(model, s.id)
            ),
            *(
                _shared(model, p)
                for key, team in model.teams.items()
                if _is(team.channel, name)
                for p in _of_team(model, key)
            ),
            *([_operations(model)] if _is(model.operations, name) else []),
        ]
    )


def asker_clearance(model: OperatingModel, handle: str | None, channel: str | None, today: date) -> Clearance:
    """What a person may read where they ask: what their roles clear, joined with the channel's clearance.

    A person the model does not know, or who has left, reads what is public whatever the channel.
    """
    person = model.people.get(handle) if handle else None
    if handle is None or person is None or (person.left is not None and person.left <= today):
        return NOBODY
    owned = {s.id for s in model.value_streams.values() if s.owner == handle}
    teams = {key for key, team in model.teams.items() if handle in team.members}
    return _join(
        [
            Clearance(known=True),
            channel_clearance(model, channel) if channel else NOBODY,
            *(_own(model, p) for p in model.products.values() if _holds_role(p, handle, teams, today)),
            *(_shared(model, p) for p in model.products.values() if p.stream in owned),
            *([_operations(model)] if handle == model.operator else []),
        ]
    )


def lets_in(
    model: OperatingModel, product: str | None, *, handle: str | None, channel: str | None, today: date
) -> bool:
    """Whether a product's `visibility` lets a reader in: by everyone, its channel, its people, or by name.

    Names in `read` are handles, teams and roles; a role means its holder for this product.
    """
    known = model.product(product)
    if known is None or "everyone" in known.visibility.read:
        return True
    if channel is not None and _is(known.channel, _name(channel)):
        return True
    if handle is None:
        return False
    teams = {key for key, team in model.teams.items() if handle in team.members}
    roles = {role for role, holder in known.roles.items() if holder == handle}
    named = {handle, *teams, *roles} & set(known.visibility.read)
    return bool(named) or _holds_role(known, handle, teams, today)


def _holds_role(product: Product, handle: str, teams: set[str], today: date) -> bool:
    acting = (a.by for a in product.acting if a.until >= today)
    return handle in {product.owner, *product.roles.values(), *acting} or bool(teams & set(product.teams))


def _own(model: OperatingModel, product: Product) -> Clearance:
    """Of a product's channel and people: its containers, and what `cleared_for` adds."""
    return _shared(model, product) | Clearance(named=frozenset(product.visibility.cleared_for))


def _shared(model: OperatingModel, product: Product) -> Clearance:
    """Of those beside the product: the containers its selectors name, nothing more."""
    jira = [s.id for s in model.sources if s.kind in {"jira", "file"}]
    github = [s.id for s in model.sources if s.kind in {"github", "file"}]
    projects = {x.jira.project for x in product.work if x.jira and x.jira.project}
    patterns = {x.github for x in product.work if x.github}
    return Clearance(
        known=True,
        projects=frozenset((source, p) for source in jira for p in projects),
        repositories=frozenset((source, p) for source in github for p in patterns),
    )


def _operations(model: OperatingModel) -> Clearance:
    return Clearance(known=True, everything=True, named=frozenset(model.visibility.cleared_for))


def _of_stream(model: OperatingModel, stream: str) -> Iterable[Product]:
    return (p for p in model.products.values() if p.stream == stream)


def _of_team(model: OperatingModel, team: str) -> Iterable[Product]:
    return (p for p in model.products.values() if team in p.teams)


def _join(clearances: Iterable[Clearance]) -> Clearance:
    joined = NOBODY
    for clearance in clearances:
        joined |= clearance
    return joined


def _name(channel: str) -> str:
    return channel.removeprefix("#").lower()


def _is(channel: str | None, name: str) -> bool:
    return channel is not None and _name(channel) == name
