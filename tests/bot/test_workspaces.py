"""Several workspaces side by side: each with its own token, the first one speaks."""

from typing import Any

from pydantic import SecretStr

from bot.clock import utc_now
from bot.workspaces import directories, poster_of
from config.settings import Settings, SourceAccess
from tests.rule_records import model

TWO = model(sources=[{"id": "slack", "slack": "larkfield"}, {"id": "slack-emea", "slack": "larkfield-emea"}])


def settings(**parts: Any) -> Settings:
    return Settings(slack_bot_token=SecretStr("xoxb-first"), **parts)


def test_a_workspace_without_a_token_of_its_own_is_not_read_with_the_first_ones() -> None:
    assert list(directories(TWO, settings(), utc_now)) == ["slack"]


def test_each_workspace_is_read_with_its_own_token() -> None:
    access = {"slack_emea": SourceAccess(token=SecretStr("xoxb-emea"))}
    found = directories(TWO, settings(sources=access), utc_now)
    assert list(found) == ["slack", "slack-emea"]


def test_the_bot_speaks_in_the_first_workspace_of_the_model() -> None:
    poster = poster_of(TWO, settings(), utc_now)
    assert poster is not None
    assert poster.client.token == "xoxb-first"


def test_without_a_bot_token_nobody_speaks() -> None:
    assert poster_of(TWO, Settings(), utc_now) is None
