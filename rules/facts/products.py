"""Facts about products, as the model declares them and the work shows them."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

from config.model import OperatingModel, Product
from rules.belonging import belonging
from rules.facts.table import Fact, FactTable, Type
from rules.people import Accounts

TABLE = FactTable(
    name="products",
    subject="a product",
    doc="One row a product of the operating model.",
    fresh="always",
    facts=(
        Fact("stage", Type.TEXT, "Lifecycle stage.", source="model", declared="products.{key}.stage"),
        Fact(
            "owner",
            Type.TEXT,
            "Handle of the accountable product manager.",
            source="model",
            absence="nobody is named",
            declared="products.{key}.owner",
        ),
        Fact(
            "owner_active",
            Type.BOOL,
            "The owner has no leaving date and their known accounts are active.",
            source="model; jira, github",
            absence="nobody is named",
            declared="people.{owner}",
        ),
        Fact(
            "owner_left_at",
            Type.TIME,
            "The day the owner leaves or left.",
            source="people.left",
            absence="not known to have left",
            declared="people.{owner}.left",
        ),
        Fact(
            "teams",
            Type.TEXTS,
            "Teams.",
            source="model",
            absence="never absent",
            declared="products.{key}.teams",
        ),
        Fact(
            "active_items",
            Type.NUMBER,
            "Governed items in active or waiting.",
            unit="items",
            absence="never absent",
        ),
        Fact(
            "finished_30d",
            Type.NUMBER,
            "Governed items finished in the 30 days before the last derive.",
            unit="items",
            absence="never absent",
        ),
    ),
)


def derive(
    model: OperatingModel,
    accounts: Accounts,
    active: Mapping[str, int],
    finished_30d: Mapping[str, int],
) -> list[dict[str, Any]]:
    """One row a product; the counts are of governed items, by product."""
    return [
        {
            "subject": product.id,
            "key": product.id,
            "title": product.name or product.id,
            "url": None,
            **belonging(model, product.id),
            "audience": (),
            "governed": True,
            "source": None,
            "observed_at": None,
            "fresh_until": None,
            "stage": product.stage,
            "owner": product.owner,
            "owner_active": None if product.owner is None else accounts.holds(product.owner),
            "owner_left_at": _left_at(model, product),
            "teams": tuple(product.teams),
            "active_items": active.get(product.id, 0),
            "finished_30d": finished_30d.get(product.id, 0),
        }
        for product in model.products.values()
    ]


def _left_at(model: OperatingModel, product: Product) -> datetime | None:
    person = model.people.get(product.owner or "")
    if person is None or person.left is None:
        return None
    return datetime.combine(person.left, time(0), tzinfo=UTC)
