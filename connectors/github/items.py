"""Single issues and pull requests by key or node id, as they are now: for webhooks and questions."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from connectors.connector import Problem, part
from connectors.errors import ConnectorError, UnexpectedAnswerError
from connectors.github import repositories, shapes
from connectors.github.graphql import GONE, MOST_IDS, ask
from connectors.github.repositories import Roster
from connectors.github.shapes import shaped
from connectors.transport import Transport
from rules.records import Container

KEY = re.compile(rf"({shapes.NAME})#([0-9]+)")


@dataclass(slots=True)
class Items:
    """Issues by the repository they were found in, what could not be read, and requests left."""

    found: list[tuple[Container, list[shapes.Issue]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left: int | None = None


async def read(
    transport: Transport, source: str, keys: Sequence[str], covers: Callable[[str], bool]
) -> Items:
    """Read each item once; an item that is gone, moved or outside of what the source `covers` is a problem.

    The repository is read first: whether it is public decides who may see its items, and may have changed.

    Raises:
        ConnectorError: refused for the source as a whole.
    """
    items = Items()
    for name, numbers in (await _by_repository(transport, keys, items)).items():
        if not covers(name):
            what = f"{name} is not one of the repositories of this source."
            items.problems.append(part(f"repository:{name}", what))
            continue
        listed = await Roster(source, name.partition("/")[0], [name]).read(transport)
        items.problems.extend(listed.problems)
        for home in listed.homes:
            entries = [await issue(transport, f"{home.key}#{number}", items) for number in sorted(numbers)]
            items.found.append((home, [entry for entry in entries if entry is not None]))
    return items


async def _by_repository(transport: Transport, keys: Sequence[str], items: Items) -> dict[str, set[int]]:
    wanted: dict[str, set[int]] = {}
    ids = []
    for key in dict.fromkeys(keys):
        if match := KEY.fullmatch(key):
            wanted.setdefault(match[1], set()).add(int(match[2]))
        else:
            ids.append(key)
    for start in range(0, len(ids), MOST_IDS):
        for address in await _addresses(transport, ids[start : start + MOST_IDS], items):
            wanted.setdefault(address.repository.name_with_owner, set()).add(address.number)
    return wanted


async def _addresses(transport: Transport, ids: Sequence[str], items: Items) -> list[shapes.Address]:
    reply = await ask(transport, "Addresses", {"ids": list(ids)})
    late = next((c.message for c in reply.complaints if c.type not in GONE), None)
    found = []
    for node_id, node in zip(ids, reply.nodes(len(ids), "items"), strict=True):
        if node:
            found.append(shaped(node, shapes.Address, node_id))
        elif late:
            items.problems.append(part(f"item:{node_id}", f"GitHub did not tell of {node_id}: {late}"))
        else:
            what = f"GitHub knows no issue or pull request {node_id}, or hides it."
            items.problems.append(part(f"item:{node_id}", what))
    return found


async def issue(transport: Transport, key: str, items: Items) -> shapes.Issue | None:
    """The entry of the issue list for one key; None, and a problem among the items, where there is none."""
    name, _, number = key.partition("#")
    try:
        answer = await transport.get(f"repos/{name}/issues/{number}")
        items.left = answer.left
        return shaped(answer.data, shapes.Issue, key)
    except UnexpectedAnswerError as error:
        items.problems.append(Problem(f"item:{key}", str(error), quarantined=True))
    except ConnectorError as error:
        if not repositories.hidden(error):
            raise
        moved = error.status == 301
        what = "was moved to another repository and has a new key there" if moved else "is gone, or is hidden"
        items.problems.append(part(f"item:{key}", f"{key} {what} ({error.status})."))
    return None
