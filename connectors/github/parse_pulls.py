"""Pull requests as the query PullRequests tells them, in the words of records: pure, every field checked.

Fields follow GitHub's GraphQL schema; what it calls nullable may be None here.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from msgspec import field

from connectors.github.parse import login, person
from connectors.github.shapes import Actor, Address, Camel, Counted, Dated, Lines, Named, Nodes, Time
from connectors.github_words import PULL_STATES, REVIEW_STATES
from rules.records import Container, Person, PullRequest, Review

Checks = Literal["passing", "failing", "pending"]
CHECKS: Mapping[str, Checks] = {
    "SUCCESS": "passing",
    "FAILURE": "failing",
    "ERROR": "failing",
    "PENDING": "pending",
    "EXPECTED": "pending",
}


class Asked(Actor, frozen=True):
    """Who is asked for a review: a person, or a team with its slug."""

    combined_slug: str | None = None


class Request(Camel, frozen=True):
    """A request for a review; None where the person or team is hidden from us."""

    requested_reviewer: Asked | None = None


class Reviewed(Dated, frozen=True, rename="camel"):
    """A review; the pending one of the account itself has no time yet."""

    state: Literal["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"]
    submitted_at: Time | None = None
    author: Actor | None = None


class Turn(Dated, frozen=True, rename="camel"):
    """Marked ready for review, turned back into a draft, or somebody asked for a review."""

    kind: str = field(name="__typename")
    created_at: Time


class File(Camel, frozen=True):
    """A changed file."""

    path: str


class Base(Camel, frozen=True):
    """The repository a pull request goes to."""

    default_branch_ref: Named | None = None


class Rollup(Camel, frozen=True):
    """What all checks of the last commit come to."""

    state: Literal["ERROR", "EXPECTED", "FAILURE", "PENDING", "SUCCESS"]


class Told(Dated, frozen=True, rename="camel"):
    """What the query PullRequests tells of one."""

    number: int
    title: str
    url: str
    state: Literal["OPEN", "CLOSED", "MERGED"]
    is_draft: bool
    created_at: Time
    updated_at: Time
    additions: Lines
    deletions: Lines
    base_ref_name: str
    head_ref_name: str
    repository: Base
    reviews: Nodes[Reviewed]
    review_requests: Nodes[Request] | None
    timeline_items: Nodes[Turn]
    closing_issues_references: Counted[Address] | None
    files: Counted[File] | None
    labels: Nodes[Named] | None
    author: Actor | None = None
    merged_by: Actor | None = None
    merged_at: Time | None = None
    closed_at: Time | None = None
    status_check_rollup: Rollup | None = None


def pull_request(seen: Told, node_id: str, home: Container) -> PullRequest:
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


def checks(rollup: Rollup | None) -> Checks | None:
    """What the checks come to; a required one that never reported is expected, and so pending."""
    return None if rollup is None else CHECKS[rollup.state]


def people(seen: Told, source: str) -> Iterable[Person]:
    """Author, merger, reviewers and those asked for a review."""
    reviewers = (review.author for review in seen.reviews.nodes)
    asked = (r.requested_reviewer for r in (seen.review_requests.nodes if seen.review_requests else ()))
    for actor in (seen.author, seen.merged_by, *reviewers, *asked):
        name = login(actor)
        if actor is not None and actor.database_id is not None and name is not None:
            yield person(source, actor.database_id, name, is_bot=actor.kind == "Bot")


def _review(review: Reviewed) -> Review | None:
    state = REVIEW_STATES.get(review.state)
    if state is None or review.submitted_at is None:
        return None
    is_bot = review.author is not None and review.author.kind == "Bot"
    return Review(by=login(review.author), is_bot=is_bot, state=state, at=review.submitted_at)


def _ready_at(seen: Told) -> datetime | None:
    if seen.is_draft:
        return None
    return max(_moments(seen, "ReadyForReviewEvent"), default=seen.created_at)


def _moments(seen: Told, kind: str) -> list[datetime]:
    return [turn.created_at for turn in seen.timeline_items.nodes if turn.kind == kind]


def _asked(request: Request) -> str | None:
    asked = request.requested_reviewer
    return None if asked is None else asked.combined_slug or login(asked)


def _paths(files: Counted[File] | None) -> tuple[str, ...] | None:
    if files is None or files.total_count > len(files.nodes):
        return None
    return tuple(file.path for file in files.nodes)
