"""Facts about containers: projects and repositories as wholes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.model import OperatingModel
from rules.belonging import belonging
from rules.facts.table import Fact, FactTable, Type

TABLE = FactTable(
    name="containers",
    subject="a project or repository",
    doc="One row a project or repository that holds work items.",
    fresh="row",
    facts=(
        Fact(
            "active_items",
            Type.NUMBER,
            "Governed items in active or waiting.",
            unit="items",
            absence="never absent",
        ),
        Fact(
            "unmapped_items",
            Type.NUMBER,
            "Of these, items without a product.",
            unit="items",
            absence="never absent",
        ),
        Fact(
            "unmapped_share",
            Type.NUMBER,
            "unmapped_items / active_items.",
            unit="0 to 1",
            absence="no active items",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ContainerCount:
    """Governed items in active or waiting of one container, and those of them without a product."""

    source: str
    container: str
    active: int
    unmapped: int


def derive(
    model: OperatingModel, counts: Iterable[ContainerCount], fresh_until: Mapping[str, datetime]
) -> list[dict[str, Any]]:
    """One row a counted container; `fresh_until` says of each source when its data becomes stale."""
    return [
        {
            "subject": f"{count.source}:{count.container}",
            "key": count.container,
            "title": count.container,
            "url": None,
            **belonging(model, None),
            "audience": None,
            "governed": True,
            "source": count.source,
            "observed_at": None,
            "fresh_until": fresh_until.get(count.source),
            "active_items": count.active,
            "unmapped_items": count.unmapped,
            "unmapped_share": count.unmapped / count.active if count.active else None,
        }
        for count in counts
    ]
