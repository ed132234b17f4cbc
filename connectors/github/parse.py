"""GitHub's answers in the words of records: pure, every field checked, one bad item never spoils a page."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from typing import Any, Literal

from connectors.connector import Problem
from connectors.errors import UnexpectedAnswerError
from connectors.github import shapes
from connectors.github.shapes import shaped
from connectors.github_words import PULL_STATES, REVIEW_STATES
from rules.records import Container, Link, Person, PullRequest, Review, WorkItem

PARENT = re.compile(rf"/repos/({shapes.NAME})/issues/([0-9]+)$")

Checks = Literal["passing", "failing", "pending"]
CHECKS: Mapping[str, Checks] = {
    "SUCCESS": "passing",
    "FAILURE": "failing",
    "ERROR": "failing",
    "PENDING": "pending",
    "EXPECTED": "pending",
}


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


@dataclass(frozen=True, slots=True)
class Beside:
    """What is read of an issue beside its list: keys of what holds it back, and fields of boards."""

    blockers: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


def beside(seen: shapes.IssueBeside, owner: str, boards: Sequence[int]) -> Beside:
    """What holds an issue back, and its fields on these boards of an owner (in small letters)."""
    blockers = seen.blocked_by.nodes if seen.blocked_by else ()
    told = [card for card in (seen.project_items.nodes if seen.project_items else ()) if card is not None]
    cards = [
        card
        for number in boards
        for card in told
        if card.project.number == number and (card.project.owner.login or "").casefold() == owner
    ]
    fields: dict[str, str] = {}
    for card in cards:
        for name, value in _on_card(card):
            fields.setdefault(name, value)
    return Beside(
        blockers=tuple(f"{b.repository.name_with_owner}#{b.number}" for b in blockers if b is not None),
        fields=fields,
    )


def _on_card(card: shapes.Card) -> Iterable[tuple[str, str]]:
    told = {
        "status": card.status,
        "priority": card.priority,
        "size": card.size,
        "estimate": card.estimate,
        "iteration": card.iteration,
        "target date": card.due,
    }
    for name, value in told.items():
        if value is None:
            continue
        number = None if value.number is None else f"{value.number:g}"
        text = value.name or value.text or number or value.date or value.title
        if text:
            yield name, text


def work_item(issue: shapes.Issue, home: Container, further: Beside = Beside()) -> WorkItem:
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


def pull_request(seen: shapes.PullRequest, node_id: str, home: Container) -> PullRequest:
    """A pull request of that repository."""
    requests = seen.review_requests.nodes if seen.review_requests else ()
    closes = seen.closing_issues_references.nodes if seen.closing_issues_references else ()
    default = seen.repository.default_branch_ref
    return PullRequest(
        source=home.source,
        id=node_id,
        key=f"{home.key}#{seen.number}",
        container=home.key,
        title=seen.title,
        url=seen.url,
        state=PULL_STATES[seen.state],
        created_at=seen.created_at,
        changed_at=seen.updated_at,
        audience=home.audience,
        author=login(seen.author),
        author_is_bot=seen.author is not None and seen.author.kind == "Bot",
        draft=seen.is_draft,
        base=seen.base_ref_name,
        base_is_default=default is None or default.name == seen.base_ref_name,
        branch=seen.head_ref_name,
        ready_at=_ready_at(seen),
        merged_at=seen.merged_at,
        merged_by=login(seen.merged_by),
        closed_at=seen.closed_at,
        reviews=tuple(record for review in seen.reviews.nodes if (record := _review(review))),
        requested=tuple(name for request in requests if (name := _asked(request))),
        requested_at=max(_moments(seen, "ReviewRequestedEvent"), default=None),
        checks=checks(seen.status_check_rollup),
        labels=tuple(label.name for label in seen.labels.nodes) if seen.labels else (),
        paths=_paths(seen.files),
        lines=seen.additions + seen.deletions,
        closes=tuple(f"{issue.repository.name_with_owner}#{issue.number}" for issue in closes),
    )


def checks(rollup: shapes.Rollup | None) -> Checks | None:
    """What the checks come to; a required one that never reported is expected, and so pending."""
    return None if rollup is None else CHECKS[rollup.state]


def people_of_issue(issue: shapes.Issue, source: str) -> Iterable[Person]:
    """Author and assignees. GitHub's lists tell neither names nor e-mail addresses."""
    for user in (issue.user, issue.assignee, *(issue.assignees or ())):
        if user is not None:
            yield _person(source, user.id, user.login, is_bot=user.type == "Bot")


def people_of_pull_request(seen: shapes.PullRequest, source: str) -> Iterable[Person]:
    """Author, merger, reviewers and those asked for a review."""
    reviewers = (review.author for review in seen.reviews.nodes)
    asked = (r.requested_reviewer for r in (seen.review_requests.nodes if seen.review_requests else ()))
    for actor in (seen.author, seen.merged_by, *reviewers, *asked):
        name = login(actor)
        if actor is not None and actor.database_id is not None and name is not None:
            yield _person(source, actor.database_id, name, is_bot=actor.kind == "Bot")


def _person(source: str, number: int, name: str, *, is_bot: bool) -> Person:
    return Person(source=source, id=str(number), key=name, name=name, is_bot=is_bot)


def login(actor: shapes.Actor | None) -> str | None:
    """The account's name as REST and people write it: "dependabot[bot]"; None for a deleted account."""
    if actor is None or actor.login is None:
        return None
    return f"{actor.login}[bot]" if actor.kind == "Bot" else actor.login


def _review(review: shapes.Review) -> Review | None:
    state = REVIEW_STATES.get(review.state)
    if state is None or review.submitted_at is None:
        return None
    is_bot = review.author is not None and review.author.kind == "Bot"
    return Review(by=login(review.author), is_bot=is_bot, state=state, at=review.submitted_at)


def _ready_at(seen: shapes.PullRequest) -> datetime | None:
    if seen.is_draft:
        return None
    return max(_moments(seen, "ReadyForReviewEvent"), default=seen.created_at)


def _moments(seen: shapes.PullRequest, kind: str) -> list[datetime]:
    return [turn.created_at for turn in seen.timeline_items.nodes if turn.kind == kind]


def _asked(request: shapes.Request) -> str | None:
    asked = request.requested_reviewer
    return None if asked is None else asked.combined_slug or login(asked)


def _paths(files: shapes.Files | None) -> tuple[str, ...] | None:
    if files is None or files.total_count > len(files.nodes):
        return None
    return tuple(file.path for file in files.nodes)
