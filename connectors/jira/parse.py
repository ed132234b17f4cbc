"""Jira's issues, accounts and projects as records. Looks at every value before believing it.

A field of Jira's own that is not as documented makes the whole item unreadable: an item without its status or
with half its links would be judged wrongly. A field of the site's own (points, sprints, team, epic link,
those the model asks for) may be given another type by an administrator any day: then it counts as empty.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from connectors.jira import adf, sprints
from connectors.jira.accounts import account_id, person
from connectors.jira.changelog import authors, changes
from connectors.jira.checked import Checked
from connectors.jira.fields import FieldIds
from rules.records import Container, Link, Person, WorkItem

CATEGORIES: Mapping[str, Literal["new", "indeterminate", "done"]] = {
    "new": "new",
    "indeterminate": "indeterminate",
    "done": "done",
}  # statusCategory.key; "undefined" and anything newer is None

READABLE = ("value", "displayName", "name", "title", "key", "id")  # of an option, a user, a version …
MOST_POINTS = 10**9  # more is no estimate, and neither are infinity and what is no number
DEEPEST = 20  # of a value's nesting; what lies deeper is not read


def issue(data: object) -> Checked:
    """An issue of an answer, named by its key in errors. What has neither id nor key is no issue."""
    unnamed = Checked(data, "an issue")
    unnamed["id"].text()
    return Checked(data, unnamed["key"].text())


def work_item(
    one: Checked, histories: Sequence[Checked], *, source: str, site: str, ids: FieldIds
) -> WorkItem:
    """An issue with its complete history.

    Raises:
        UnexpectedAnswerError: names the issue and the field that is not as documented.
    """
    fields = one["fields"]
    key = one["key"].text()
    project = fields["project"]["key"].text()
    its_sprints = tuple(sprint.key for sprint in sprints.of_issue(one, source=source, ids=ids))
    return WorkItem(
        source=source,
        id=one["id"].text(),
        key=key,
        container=project,
        kind=fields["issuetype"]["name"].text(),
        title=fields["summary"].maybe_text() or key,
        url=f"https://{site}/browse/{key}",
        status=fields["status"]["name"].text(),
        created_at=fields["created"].time(),
        changed_at=fields["updated"].time(),
        audience=_audience(source, project, fields["security"]["name"].maybe_text()),
        status_category=CATEGORIES.get(fields["status"]["statusCategory"]["key"].maybe_text() or ""),
        level=_level(fields, ids),
        resolution=fields["resolution"]["name"].maybe_text(),
        priority=fields["priority"]["name"].maybe_text(),
        labels=tuple(label.text() for label in fields["labels"]),
        components=tuple(component["name"].text() for component in fields["components"]),
        assignee=account_id(fields["assignee"]),
        reporter=account_id(fields["reporter"]),
        team=next(_values(fields, ids.team), None),
        parent=fields["parent"]["key"].maybe_text() or _epic(fields, ids),
        links=tuple(_links(fields["issuelinks"])),
        flagged=any(_values(fields, ids.flagged)),
        closed_at=fields["resolutiondate"].maybe_time(),
        due_on=fields["duedate"].maybe_day(),
        points=_points(fields, ids),
        sprints=its_sprints,
        versions=tuple(version["name"].text() for version in fields["fixVersions"]),
        fields=_further(fields, ids, its_sprints),
        changes=changes(histories, ids),
    )


def people(
    one: Checked, histories: Sequence[Checked], *, source: str, met: Collection[str | None] = ()
) -> Iterator[Person]:
    """The accounts an issue and its history mention, each once; those that were `met` before are left out."""
    fields = one["fields"]
    seen: set[str | None] = set()
    for account in (fields["assignee"], fields["reporter"], *authors(histories)):
        if account.there and (id_ := account_id(account)) not in met and id_ not in seen:
            seen.add(id_)
            yield person(account, source)


def container(data: object, *, source: str, site: str) -> Container:
    """A project as Jira lists it. It may leave out `archived`, and the lead where nobody asked for it."""
    one = Checked(data, "a project")
    key = one["key"].text()
    return Container(
        source=source,
        id=one["id"].identifier(),
        key=key,
        kind="project",
        name=one["name"].maybe_text() or key,
        url=f"https://{site}/browse/{key}",
        archived=one["archived"].flag(absent=False),
        lead=account_id(one["lead"]),
        audience=_audience(source, key, None),
    )


def _audience(source: str, project: str, security_level: str | None) -> str:
    return ":".join(("jira", source, project, *((security_level,) if security_level else ())))


def _level(fields: Checked, ids: FieldIds) -> int | None:
    """Cloud tells the level; Data Center only sub-tasks, and epics by the name that they alone have."""
    issue_type = fields["issuetype"]
    if issue_type["subtask"].flag(absent=False):
        return -1
    level = issue_type["hierarchyLevel"].maybe_number()
    return 1 if level is None and any(_values(fields, ids.epic_name)) else level


def _epic(fields: Checked, ids: FieldIds) -> str | None:
    """The key in the field Epic Link, for projects and servers that know no `parent` but of sub-tasks."""
    values = (fields[field_id].value for field_id in ids.epic)
    return next((value for value in values if isinstance(value, str) and value), None)


def _points(fields: Checked, ids: FieldIds) -> float | None:
    values = (fields[field_id].value for field_id in ids.points)
    numbers = (one for one in values if isinstance(one, int | float) and not isinstance(one, bool))
    return next((float(one) for one in numbers if abs(one) <= MOST_POINTS), None)


def _links(links: Checked) -> Iterator[Link]:
    """Each link once, in the item's own direction; the other side is the issue that is given."""
    for link in links:
        for direction, other in (("inward", "inwardIssue"), ("outward", "outwardIssue")):
            if link[other].there:
                yield Link(link["type"][direction].text(), link[other]["key"].text())


def _further(fields: Checked, ids: FieldIds, its_sprints: Sequence[str]) -> dict[str, str]:
    """The fields that were asked for and have a value; `sprint` is the present or latest one."""
    texts = {word: value for word, field_id in ids.further.items() for value in _values(fields, (field_id,))}
    return {**texts, "sprint": its_sprints[-1]} if its_sprints else texts


def _values(fields: Checked, ids: Iterable[str]) -> Iterator[str]:
    """What a person would read in those of the fields that are not empty."""
    return (text for field_id in ids if (text := _text(fields[field_id].value)))


def _text(value: object, depth: int = 0) -> str:
    """A custom field's value in words: options, users, versions, teams, lists of them, documents."""
    if value is None or depth > DEEPEST:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list):
        return ", ".join(filter(None, (_text(one, depth + 1) for one in value)))
    if isinstance(value, dict):
        if value.get("type") == "doc":
            return adf.plain(value)
        inner = next((value[name] for name in READABLE if value.get(name)), None)
        return _text(inner, depth + 1)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
