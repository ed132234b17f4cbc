"""Larkfield's issues as Jira Data Center would show them at a given moment: Cloud's words made older."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from connectors.jira.planning import iso
from connectors.jira.telling import POINTS, SPRINT, Json, Telling
from connectors.larkfield.world import Issue, World

EPIC_LINK, EPIC_NAME = "customfield_10014", "customfield_10011"
EPIC = "Epic"
CUSTOM = (
    (POINTS, "Story Points", "number", "com.atlassian.jira.plugin.system.customfieldtypes:float"),
    (EPIC_LINK, "Epic Link", "any", "com.pyxis.greenhopper.jira:gh-epic-link"),
    (EPIC_NAME, "Epic Name", "string", "com.pyxis.greenhopper.jira:gh-epic-label"),
)
SPRINT_PARTS = ("id", "boardId", "state", "name", "startDate", "endDate", "completeDate", "goal")


class ServerTelling:
    """A world and how a Jira Data Center at `url` would speak of it."""

    def __init__(self, world: World, url: str) -> None:
        self.cloud = Telling(world, url)
        self._handles = {one.jira: one for one in world.people.values()}

    def issue(self, issue: Issue, at: datetime, wanted: Iterable[str], *, history: bool) -> Json:
        """An issue with the wanted fields, and on request its whole history."""
        told = self.cloud.issue(issue, at)
        fields = told["fields"]
        sprints = fields[SPRINT]
        fields[SPRINT] = [_sprint(one) for one in sprints] if sprints else None
        parent = fields.pop("parent")
        under = issue.kind == "Sub-task"
        fields["parent"] = parent if under else None
        fields[EPIC_LINK] = parent["key"] if parent and not under and issue.kind != EPIC else None
        fields[EPIC_NAME] = issue.title if issue.kind == EPIC else None
        names = set(wanted)
        every = bool(names & {"*all", "*navigable"})
        told["fields"] = {name: value for name, value in fields.items() if every or name in names}
        if history:
            entries = [
                entry | {"created": iso(moment), "items": [_line(one) for one in entry["items"]]}
                for moment, entry in self.cloud.histories(issue, at)
            ]
            size = len(entries)
            told["changelog"] = {"startAt": 0, "maxResults": size, "total": size, "histories": entries}
        older: Json = self.older(told)
        return older

    def fields(self) -> list[Json]:
        """The answer to `GET /rest/api/2/field`."""
        told = [one for one in self.cloud.fields() if one["id"] != POINTS]
        for id_, name, kind, type_ in CUSTOM:
            number = int(id_.removeprefix("customfield_"))
            schema = {"type": kind, "custom": type_, "customId": number}
            told.append({"id": id_, "name": name, "custom": True, "clauseNames": [name], "schema": schema})
        return told

    def older(self, value: Any) -> Any:
        """The same with accounts and addresses as they were before Cloud, and without what came later."""
        if isinstance(value, list):
            return [self.older(one) for one in value]
        if isinstance(value, str):
            return value.replace(f"{self.cloud.url}/rest/api/3/", f"{self.cloud.url}/rest/api/2/")
        if not isinstance(value, dict):
            return value
        if "accountId" in value:
            return self._account(value)
        return {name: self.older(one) for name, one in value.items() if name != "hierarchyLevel"}

    def _account(self, told: Mapping[str, Any]) -> Json:
        """A user: by name and key, and the address is shown."""
        member = self._handles[told["accountId"]]
        return {
            "self": f"{self.cloud.url}/rest/api/2/user?username={member.handle}",
            "name": member.handle,
            "key": member.jira,
            "emailAddress": member.email,
            "displayName": member.name,
            "active": member.active,
            "timeZone": "Europe/Berlin",
        }


def _line(told: Mapping[str, Any]) -> Json:
    """A line of a history: fields have no ids yet, and epics are linked to by a field of their own."""
    line = {"from": None, "fromString": None, "to": None, "toString": None, **told}
    line.pop("fieldId", None)
    if line["field"] == "IssueParentAssociation":
        line |= {"field": "Epic Link", "fieldtype": "custom"}
    return line


def _sprint(told: Mapping[str, Any]) -> str:
    """A sprint as the text that Data Center makes of it."""
    values = {**told, "state": told["state"].upper()}
    words = {"boardId": "rapidViewId"}
    parts = (f"{words.get(name, name)}={values.get(name) or '<null>'}" for name in SPRINT_PARTS)
    return f"com.atlassian.greenhopper.service.sprint.Sprint@{told['id']:x}[{','.join(parts)}]"
