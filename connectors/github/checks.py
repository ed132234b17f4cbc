"""Checks that were still running when a pull request was read: whether they have come to an end since.

GitHub does not count the end of a check as a change of its pull request, so no list brings it up. Checks that
had ended and are run again are not looked for: every sync would have to ask about every open pull request.
The webhook check_suite tells of their end, and the next change of the pull request brings it too.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.github import parse_pulls
from connectors.github.graphql import MOST_IDS, ask
from connectors.github.shapes import Camel, shaped
from connectors.learned import Learned
from connectors.transport import Transport
from rules.records import PullRequest

RUNNING = "checks running"
MOST = 500  # so many are remembered: 5 points a sync
LONGEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Known:
    """A pull request whose checks were running."""

    node_id: str
    number: int


class _Node(Camel, frozen=True):
    status_check_rollup: parse_pulls.Rollup | None = None


def remember(learned: Learned, pulls: Iterable[PullRequest], now: datetime) -> None:
    """Keep in mind which of these, as they were just read, have checks that are still running."""
    running = _running(learned)
    for pull in pulls:
        if pull.checks == "pending" and pull.state == "open":
            running.setdefault(pull.id, _Running(pull.key, now))
        else:
            running.pop(pull.id, None)
    _keep(learned, running)


async def settled(transport: Transport, learned: Learned, now: datetime) -> Mapping[str, Sequence[Known]]:
    """The pull requests whose checks are running no more, by repository; nothing is asked where none ran.

    Checks that run for ever, such as one that is demanded and never reports, are not looked at for ever.

    Raises:
        ConnectorError: GitHub refused the question.
    """
    running = {id_: one for id_, one in _running(learned).items() if now - one.since < LONGEST}
    states = await sweep(transport, list(running))
    found: dict[str, list[Known]] = defaultdict(list)
    for id_, one in running.items():
        if states.get(id_) != "pending":
            home, _, number = one.key.partition("#")
            found[home].append(Known(id_, int(number)))
    done = {known.node_id for some in found.values() for known in some}
    _keep(learned, {id_: one for id_, one in running.items() if id_ not in done})
    return found


async def sweep(transport: Transport, ids: Sequence[str]) -> Mapping[str, parse_pulls.Checks | None]:
    """What the checks of pull requests come to, by node id; without those that are gone: 1 point for 100.

    Raises:
        ConnectorError: GitHub refused the question.
    """
    states: dict[str, parse_pulls.Checks | None] = {}
    for start in range(0, len(ids), MOST_IDS):
        some = ids[start : start + MOST_IDS]
        reply = await ask(transport, "Checks", {"ids": list(some)})
        for node_id, node in zip(some, reply.nodes(len(some), "pull requests"), strict=True):
            if node is not None:
                states[node_id] = parse_pulls.checks(shaped(node, _Node, node_id).status_check_rollup)
    return states


@dataclass(frozen=True, slots=True)
class _Running:
    key: str
    since: datetime  # it was first met


def _running(learned: Learned) -> dict[str, _Running]:
    told = [text.split(" ") for text in learned.texts(RUNNING)]
    return {id_: _Running(key, datetime.fromisoformat(since)) for id_, key, since in told}


def _keep(learned: Learned, running: Mapping[str, _Running]) -> None:
    told = [f"{id_} {one.key} {one.since.isoformat()}" for id_, one in running.items()]
    if told:
        learned.put(RUNNING, told[-MOST:])
    else:
        learned.forget(RUNNING)
