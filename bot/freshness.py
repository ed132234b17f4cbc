"""How old the data of a source may be, and how old it is."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from config.model import OperatingModel, Source
from rules.facts.sources import Synced
from rules.views import SourceAge

MISSED = 3
"""A source is stale after this many missed intervals."""

_NAMES = {"jira": "Jira", "github": "GitHub", "slack": "Slack", "file": "Export"}


def stale_after(source: Source) -> timedelta | None:
    """The age at which its data is stale; None where no schedule reads it: an export is what it is."""
    return None if source.every is None else timedelta(hours=MISSED * source.every.hours)


def source_ages(model: OperatingModel, states: Mapping[str, Synced], now: datetime) -> dict[str, SourceAge]:
    """By id, how old the data of each source is that is read on a schedule, in the order of the model."""
    ages = {}
    for source in model.sources:
        longest = stale_after(source)
        if longest is None:
            continue
        last = states[source.id].last_complete if source.id in states else None
        ages[source.id] = SourceAge(_spoken(source), last, stale=last is None or now - last > longest)
    return ages


def _spoken(source: Source) -> str:
    name = _NAMES[source.kind]
    return name if source.id == source.kind else f"{name} {source.id}"
