"""What the list of issues only counts or leaves out: what holds them back, and their fields on boards."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.connector import Problem, part
from connectors.errors import FixRequestError, GrantAccessError, TryLaterError, UnexpectedAnswerError
from connectors.github import parse_beside, shapes
from connectors.github.graphql import MOST_IDS, Complaint, Reply
from connectors.github.optional import ask_what_is_known
from connectors.github.parse_beside import Beside
from connectors.github.shapes import shaped
from connectors.learned import Learned
from connectors.pagesize import PageSize
from connectors.transport import Transport

QUESTION = "Issues"
SMALLEST_BATCH = 10
BLOCKERS, BOARDS = "blockedBy", "projectItems"


@dataclass(slots=True)
class Besides:
    """What was read, by the node id of the issue, what could not be read, and points left."""

    found: dict[str, Beside] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    left: int | None = None


class IssueReader:
    """Reads what belongs to issues and is not in their list. Most have nothing of it and cost nothing.

    `boards` are the numbers of the project boards of `owner` whose fields count; the earlier one goes first.
    """

    def __init__(self, transport: Transport, learned: Learned, owner: str, boards: Sequence[int]) -> None:
        self._transport = transport
        self._learned = learned
        self._owner = owner.casefold()
        self._boards = tuple(boards)
        self._batch = PageSize(learned, QUESTION, most=MOST_IDS, least=SMALLEST_BATCH)

    async def read(self, issues: Sequence[shapes.Issue], home: str) -> Besides:
        """Read what these issues of a repository have beside; those that have nothing are left out.

        Raises:
            ConnectorError: GitHub refused a whole question for another reason than that boards are hidden.
        """
        beside = Besides()
        boards = self._boards
        rest = [issue for issue in issues if boards or _held_back(issue)]
        while rest:
            some = rest[: self._batch.size]
            try:
                reply = await self._ask(some, boards=bool(boards))
            except TryLaterError:
                if not self._batch.failed():
                    raise
                continue
            except (FixRequestError, GrantAccessError) as error:
                # A classic token without the scope read:project is refused the question as a whole.
                if not boards or BOARDS not in error.what:
                    raise
                beside.problems.append(_hidden(BOARDS, home, error.what))
                boards, rest = (), [issue for issue in rest if _held_back(issue)]
                continue
            self._batch.worked()
            rest = rest[len(some) :]
            beside.left = reply.left
            self._take(some, reply, home, beside)
        return beside

    async def _ask(self, some: Sequence[shapes.Issue], *, boards: bool) -> Reply:
        asking = {"ids": [issue.node_id for issue in some], "boards": boards}
        return await ask_what_is_known(
            self._transport, self._learned, QUESTION, asking, [BLOCKERS], tries=self._batch.tries
        )

    def _take(self, some: Sequence[shapes.Issue], reply: Reply, home: str, beside: Besides) -> None:
        nodes = reply.nodes(len(some), "issues")
        said = _by_place(reply.complaints)
        beside.problems += _of_all(said, home)
        for place, (issue, node) in enumerate(zip(some, nodes, strict=True)):
            about = f"{home}#{issue.number}"
            if node is None:
                what = f"{about} was deleted, or is hidden from the bot."
                beside.problems.append(part(f"item:{about}", what))
                continue
            try:
                seen = shaped(node, parse_beside.Told, about)
                beside.found[issue.node_id] = parse_beside.beside(seen, self._owner, self._boards)
            except UnexpectedAnswerError as error:
                beside.problems.append(Problem(f"item:{about}", str(error), quarantined=True))
                continue
            missing = [c for c in said.get(place, ()) if not _names(c, (BLOCKERS, BOARDS))]
            if missing or _cut(seen):
                reason = missing[0].message if missing else "a list is longer than what came"
                what = f"GitHub does not tell all about {about}: {reason}."
                beside.problems.append(part(f"item:{about}", what))


def _held_back(issue: shapes.Issue) -> bool:
    """Whether the list says that other issues hold this one back, or did."""
    told = issue.issue_dependencies_summary
    return told is not None and max(told.blocked_by, told.total_blocked_by) > 0


def _cut(seen: parse_beside.Told) -> bool:
    lists = (seen.blocked_by, seen.project_items)
    return any(told is not None and told.total_count > len(told.nodes) for told in lists)


def _by_place(complaints: Sequence[Complaint]) -> Mapping[int | None, Sequence[Complaint]]:
    """Complaints by the place of the issue they are about; None for those about none."""
    placed: dict[int | None, list[Complaint]] = {}
    for complaint in complaints:
        placed.setdefault(complaint.place, []).append(complaint)
    return placed


def _of_all(said: Mapping[int | None, Sequence[Complaint]], home: str) -> list[Problem]:
    """One problem for each kind of thing that is hidden of many issues, and those about no issue."""
    every = [complaint for some in said.values() for complaint in some]
    hidden = {name: next((c for c in every if _names(c, (name,))), None) for name in (BLOCKERS, BOARDS)}
    problems = [_hidden(name, home, c.message) for name, c in hidden.items() if c is not None]
    return problems + [
        part(f"query:{QUESTION}", f"GitHub complains: {c.message}") for c in said.get(None, ())
    ]


def _names(complaint: Complaint, fields: Collection[str]) -> bool:
    return any(name in (complaint.path or ()) for name in fields)


def _hidden(name: str, home: str, message: str) -> Problem:
    if name == BOARDS:
        what = f"The project boards are hidden ({message.rstrip('.')}). Let the account read projects."
        return part(f"boards:{home}", what)
    return part(f"blockers:{home}", f"What holds issues back is hidden ({message.rstrip('.')}).")
