"""One GraphQL question to GitHub, and what its answer means: 200 is no promise there."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any, TypeVar

from msgspec import Struct

from connectors.errors import (
    ConnectorError,
    FixRequestError,
    NotThereError,
    TryLaterError,
    UnexpectedAnswerError,
)
from connectors.github.shapes import shaped
from connectors.pagesize import PageSize
from connectors.transport import TRIES, Transport

MOST_IDS = 100  # that `nodes` takes in one question
GONE = {"NOT_FOUND", "FORBIDDEN"}  # complaints that asking again does not change: not there, or not for us
OVERLOADED = ("something went wrong", "timeout", "timed out", "loading")
T = TypeVar("T")


class Complaint(Struct, frozen=True):
    """One entry of `errors`. `path` leads to the part of the data that is missing because of it."""

    message: str
    type: str | None = None
    path: tuple[str | int, ...] | None = None

    @property
    def place(self) -> int | None:
        """Which of the nodes that were asked for it is about; None for a complaint about none of them."""
        place = self.path[1] if self.path and len(self.path) > 1 else None
        return place if isinstance(place, int) else None


class Told(Struct, frozen=True):
    """The envelope of every GraphQL answer."""

    data: dict[str, Any] | None = None
    errors: tuple[Complaint, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """The data, what GitHub complained about on the way, and the points left in this hour."""

    data: Mapping[str, Any]
    complaints: tuple[Complaint, ...]
    left: int | None
    at: datetime | None = None  # GitHub's time of the answer

    def nodes(self, asked: int, what: str) -> list[Any]:
        """What was told of as many ids, in their order; None for each that is not there.

        Raises:
            UnexpectedAnswerError: no list, or one of another length; `what` they are is for the message.
        """
        nodes = shaped(self.data.get("nodes"), list[Any], what)
        if len(nodes) != asked:
            raise UnexpectedAnswerError(f"GitHub was asked for {asked} {what} and answered {len(nodes)}.")
        return nodes


async def ask(
    transport: Transport,
    question: str,
    variables: Mapping[str, Any],
    *,
    without: Collection[str] = (),
    tries: int = TRIES,
) -> Reply:
    """Ask the query in queries/<question>.graphql, `without` the fields of these names that are on a line.

    Who can ask for less at once gives up an outage after fewer `tries`.

    Raises:
        WaitError: the points of this hour are used up, or a secondary limit holds (limits.py).
        TryLaterError: GitHub gave up on its own time limit.
        NotThereError: nothing of what was asked for is there.
        FixRequestError: the query itself was refused: an Enterprise Server too old for it.
        UnexpectedAnswerError: neither data nor errors.
    """
    # Enterprise Server keeps REST under /api/v3 and GraphQL beside it under /api.
    path = "../graphql" if transport.base_url.endswith("/api/v3") else "graphql"
    body = {"query": _text(question, without), "operationName": question, "variables": dict(variables)}
    answer = await transport.query(path, body, tries=tries)
    told = shaped(answer.data, Told, f"the query {question}")
    if refusal := _refusal(told, question):
        raise refusal
    if told.data is None:
        raise UnexpectedAnswerError(f"GitHub answered the query {question} with neither data nor errors.")
    return Reply(told.data, told.errors, answer.left, answer.at)


async def ask_whole(transport: Transport, question: str, variables: Mapping[str, Any]) -> Reply:
    """Ask as `ask` does, where a part of the answer is no answer; only nodes that are not there may be null.

    Raises:
        TryLaterError: GitHub left out something else.
        ConnectorError: as `ask`.
    """
    reply = await ask(transport, question, variables)
    for complaint in reply.complaints:
        if complaint.type not in GONE or not complaint.path:
            raise TryLaterError(
                f"GitHub answered only a part of the query {question}: {complaint.message.rstrip('.')}.",
                "The next sync tries again.",
            )
    return reply


async def ask_in_parts(
    size: PageSize, subjects: Sequence[T], question: Callable[[Sequence[T]], Awaitable[Reply]]
) -> AsyncIterator[tuple[Sequence[T], Reply]]:
    """Ask the question about some of the subjects at a time, and yield them with the reply.

    What is more than GitHub can bear is asked about half as many.

    Raises:
        ConnectorError: as the question.
    """
    rest = list(subjects)
    while rest:
        some = rest[: size.size]
        try:
            reply = await question(some)
        except TryLaterError:
            if not size.failed():
                raise
            continue
        size.worked()
        rest = rest[len(some) :]
        yield some, reply


def _text(question: str, without: Collection[str]) -> str:
    path = resources.files("connectors.github").joinpath("queries", f"{question}.graphql")
    lines = path.read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if _field(line) not in without)


def _field(line: str) -> str:
    """The name of the field that a line of a query begins with."""
    return re.split(r"\W", line.strip(), maxsplit=1)[0]


def _refusal(told: Told, question: str) -> ConnectorError | None:
    """The error that stands for the whole answer, if one does."""
    if told.data or not told.errors:
        return None
    said = "; ".join(complaint.message for complaint in told.errors)[:200].rstrip(".")
    if any(word in said.lower() for word in OVERLOADED):
        return TryLaterError(f"GitHub gave up on the query {question}: {said}.", "The next sync tries again.")
    if all(complaint.type == "NOT_FOUND" for complaint in told.errors):
        return NotThereError(f"GitHub answered the query {question}: {said}.", "It is gone, or hidden.")
    return FixRequestError(
        f"GitHub refused the query {question}: {said}.",
        "An Enterprise Server may be too old for it; see the versions that are supported.",
    )
