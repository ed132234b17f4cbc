"""What every row of facts takes from its record, and from its product: stream, tier and calendar."""

from typing import Any

from config.model import OperatingModel
from rules.records import PullRequest, WorkItem


def calendar_name(model: OperatingModel, product: str | None) -> str:
    """The product's calendar, else its stream's, else the company's."""
    known = model.product(product)
    stream = model.value_streams.get(known.stream or "") if known else None
    return (known and known.calendar) or (stream and stream.calendar) or model.company.calendar


def belonging(model: OperatingModel, product: str | None, calendar: str | None = None) -> dict[str, Any]:
    """The facts product, stream, tier and calendar of something that belongs to a product, or to none."""
    known = model.product(product)
    return {
        "product": product,
        "stream": known.stream if known else None,
        "tier": known.tier if known else None,
        "calendar": calendar or calendar_name(model, product),
    }


def identity(record: WorkItem | PullRequest) -> dict[str, Any]:
    """The facts a row takes from its record alone; `observed_at` is the store's to fill."""
    return {
        "subject": f"{record.source}:{record.id}",
        "key": record.key,
        "title": record.title,
        "url": record.url or None,
        "audience": (record.audience,) if record.audience else None,
        "source": record.source,
        "observed_at": None,
        "fresh_until": None,
        "container": record.container,
        "created_at": record.created_at,
        "changed_at": record.changed_at,
        "labels": record.labels,
    }


def only_product_of(model: OperatingModel, team: str) -> str | None:
    """The product of a team that has exactly one."""
    products = [p.id for p in model.products.values() if team in p.teams]
    return products[0] if len(products) == 1 else None
