"""The parts of GitHub's answers that are read, with their types: another shape is refused, not guessed.

Fields follow GitHub's OpenAPI description and GraphQL schema; what either calls nullable may be None here.
"""

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct, field

from connectors.decoded import believable
from connectors.errors import UnexpectedAnswerError

Time = Annotated[datetime, Meta(tz=True)]
Lines = Annotated[int, Meta(ge=0, le=2**53)]
NAME = r"[A-Za-z0-9_-]+/\.*[A-Za-z0-9_-][A-Za-z0-9_.-]*"  # owner/repository, never climbing ("..")
Name = Annotated[str, Meta(pattern=f"^{NAME}$")]
Shape = TypeVar("Shape")
Entry = TypeVar("Entry")


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


class PageInfo(Camel, frozen=True):
    """Where a list goes on."""

    has_next_page: bool
    end_cursor: str | None = None


class Nodes(Camel, Generic[Entry], frozen=True):
    """The entries of a list that came."""

    nodes: tuple[Entry, ...]


class Counted(Nodes[Entry], Generic[Entry], frozen=True, kw_only=True):
    """The entries of a list that came, and how many it has."""

    total_count: int


class Actor(Camel, frozen=True):
    """Who did something. A bot's login comes without the "[bot]" that REST writes."""

    login: str | None = None
    kind: str | None = field(name="__typename", default=None)
    database_id: int | None = None


class Home(Camel, frozen=True):
    """A repository an item lives in."""

    name_with_owner: Name


class Address(Camel, frozen=True):
    """Repository and number of an item."""

    number: int
    repository: Home
