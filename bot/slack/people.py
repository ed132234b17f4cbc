"""Who a Slack user is in the operating model: by the account written there, else by e-mail; never by name."""

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import SlackError, reading
from config.model import Handle, Person

log = structlog.get_logger(__name__)


class People:
    """Finds handles. `people` gives the model's people as they are now; e-mails are asked once a process.

    `workspace` is the id of the source whose accounts are asked about.
    """

    def __init__(
        self, client: AsyncWebClient, people: Callable[[], Mapping[Handle, Person]], workspace: str = "slack"
    ) -> None:
        self._client = client
        self._people = people
        self._workspace = workspace
        self._emails: dict[str, str] = {}

    async def handle(self, user: str, team: str) -> Handle | None:
        """The person with this Slack account in our workspace, None where the model knows none.

        E-mail counts only for full members: guests and people from elsewhere must be written in the model.
        """
        people = self._people()
        if (written := self._written(people, user)) is not None:
            return written
        email = self._emails.get(user) or await self._email(user, team)
        return next((h for h, p in people.items() if email and _same(p.email, email)), None)

    def _written(self, people: Mapping[Handle, Person], user: str) -> Handle | None:
        return next((h for h, p in people.items() if p.account("slack", self._workspace) == user), None)

    async def _email(self, user: str, team: str) -> str | None:
        try:
            answer = await reading(self._client.users_info(user=user))
        except SlackError as error:
            log.warning("slack.user_unknown", user=user, error=error.sentence)
            return None
        account: Mapping[str, Any] = answer["user"]
        email = (account.get("profile") or {}).get("email")
        if not email or not _full_member(account, team):
            return None
        self._emails[user] = email
        return str(email)


def _full_member(account: Mapping[str, Any], team: str) -> bool:
    outside = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
    return account.get("team_id") == team and not any(account.get(mark) for mark in outside)


def _same(written: str | None, email: str) -> bool:
    return written is not None and written.casefold() == email.casefold()
