"""The parts of GitHub's answers that are read, with their types: another shape is refused, not guessed.

Fields follow GitHub's OpenAPI description and GraphQL schema; what either calls nullable may be None here.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct, field

from connectors.decoded import believable
from connectors.errors import UnexpectedAnswerError

Time = Annotated[datetime, Meta(tz=True)]
Lines = Annotated[int, Meta(ge=0, le=2**53)]
NAME = r"[A-Za-z0-9_-]+/\.*[A-Za-z0-9_-][A-Za-z0-9_.-]*"  # owner/repository, never climbing ("..")
Name = Annotated[str, Meta(pattern=f"^{NAME}$")]
Shape = TypeVar("Shape")


def shaped(data: Any, shape: type[Shape], about: str) -> Shape:
    """The answer in its documented shape; `about` names repository and number for the message.

    Raises:
        UnexpectedAnswerError: something is missing or of another type; says where.
    """
    try:
        return msgspec.convert(data, shape)
    except msgspec.ValidationError as error:
        raise UnexpectedAnswerError(
            f"GitHub's answer about {about} is not as documented: {error}.",
            "If it stays so, a newer opsbot may know the new shape.",
        ) from error


class Dated(Struct, frozen=True):
    """A shape whose times are moments at which something can have happened."""

    def __post_init__(self) -> None:
        """Refuse others, as the wrong type of a field is refused."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, datetime) and not believable(value):
                raise ValueError(f"{name} is not a time of this age")


class User(Struct, frozen=True):
    """An account, as REST tells it."""

    id: int
    login: str
    type: str = "User"


class Named(Struct, frozen=True):
    """A label, an issue type or a branch."""

    name: str


class Milestone(Struct, frozen=True):
    """What an issue is planned for."""

    title: str
    due_on: Time | None = None


class Dependencies(Struct, frozen=True):
    """How many issues hold an issue back: open ones, and all."""

    blocked_by: int = 0
    total_blocked_by: int = 0


class FieldValue(Struct, frozen=True):
    """A field that the organisation gave its issues. The options are there for fields that choose."""

    value: Any = None
    issue_field_name: str | None = None
    single_select_option: Named | None = None
    multi_select_options: tuple[Named, ...] | None = None


class MergeMark(Struct, frozen=True):
    """Says that an entry of the issue list is a pull request."""


class Issue(Dated, frozen=True):
    """An entry of the issue list: an issue, or a pull request where `pull_request` is there."""

    node_id: str
    number: int
    title: str
    html_url: str
    state: Literal["open", "closed"]
    created_at: Time
    updated_at: Time
    closed_at: Time | None = None
    state_reason: str | None = None
    user: User | None = None
    assignee: User | None = None
    assignees: tuple[User, ...] | None = None
    labels: tuple[Named | str, ...] = ()
    type: Named | None = None
    parent_issue_url: str | None = None
    milestone: Milestone | None = None
    issue_dependencies_summary: Dependencies | None = None
    issue_field_values: tuple[FieldValue, ...] | None = None
    pull_request: MergeMark | None = None


class Repository(Dated, frozen=True):
    """A repository, as REST tells it."""

    node_id: str
    full_name: Name
    html_url: str
    private: bool
    archived: bool = False
    updated_at: Time | None = None


class Camel(Struct, frozen=True, rename="camel"):
    """What GraphQL answers: names in its own case."""


class Actor(Camel, frozen=True):
    """Who did something. A bot's login comes without the "[bot]" that REST writes."""

    login: str | None = None
    kind: str | None = field(name="__typename", default=None)
    database_id: int | None = None


class Asked(Actor, frozen=True):
    """Who is asked for a review: a person, or a team with its slug."""

    combined_slug: str | None = None


class Request(Camel, frozen=True):
    """A request for a review; None where the person or team is hidden from us."""

    requested_reviewer: Asked | None = None


class Review(Dated, frozen=True, rename="camel"):
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


class Home(Camel, frozen=True):
    """A repository an item lives in."""

    name_with_owner: Name


class Address(Camel, frozen=True):
    """Repository and number of an item."""

    number: int
    repository: Home


class Place(Address, frozen=True, kw_only=True):
    """Where an item is now."""

    id: str


class Pointed(Camel, frozen=True):
    """An issue that another item points at."""

    number: int
    repository: Home


class Base(Camel, frozen=True):
    """The repository a pull request goes to."""

    default_branch_ref: Named | None = None


class PageInfo(Camel, frozen=True):
    """Where a list goes on."""

    has_next_page: bool
    end_cursor: str | None = None


class Labels(Camel, frozen=True):
    """The labels of a pull request."""

    nodes: tuple[Named, ...]


class Reviews(Camel, frozen=True):
    """The reviews."""

    nodes: tuple[Review, ...]


class Requests(Camel, frozen=True):
    """Who is still asked."""

    nodes: tuple[Request, ...]


class Turns(Camel, frozen=True):
    """The turns between draft and ready, and the requests for reviews."""

    nodes: tuple[Turn, ...]


class Closes(Camel, frozen=True):
    """The issues a pull request closes."""

    total_count: int
    nodes: tuple[Pointed, ...]


class Files(Camel, frozen=True):
    """The changed files; GitHub lists the first 3,000."""

    total_count: int
    nodes: tuple[File, ...]


class Rollup(Camel, frozen=True):
    """What all checks of the last commit come to."""

    state: Literal["ERROR", "EXPECTED", "FAILURE", "PENDING", "SUCCESS"]


class PullRequest(Dated, frozen=True, rename="camel"):
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
    reviews: Reviews
    review_requests: Requests | None
    timeline_items: Turns
    closing_issues_references: Closes | None
    files: Files | None
    labels: Labels | None
    author: Actor | None = None
    merged_by: Actor | None = None
    merged_at: Time | None = None
    closed_at: Time | None = None
    status_check_rollup: Rollup | None = None


class Blockers(Camel, frozen=True):
    """The issues that hold an issue back; GitHub allows 50. None for one that is hidden."""

    total_count: int
    nodes: tuple[Pointed | None, ...]


class OnBoard(Camel, frozen=True):
    """A field of a board: an option, a text, a number, a date, or the title of an iteration."""

    name: str | None = None
    text: str | None = None
    number: float | None = None
    date: str | None = None
    title: str | None = None


class Owner(Camel, frozen=True):
    """An organisation or a user."""

    login: str | None = None


class Board(Camel, frozen=True):
    """A project board."""

    number: int
    owner: Owner


class Card(Camel, frozen=True):
    """An issue on a board, with the fields that GitHub's own templates have."""

    project: Board
    status: OnBoard | None = None
    priority: OnBoard | None = None
    size: OnBoard | None = None
    estimate: OnBoard | None = None
    iteration: OnBoard | None = None
    due: OnBoard | None = None


class Cards(Camel, frozen=True):
    """The boards an issue is on; None for one that is hidden."""

    total_count: int
    nodes: tuple[Card | None, ...]


class IssueBeside(Camel, frozen=True):
    """What the query Issues tells of one."""

    blocked_by: Blockers | None = None
    project_items: Cards | None = None
