"""Holders: which person a role means for a product on a day, and how they were found.

A role of a product is written at the product or inherited; `product-manager` is its `owner`, and
`value-stream-owner` owns its stream. A deputy acts for roles of the product. What is vacant, or held by
somebody who has left, goes one level up: product, value stream, portfolio, operator.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from config.model import Acting, OperatingModel, Product

MANAGER, STREAM_OWNER, PORTFOLIO_OWNER, OPERATOR = (
    "product-manager",
    "value-stream-owner",
    "portfolio-owner",
    "operator",
)
_ABOVE: Mapping[str, str | None] = {
    STREAM_OWNER: PORTFOLIO_OWNER,
    PORTFOLIO_OWNER: OPERATOR,
    OPERATOR: None,
}
"""Who a vacant role goes to; every other role goes to the value stream owner."""


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds a role: `person` is None where even the operator is vacant."""

    role: str
    person: str | None
    steps: tuple[str, ...]  # how they were found, as sentences
    path: str | None  # of the line that decided: products.booking-portal.roles.product-owner


def holder(model: OperatingModel, role: str, product_id: str | None, today: date) -> Held:
    """The person a role means for a product; None: for what belongs to no product."""
    product = model.product(product_id)
    steps: list[str] = []
    level: str | None = role
    while level is not None:
        person, path, of = _written(model, level, product)
        upper = above(level)
        upwards = f": goes to the {role_words(upper)}" if upper else ""
        if person is None:
            steps.append(f"nobody is {role_words(level)}{of}{upwards}")
        else:
            steps.append(f"{person} is {role_words(level)}{of}")
            deputy = _deputy(model, level, product, person, today)
            if deputy is not None:
                acting, where = deputy
                steps.append(f"{acting.by} acts for {person} until {acting.until}")
                return Held(role, acting.by, tuple(steps), where)
            if here(model, person, today):
                return Held(role, person, tuple(steps), path)
            steps.append(f"{person} has left{upwards}")
        level = upper
    return Held(role, None, tuple(steps), None)


def above(role: str) -> str | None:
    """The role one level up; None above the operator."""
    return _ABOVE.get(role, STREAM_OWNER)


def role_words(role: str) -> str:
    """A role as people say it: product-owner → product owner."""
    return role.replace("-", " ")


def here(model: OperatingModel, handle: str, today: date) -> bool:
    """Whether this is a person of the model who has not left by that day."""
    person = model.people.get(handle)
    return person is not None and (person.left is None or person.left > today)


def _written(model: OperatingModel, role: str, product: Product | None) -> tuple[str | None, str | None, str]:
    """Who the model names, at which path, and of what; for no product, whom all products share."""
    if role == OPERATOR:
        return model.operator, "operator", ""
    if role == STREAM_OWNER:
        stream = model.value_streams.get((product.stream if product else None) or "")
        if stream is None:
            return None, None, f" of {product.id}" if product else ", without a product"
        return stream.owner, f"value_streams.{stream.id}.owner", f" of {stream.id}"
    if product is not None:
        if role == MANAGER:
            return product.owner, f"products.{product.id}.owner", f" of {product.id}"
        return product.roles.get(role), f"products.{product.id}.roles.{role}", f" of {product.id}"
    shared = {p.roles.get(role) for p in model.products.values()}
    if role == MANAGER or len(shared) != 1:
        return None, None, ", without a product"
    first = next(iter(model.products))
    return shared.pop(), f"products.{first}.roles.{role}", " of every product"


def _deputy(
    model: OperatingModel, role: str, product: Product | None, person: str, today: date
) -> tuple[Acting, str] | None:
    """Who acts for a person in a role of the product, and where that stands.

    Rights of stream and portfolio are lent by delegations instead.
    """
    if product is None or role in _ABOVE:
        return None
    for n, acting in enumerate(product.acting):
        if acting.for_ == person and acting.until >= today and here(model, acting.by, today):
            return acting, f"products.{product.id}.acting[{n}]"
    return None
