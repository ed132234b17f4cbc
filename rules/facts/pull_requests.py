"""Facts about pull requests."""

from rules.facts.table import Fact, FactTable, Type

TABLE = FactTable(
    name="pull_requests",
    subject="a pull request",
    doc="One row a pull request that is open, or was merged in the last 90 days. Its calendar is the review "
    "calendar: the first requested person's, else the team's, else the product's.",
    active="state = 'open' or days_since(coalesce(merged_at, changed_at)) <= 90",
    facts=(
        Fact("container", Type.TEXT, "Repository.", source="github", absence="never absent"),
        Fact("state", Type.TEXT, "open, merged or closed.", source="github", absence="never absent"),
        Fact(
            "author", Type.TEXT, "Handle of the author in the model, else the login.", source="github; people"
        ),
        Fact("draft", Type.BOOL, "Still a draft.", source="github", absence="never absent"),
        Fact(
            "base_is_default",
            Type.BOOL,
            "Goes to the default branch.",
            source="github",
            absence="never absent",
        ),
        Fact("created_at", Type.TIME, "When it was opened.", source="github", absence="never absent"),
        Fact(
            "changed_at", Type.TIME, "Its last change of any kind.", source="github", absence="never absent"
        ),
        Fact(
            "ready_at",
            Type.TIME,
            "Opened as ready, or last marked ready for review.",
            source="github",
            absence="still a draft",
        ),
        Fact("merged_at", Type.TIME, "When it was merged.", source="github", absence="not merged"),
        Fact("merged_by", Type.TEXT, "Who merged it.", source="github; people", absence="not merged"),
        Fact(
            "first_review_at",
            Type.TIME,
            "First review by a person other than the author.",
            source="github",
            absence="no review yet",
        ),
        Fact(
            "independent_approvals",
            Type.NUMBER,
            "People other than the author whose last verdict before the merge (or now) approves.",
            source="github",
            unit="people",
            absence="never absent",
        ),
        Fact(
            "exempt_by_path",
            Type.BOOL,
            "An allow-listed bot on allow-listed paths only.",
            source="model; github",
            absence="never absent",
        ),
        Fact("labels", Type.TEXTS, "Labels.", source="github", absence="never absent"),
        Fact(
            "requested",
            Type.TEXTS,
            "Who is still asked for a review.",
            source="github",
            absence="never absent",
        ),
        Fact("lines", Type.NUMBER, "Added and deleted lines.", source="github", unit="lines"),
        Fact(
            "items",
            Type.TEXTS,
            "Keys of known work items it belongs to.",
            source="mapping",
            absence="never absent",
        ),
        Fact(
            "mapped_by",
            Type.TEXT,
            "Path of the selector that decided the product.",
            source="mapping",
            absence="no selector",
        ),
        Fact(
            "waiting_days",
            Type.NUMBER,
            "Business days since it became ready.",
            unit="business days",
            virtual="business_days_since(ready_at)",
            absence="still a draft",
        ),
    ),
)
