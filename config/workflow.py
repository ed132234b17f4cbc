"""Workflows and lifecycles: how statuses become states, types become flow items, and what a stage allows."""

from typing import Literal, get_args

from pydantic import Field, model_validator

from config.product import Category, Level, Role
from config.words import Duration, Strict

FlowItem = Literal["feature", "defect", "risk", "debt", "experiment"]
FLOW_ITEMS: tuple[FlowItem, ...] = get_args(FlowItem)


class FlowMatch(Strict):
    """One way to tell a flow item: an issue type (`Bug`), or a label (`{label: security}`)."""

    type: str | None = None
    label: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return {"type": value} if isinstance(value, str) else value


class CategoryMatch(Strict):
    """One way to tell a category of investment: a flow item (`defect`), or a label (`{label: horizon-2}`)."""

    flow: FlowItem | None = None
    label: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return {"flow": value} if isinstance(value, str) else value


class BlockedWhen(Strict):
    """What counts as blocked."""

    flagged: bool = True
    links: list[str] = Field(default_factory=lambda: ["is blocked by"])
    statuses: list[str] = Field(default_factory=list)


class Dropped(Strict):
    """What counts as dropped: neither throughput nor cycle time."""

    statuses: list[str] = Field(default_factory=list)
    resolutions: list[str] = Field(default_factory=list)


class Workflow(Strict):
    """How statuses become states, and issue types become flow items. Comparison ignores case."""

    backlog: list[str] = Field(default_factory=list)
    active: list[str] = Field(default_factory=list)
    waiting: list[str] = Field(default_factory=list)
    done: list[str] = Field(default_factory=list)
    dropped: Dropped = Dropped()
    blocked_when: BlockedWhen = BlockedWhen()
    flow: dict[FlowItem, list[FlowMatch]] = Field(default_factory=dict)
    category: dict[Category, list[CategoryMatch]] = Field(default_factory=dict)
    levels: dict[str, Level] = Field(default_factory=dict)  # issue type → level


STANDARD_WORKFLOW = Workflow(
    flow={"defect": [FlowMatch(type="Bug")], "feature": [FlowMatch(type="Story"), FlowMatch(type="Epic")]}
)
"""The workflow `standard` where the model writes none: states follow the categories of Jira's statuses."""


class Stage(Strict):
    """A stage of a lifecycle: which flow items fit, how long it may last, what it needs."""

    allow: list[FlowItem] = Field(default_factory=lambda: list(FLOW_ITEMS))
    max: Duration | None = None
    live: bool = False
    roles: list[Role] = Field(default_factory=list)
    strategy: list[str] = Field(default_factory=list)  # keys of the product that must be filled
    experiments: Literal["expected", "optional"] = "optional"
    needs: list[str] = Field(default_factory=list)
    gate: str | None = None  # the decision that lets a product in

    @model_validator(mode="before")
    @classmethod
    def _all_is_the_list(cls, value: object) -> object:
        if isinstance(value, dict) and value.get("allow") == "all":
            return {**value, "allow": list(FLOW_ITEMS)}
        return value
