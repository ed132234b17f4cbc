"""Facts about references: every pointer of the operating model into a tool, and whether it hits something."""

from rules.facts.table import Fact, FactTable, Type

TABLE = FactTable(
    name="references",
    subject="a reference of the model",
    doc="One row a selector, project, repository, person's account or channel that the model names.",
    fresh="row",
    facts=(
        Fact(
            "kind",
            Type.TEXT,
            "selector, project, repository, account or channel.",
            source="model",
            absence="never absent",
        ),
        Fact("value", Type.TEXT, "What the model says.", source="model", absence="never absent"),
        Fact(
            "where_said",
            Type.TEXT,
            "Path in the model: products.insights.work[0].",
            source="model",
            absence="never absent",
        ),
        Fact(
            "breaks",
            Type.TEXT,
            "What fails when it points at nothing: mapping, delivery or names.",
            absence="never absent",
        ),
        Fact(
            "exists",
            Type.BOOL,
            "The tool shows it to the bot.",
            source="jira, github, slack",
            absence="the tool was not asked or cannot tell",
        ),
        Fact("archived", Type.BOOL, "It is archived.", source="jira, github, slack", absence="not archived"),
        Fact(
            "matched_30d",
            Type.NUMBER,
            "Items a selector matched that changed in the 30 days before the last derive.",
            unit="items",
            absence="not a selector",
        ),
        Fact("suggestion", Type.TEXT, "The nearest thing that exists.", absence="nothing similar"),
    ),
)
