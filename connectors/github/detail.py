"""What a list of issues does not tell about pull requests: reviews, files, drafts; 50 of them a question."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from connectors.connector import Problem, part
from connectors.errors import UnexpectedAnswerError
from connectors.github import parse_pulls
from connectors.github.graphql import GONE, Complaint, Reply, ask_in_parts
from connectors.github.lists import whole
from connectors.github.optional import ask_what_is_known, leave_out
from connectors.github.shapes import shaped
from connectors.learned import Learned
from connectors.pagesize import PageSize
from connectors.transport import Transport
from rules.records import Container, Person, PullRequest

QUESTION = "PullRequests"
BATCH = 50
SMALLEST_BATCH = 5
LISTS = ("labels", "reviews", "reviewRequests", "timelineItems", "closingIssuesReferences", "files")
CHECKS = "statusCheckRollup"
MOST_FILES = 3000  # GitHub lists no more of one pull request


class Listed(Protocol):
    """A pull request that is known to be there."""

    @property
    def node_id(self) -> str:
        """Its global id."""
        ...

    @property
    def number(self) -> int:
        """Its number in the repository."""
        ...


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
    """Reads pull requests by node id. It learns how many GitHub answers at once, and what it hides."""

    def __init__(self, transport: Transport, learned: Learned) -> None:
        self._transport = transport
        self._learned = learned
        self._batch = PageSize(learned, QUESTION, most=BATCH, least=SMALLEST_BATCH)

    @property
    def size(self) -> int:
        """How many are asked for at once now."""
        return self._batch.size

    async def read(self, listed: Sequence[tuple[Listed, Container]]) -> Details:
        """Read the details of these pull requests, each of its repository.

        Raises:
            ConnectorError: GitHub refused a whole question.
        """
        details = Details()
        if missed := await self._pass(listed, details, again=True):
            await self._pass(missed, details, again=False)
        return details

    async def _pass(
        self, listed: Sequence[tuple[Listed, Container]], details: Details, *, again: bool
    ) -> list[tuple[Listed, Container]]:
        """Read all in batches; give those back that GitHub failed on and that are worth asking `again`."""
        missed = list[tuple[Listed, Container]]()
        async for some, reply in ask_in_parts(self._batch, listed, self._ask):
            details.left = reply.left
            complaints = self._by_place(reply.complaints, [home for _, home in some], details)
            nodes = reply.nodes(len(some), "pull requests")
            for place, ((issue, home), node) in enumerate(zip(some, nodes, strict=True)):
                complaint = complaints.get(place)
                if node is None and complaint is not None and complaint.type not in GONE and again:
                    missed.append((issue, home))
                else:
                    await self._take(issue, node, complaint, home, details)
        return missed

    async def _ask(self, some: Sequence[tuple[Listed, Container]]) -> Reply:
        asking = {"ids": [issue.node_id for issue, _ in some]}
        return await ask_what_is_known(
            self._transport, self._learned, QUESTION, asking, [CHECKS], tries=self._batch.tries
        )

    async def _take(
        self, issue: Listed, node: Any, complaint: Complaint | None, home: Container, details: Details
    ) -> None:
        """Add one pull request, and a problem where it is not all there."""
        about = f"{home.key}#{issue.number}"
        if node is None and complaint is not None and complaint.type not in GONE:
            # It is there, and the cursor goes on: from quarantine it is asked for again.
            what = f"GitHub could not tell of {about}: {complaint.message}"
            details.problems.append(Problem(f"item:{about}", what, quarantined=True))
        elif complaint is not None:
            details.add_problem(about, f"GitHub does not tell all about {about}: {complaint.message}")
        elif node is None:
            details.add_problem(about, f"{about} was deleted, or is hidden from the bot.")
        if node is None:
            return
        try:
            seen = shaped(await self._whole(node, issue.node_id, about), parse_pulls.Told, about)
        except UnexpectedAnswerError as error:
            details.problems.append(Problem(f"item:{about}", str(error), quarantined=True))
            return
        closes = seen.closing_issues_references
        if closes is not None and closes.total_count > len(closes.nodes):
            what = f"closes {closes.total_count} issues; only {len(closes.nodes)} are told."
            details.add_problem(about, f"{about} {what}")
        details.pulls.append(parse_pulls.pull_request(seen, issue.node_id, home))
        details.people.extend(parse_pulls.people(seen, home.source))

    async def _whole(self, node: Any, node_id: str, about: str) -> dict[str, Any]:
        """The pull request with all entries of its lists."""
        told = dict(shaped(node, dict[str, Any], about))
        for name in LISTS:
            if name in told:
                told[name] = await whole(self._transport, node_id, name, told[name], about, enough=_as_many)
        return told

    def _by_place(
        self, complaints: Sequence[Complaint], homes: Sequence[Container], details: Details
    ) -> dict[int, Complaint]:
        """Complaints by the place of the node they are about; the others become problems of the question."""
        placed = {}
        hidden = [c for c in complaints if c.type in GONE and CHECKS in (c.path or ())]
        if hidden:
            # A token that may not read checks would be told so about every pull request for ever.
            leave_out(self._learned, QUESTION, [CHECKS])
            what = f"Checks are hidden ({hidden[0].message}) and not asked for until tomorrow."
            for key in sorted({home.key for home in homes}):
                details.problems.append(part(f"checks:{key}", what))
        for complaint in complaints:
            if complaint in hidden:
                continue
            if complaint.place is not None:
                placed[complaint.place] = complaint
            else:
                what = f"GitHub complains: {complaint.message}"
                details.problems.append(part(f"query:{QUESTION}", what))
        return placed


def _as_many(files: Sequence[Any]) -> bool:
    return len(files) >= MOST_FILES
