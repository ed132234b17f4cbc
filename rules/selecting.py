"""Selectors: which of many lines of `work` or `ignore` hold for an item, found without trying them all."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from config.words import JiraMatch, Selector
from rules.patterns import repository_matches

EXPLICIT = "product:"
"""A label that names its product beats everything."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One selector, whose it is and where it is written."""

    product: str
    where: str  # products.tracking.work[0]
    selector: Selector
    rank: int


@dataclass(frozen=True, slots=True)
class Traits:
    """What selectors look at. A container with a slash is a repository, any other is a project."""

    container: str
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    kind: str = ""
    team: str | None = None  # of the model
    fields: Mapping[str, str] = field(default_factory=dict)


def rank(selector: Selector) -> int:
    """Its precedence: that of the highest key present.

    Label `product:<id>` 5, path 4, component 3, label 2, project or repository 1, all else 0.
    """
    jira = selector.jira or JiraMatch()
    labels = [label for label in (selector.label, jira.label) if label is not None]
    if any(label.startswith(EXPLICIT) for label in labels):
        return 5
    if selector.path is not None:
        return 4
    if jira.component is not None:
        return 3
    if labels:
        return 2
    return 1 if selector.github is not None or jira.project is not None else 0


def holds(selector: Selector, traits: Traits) -> bool:
    """All of its conditions hold, but for the path, which is a matter of files."""
    repository = "/" in traits.container
    if selector.label is not None and selector.label not in traits.labels:
        return False
    if selector.team is not None and selector.team != traits.team:
        return False
    if selector.github is not None and not (
        repository and repository_matches(traits.container, selector.github)
    ):
        return False
    return selector.jira is None or (not repository and _jira_holds(selector.jira, traits))


def _jira_holds(jira: JiraMatch, traits: Traits) -> bool:
    return (
        (jira.project is None or jira.project == traits.container)
        and (jira.component is None or jira.component in traits.components)
        and (jira.label is None or jira.label in traits.labels)
        and (jira.type is None or jira.type.casefold() == traits.kind.casefold())
        and (jira.has is None or bool(traits.fields.get(jira.has)))
    )


class Index:
    """Entries by the one key that narrows them most, so that an item meets only those it could match."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_label: dict[str, list[Entry]] = {}
        self._by_component: dict[str, list[Entry]] = {}
        self._by_team: dict[str, list[Entry]] = {}
        self._by_container: dict[str, list[Entry]] = {}
        self._rest: list[Entry] = []  # by repository pattern, type or field: few
        self._in: dict[str, tuple[Entry, ...]] = {}
        for entry in entries:
            self._file(entry)

    def _file(self, entry: Entry) -> None:
        s, jira = entry.selector, entry.selector.jira or JiraMatch()
        label = s.label or jira.label
        if label is not None:
            self._by_label.setdefault(label, []).append(entry)
        elif jira.component is not None:
            self._by_component.setdefault(jira.component, []).append(entry)
        elif jira.project is not None:
            self._by_container.setdefault(jira.project, []).append(entry)
        elif s.team is not None:
            self._by_team.setdefault(s.team, []).append(entry)
        else:
            self._rest.append(entry)

    def matching(self, traits: Traits) -> Iterator[Entry]:
        """The entries that hold for something with these traits."""
        for entry in self._near(traits):
            if holds(entry.selector, traits):
                yield entry

    def _near(self, traits: Traits) -> Iterator[Entry]:
        yield from self._of_container(traits.container)
        for label in traits.labels:
            yield from self._by_label.get(label, ())
        for component in traits.components:
            yield from self._by_component.get(component, ())
        if traits.team is not None:
            yield from self._by_team.get(traits.team, ())

    def _of_container(self, container: str) -> tuple[Entry, ...]:
        known = self._in.get(container)
        if known is None:
            rest = (
                e for e in self._rest if e.selector.github is None or holds(e.selector, Traits(container))
            )
            known = self._in[container] = (*self._by_container.get(container, ()), *rest)
        return known
