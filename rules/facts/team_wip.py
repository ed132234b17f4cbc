"""Facts about work in progress: one row a team and level."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any, Literal

from config.model import OperatingModel, Team
from rules.belonging import belonging, only_product_of
from rules.facts.table import Fact, FactTable, Type

_Level = Literal["story", "epic"]
_LEVELS: tuple[_Level, ...] = ("story", "epic")
_STORIES_EACH = 1.5
_EPICS = 3
_NEVER = datetime.max.replace(tzinfo=UTC)

TABLE = FactTable(
    name="team_wip",
    subject="a team at a level",
    doc="Started and not finished items (active or waiting) of one team at one level; sub-tasks never count.",
    fresh="row",
    facts=(
        Fact("team", Type.TEXT, "Team.", source="model", absence="never absent", declared="teams.{team}"),
        Fact("level", Type.TEXT, "epic or story.", absence="never absent"),
        Fact("wip", Type.NUMBER, "Started and not finished items.", unit="items", absence="never absent"),
        Fact(
            "wip_limit",
            Type.NUMBER,
            "Declared limit, else stories ceil(1.5 x members x capacity), epics 3.",
            source="teams.wip",
            unit="items",
            absence="the team has no members",
            declared="teams.{team}.wip.{level}",
        ),
        Fact(
            "members",
            Type.NUMBER,
            "Members.",
            source="model",
            unit="people",
            absence="never absent",
            declared="teams.{team}.members",
        ),
        Fact("oldest", Type.TEXTS, "Keys of the three oldest.", absence="never absent"),
    ),
)


@dataclass(frozen=True, slots=True)
class Started:
    """One governed item in active or waiting that has a team."""

    key: str
    team: str
    level: str | None
    started_at: datetime | None
    source: str
    audience: tuple[str, ...] | None = None


def derive(
    model: OperatingModel, started: Iterable[Started], fresh_until: Mapping[str, datetime]
) -> list[dict[str, Any]]:
    """A row for every team at every level, so that a team that finishes everything has its row of 0.

    `fresh_until` says of each source when its data becomes stale. A count stands on the sources of its
    items, a count of nothing on all sources.
    """
    items: dict[tuple[str, str | None], list[Started]] = {}
    for one in started:
        items.setdefault((one.team, one.level), []).append(one)
    return [
        _row(model, team, level, items.get((team, level), []), fresh_until)
        for team in model.teams
        for level in _LEVELS
    ]


def _row(
    model: OperatingModel, name: str, level: _Level, items: list[Started], fresh_until: Mapping[str, datetime]
) -> dict[str, Any]:
    team = model.teams[name]
    oldest = sorted(items, key=lambda i: (i.started_at or _NEVER, i.key))[:3]
    return {
        "subject": f"{name}:{level}",
        "key": f"{name}:{level}",
        "title": f"{name}, {level} level",
        "url": None,
        **belonging(model, only_product_of(model, name), team.calendar),
        "audience": _audience(items),
        "governed": True,
        "source": None,
        "observed_at": None,
        "fresh_until": _fresh_until(items, fresh_until),
        "team": name,
        "level": level,
        "wip": len(items),
        "wip_limit": _limit(team, level),
        "members": len(team.members),
        "oldest": tuple(item.key for item in oldest),
    }


def _fresh_until(items: Iterable[Started], fresh_until: Mapping[str, datetime]) -> datetime | None:
    """When the first of the sources becomes stale; one that is read by hand never does."""
    sources = {item.source for item in items} or set(fresh_until)
    return min((fresh_until[source] for source in sources if source in fresh_until), default=None)


def _limit(team: Team, level: _Level) -> int | None:
    declared = team.wip.get(level)
    if declared is not None or not team.members:
        return declared
    return ceil(round(_STORIES_EACH * len(team.members) * team.capacity, 6)) if level == "story" else _EPICS


def _audience(items: Iterable[Started]) -> tuple[str, ...] | None:
    """The union of its items'; restricted where one of them is."""
    stamps: dict[str, None] = {}
    for item in items:
        if item.audience is None:
            return None
        stamps |= dict.fromkeys(item.audience)
    return tuple(stamps)
