"""A workspace to talk to."""

from collections.abc import AsyncIterator

import pytest

from bot.slack.poster import SlackPoster, create_client
from bot.slack.sandbox.server import Sandbox, create_sandbox
from bot.slack.sandbox.workspace import Channel, Config, User

TOKEN = "xoxb-sandbox"
APP_TOKEN = "xapp-sandbox"
SECRET = "signing-secret"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """Larkfield's workspace on a free port."""
    config = Config(
        bot_token=TOKEN,
        app_token=APP_TOKEN,
        signing_secret=SECRET,
        channels=(
            *(Channel(f"C0FILL{n:03}", f"filler-{n}") for n in range(120)),  # more than one page
            Channel("C0BOOKING", "prod-booking"),
            Channel("C0PRIVATE", "product-ops", private=True),
            Channel("C0ARCHIVE", "old-news", archived=True),
            Channel("C0OUTSIDE", "lobby", member=False),
            Channel("C0HIDDEN", "hidden", private=True, member=False),
            Channel("C0SHARED", "with-carrier", shared=True),
        ),
        users=(
            User("U0ANA", "ana", "Ana@larkfield.example"),
            User("U0WRITTEN", "bo", "other@larkfield.example"),
            User("U0GUEST", "guest", "chi@larkfield.example", guest=True),
            User("U0BOT", "bot", "dev@larkfield.example", bot=True),
            User("U0OTHER", "eve", "ana@larkfield.example", team="T0OTHER"),
            User("U0NOBODY", "zoe", "zoe@larkfield.example"),
        ),
    )
    async with create_sandbox(config).serving() as served:
        yield served


@pytest.fixture
def poster(sandbox: Sandbox) -> SlackPoster:
    """A poster that is signed in."""
    return SlackPoster(create_client(TOKEN, sandbox.url))
