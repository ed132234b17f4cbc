"""Project boards: which of their cards moved. The fields of an issue are read with the issue (issues.py).

Whether GitHub counts a moved card as a change of its issue is not documented, so the boards are asked too.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connectors.connector import Problem, part
from connectors.errors import ConnectorError, UnexpectedAnswerError, WaitError
from connectors.github.cursor import OVERLAP
from connectors.github.graphql import ask
from connectors.github.shapes import Camel, Dated, Home, Nodes, PageInfo, Time, shaped
from connectors.learned import Learned
from connectors.paging import Walk
from connectors.transport import Transport

MANY = 50  # issues of one repository that are read one by one; of more, the whole list is read anew


class _Content(Camel, frozen=True):
    """An issue; a draft or a pull request tells nothing of these."""

    number: int | None = None
    repository: Home | None = None


class _Item(Dated, frozen=True, rename="camel"):
    updated_at: Time
    content: _Content | None = None


class _Items(Nodes[_Item | None], frozen=True, kw_only=True):
    page_info: PageInfo


class _Board(Dated, frozen=True, rename="camel"):
    updated_at: Time
    items: _Items


@dataclass(slots=True)
class Moved:
    """Keys of issues whose cards moved, by repository; up to when; and boards that cannot be read."""

    found: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    until: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def remember(self, learned: Learned) -> None:
        """These issues have been read: the next time, what moved since then is asked for."""
        for name, until in self.until.items():
            learned.put(name, until)


async def moved(transport: Transport, learned: Learned, owner: str, boards: Sequence[int]) -> Moved:
    """The issues whose cards on these boards of an owner moved since the last time: 1 point a board at rest.

    Of a board that was never asked, all of them.

    Raises:
        WaitError: GitHub grants nothing more for now.
    """
    moved = Moved()
    for number in boards:
        try:
            await _of_board(transport, learned, owner, number, moved)
        except WaitError:
            raise
        except ConnectorError as error:
            what = f"The project board {number} of {owner} cannot be read: {error}"
            moved.problems.append(part(f"board:{number}", what))
    return moved


async def _of_board(transport: Transport, learned: Learned, owner: str, number: int, moved: Moved) -> None:
    name = f"board:{number}"
    known = learned.text(name)
    since = datetime.fromisoformat(known) if known else None
    board = await _page(transport, owner, number, None)
    until = board.updated_at
    if since is not None and until <= since:
        return
    walk, keys = Walk(f"GitHub's pages of the board {number}"), _moved(board, since)
    while board.items.page_info.has_next_page and (after := board.items.page_info.end_cursor):
        walk.on_to(after)
        board = await _page(transport, owner, number, after)
        keys |= _moved(board, since)
    for key, home in keys.items():
        moved.found[home].append(key)
    moved.until[name] = until.isoformat()


async def _page(transport: Transport, owner: str, number: int, after: str | None) -> _Board:
    reply = await ask(transport, "Board", {"owner": owner, "number": number, "after": after})
    told = (reply.data.get("repositoryOwner") or {}).get("projectV2")
    if told is None:
        said = reply.complaints[0].message if reply.complaints else "there is none of that number"
        raise UnexpectedAnswerError(f"GitHub does not tell it ({said.rstrip('.')}).")
    return shaped(told, _Board, f"the board {number}")


def _moved(board: _Board, since: datetime | None) -> dict[str, str]:
    """The repositories of the issues whose cards moved, by the issues' keys."""
    keys = {}
    for item in board.items.nodes:
        if item is None or item.content is None or item.content.repository is None:
            continue
        if since is None or item.updated_at >= since - OVERLAP:
            home = item.content.repository.name_with_owner
            keys[f"{home}#{item.content.number}"] = home
    return keys
