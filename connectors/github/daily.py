"""What is read once a day, for it changes seldom and costs points: owners, teams, releases, deployments."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta

from connectors.connector import Problem
from connectors.errors import WaitError
from connectors.github import detail, issues, owners, shipped, teams
from connectors.github.gathered import Gathered
from connectors.github.optional import ask_again
from connectors.github.shipped import HISTORY
from connectors.learned import Learned
from connectors.transport import Transport
from rules.records import Container

DAILY = "daily"
DAY = timedelta(days=1)
OVERLAP = timedelta(days=1)  # a deployment may change long after it was made


class Daily:
    """The daily round of one source: `begin` before its repositories are told, `rest` after their changes."""

    def __init__(
        self, transport: Transport, learned: Learned, source: str, owner: str, clock: Callable[[], datetime]
    ) -> None:
        self._transport = transport
        self._learned = learned
        self._source = source
        self._owner = owner
        self._clock = clock

    def due(self) -> bool:
        """A day has passed since the last round, or there was none."""
        last = self._last()
        return last is None or self._clock() - last >= DAY

    async def begin(self, homes: Sequence[Container]) -> list[Problem]:
        """Read who owns the repositories; a server and an account are asked again for what was hidden."""
        ask_again(self._learned, detail.QUESTION)
        ask_again(self._learned, issues.QUESTION)
        try:
            return await owners.read(self._transport, self._learned, homes)
        except WaitError:
            return []  # lists have a budget of their own and go on; `rest` meets the same end and says so

    def owned(self, homes: Sequence[Container]) -> list[Container]:
        """The repositories with their owners as of the last round."""
        return [owners.owned(home, self._learned) for home in homes]

    async def rest(self, homes: Sequence[Container]) -> AsyncIterator[Gathered]:
        """Yield teams, releases and deployments; with the last of them the round is done.

        What is archived ships nothing any more: it is asked in the first round only.

        Raises:
            WaitError: GitHub grants nothing more for now; the next sync begins the round anew.
        """
        began = self._clock()
        last = self._last()
        since = began - HISTORY if last is None else last - OVERLAP
        read = await teams.read(self._transport, self._source, self._owner)
        yield Gathered(tuple(read.found), tuple(read.problems))
        asked = [home for home in homes if last is None or not home.archived]
        async for batch in shipped.read(self._transport, self._learned, asked, since):
            yield batch
        self._learned.put(DAILY, began.isoformat())

    def _last(self) -> datetime | None:
        text = self._learned.text(DAILY)
        return datetime.fromisoformat(text) if text else None
