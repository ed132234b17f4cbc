"""Lists inside of GraphQL answers: where only the first entries came, the further ones are asked for."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.errors import UnexpectedAnswerError
from connectors.github.graphql import ask
from connectors.github.shapes import PageInfo, shaped
from connectors.paging import Walk
from connectors.transport import Transport


async def whole(
    transport: Transport,
    node_id: str,
    name: str,
    told: Any,
    about: str,
    *,
    enough: Callable[[Sequence[Any]], bool] = lambda _: False,
) -> Any:
    """The list `name` of a node as it was told, with all its entries; nothing is asked where all came.

    `enough` ends it early: it is given the entries so far.

    Raises:
        UnexpectedAnswerError: the list has no documented form, repeats for ever, or the node is gone.
        ConnectorError: GitHub refused the question.
    """
    page = _page(told, about)
    if page is None or not page.has_next_page:
        return told
    key = "edges" if "edges" in told else "nodes"
    entries = _entries(told, key, about)
    walk = Walk(f"GitHub's list of the {name} of {about}")
    while page is not None and page.has_next_page and page.end_cursor and not enough(entries):
        walk.on_to(page.end_cursor)
        reply = await ask(transport, "More", {"id": node_id, "after": page.end_cursor, name: True})
        more = shaped(reply.data.get("node"), dict[str, Any], about).get(name)
        entries += _entries(more, key, about)
        page = _page(more, about)
    return {**told, key: entries}


def _page(told: Any, about: str) -> PageInfo | None:
    """Where the list goes on; None for a list that was not told (hidden) or does not say."""
    info = told.get("pageInfo") if isinstance(told, Mapping) else None
    return None if info is None else shaped(info, PageInfo, about)


def _entries(told: Any, key: str, about: str) -> list[Any]:
    if not isinstance(told, Mapping):
        raise UnexpectedAnswerError(f"GitHub does not tell the further entries of a list of {about}.")
    return list(shaped(told.get(key), list[Any], about))
