"""Facts about sources: how fresh and whole the data is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.model import OperatingModel, Source
from rules.belonging import belonging
from rules.facts.table import Fact, FactTable, Type

TABLE = FactTable(
    name="sources",
    subject="a source",
    doc="One row a source of the operating model that is read on a schedule.",
    fresh="always",
    facts=(
        Fact(
            "kind",
            Type.TEXT,
            "jira, github, file or slack.",
            source="model",
            absence="never absent",
            declared="sources.{key}",
        ),
        Fact(
            "last_complete_sync",
            Type.TIME,
            "End of the last sync that read everything it should.",
            source="sync log",
            absence="never synced completely",
        ),
        Fact(
            "interval_hours",
            Type.NUMBER,
            "How often it should be read.",
            source="sources.every",
            unit="hours",
            absence="read by hand",
            declared="sources.{key}.every",
        ),
        Fact(
            "failures",
            Type.NUMBER,
            "Failed syncs since the last complete one.",
            source="sync log",
            unit="syncs",
            absence="never absent",
        ),
        Fact(
            "truncated", Type.BOOL, "The last sync left parts out.", source="sync log", absence="never absent"
        ),
        Fact("last_error", Type.TEXT, "What the last failure said.", source="sync log", absence="no failure"),
        Fact(
            "hours_behind",
            Type.NUMBER,
            "Hours since the last complete sync.",
            unit="hours",
            virtual="hours_since(last_complete_sync)",
            absence="never synced completely",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Synced:
    """How a source stands in the log of syncs."""

    last_complete: datetime | None = None  # the last sync that read all but the parts it names
    failures: int = 0  # since the last complete one
    truncated: bool = False
    last_error: str | None = None
    unread: tuple[str, ...] = ()  # projects and repositories that this sync could not read


def derive(model: OperatingModel, syncs: Mapping[str, Synced]) -> list[dict[str, Any]]:
    """One row a source that is read for records; `syncs` is the log by source id."""
    return [_row(model, s, syncs.get(s.id, Synced())) for s in model.sources if s.id in syncs or _is_read(s)]


def _is_read(source: Source) -> bool:
    """Slack is talked to, and a repository with a path holds the model itself."""
    return source.kind != "slack" and not (source.kind == "github" and source.path is not None)


def _row(model: OperatingModel, source: Source, synced: Synced) -> dict[str, Any]:
    every = source.every
    return {
        "subject": source.id,
        "key": source.id,
        "title": source.jira or source.github or source.slack or source.file,
        "url": None,
        **belonging(model, None),
        "audience": (),
        "governed": True,
        "source": source.id,
        "observed_at": None,
        "fresh_until": None,
        "kind": source.kind,
        "last_complete_sync": synced.last_complete,
        "interval_hours": None if every is None or every.business else every.hours,
        "failures": synced.failures,
        "truncated": synced.truncated,
        "last_error": synced.last_error,
    }
