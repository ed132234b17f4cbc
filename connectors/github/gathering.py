"""From what lists name to records: what the lists leave out is asked for, and every account is told once."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from connectors.github import boards, checks, items, parse
from connectors.github.boards import Moved
from connectors.github.cursor import Cursor
from connectors.github.detail import DetailReader, Listed
from connectors.github.gathered import Gathered
from connectors.github.issues import Besides, IssueReader
from connectors.github.parse_beside import NOTHING
from connectors.github.reading import Step
from connectors.learned import Learned
from connectors.transport import Transport
from rules.records import Container, Person


class Gatherer:
    """Gathers the records of one source. `known` are the accounts that a sync has told already, by id."""

    def __init__(
        self,
        transport: Transport,
        learned: Learned,
        owner: str,
        boards: Sequence[int],
        clock: Callable[[], datetime],
    ) -> None:
        self._transport = transport
        self._learned = learned
        self._clock = clock
        self._details = DetailReader(transport, learned)
        self._issues = IssueReader(transport, learned, owner, boards)

    @property
    def size(self) -> int:
        """How many pull requests fill a question."""
        return self._details.size

    async def issues(self, step: Step, known: set[str]) -> Gathered:
        """The issues among the entries of a step, and the people of all of them.

        Raises:
            ConnectorError: GitHub refused a whole question.
        """
        listed = [issue for issue in step.issues if issue.pull_request is None]
        beside = await self._issues.read(listed, step.home.key) if listed else Besides()
        people = (person for issue in step.issues for person in parse.people(issue, step.home.source))
        work = [parse.work_item(i, step.home, beside.found.get(i.node_id, NOTHING)) for i in listed]
        read = Gathered((*_new(people, known), *work), tuple(beside.problems), beside.left)
        return Gathered((), step.problems, step.left).and_(read)

    async def pulls(self, pulls: Sequence[tuple[Listed, Container]], known: set[str]) -> Gathered:
        """These pull requests, each of its repository, and their people.

        Raises:
            ConnectorError: GitHub refused a whole question.
        """
        details = await self._details.read(pulls)
        checks.remember(self._learned, details.pulls, self._clock())
        new = _new(details.people, known)
        return Gathered((*new, *details.pulls), tuple(details.problems), details.left)

    async def moved(self, moved: Moved, homes: Sequence[Container], known: set[str]) -> Gathered:
        """The issues whose cards moved, as they are now; where they are many, the whole list is read anew.

        Raises:
            ConnectorError: as the transport has it.
        """
        got = Gathered()
        for home in homes:
            keys = moved.found.get(home.key, ())
            if len(keys) <= boards.MANY:
                read = items.Items()
                entries = [await items.issue(self._transport, key, read) for key in keys]
                step = Step(home, Cursor(), tuple(e for e in entries if e), tuple(read.problems), read.left)
                got = got.and_(await self.issues(step, known))
        return got

    async def settled(self, homes: Sequence[Container], known: set[str]) -> Gathered:
        """The pull requests whose checks have come to their end since they were read, as they are now.

        Raises:
            ConnectorError: GitHub refused a whole question.
        """
        found = await checks.settled(self._transport, self._learned, self._clock())
        return await self.pulls([(pull, home) for home in homes for pull in found.get(home.key, ())], known)


def _new(people: Iterable[Person], known: set[str]) -> Iterable[Person]:
    new = {person.id: person for person in people if person.id not in known}
    known.update(new)
    return new.values()
