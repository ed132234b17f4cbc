"""Service level expectations: how long an item of a kind takes here, from its product's own history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from config.model import FLOW_ITEMS, OperatingModel, Product, Sle
from config.product import Level
from rules.percentile import nearest_rank

HISTORY = timedelta(days=90)
ENOUGH = 20
"""Fewer finished items say nothing about a product; its value stream's are taken together."""
FIRM = 30
"""An expectation that stands on fewer is provisional."""


@dataclass(frozen=True, slots=True)
class Finished:
    """One finished item that was started: cycle time in days."""

    product: str
    flow_item: str
    level: Level
    finished_at: datetime
    cycle_days: float


def expectations(
    model: OperatingModel, finished: Iterable[Finished], quarter_start: datetime, now: datetime
) -> list[dict[str, Any]]:
    """Rows of the table `sle` for the quarter that begins at `quarter_start`.

    A declared expectation wins; else it is the percentile (85 where nothing else is declared) of the items
    finished in the 90 days before the quarter, and where these are too few, provisionally, of the 90 days
    before now. `share` is the part of the items, 0 to 1, that `days` stands for. Where nothing is known there
    is no row.
    """
    items = [f for f in finished if f.product in model.products]
    before, lately = _Histories(model, items, quarter_start), _Histories(model, items, now)
    rows = []
    for product in model.products.values():
        for level in dict.fromkeys((*product.sle, *(f.level for f in items))):
            for flow_item in FLOW_ITEMS:
                history, frozen = before.of(product, flow_item, level), True
                if len(history) < ENOUGH:
                    history, frozen = lately.of(product, flow_item, level), False
                found = _expectation(product, level, history, frozen=frozen)
                if found is not None:
                    key = {"product": product.id, "flow_item": flow_item, "level": level}
                    rows.append({**key, "effective_from": quarter_start, **found})
    return rows


class _Histories:
    """Cycle times of the items finished in the 90 days before a moment, of products and of their streams."""

    def __init__(self, model: OperatingModel, items: Iterable[Finished], until: datetime) -> None:
        self._own: dict[tuple[str, str, str], list[float]] = {}
        self._pooled: dict[tuple[str, str, str], list[float]] = {}
        for f in items:
            if until - HISTORY <= f.finished_at < until:
                self._own.setdefault((f.product, f.flow_item, f.level), []).append(f.cycle_days)
                stream = model.products[f.product].stream
                if stream is not None:
                    self._pooled.setdefault((stream, f.flow_item, f.level), []).append(f.cycle_days)

    def of(self, product: Product, flow_item: str, level: str) -> list[float]:
        """The product's own where these are enough, else its stream's."""
        own = self._own.get((product.id, flow_item, level), [])
        if len(own) >= ENOUGH or product.stream is None:
            return own
        return self._pooled.get((product.stream, flow_item, level), own)


def _expectation(
    product: Product, level: Level, history: list[float], *, frozen: bool
) -> dict[str, Any] | None:
    setting = product.sle.get(level, Sle())
    enough = len(history) >= ENOUGH
    if setting.days is None and not enough:
        return None
    declared = setting.days is not None
    return {
        "days": setting.days if declared else nearest_rank(history, setting.probability),
        "share": setting.probability,
        "p95": nearest_rank(history, 0.95) if enough else None,
        "n": len(history),
        "provisional": not declared and (len(history) < FIRM or not frozen),
        "declared": declared,
    }
