"""Facts about references: every pointer of the operating model into a tool, and whether it hits something."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from config.model import OperatingModel
from rules.belonging import belonging
from rules.facts.table import Fact, FactTable, Type
from rules.patterns import repository_matches
from rules.pointers import Pointer, SelectorPointer, pointers, selectors
from rules.records import Container, Person

TABLE = FactTable(
    name="references",
    subject="a reference of the model",
    doc="One row a selector, project, repository, person's account or channel that the model names.",
    fresh="row",
    facts=(
        Fact(
            "kind",
            Type.TEXT,
            "selector, project, repository, account or channel.",
            source="model",
            absence="never absent",
            declared="{where_said}",
        ),
        Fact(
            "value",
            Type.TEXT,
            "What the model says.",
            source="model",
            absence="never absent",
            declared="{where_said}",
        ),
        Fact(
            "where_said",
            Type.TEXT,
            "Path in the model: products.insights.work[0].",
            source="model",
            absence="never absent",
            declared="{where_said}",
        ),
        Fact(
            "breaks",
            Type.TEXT,
            "What fails when it points at nothing: mapping, delivery or names.",
            absence="never absent",
        ),
        Fact(
            "exists",
            Type.BOOL,
            "The tool shows it to the bot.",
            source="jira, github, slack",
            absence="the tool was not asked or cannot tell; an export alone never can",
        ),
        Fact("archived", Type.BOOL, "It is archived.", source="jira, github, slack", absence="not archived"),
        Fact(
            "matched_30d",
            Type.NUMBER,
            "Items a selector matched that changed in the 30 days before the last derive.",
            unit="items",
            absence="not a selector, or no tool was read completely",
        ),
        Fact("problem", Type.TEXT, "What is wrong with it, in words.", absence="nothing"),
        Fact("suggestion", Type.TEXT, "The nearest thing that exists.", absence="nothing similar"),
    ),
)


def derive(
    model: OperatingModel,
    containers: Iterable[Container],
    persons: Iterable[Person],
    matched_30d: Mapping[str, int],
    synced: Collection[str],
    fresh_until: datetime | None,
) -> list[dict[str, Any]]:
    """One row a pointer of the model into a tool.

    `matched_30d` counts what changed in 30 days by the path of the selector that placed it; `synced` holds
    the ids of sources that were read completely at least once: of others nothing is concluded. An export,
    a source that nothing reads on a schedule, holds a part of its tool and so proves no absence.
    """
    world = _World(model, containers, persons, synced)
    named = [_row(model, pointer, world, fresh_until) for pointer in pointers(model)]
    chosen = [
        _row(model, selector.pointer, world, fresh_until) | _matched(selector, world, matched_30d)
        for selector in selectors(model)
    ]
    return [row | {"problem": _problem(row)} for row in named + chosen]


def _matched(selector: SelectorPointer, world: "_World", matched: Mapping[str, int]) -> dict[str, Any]:
    """What a selector matched; unknown where its project or repository is itself a finding."""
    broken = any(world.exists(c) is False or world.archived(c) for c in selector.containers)
    if broken or not world.read(selector.pointer.tool):
        return {"exists": None, "matched_30d": None}
    return {"exists": True, "matched_30d": matched.get(selector.pointer.where, 0)}


def _row(
    model: OperatingModel, pointer: Pointer, world: "_World", fresh_until: datetime | None
) -> dict[str, Any]:
    exists = world.exists(pointer)
    return {
        "subject": f"ref:{pointer.where}",
        "key": pointer.where,
        "title": pointer.value,
        "url": None,
        **belonging(model, pointer.product),
        "audience": (),
        "governed": True,
        "source": None,
        "observed_at": None,
        "fresh_until": fresh_until,
        "kind": pointer.kind,
        "value": pointer.value,
        "where_said": pointer.where,
        "breaks": pointer.breaks,
        "exists": exists,
        "archived": world.archived(pointer),
        "matched_30d": None,
        "suggestion": world.nearest(pointer) if exists is False else None,
    }


def _problem(row: Mapping[str, Any]) -> str | None:
    """What is wrong with a reference, as a sentence's end; None where nothing is."""
    if row["exists"] is False:
        hint = f"; did you mean {row['suggestion']}?" if row["suggestion"] else "."
        return f"nothing of that name is visible to the bot{hint}"
    if row["archived"]:
        return "it is archived."
    return "no item matched it in 30 days." if row["matched_30d"] == 0 else None


class _World:
    """What the tools showed to the bot: containers and accounts."""

    def __init__(
        self,
        model: OperatingModel,
        containers: Iterable[Container],
        persons: Iterable[Person],
        synced: Collection[str],
    ) -> None:
        self._synced = synced
        self._sources = [s for s in model.sources if s.path is None]
        tools = {s.id: s.kind for s in model.sources}
        self._containers: dict[str, list[Container]] = {}
        for container in containers:
            self._containers.setdefault(container.kind, []).append(container)
        self._accounts: dict[tuple[str | None, str | None], dict[str, str]] = {}  # of a tool, or one source
        for person in persons:
            called = {person.key.casefold(): person.key, person.id.casefold(): person.key}
            for place in ((tools.get(person.source), None), (None, person.source)):
                self._accounts.setdefault(place, {}).update(called)

    def read(self, tool: str | None) -> bool:
        """All sources that may speak of it (None: of any tool with work) were read completely.

        An export speaks of any tool, but never alone: at least one source must be the tool itself.
        """
        asked = [s for s in self._sources if (s.kind in {tool, "file"} if tool else s.kind != "slack")]
        itself = any(s.kind != "file" and s.every is not None for s in asked)
        return itself and all(s.id in self._synced for s in asked)

    def exists(self, pointer: Pointer) -> bool | None:
        """The tool shows it; None where it might: it was not read completely, or lists no such things."""
        listed: Collection[object]
        if pointer.kind == "account":
            listed = self._known(pointer)
            found = pointer.value.casefold() in listed
        else:
            listed = self._containers.get(pointer.kind, ())
            found = bool(self._hits(pointer))
        read = self._listed_whole(pointer.source) if pointer.source else self.read(pointer.tool)
        return True if found else (False if listed and read else None)

    def archived(self, pointer: Pointer) -> bool:
        """All that it points at is archived."""
        hits = self._hits(pointer)
        return bool(hits) and all(container.archived for container in hits)

    def nearest(self, pointer: Pointer) -> str | None:
        """The thing of the same kind with the most similar name."""
        if pointer.kind == "account":
            known = self._known(pointer)
        else:
            known = {c.key.casefold(): c.key for c in self._containers.get(pointer.kind, ())}
        close = get_close_matches(pointer.value.casefold(), known, n=1)
        return known[close[0]] if close else None

    def _known(self, pointer: Pointer) -> dict[str, str]:
        """Accounts that may be meant, by their names in small letters."""
        place = (None, pointer.source) if pointer.source else (pointer.tool, None)
        return self._accounts.get(place, {})

    def _listed_whole(self, source: str) -> bool:
        """This one source was read completely, and is the tool itself."""
        return source in self._synced and any(s.id == source and s.kind != "file" for s in self._sources)

    def _hits(self, pointer: Pointer) -> list[Container]:
        of_kind = self._containers.get(pointer.kind, ())
        if pointer.kind == "repository":
            return [c for c in of_kind if repository_matches(c.key, pointer.value)]
        return [c for c in of_kind if c.key == pointer.value]
