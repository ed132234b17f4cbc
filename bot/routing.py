"""Where a finding is told: the channel of its product, its team, or product operations."""

from collections.abc import Iterable
from dataclasses import dataclass

from config.model import Digest, OperatingModel, Product
from rules.findings import Finding


@dataclass(frozen=True, slots=True)
class Target:
    """One channel that a digest goes to, and which findings belong there."""

    channel: str
    about: str  # as people call it
    stream: str | None
    products: frozenset[str | None]  # None: findings that belong to no product


def targets(model: OperatingModel, digest: Digest) -> list[Target]:
    """The channels of one digest of the model, each once."""
    match digest.to:
        case "products":
            found = [
                Target(p.channel, product_name(p), p.stream, frozenset({p.id}))
                for p in model.products.values()
                if p.channel
            ]
        case "value_streams":
            found = [
                Target(s.channel, spoken(s.id), s.id, _of(model, stream=s.id))
                for s in model.value_streams.values()
                if s.channel
            ]
        case "teams":
            found = [
                Target(t.channel, f"Team {spoken(name)}", None, _of(model, team=name))
                for name, t in model.teams.items()
                if t.channel
            ]
        case "operations":
            found = (
                [Target(model.operations, "Product operations", None, frozenset({None}))]
                if model.operations
                else []
            )
        case channel:
            found = [Target(channel, model.company.name, None, frozenset(model.products))]
    return _merged(found)


def product_name(product: Product) -> str:
    """What people call a product."""
    return product.name or spoken(product.id)


def spoken(name: str) -> str:
    """An id as people read it: booking-portal → Booking portal."""
    return name.replace("-", " ").capitalize()


def channel_of(model: OperatingModel, finding: Finding) -> str | None:
    """The channel for a message about this finding alone."""
    product = model.product(finding.product)
    return product.channel if product is not None else model.operations


def about_channel(model: OperatingModel, channel: str) -> str | None:
    """Id of the product, else the value stream, whose channel this is."""
    for known in (model.products, model.value_streams):
        for name, thing in known.items():
            if thing.channel == channel:
                return name
    return None


def _of(
    model: OperatingModel, *, stream: str | None = None, team: str | None = None
) -> frozenset[str | None]:
    return frozenset(
        p.id for p in model.products.values() if (stream and p.stream == stream) or (team and team in p.teams)
    )


def _merged(found: Iterable[Target]) -> list[Target]:
    """Products that share a channel share a digest."""
    by_channel: dict[str, Target] = {}
    for target in found:
        known = by_channel.get(target.channel)
        if known is not None:
            target = Target(  # noqa: PLW2901 - the merged one takes its place
                known.channel,
                f"{known.about}, {target.about}",
                known.stream,
                known.products | target.products,
            )
        by_channel[target.channel] = target
    return list(by_channel.values())
