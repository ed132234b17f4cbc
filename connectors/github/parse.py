"""Repositories, issues and accounts in the words of records: pure, one bad item never spoils a page."""

import re
from collections.abc import Iterable
from datetime import date
from math import isfinite
from typing import Any

from connectors.connector import Problem
from connectors.errors import UnexpectedAnswerError
from connectors.github import shapes
from connectors.github.parse_beside import NOTHING, Beside
from connectors.github.shapes import shaped
from rules.records import Container, Link, Person, WorkItem

PARENT = re.compile(rf"/repos/({shapes.NAME})/issues/([0-9]+)$")


def repository(data: Any, source: str, about: str) -> Container:
    """A repository as a container; its audience is what its items' records carry too.

    Raises:
        UnexpectedAnswerError: not a repository; `about` says which one was asked for.
    """
    seen = shaped(data, shapes.Repository, about)
    return Container(
        source=source,
        id=seen.node_id,
        key=seen.full_name,
        kind="repository",
        name=seen.full_name.partition("/")[2],
        url=seen.html_url,
        archived=seen.archived,
        public=not seen.private,
        changed_at=seen.updated_at,
        audience=f"github:{source}:{seen.full_name}" if seen.private else "public",
    )


def issue_list(data: Any, home: str) -> tuple[list[shapes.Issue], list[Problem]]:
    """The readable entries of one page of a repository's issues, and a problem for each other one.

    Raises:
        UnexpectedAnswerError: not a list.
    """
    issues, problems = [], []
    for row in shaped(data, list[Any], f"the issues of {home}"):
        number = row.get("number") if isinstance(row, dict) else None
        about = f"{home}#{number if isinstance(number, int) else '?'}"
        try:
            issues.append(shaped(row, shapes.Issue, about))
        except UnexpectedAnswerError as error:
            problems.append(Problem(f"item:{about}", str(error), quarantined=True))
    return issues, problems


def work_item(issue: shapes.Issue, home: Container, further: Beside = NOTHING) -> WorkItem:
    """An issue of that repository. GitHub's lists tell no history, so `changes` stays unknown.

    A milestone is both what the issue is meant for and, where no field says it, when it is due.
    """
    fields = {**_fields(issue), **further.fields}
    due = _day(fields.get("target date"))
    if due is None and issue.milestone is not None and issue.milestone.due_on is not None:
        due = issue.milestone.due_on.date()
    parent = PARENT.search(issue.parent_issue_url or "")
    assignee = next(iter(issue.assignees or ()), issue.assignee)
    closed = issue.state == "closed"
    return WorkItem(
        source=home.source,
        id=issue.node_id,
        key=f"{home.key}#{issue.number}",
        container=home.key,
        kind=issue.type.name if issue.type else "issue",
        title=issue.title,
        url=issue.html_url,
        status=issue.state,
        created_at=issue.created_at,
        changed_at=issue.updated_at,
        audience=home.audience,
        status_category="done" if closed else "new",
        level=-1 if issue.parent_issue_url else 0,
        resolution=issue.state_reason if closed else None,
        labels=tuple(label if isinstance(label, str) else label.name for label in issue.labels),
        assignee=assignee.login if assignee else None,
        reporter=issue.user.login if issue.user else None,
        parent=f"{parent[1]}#{parent[2]}" if parent else None,
        closed_at=issue.closed_at if closed else None,
        priority=fields.get("priority"),
        links=tuple(Link("is blocked by", key) for key in further.blockers),
        due_on=due,
        points=_number(fields.get("estimate")),
        sprints=(fields["iteration"],) if "iteration" in fields else (),
        versions=(issue.milestone.title,) if issue.milestone else (),
        fields=fields,
    )


def _fields(issue: shapes.Issue) -> dict[str, str]:
    """The organisation's own fields by their name in small letters."""
    told = {}
    for value in issue.issue_field_values or ():
        chosen = value.multi_select_options or (
            (value.single_select_option,) if value.single_select_option else ()
        )
        text = ", ".join(option.name for option in chosen) or _text(value.value)
        if value.issue_field_name and text:
            told[value.issue_field_name.casefold()] = text
    return told


def _text(value: Any) -> str:
    """A value that chooses nothing: a text, a date, or a number."""
    if isinstance(value, float):
        return f"{value:g}"
    return str(value) if isinstance(value, int | str) else ""


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if isfinite(number) else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def people(issue: shapes.Issue, source: str) -> Iterable[Person]:
    """Author and assignees. GitHub's lists tell neither names nor e-mail addresses."""
    for user in (issue.user, issue.assignee, *(issue.assignees or ())):
        if user is not None:
            yield person(source, user.id, user.login, is_bot=user.type == "Bot")


def person(source: str, number: int, name: str, *, is_bot: bool) -> Person:
    """An account by its number, which stays as its name may not."""
    return Person(source=source, id=str(number), key=name, name=name, is_bot=is_bot)


def login(actor: shapes.Actor | None) -> str | None:
    """The account's name as REST and people write it: "dependabot[bot]"; None for a deleted account."""
    if actor is None or actor.login is None:
        return None
    return f"{actor.login}[bot]" if actor.kind == "Bot" else actor.login
