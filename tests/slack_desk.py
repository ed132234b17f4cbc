"""A desk that knows Larkfield's Booking portal and remembers what it was asked."""

from collections.abc import Sequence
from datetime import datetime

import slack_views as views

from bot.slack.commands.desk import Asker, FindingsPage, FindingsQuery
from rules.views import Explanation, Status


class LarkfieldDesk:
    """Answers with the same views to everyone; `askers` and `asked` are for tests to read."""

    def __init__(self) -> None:
        self.askers: list[Asker] = []
        self.asked: list[object] = []
        self.channel_of: str | None = None

    def now(self) -> datetime:
        return views.NOW

    def products(self, _asker: Asker) -> Sequence[str]:
        return ["booking-portal", "tracking"]

    def streams(self, _asker: Asker) -> Sequence[str]:
        return ["ship"]

    def here(self, _asker: Asker) -> str | None:
        return self.channel_of

    async def status(self, asker: Asker, about: str | None) -> Status:
        self._remember(asker, about)
        return views.status()

    async def findings(self, asker: Asker, query: FindingsQuery) -> FindingsPage:
        self._remember(asker, query)
        return FindingsPage((views.line(),), query.page, 3, 24)

    async def explain(self, asker: Asker, what: str) -> Explanation | None:
        self._remember(asker, what)
        return views.explanation() if what == "BOOK-412" else None

    def _remember(self, asker: Asker, what: object) -> None:
        self.askers.append(asker)
        self.asked.append(what)
