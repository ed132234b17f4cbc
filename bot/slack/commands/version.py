"""`version`: which opsbot answers here."""

from collections.abc import Sequence
from importlib.metadata import version

from bot.slack import answers
from bot.slack.commands.command import Command
from bot.slack.commands.desk import Asker, Desk
from bot.slack.messages import Message


def parse(_words: Sequence[str]) -> None:
    """Nothing to read."""


async def answer(_desk: Desk, _asker: Asker, _request: None, ops: str) -> Message:
    """Name and version."""
    return answers.say(f"opsbot {version('product-ops-bot')}", f"{ops} help")


COMMAND = Command("version", "", "Which opsbot answers here.", ("",), parse, answer)
