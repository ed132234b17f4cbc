"""What a list of issues does not tell about pull requests: reviews, files, drafts; 50 of them a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.connector import Problem, part
from connectors.errors import TryLaterError, UnexpectedAnswerError
from connectors.github import parse, shapes
from connectors.github.graphql import Complaint, ask
from connectors.github.shapes import shaped
from connectors.transport import Transport
from rules.records import Container, Person, PullRequest

BATCH = 50
SMALLEST_BATCH = 5
FINAL = {"NOT_FOUND", "FORBIDDEN"}  # complaints that asking again does not change


@dataclass(slots=True)
class Details:
    """Pull requests and people that were read, what could not be read, and points left."""

    pulls: list[PullRequest] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left: int | None = None

    def add_problem(self, about: str, what: str) -> None:
        """Remember what could not be read of one pull request."""
        self.problems.append(part(f"item:{about}", what))


class DetailReader:
    """Reads pull requests by node id. It remembers how many GitHub managed to answer at once."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._batch = BATCH

    async def read(self, listed: Sequence[shapes.Issue], home: Container) -> Details:
        """Read the details of these entries of a repository's list.

        Raises:
            ConnectorError: GitHub refused a whole question.
        """
        details = Details()
        if missed := await self._pass(listed, home, details, again=True):
            await self._pass(missed, home, details, again=False)
        return details

    async def _pass(
        self, listed: Sequence[shapes.Issue], home: Container, details: Details, *, again: bool
    ) -> list[shapes.Issue]:
        """Read all in batches; give those back that GitHub failed on and that are worth asking `again`."""
        rest, missed = list(listed), list[shapes.Issue]()
        while rest:
            some = rest[: self._batch]
            try:
                reply = await ask(self._transport, "PullRequests", {"ids": [issue.node_id for issue in some]})
            except TryLaterError:
                if self._batch <= SMALLEST_BATCH:
                    raise
                self._batch = max(SMALLEST_BATCH, self._batch // 2)
                continue
            rest = rest[len(some) :]
            details.left = reply.left
            complaints = _by_place(reply.complaints, details)
            for place, (issue, node) in enumerate(zip(some, _nodes(reply.data, len(some)), strict=True)):
                complaint = complaints.get(place)
                if node is None and complaint is not None and complaint.type not in FINAL and again:
                    missed.append(issue)
                else:
                    await self._take(issue, node, complaint, home, details)
        return missed

    async def _take(
        self, issue: shapes.Issue, node: Any, complaint: Complaint | None, home: Container, details: Details
    ) -> None:
        """Add one pull request, and a problem where it is not all there."""
        about = f"{home.key}#{issue.number}"
        if complaint is not None:
            details.add_problem(about, f"GitHub does not tell all about {about}: {complaint.message}")
        elif node is None:
            details.add_problem(about, f"{about} was deleted, or is hidden from the bot.")
        if node is None:
            return
        try:
            seen = shaped(node, shapes.PullRequest, about)
            further = await self._further_reviews(seen.reviews, issue.node_id, about)
        except UnexpectedAnswerError as error:
            details.problems.append(Problem(f"item:{about}", str(error), quarantined=True))
            return
        closes = seen.closing_issues_references
        if closes is not None and closes.total_count > len(closes.nodes):
            what = f"closes {closes.total_count} issues; only {len(closes.nodes)} are read."
            details.add_problem(about, f"{about} {what}")
        details.pulls.append(parse.pull_request(seen, issue.node_id, home, further))
        details.people.extend(parse.people_of_pull_request(seen, home.source))

    async def _further_reviews(self, first: shapes.Reviews, node_id: str, about: str) -> list[shapes.Review]:
        """The reviews after the first ones."""
        further, page, given = list[shapes.Review](), first.page_info, set[str]()
        while page.has_next_page and page.end_cursor:
            if page.end_cursor in given:
                raise UnexpectedAnswerError(f"GitHub repeats the same reviews of {about} for ever.")
            given.add(page.end_cursor)
            reply = await ask(self._transport, "Reviews", {"id": node_id, "after": page.end_cursor})
            more = shaped(reply.data.get("node"), shapes.MoreReviews, about).reviews
            further, page = further + list(more.nodes), more.page_info
        return further


def _nodes(data: Mapping[str, Any], asked: int) -> list[Any]:
    nodes = shaped(data.get("nodes"), list[Any], "pull requests")
    if len(nodes) != asked:
        raise UnexpectedAnswerError(f"GitHub was asked for {asked} pull requests and answered {len(nodes)}.")
    return nodes


def _by_place(complaints: Sequence[Complaint], details: Details) -> dict[int, Complaint]:
    """Complaints by the place of the node they are about; the others become problems of the question."""
    placed = {}
    for complaint in complaints:
        place = complaint.path[1] if complaint.path and len(complaint.path) > 1 else None
        if isinstance(place, int):
            placed[place] = complaint
        else:
            what = f"GitHub complains: {complaint.message}"
            details.problems.append(part("query:PullRequests", what))
    return placed
