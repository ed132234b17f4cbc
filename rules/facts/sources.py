"""Facts about sources: how fresh and whole the data is."""

from rules.facts.table import Fact, FactTable, Type

TABLE = FactTable(
    name="sources",
    subject="a source",
    doc="One row a source of the operating model that is read on a schedule.",
    fresh="always",
    facts=(
        Fact("kind", Type.TEXT, "jira, github, file or slack.", source="model", absence="never absent"),
        Fact(
            "last_complete_sync",
            Type.TIME,
            "End of the last sync that read everything it should.",
            source="sync log",
            absence="never synced completely",
        ),
        Fact(
            "interval_hours",
            Type.NUMBER,
            "How often it should be read.",
            source="sources.every",
            unit="hours",
            absence="read by hand",
        ),
        Fact(
            "failures",
            Type.NUMBER,
            "Failed syncs since the last complete one.",
            source="sync log",
            unit="syncs",
            absence="never absent",
        ),
        Fact(
            "truncated", Type.BOOL, "The last sync left parts out.", source="sync log", absence="never absent"
        ),
        Fact("last_error", Type.TEXT, "What the last failure said.", source="sync log", absence="no failure"),
        Fact(
            "hours_behind",
            Type.NUMBER,
            "Hours since the last complete sync.",
            unit="hours",
            virtual="hours_since(last_complete_sync)",
            absence="never synced completely",
        ),
    ),
)
