"""Facts about products, as the model declares them and the work shows them."""

from rules.facts.table import Fact, FactTable, Type

TABLE = FactTable(
    name="products",
    subject="a product",
    doc="One row a product of the operating model.",
    fresh="always",
    facts=(
        Fact("stage", Type.TEXT, "Lifecycle stage.", source="model, ledger"),
        Fact(
            "owner",
            Type.TEXT,
            "Handle of the accountable product manager.",
            source="model",
            absence="nobody is named",
        ),
        Fact(
            "owner_active",
            Type.BOOL,
            "The owner has not left and their known accounts are active.",
            source="model; jira, github",
            absence="taken as active",
        ),
        Fact(
            "owner_left_at",
            Type.TIME,
            "When the owner left.",
            source="people.left",
            absence="not known to have left",
        ),
        Fact("teams", Type.TEXTS, "Teams.", source="model", absence="never absent"),
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
