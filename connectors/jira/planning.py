"""How Larkfield plans, which its world does not tell: boards, sprints, points, versions and who leads what.

All of it follows from the world and from nothing else, so that every run tells the same. What an issue has of
it changes only when something happens to the issue.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from connectors.larkfield.products import PRODUCTS
from connectors.larkfield.world import BEGIN, Issue, IssueState, Member, Project, World

SPRINT = timedelta(days=14)
POINTS: Mapping[str, tuple[int, ...]] = {"Story": (1, 2, 3, 5, 8), "Task": (1, 2, 3), "Bug": (1, 1, 2, 3)}
PLANNED_AHEAD = 2  # sprints and versions
IDS_A_PROJECT = 1000  # of sprints and of versions


@dataclass(frozen=True, slots=True)
class Board:
    """Where a project's work is shown; on a Kanban board there are no sprints."""

    id: int
    project: Project

    @property
    def scrum(self) -> bool:
        """Every other project works in sprints."""
        return self.id % 2 == 1


@dataclass(frozen=True, slots=True)
class SprintTold:
    """Two weeks of a board."""

    id: int
    board: Board
    name: str
    begins: datetime

    def told(self, at: datetime, board: str = "boardId") -> dict[str, Any]:
        """As Cloud tells it at that moment: in an issue `boardId` names the board, elsewhere another word."""
        ends = self.begins + SPRINT
        state = "future" if at < self.begins else "active" if at < ends else "closed"
        return {
            "id": self.id,
            "name": self.name,
            "state": state,
            board: self.board.id,
            "goal": "",
            "startDate": iso(self.begins),
            "endDate": iso(ends),
            **({"completeDate": iso(ends)} if state == "closed" else {}),
        }


@dataclass(frozen=True, slots=True)
class VersionTold:
    """A month's release of a project."""

    id: int
    name: str
    day: date  # of its release

    def released(self, at: datetime) -> bool:
        """Whether that day has come."""
        return at.date() >= self.day


class Planning:
    """The plans of a world's projects."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._first = datetime.combine(
            world.begins.date() - timedelta(days=world.begins.weekday()), time(7), UTC
        )
        self.boards = tuple(Board(one.id, one) for one in world.projects if not one.archived)
        self._boards = {board.project.key: board for board in self.boards}

    def points(self, issue: Issue) -> float | None:
        """The estimate of a story, task or bug."""
        scale = POINTS.get(issue.kind)
        return None if scale is None else float(scale[issue.id % len(scale)])

    def sprints(self, board: Board, at: datetime) -> list[SprintTold]:
        """A board's sprints from the first to two that are still to come."""
        if not board.scrum:
            return []
        return [self._sprint(board, n) for n in range(self._place(at) + 1 + PLANNED_AHEAD)]

    def sprints_of(self, issue: Issue, state: IssueState) -> list[SprintTold]:
        """The sprints in which an issue was moved on: what is not begun is in none, and epics never are."""
        board = self._boards.get(issue.project)
        if board is None or not board.scrum or issue.kind not in POINTS:
            return []
        moved = [one.at for one in state.happenings if one.field == "status" and not _is_begin(one.after)]
        return [self._sprint(board, n) for n in sorted({self._place(at) for at in moved})]

    def versions(self, project: Project, at: datetime) -> list[VersionTold]:
        """A project's monthly versions from the first to two that are still to come."""
        begins = self._world.begins
        months = (at.year - begins.year) * 12 + at.month - begins.month
        return [_version(project, begins, n) for n in range(months + 1 + PLANNED_AHEAD)]

    def version_of(self, state: IssueState, project: Project) -> VersionTold | None:
        """The version an issue that was done went out with."""
        if state.closed_at is None or state.resolution != "Done":
            return None
        begins = self._world.begins
        months = (state.closed_at.year - begins.year) * 12 + state.closed_at.month - begins.month
        return _version(project, begins, max(months, 0))

    def components(self, project: Project) -> list[str]:
        """The names of a project's components."""
        return sorted(name for key, name in self._asking if key == project.key and name)

    def lead(self, project: Project, component: str = "") -> Member | None:
        """Who leads a component or, without one, the project: who owns the product, else who asks most."""
        owners = (
            one.owner
            for one in PRODUCTS.values()
            if one.project == project.key and (not component or component in one.components)
        )
        asked = self._asking.get((project.key, component), Counter())
        most = sorted(asked, key=lambda handle: (-asked[handle], handle))
        return next((self._world.people[one] for one in (*owners, *most) if one in self._world.people), None)

    @cached_property
    def _asking(self) -> Mapping[tuple[str, str], Counter[str]]:
        """(project, component, or "" for all of it) → who reported how much there."""
        found: dict[tuple[str, str], Counter[str]] = {}
        for issue in self._world.issues:
            for component in ("", *issue.components):
                found.setdefault((issue.project, component), Counter())[issue.reporter] += 1
        return found

    def _place(self, at: datetime) -> int:
        return max((at - self._first) // SPRINT, 0)

    def _sprint(self, board: Board, n: int) -> SprintTold:
        id_ = board.id * IDS_A_PROJECT + n
        return SprintTold(id_, board, f"{board.project.key} Sprint {n + 1}", self._first + n * SPRINT)


def _version(project: Project, begins: datetime, n: int) -> VersionTold:
    years, month = divmod(begins.month - 1 + n, 12)
    later, following = divmod(begins.month + n, 12)
    name = f"{(begins.year + years) % 100}.{month + 1:02d}"
    last = date(begins.year + later, following + 1, 1) - timedelta(days=1)
    return VersionTold(project.id * IDS_A_PROJECT + n, name, last)


def _is_begin(status: str | None) -> bool:
    return (status or "").casefold() in BEGIN


def iso(at: datetime) -> str:
    """A time as Jira writes it: 2026-11-02T09:00:00.000+0000."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+0000"
