"""Facts about containers: projects and repositories as wholes."""

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
