"""What discovery finds: things that the model does not name, lines for products it has, selectors in vain."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rules.proposal.grouping import Confidence
from rules.proposal.suggested import Suggestions

Kind = Literal["project", "repository", "component", "team"]


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A thing of a tool that the model does not name, and the active items it would bring."""

    kind: Kind
    key: str
    name: str
    active: int
    line: str  # to paste, under work of a product or under teams
    proposed: str | None = None  # the new product that is proposed for it, or the team that it may be


@dataclass(frozen=True, slots=True)
class Addition:
    """A line for a product that the model has."""

    product: str
    key: str
    line: str
    why: str
    confidence: Confidence
    active: int


@dataclass(frozen=True, slots=True)
class Idle:
    """A selector of the model that no item or pull request fits."""

    where: str  # products.insights.work[1]
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found. Active items are those that are started and not finished, ignored ones left out."""

    active: int
    mapped: int  # that belong to a product of the model
    would_be: int  # that would, with every proposal taken over
    trials: Mapping[str, int]  # projects for trying things out, to be ignored, with their active items
    products: Suggestions
    brings: Mapping[str, int]  # proposed product → active items it would bring
    additions: tuple[Addition, ...]
    unnamed: tuple[Unnamed, ...]
    idle: tuple[Idle, ...]
