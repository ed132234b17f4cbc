"""A tool that can be counted and listed: a test takes its items away, hides, moves or breaks them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from shop import Tool

from connectors.connector import Found, Page, Problem, Standing
from rules.records import WorkItem


@dataclass
class Site:
    """A tool whose items a test takes away, hides, moves or breaks; it counts what it is asked."""

    items: dict[str, WorkItem] = field(default_factory=dict)  # by id
    projects: dict[str, Standing] = field(default_factory=lambda: {"SHOP": "live", "TILL": "live"})
    broken: set[str] = field(default_factory=set)  # ids in a form that is not understood
    fails: dict[str, Exception] = field(default_factory=dict)  # by project, in the middle of its ids
    miscounted: int = 0
    asked: list[str] = field(default_factory=list)

    def put(self, *some: WorkItem) -> None:
        self.items |= {one.id: one for one in some}

    async def roster(self) -> Mapping[str, Standing]:
        self.asked.append("roster")
        return self.projects

    async def counts(self, containers: Sequence[str]) -> Mapping[str, int]:
        return {key: len(self._of(key)) + self.miscounted for key in containers}

    async def ids(self, container: str) -> AsyncIterator[Sequence[str]]:
        self.asked.append(f"ids {container}")
        ids = self._of(container)
        yield ids[: len(ids) // 2]
        if container in self.fails:
            raise self.fails[container]
        yield ids[len(ids) // 2 :]

    async def find(self, ids: Sequence[str]) -> Mapping[str, Found]:
        self.asked.append(f"find {' '.join(ids)}")
        return {i: Found(i, self.items[i].container) for i in ids if i in self.items}

    def _of(self, container: str) -> list[str]:
        return [one.id for one in self.items.values() if one.container == container]


@dataclass
class Source(Tool):
    """The tool in front of the site."""

    site: Site = field(default_factory=Site)

    async def read(self, keys: Sequence[str]) -> Page:
        self.asked.append(list(keys))
        self.meter.spent["jira:points"] += 1
        there = [i for i in self.site.items.values() if {i.id, i.key} & set(keys)]
        bad = [i for i in there if i.id in self.site.broken]
        problems = [Problem(f"item:{i.id}", "its status is null", quarantined=True) for i in bad]
        return Page(tuple(i for i in there if i not in bad), "", last=True, problems=tuple(problems))

    def whole(self) -> Page:
        """All that the site holds, as a sync would bring it."""
        return Page(tuple(self.site.items.values()), "c", last=True)
