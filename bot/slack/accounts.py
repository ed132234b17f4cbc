"""The accounts of a workspace as people records: whose they are is decided by the rules, never here."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import SlackRefused, reading
from rules.records import Person

_PAGE = 200  # what Slack recommends for users.list
_ELSEWHERE = ("is_restricted", "is_ultra_restricted", "is_stranger")


async def accounts(client: AsyncWebClient, source: str) -> list[Person]:
    """Every account that the workspace lists, deactivated ones too.

    A guest, or someone of another organisation, comes without an e-mail address: theirs proves nothing.

    Raises:
        SlackWait, SlackRefused: the list could not be read whole.
    """
    return [_person(raw, source) async for raw in _members(client)]


async def _members(client: AsyncWebClient) -> AsyncIterator[Mapping[str, Any]]:
    cursor, seen = "", set[str]()
    while cursor not in seen:
        seen.add(cursor)
        page = await reading(client.users_list(limit=_PAGE, cursor=cursor or None))
        for raw in page["members"]:
            yield raw
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return
    raise SlackRefused("repeated_cursor", "Slack's list of accounts repeats. The next sync tries again.")


def _person(raw: Mapping[str, Any], source: str) -> Person:
    profile = raw.get("profile") or {}
    elsewhere = any(raw.get(mark) for mark in _ELSEWHERE)
    return Person(
        source=source,
        id=raw["id"],
        key=raw["id"],
        name=profile.get("real_name") or raw.get("real_name") or raw.get("name") or raw["id"],
        email=None if elsewhere else profile.get("email") or None,
        active=not raw.get("deleted"),
        is_bot=bool(raw.get("is_bot")) or raw["id"] == "USLACKBOT",
    )
