"""Which of many repositories moved: 50 of them for one point, with how many items each holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.github.cursor import OVERLAP
from connectors.github.graphql import ask_whole
from connectors.github.shapes import Camel, Counted, Dated, Time, shaped
from connectors.refusal import believed_until
from connectors.transport import Transport

AT_ONCE = 50  # repositories; each is two connections, and a hundred connections cost a point


class _Changed(Dated, frozen=True, rename="camel"):
    updated_at: Time


class _Told(Camel, frozen=True):
    issues: Counted[_Changed] | None  # hidden from the account
    pull_requests: Counted[_Changed] | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a repository holds: its last change, how many items, and a text that is another once they change.

    The text is none while the last change is so fresh that a second one in the same second may follow.
    """

    newest: datetime | None
    total: int
    text: str | None
    at: datetime | None  # GitHub's time when it told


async def probe(transport: Transport, ids: Sequence[str]) -> Mapping[str, Seen]:
    """What these repositories hold, by their node ids; one that is hidden or gone is left out.

    Raises:
        ConnectorError: GitHub did not tell all.
    """
    seen = {}
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        reply = await ask_whole(transport, "Probe", {"ids": list(some)})
        for id_, node in zip(some, reply.nodes(len(some), "repositories"), strict=True):
            told = shaped(node, _Told, f"the repository {id_}") if node else None
            if told is not None and told.issues is not None and told.pull_requests is not None:
                seen[id_] = _seen((told.issues, told.pull_requests), reply.at)
    return seen


def _seen(both: Sequence[Counted[_Changed]], at: datetime | None) -> Seen:
    newest = max((one.updated_at for kind in both for one in kind.nodes), default=None)
    if newest is not None and at is not None and newest > believed_until(at):
        # A change of the future would hide all others.
        return Seen(at, sum(kind.total_count for kind in both), None, at)
    settled = at is not None and (newest is None or at - newest >= OVERLAP)
    moments = " ".join(
        f"{kind.total_count} {kind.nodes[0].updated_at.isoformat() if kind.nodes else '-'}" for kind in both
    )
    return Seen(newest, sum(kind.total_count for kind in both), moments if settled else None, at)
