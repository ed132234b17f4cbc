"""Larkfield's issues in Jira's words, as Jira would show them at a given moment."""

import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from connectors.jira.planning import Planning, VersionTold, iso
from connectors.larkfield.world import BEGIN, END, Happening, Issue, IssueState, Member, Project, World

Json = dict[str, Any]

FLAG = "customfield_10021"
POINTS, SPRINT = "customfield_10016", "customfield_10020"
CUSTOM = (
    (FLAG, "Flagged", "array", "option", "com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes"),
    (POINTS, "Story point estimate", "number", None, "com.pyxis.greenhopper.jira:jsw-story-points"),
    (SPRINT, "Sprint", "array", "json", "com.pyxis.greenhopper.jira:gh-sprint"),
)
EMAIL_SHOWN_TO_ONE_IN = 5  # most accounts hide their address
LEVELS = {"Initiative": 2, "Epic": 1, "Sub-task": -1}
# Words of a link → name of its type, and the side on which the other issue stands.
LINKS = {
    "is blocked by": ("Blocks", "is blocked by", "blocks", "inwardIssue"),
    "blocks": ("Blocks", "is blocked by", "blocks", "outwardIssue"),
    "is duplicated by": ("Duplicate", "is duplicated by", "duplicates", "inwardIssue"),
    "duplicates": ("Duplicate", "is duplicated by", "duplicates", "outwardIssue"),
}
FIELDS = (
    ("summary", "Summary", "string"),
    ("status", "Status", "status"),
    ("assignee", "Assignee", "user"),
    ("reporter", "Reporter", "user"),
    ("issuetype", "Issue Type", "issuetype"),
    ("project", "Project", "project"),
    ("priority", "Priority", "priority"),
    ("resolution", "Resolution", "resolution"),
    ("labels", "Labels", "array"),
    ("components", "Components", "array"),
    ("fixVersions", "Fix versions", "array"),
    ("issuelinks", "Linked Issues", "array"),
    ("parent", "Parent", "issuelink"),
    ("created", "Created", "datetime"),
    ("updated", "Updated", "datetime"),
    ("resolutiondate", "Resolved", "datetime"),
    ("duedate", "Due date", "date"),
    ("security", "Security Level", "securitylevel"),
)


CLAUSES = {"fixVersions": "fixVersion", "components": "component"}
"""Where JQL calls a field otherwise."""


class Telling:
    """A world and how Jira at `url` would speak of it; what depends on the moment takes it as an argument."""

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.url = url
        self.planning = Planning(world)
        self.by_name = {name: one for one in world.issues for name in (str(one.id), one.key)}
        self._accounts = {one.jira: one for one in world.people.values()}
        self._with_email = {one.jira for one in list(world.people.values())[::EMAIL_SHOWN_TO_ONE_IN]}
        self._projects = {one.key: one for one in world.projects}
        self._moments = {
            one.id: sorted([one.created_at, *(h.at for h in one.happenings)]) for one in world.issues
        }

    @cached_property
    def moments(self) -> list[datetime]:
        """All moments at which any issue changes."""
        return sorted({moment for moments in self._moments.values() for moment in moments})

    @cached_property
    def statuses(self) -> Mapping[str, Json]:
        """Every status of the world by its name."""
        happened = {h.after for one in self.world.issues for h in one.happenings if h.field == "status"}
        names = sorted({one.status for one in self.world.issues} | {name for name in happened if name})
        return {name: self._status(10000 + n, name) for n, name in enumerate(names)}

    def updated(self, issue: Issue, at: datetime) -> datetime | None:
        """When the issue last changed before or at that moment; None before its creation."""
        moments = self._moments[issue.id]
        n = bisect_right(moments, at)
        return moments[n - 1] if n else None

    def issue(self, issue: Issue, at: datetime, wanted: Iterable[str] = ("*all",)) -> Json:
        """An issue with the wanted fields; those Jira does not know are left out, as Jira does."""
        told: Json = {"id": str(issue.id), "key": issue.key, "self": self._self("issue", issue.id)}
        state = issue.as_of(at)
        names = set(wanted)
        if state is None or names <= {"id", "key"}:
            return told
        fields = self._fields(issue, state, at)
        every = names & {"*all", "*navigable"}
        told["fields"] = fields if every else {name: fields[name] for name in fields if name in names}
        return told

    def histories(self, issue: Issue, at: datetime) -> Iterator[tuple[datetime, Json]]:
        """The changelog until then, oldest first: what one person changed at one moment is one entry."""
        done = [(n, h) for n, h in enumerate(issue.happenings) if h.at <= at and h.field != "comment"]
        for (moment, by), together in groupby(done, key=lambda entry: (entry[1].at, entry[1].by)):
            changes = list(together)
            yield (
                moment,
                {
                    "id": str(issue.id * 10_000 + changes[0][0]),
                    "author": self.account(self.world.people.get(by)),
                    "created": round(moment.timestamp() * 1000),
                    "items": [self._item(h) for _, h in changes],
                },
            )

    def account(self, member: Member | None) -> Json | None:
        """An account; its address only where the person shows it."""
        if member is None:
            return None
        return {
            "self": self._self("user", f"?accountId={member.jira}"),
            "accountId": member.jira,
            "accountType": "app" if member.is_bot else "atlassian",
            "displayName": member.name,
            "active": member.active,
            "timeZone": "Europe/Berlin",
            **({"emailAddress": member.email} if member.jira in self._with_email else {}),
        }

    def project(self, project: Project) -> Json:
        """A project."""
        return {
            "self": self._self("project", project.id),
            "id": str(project.id),
            "key": project.key,
            "name": project.name,
            "projectTypeKey": "software",
            "simplified": False,
            "style": "classic",
            "isPrivate": False,
            **({"archived": True} if project.archived else {}),
        }

    def project_with_lead(self, project: Project) -> Json:
        """A project with the expansion `lead`."""
        lead = self.account(self.planning.lead(project))
        return self.project(project) | ({"lead": lead} if lead else {})

    def component(self, project: Project, name: str) -> Json:
        """A component with its lead."""
        number = _number(f"{project.key} {name}")
        lead = self.account(self.planning.lead(project, name))
        return {
            "self": self._self("component", number),
            "id": number,
            "name": name,
            "assigneeType": "PROJECT_DEFAULT",
            "isAssigneeTypeValid": False,
            "project": project.key,
            "projectId": project.id,
            **({"lead": lead} if lead else {}),
        }

    def version(self, version: VersionTold, at: datetime) -> Json:
        """A version as it is told inside an issue."""
        return {
            "self": self._self("version", version.id),
            "id": str(version.id),
            "name": version.name,
            "archived": False,
            "released": version.released(at),
            "releaseDate": version.day.isoformat(),
        }

    def fields(self) -> list[Json]:
        """The answer to `GET /rest/api/3/field`."""
        system = [
            {
                "id": name,
                "key": name,
                "name": title,
                "custom": False,
                "clauseNames": [CLAUSES.get(name, name)],
                "schema": {"type": kind, "system": name},
            }
            for name, title, kind in FIELDS
        ]
        return [*system, *(_custom(*one) for one in CUSTOM)]

    def _fields(self, issue: Issue, state: IssueState, at: datetime) -> Json:
        project = self._projects.get(issue.project)
        version = self.planning.version_of(state, project) if project else None
        sprints = self.planning.sprints_of(issue, state)
        return {
            "summary": issue.title,
            "status": self.statuses[state.status],
            "assignee": self.account(self._accounts.get(state.assignee or "")),
            "reporter": self.account(self.world.people.get(issue.reporter)),
            "issuetype": _type(issue.kind),
            "project": self.project(project) if project else {"key": issue.project},
            "priority": {"name": issue.priority},
            "resolution": {"name": state.resolution} if state.resolution else None,
            "labels": list(state.labels),
            "components": [{"name": name} for name in issue.components],
            "fixVersions": [self.version(version, at)] if version else [],
            "issuelinks": [self._link(issue, text, at) for text in state.links],
            "parent": self._brief(state.parent, at) if state.parent else None,
            "created": iso(issue.created_at),
            "updated": iso(state.changed_at),
            "resolutiondate": iso(state.closed_at) if state.closed_at else None,
            "duedate": issue.due_on,
            "security": None,
            POINTS: self.planning.points(issue),
            SPRINT: [one.told(at) for one in sprints] or None,
            FLAG: [{"id": "10019", "value": "Impediment"}] if state.flagged else None,
        }

    def _brief(self, key: str, at: datetime) -> Json:
        """Another issue as it is shown inside one."""
        other = self.by_name.get(key)
        state = other.as_of(at) if other else None
        if other is None or state is None:
            return {"key": key}
        return {
            "id": str(other.id),
            "key": key,
            "self": self._self("issue", other.id),
            "fields": {
                "summary": other.title,
                "status": self.statuses[state.status],
                "priority": {"name": other.priority},
                "issuetype": _type(other.kind),
            },
        }

    def _link(self, issue: Issue, text: str, at: datetime) -> Json:
        words, _, key = text.rpartition(" ")
        name, inward, outward, side = LINKS.get(words, ("Relates", words, words, "outwardIssue"))
        return {
            "id": _number(f"{issue.key} {text}"),
            "type": {"name": name, "inward": inward, "outward": outward},
            side: self._brief(key, at),
        }

    def _item(self, happening: Happening) -> Json:
        """One line of a changelog entry."""
        before, after = happening.before, happening.after
        if happening.field == "flagged":
            flags = ("Impediment" if before else "", "Impediment" if after else "")
            return _line(
                "Flagged", FLAG, ("[10019]" if before else "", "[10019]" if after else ""), flags, "custom"
            )
        if happening.field == "link":
            keys = tuple(text.rpartition(" ")[2] if text else None for text in (before, after))
            texts = tuple(f"This issue {text}" if text else None for text in (before, after))
            return _line("Link", None, keys, texts)
        if happening.field == "parent":
            ids = tuple(str(self.by_name[key].id) if key in self.by_name else None for key in (before, after))
            return _line("IssueParentAssociation", None, ids, (before, after))
        if happening.field == "assignee":
            names = tuple(
                self._accounts[id_].name if id_ in self._accounts else id_ for id_ in (before, after)
            )
            return _line("assignee", "assignee", (before, after), names)
        if happening.field == "status":
            ids = tuple(self.statuses.get(name or "", {}).get("id") for name in (before, after))
            return _line("status", "status", ids, (before, after))
        return _line(happening.field, happening.field, (None, None), (before, after))

    def _status(self, number: int, name: str) -> Json:
        word = name.casefold()
        category = (2, "new", "To Do") if word in BEGIN else (4, "indeterminate", "In Progress")
        category = (3, "done", "Done") if word in END else category
        return {
            "self": self._self("status", number),
            "id": str(number),
            "name": name,
            "statusCategory": {"id": category[0], "key": category[1], "name": category[2]},
        }

    def _self(self, kind: str, which: int | str) -> str:
        return f"{self.url}/rest/api/3/{kind}/{which}"


def _line(
    field: str,
    field_id: str | None,
    ids: tuple[str | None, ...],
    texts: tuple[str | None, ...],
    fieldtype: str = "jira",
) -> Json:
    values = {"from": ids[0], "fromString": texts[0], "to": ids[1], "toString": texts[1], "fieldId": field_id}
    told = {name: value for name, value in values.items() if value is not None}
    return {"field": field, "fieldtype": fieldtype, **told}


def _custom(id_: str, name: str, kind: str, items: str | None, type_: str) -> Json:
    number = int(id_.removeprefix("customfield_"))
    schema = {"type": kind, **({"items": items} if items else {}), "custom": type_, "customId": number}
    return {"id": id_, "key": id_, "name": name, "custom": True, "schema": schema}


def _type(kind: str) -> Json:
    level = LEVELS.get(kind, 0)
    return {"id": _number(kind), "name": kind, "subtask": level < 0, "hierarchyLevel": level}


def _number(text: str) -> str:
    """An id that is the same in every run."""
    return str(zlib.crc32(text.encode()))
