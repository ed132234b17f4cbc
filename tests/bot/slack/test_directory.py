"""A workspace is read as a source: channels and accounts, whole each time."""

from dataclasses import replace

import pytest

from bot.slack.accounts import accounts
from bot.slack.directory import SlackDirectory
from bot.slack.errors import SlackRefused
from bot.slack.poster import SlackPoster
from bot.slack.sandbox.server import Sandbox
from bot.slack.sandbox.workspace import User
from rules.records import Person


def people(sandbox: Sandbox, *users: User) -> None:
    sandbox.workspace.config = replace(sandbox.workspace.config, users=users)


async def test_one_page_brings_every_channel_and_every_account(poster: SlackPoster, sandbox: Sandbox) -> None:
    (page,) = [page async for page in SlackDirectory("slack-emea", poster).pages(None)]
    assert page.last
    kinds = [record.KIND for record in page.records]
    assert kinds.count("person") == len(sandbox.workspace.config.users)
    assert kinds.count("container") == sum(
        c.member or not c.private for c in sandbox.workspace.config.channels
    )
    assert {record.source for record in page.records if isinstance(record, Person)} == {"slack-emea"}


async def test_accounts_are_read_to_the_last_page(poster: SlackPoster, sandbox: Sandbox) -> None:
    users = tuple(User(f"U{n}", f"user {n}", f"u{n}@larkfield.example") for n in range(450))
    people(sandbox, *users)
    found = await accounts(poster.client, "slack")
    assert [person.id for person in found] == [user.id for user in users]


async def test_an_account_tells_its_name_address_and_whether_it_is_in_use(
    poster: SlackPoster, sandbox: Sandbox
) -> None:
    people(
        sandbox,
        User("U0ANA", "Ana Lind", "ana@larkfield.example"),
        User("U0OLD", "Bo Berg", "bo@larkfield.example", gone=True),
        User("U0BOT", "courier", "", bot=True),
    )
    ana, bo, courier = await accounts(poster.client, "slack")
    assert ana == Person("slack", "U0ANA", "U0ANA", "Ana Lind", "ana@larkfield.example")
    assert (bo.active, bo.email) == (False, "bo@larkfield.example")
    assert (courier.is_bot, courier.email) == (True, None)


async def test_the_address_of_a_guest_proves_nothing_and_is_left_out(
    poster: SlackPoster, sandbox: Sandbox
) -> None:
    people(sandbox, User("U0GUEST", "guest", "ana@larkfield.example", guest=True))
    (guest,) = await accounts(poster.client, "slack")
    assert guest.email is None


async def test_a_list_that_repeats_is_refused_and_not_taken_as_whole(
    poster: SlackPoster, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def same(**_: object) -> dict[str, object]:
        return {"members": [], "response_metadata": {"next_cursor": "again"}}

    monkeypatch.setattr(poster.client, "users_list", same)
    with pytest.raises(SlackRefused, match="repeats"):
        await accounts(poster.client, "slack")
