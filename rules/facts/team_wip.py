"""Facts about work in progress: one row a team and level."""

from rules.facts.table import Fact, FactTable, Type

TABLE = FactTable(
    name="team_wip",
    subject="a team at a level",
    doc="Started and not finished items (active or waiting) of one team at one level; sub-tasks never count.",
    fresh="row",
    facts=(
        Fact("team", Type.TEXT, "Team.", source="model", absence="never absent"),
        Fact("level", Type.TEXT, "epic or story.", absence="never absent"),
        Fact("wip", Type.NUMBER, "Started and not finished items.", unit="items", absence="never absent"),
        Fact(
            "wip_limit",
            Type.NUMBER,
            "Declared limit, else stories ceil(1.5 x members x capacity), epics 3.",
            source="teams.wip",
            unit="items",
            absence="the team has no members",
        ),
        Fact("members", Type.NUMBER, "Members.", source="model", unit="people", absence="never absent"),
        Fact("oldest", Type.TEXTS, "Keys of the three oldest.", absence="never absent"),
    ),
)
