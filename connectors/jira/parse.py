"""Jira's issues, accounts and projects as records. Looks at every value before believing it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from connectors.jira.changelog import authors, changes
from connectors.jira.checked import Checked
from connectors.jira.fields import FieldIds
from rules.records import Container, Link, Person, WorkItem

CATEGORIES: Mapping[str, Literal["new", "indeterminate", "done"]] = {
    "new": "new",
    "indeterminate": "indeterminate",
    "done": "done",
}  # statusCategory.key; "undefined" and anything newer is None

READABLE = ("value", "name", "title", "displayName", "key", "content", "text", "id")
DEEPEST = 20  # of a document's nesting; what lies deeper is not read


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
        level=_level(fields["issuetype"]),
        resolution=fields["resolution"]["name"].maybe_text(),
        priority=fields["priority"]["name"].maybe_text(),
        labels=tuple(label.text() for label in fields["labels"]),
        components=tuple(component["name"].text() for component in fields["components"]),
        assignee=fields["assignee"]["accountId"].maybe_text(),
        reporter=fields["reporter"]["accountId"].maybe_text(),
        team=next(_values(fields, ids.team), None),
        parent=fields["parent"]["key"].maybe_text(),
        links=tuple(_links(fields["issuelinks"])),
        flagged=any(_values(fields, ids.flagged)),
        closed_at=fields["resolutiondate"].maybe_time(),
        due_on=fields["duedate"].maybe_day(),
        fields=_further(fields, ids),
        changes=changes(histories, ids),
    )


def people(one: Checked, histories: Sequence[Checked], *, source: str) -> Iterator[Person]:
    """The accounts an issue and its history mention."""
    fields = one["fields"]
    for account in (fields["assignee"], fields["reporter"], *authors(histories)):
        if account.there:
            yield _person(account, source)


def _person(account: Checked, source: str) -> Person:
    account_id = account["accountId"].text()
    return Person(
        source=source,
        id=account_id,
        key=account_id,
        name=account["displayName"].maybe_text() or account_id,
        email=account["emailAddress"].maybe_text(),
        active=account["active"].flag(absent=True),
        is_bot=account["accountType"].maybe_text() == "app",
        audience=f"jira:{source}",
    )


def container(data: object, *, source: str, site: str) -> Container:
    """A project of `GET /rest/api/3/project/search`."""
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
        audience=_audience(source, key, None),
    )


def _audience(source: str, project: str, security_level: str | None) -> str:
    return ":".join(("jira", source, project, *((security_level,) if security_level else ())))


def _level(issue_type: Checked) -> int | None:
    if issue_type["subtask"].flag(absent=False):
        return -1
    return issue_type["hierarchyLevel"].maybe_number()


def _links(links: Checked) -> Iterator[Link]:
    """Each link once, in the item's own direction; the other side is the issue that is given."""
    for link in links:
        for direction, other in (("inward", "inwardIssue"), ("outward", "outwardIssue")):
            if link[other].there:
                yield Link(link["type"][direction].text(), link[other]["key"].text())


def _further(fields: Checked, ids: FieldIds) -> dict[str, str]:
    """The fields that were asked for and have a value; `sprint` is the latest one."""
    texts = {word: value for word, field_id in ids.further.items() for value in _values(fields, (field_id,))}
    for field_id in ids.sprint:
        for sprint in fields[field_id]:
            texts["sprint"] = sprint["name"].text()
    return texts


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
        inner = next((value[name] for name in READABLE if value.get(name)), None)
        return _text(inner, depth + 1)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
