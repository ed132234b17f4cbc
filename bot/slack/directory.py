"""A Slack workspace as a source: its channels, which the model's pointers name, and its accounts."""

from collections.abc import AsyncIterator, Sequence

from bot.slack.accounts import accounts
from bot.slack.errors import SlackError, SlackWait
from bot.slack.poster import SlackPoster
from connectors.connector import Census, Check, Page
from connectors.errors import ConnectorError, FixRequestError, TryLaterError
from connectors.learned import Learned
from connectors.meter import Meter


class SlackDirectory:
    """A connector that reads the lists of channels and accounts, whole each time."""

    def __init__(self, source: str, poster: SlackPoster) -> None:
        self.source = source
        self._poster = poster
        self.learned = Learned()
        self.meter = Meter()

    @property
    def census(self) -> Census | None:
        """The lists are whole each time: there is nothing to count."""
        return None

    async def pages(self, cursor: str | None, touched: Sequence[str] = ()) -> AsyncIterator[Page]:  # noqa: ARG002 - the list is read whole
        """One page with every channel the bot can see and every account."""
        yield await self._page(cursor or "")

    async def read(self, keys: Sequence[str]) -> Page:  # noqa: ARG002 - the list is read whole
        """The same page: nothing is read one by one."""
        return await self._page("")

    async def check(self) -> Sequence[Check]:
        """Token, scopes, clock."""
        return await self._poster.check()

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _page(self, cursor: str) -> Page:
        try:
            channels = await self._poster.channels()
            people = await accounts(self._poster.client, self.source)
            return Page((*channels, *people), cursor, last=True)
        except SlackError as error:
            raise _told(error) from error


def _told(error: SlackError) -> ConnectorError:
    return TryLaterError(error.sentence) if isinstance(error, SlackWait) else FixRequestError(error.sentence)
