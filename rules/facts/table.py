"""What a fact is: a named, typed, documented value about a subject, and what its absence means."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class Type(StrEnum):
    """The types of the rule language."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    BOOL = "bool"
    TEXTS = "list of texts"


@dataclass(frozen=True, slots=True)
class Fact:
    """One column of a fact table.

    A stored fact never depends on now: it would be wrong a moment later. A *virtual* fact is an expression
    of the rule language over other facts, expanded when a rule is read. A *joined* fact is a column of a
    small table that is joined into the scan: "sle.days", "containers.unmapped_share".
    """

    name: str
    type: Type
    doc: str
    source: str = "derived"  # where it comes from: jira, github, model, sync log …
    unit: str = ""
    absence: str = "unknown"  # what null means: "unknown", or the value it stands for
    virtual: str | None = None
    joined: str | None = None
    folded: bool = False  # stored a second time in lower case, for lower(name)
    declared: str = ""  # where the model may say it, filled from the row: "products.{product}.tier"


@dataclass(frozen=True, slots=True)
class FactTable:
    """All facts about one kind of subject; a rule is `about` one such table."""

    name: str
    subject: str  # what one row is: "a work item"
    doc: str
    facts: tuple[Fact, ...]
    active: str = "true"
    """The rows worth scanning, as an expression of the rule language; older rows cost nothing."""
    fresh: Literal["source", "row", "always"] = "source"
    """How the age of a row is known: its own source's last sync (or its own re-read), the `fresh_until`
    that an aggregate carries, or always fresh (rules about the model and about sources themselves)."""
    stored: tuple[Fact, ...] = field(init=False, repr=False)
    """Facts that are columns of the table itself, common ones first."""

    def __post_init__(self) -> None:
        stored = tuple(f for f in (*COMMON, *self.facts) if f.virtual is None and f.joined is None)
        object.__setattr__(self, "stored", stored)

    def fact(self, name: str) -> Fact | None:
        """The fact of that name, common ones included, or None."""
        return next((f for f in (*COMMON, *self.facts) if f.name == name), None)


COMMON = (
    Fact(
        "subject",
        Type.TEXT,
        "Identity of the row: source and immutable id, or the model's id.",
        absence="never absent",
    ),
    Fact("key", Type.TEXT, "What people call it: BOOK-412, larkfield/tracking#7, booking-portal."),
    Fact("title", Type.TEXT, "Its title or name.", absence="no title", folded=True),
    Fact("url", Type.TEXT, "Where to open it.", absence="no address"),
    Fact(
        "product",
        Type.TEXT,
        "Product of the operating model it belongs to.",
        source="mapping",
        absence="no product",
    ),
    Fact("stream", Type.TEXT, "Value stream of that product.", source="mapping", absence="no value stream"),
    Fact(
        "tier",
        Type.NUMBER,
        "Tier of the product: 1 is the most critical.",
        source="model",
        absence="no product",
        declared="products.{product}.tier",
    ),
    Fact(
        "calendar",
        Type.TEXT,
        "Calendar that business time is counted in.",
        source="model",
        absence="never absent",
    ),
    Fact(
        "audience",
        Type.TEXTS,
        "Who may see it: the audiences of all sources it stands on.",
        absence="restricted",
    ),
    Fact(
        "governed",
        Type.BOOL,
        "Not a sub-task, not ignored, not a bot's: rules apply.",
        absence="never absent",
    ),
    Fact("source", Type.TEXT, "Id of the source it was read from.", absence="the model itself"),
    Fact("observed_at", Type.TIME, "When the source was last asked for this very row.", absence="never"),
    Fact(
        "fresh_until",
        Type.TIME,
        "When the oldest source of an aggregate becomes stale; of what went out of sight, when that was.",
        absence="see source",
    ),
    Fact(
        "today",
        Type.NUMBER,
        "The local day it is, in the row's calendar.",
        source="clock",
        unit="day number",
        joined="terms.today",
        absence="never absent",
    ),
)
"""Facts that every table has."""
