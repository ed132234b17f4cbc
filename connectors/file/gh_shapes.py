"""What `gh issue list --json` and `gh pr list --json` write, checked: most fields may be missing."""

from datetime import datetime

import msgspec


class Shape(msgspec.Struct, rename="camel"):
    """An object of gh; what it says beyond is left alone."""


class Actor(Shape, rename={"is_bot": "is_bot"}):
    """An account: `app/dependabot` is a bot. Reviews tell the login alone."""

    login: str = ""
    name: str | None = None
    is_bot: bool | None = None


class Name(Shape):
    """A label, or the type of an issue."""

    name: str = ""


class Review(Shape):
    """A review, also one that is only begun (PENDING) and has no time."""

    state: str
    author: Actor | None = None
    submitted_at: datetime | None = None


class Asked(Shape):
    """Whom a review is asked of: a user by login, a team by its slug, larkfield/quay."""

    login: str | None = None
    slug: str | None = None


class File(Shape):
    """A file that a pull request changes."""

    path: str


class Reference(Shape):
    """An issue that a pull request closes, or the parent of one."""

    url: str


class Common(Shape, kw_only=True):
    """What issues and pull requests share."""

    number: int
    title: str
    state: str
    url: str
    created_at: datetime
    updated_at: datetime
    id: str = ""
    author: Actor | None = None
    assignees: tuple[Actor, ...] = ()
    labels: tuple[Name, ...] = ()
    closed_at: datetime | None = None


class Issue(Common, kw_only=True):
    """An issue."""

    state_reason: str | None = None
    issue_type: Name | None = None
    parent: Reference | None = None


class PullRequest(Common, kw_only=True):
    """A pull request; `files` lists at most 100."""

    additions: int = 0
    deletions: int = 0
    base_ref_name: str = ""
    head_ref_name: str = ""
    files: tuple[File, ...] | None = None
    is_draft: bool = False
    merged_at: datetime | None = None
    merged_by: Actor | None = None
    reviews: tuple[Review, ...] = ()
    review_requests: tuple[Asked, ...] = ()
    closing_issues_references: tuple[Reference, ...] = ()
