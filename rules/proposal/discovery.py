"""Discovery: what the tools hold and the model does not name, what it would bring, and what names nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Literal

from config.model import OperatingModel
from config.words import JiraMatch, Selector
from rules.mapping import Mapper
from rules.patterns import path_matches, repository_matches
from rules.people import Accounts
from rules.pointers import selectors
from rules.proposal.discovered import Addition, Discovery, Idle, Unnamed
from rules.proposal.grouping import Confidence, owner_of
from rules.proposal.ids import ids
from rules.proposal.meaning import meanings
from rules.proposal.products import naming, project_of, suggest
from rules.proposal.suggested import Suggested, Suggestions
from rules.proposal.tally import Tally
from rules.proposal.text import scalar
from rules.records import Container, PullRequest, Record, Team, WorkItem
from rules.selecting import Traits, holds

Named = Literal["whole", "part", "no"]

CLOSE = 0.8
"""How alike two names are before one is taken for a misspelling of the other."""


class Gathering:
    """Goes through the records of the store once, and holds counts alone.

    `active` are the subjects of active items with the product each belongs to, as facts tell.
    """

    def __init__(self, model: OperatingModel, active: Mapping[str, str | None]) -> None:
        self.tally = Tally()  # of containers that the model does not name
        self._model = model
        self._active = active
        self._mapper = Mapper(model)
        self._named: dict[str, Named] = {}
        self._bare: Counter[tuple[str, str | None]] = Counter()  # container, component: unmapped active items
        self._bare_in: Counter[str] = Counter()  # the same by container
        self._teams: Counter[str] = Counter()  # words for teams that the model does not know: active items
        self._containers: dict[str, Container] = {}
        self._hit: set[str] = set()

    def add(self, record: Record) -> None:
        """Count this record too; containers are to come before what is in them."""
        match record:
            case Container(kind="channel"):
                return
            case Container():
                self._containers[record.key] = record
                if self.named(record.key) != "no":
                    self.tally.claimed.add(record.key)
                self.tally.add((record,))
            case WorkItem():
                self._item(record)
            case PullRequest():
                self._pull(record)
            case _:
                self.tally.add((record,))

    def named(self, container: str) -> Named:
        """Whether selectors of products, or of what is ignored, name a container, whole or in part."""
        if container not in self._named:
            about = [s for s in _selectors(self._model) if _names(s, container)]
            whole = any(map(_whole, about))
            self._named[container] = "whole" if whole else "part" if about else "no"
        return self._named[container]

    def team_ids(self) -> dict[str, str]:
        """The teams of the tools that a team of the model stands for, by key in small letters."""
        ids_ = {key: self._mapper.team(team.key) for key, team in self.tally.groups.items()}
        return {key: id_ for key, id_ in ids_.items() if id_ is not None}

    def discovery(self, accounts: Accounts, *, sure: bool = True) -> Discovery:
        """What all of that comes to. `accounts` tell which members of teams the model knows.

        Selectors in vain are told only where all sources were read completely, and we are `sure`.
        """
        additions = tuple(self._additions())
        placed = {a.key for a in additions}
        products = suggest(self.tally, meanings(self.tally), placed, self._model.products)
        new = tuple(s for s in products.streams if s.id not in self._model.value_streams)
        products = replace(products, streams=new)
        brings = {product.id: self._brought(product) for product in products.products}
        trials = {trial.project: self._bare_in[trial.project] for trial in products.trials}
        mapped = sum(product is not None for product in self._active.values())
        return Discovery(
            active=len(self._active),
            mapped=mapped,
            would_be=mapped + sum(brings.values()) + sum(a.active for a in additions),
            trials=trials,
            products=products,
            brings=brings,
            additions=additions,
            unnamed=tuple(self._unnamed(products, {*placed, *trials}, accounts)),
            idle=tuple(self._idle()) if sure else (),
        )

    def _item(self, item: WorkItem) -> None:
        traits = self._mapper.traits(item)
        self._hit.update(entry.where for entry in self._mapper.matching(traits))
        if self.named(item.container) == "no":
            self.tally.add((item,))
        subject = f"{item.source}:{item.id}"
        if subject not in self._active:
            return
        if item.team is not None and traits.team is None:
            self._teams[item.team] += 1
        if self._active[subject] is None:
            components = sorted(set(item.components))
            self._bare[item.container, components[0] if len(components) == 1 else None] += 1
            self._bare_in[item.container] += 1

    def _pull(self, pull: PullRequest) -> None:
        traits = Traits(pull.container, pull.labels)
        self._hit.update(entry.where for entry in self._mapper.matching(traits))
        for entry in self._mapper.entries:
            path = entry.selector.path
            if path is None or entry.where in self._hit or not holds(entry.selector, traits):
                continue
            if any(path_matches(one, path) for one in pull.paths or ()):
                self._hit.add(entry.where)
        if self.named(pull.container) == "no":
            self.tally.add((pull,))

    def _brought(self, product: Suggested) -> int:
        """Active items without a product that the proposed one's selectors match."""
        return sum(
            many
            for (container, component), many in self._bare.items()
            if self.named(container) == "no"
            and any(
                _matches(p.container, container) and p.component in {None, component} for p in product.parts
            )
        )

    def _additions(self) -> Iterator[Addition]:
        """Repositories that work for a project, or belong to a team, of one product of the model."""
        counts = self.tally.pulls + self.tally.counted("container")
        for repository in sorted(r for r in counts if "/" in r and r not in self.tally.archived):
            found = self._by_project(repository) or self._by_team(repository)
            if found is not None:
                product, why, confidence = found
                line = f"- github: {scalar(repository)}"
                yield Addition(product, repository, line, why, confidence, self._bare_in[repository])

    def _by_project(self, repository: str) -> tuple[str, str, Confidence] | None:
        project = project_of(repository, self.tally)
        claims = self._mapper.claims(Traits(project)) if project is not None else ()
        if project is None or len(claims) != 1:
            return None
        return claims[0], naming(repository, project, self.tally), "high"

    def _by_team(self, repository: str) -> tuple[str, str, Confidence] | None:
        owned = owner_of(repository, self.tally)
        team = self._mapper.team(owned.team) if owned is not None else None
        products = [p.id for p in self._model.products.values() if team in p.teams] if team else []
        if owned is None or len(products) != 1:
            return None
        why = f"{owned.why}, which is {team}, a team of {products[0]} alone"
        return products[0], why, "medium" if owned.explicit else "low"

    def _unnamed(self, products: Suggestions, placed: Iterable[str], accounts: Accounts) -> Iterator[Unnamed]:
        """Containers, components and teams; those that would bring most come first."""
        found = [*self._places(products, set(placed)), *self._components(), *self._team_lines(accounts)]
        yield from sorted(found, key=lambda u: (-u.active, u.kind, u.key))

    def _places(self, products: Suggestions, placed: set[str]) -> Iterator[Unnamed]:
        proposed = {p.container: product.id for product in products.products for p in product.parts}
        seen = {container for container, _ in self._bare}
        for key in sorted(self._containers.keys() | seen):
            named, active = self.named(key), self._bare_in[key]
            known = self._containers.get(key)
            if named == "whole" or key in placed or (known is not None and known.archived):
                continue
            if named == "part" and not self._bare[key, None]:
                continue
            repository = "/" in key
            line = f"- github: {scalar(key)}" if repository else f"- jira: {{project: {scalar(key)}}}"
            id_ = next((i for pattern, i in proposed.items() if _matches(pattern, key)), None)
            yield Unnamed(
                "repository" if repository else "project",
                key,
                known.name if known is not None else key,
                self._bare[key, None] if named == "part" else active,
                line,
                id_,
            )

    def _components(self) -> Iterator[Unnamed]:
        """Components of projects that are named in part, where items of theirs belong to no product."""
        for (container, component), active in self._bare.items():
            if component is not None and self.named(container) == "part":
                line = f"- jira: {{project: {scalar(container)}, component: {scalar(component)}}}"
                yield Unnamed("component", f"{container}: {component}", component, active, line)

    def _team_lines(self, accounts: Accounts) -> Iterator[Unnamed]:
        """Teams of GitHub and teams that items name, that no team of the model stands for."""
        for team in self.tally.groups.values():
            if self._mapper.team(team.key) is None and (team.members or team.repositories):
                yield _team(team, self._model, accounts)
        for word, active in self._teams.items():
            yield Unnamed("team", word, word, active, f"{_id(word)}: {{members: []}}")

    def _idle(self) -> Iterator[Idle]:
        for selector in selectors(self._model):
            said = selector.pointer
            if said.where not in self._hit:
                missing = [c.value for c in selector.containers if not self._shown(c.value)]
                why = self._absence(missing[0]) if missing else "it is there, and nothing fits"
                yield Idle(said.where, said.value, why if selector.containers else "nothing fits")

    def _absence(self, pattern: str) -> str:
        known = {key.casefold(): key for key in self._containers}
        near = get_close_matches(pattern.casefold(), known, n=1, cutoff=CLOSE)
        return f"no tool shows {pattern}" + (f"; did you mean {known[near[0]]}?" if near else "")

    def _shown(self, pattern: str) -> bool:
        return any(_matches(pattern, key) for key in self._containers)


def _selectors(model: OperatingModel) -> Iterator[Selector]:
    for product in model.products.values():
        yield from product.work
    yield from model.ignore


def _names(selector: Selector, container: str) -> bool:
    if selector.github is not None:
        return "/" in container and repository_matches(container, selector.github)
    return selector.jira is not None and selector.jira.project == container


def _whole(selector: Selector) -> bool:
    """It has no condition beside the project or the repositories."""
    if selector.jira is not None:
        return selector == Selector(jira=JiraMatch(project=selector.jira.project))
    return selector == Selector(github=selector.github)


def _matches(pattern: str, container: str) -> bool:
    return pattern == container or (
        "/" in pattern and "/" in container and repository_matches(container, pattern)
    )


def _team(team: Team, model: OperatingModel, accounts: Accounts) -> Unnamed:
    """A line for a new team, or for one that the model has under the same word and without its address."""
    id_ = _id(team.key.rpartition("/")[2])
    if id_ in model.teams:
        return Unnamed("team", team.key, team.name, 0, f"github: {scalar(team.key)}", id_)
    members = [h for m in team.members if (h := accounts.handle(team.source, m)) is not None]
    line = f"{id_}: {{github: {scalar(team.key)}, members: [{', '.join(dict.fromkeys(members))}]}}"
    return Unnamed("team", team.key, team.name, 0, line)


def _id(word: str) -> str:
    return ids([word], "team")[0]
