"""`status`: how a product, a value stream or everything stands right now."""

from collections.abc import Sequence

from bot.slack import answers
from bot.slack.commands.command import Command
from bot.slack.commands.desk import Asker, Desk
from bot.slack.commands.words import named, unknown
from bot.slack.messages import Message


def parse(words: Sequence[str]) -> str | None:
    """The product or stream named, None for wherever the question is asked."""
    return " ".join(w.removeprefix("product:").removeprefix("stream:") for w in words) or None


async def answer(desk: Desk, asker: Asker, about: str | None, ops: str) -> Message:
    """Status of what was named, else of the channel's product or stream, else of all the asker may see."""
    name = desk.here(asker)
    if about is not None:
        allowed = [*desk.products(asker), *desk.streams(asker)]
        name = named(about, allowed)
        if name is None:
            raise unknown("product or value stream", about, allowed, "status")
    told = await desk.status(asker, name)
    following = f"{ops} findings {name or ''}".rstrip() if any(told.open.values()) else f"{ops} help"
    return answers.status(told, desk.now(), following)


COMMAND = Command(
    "status",
    "[product|stream]",
    "Counts by severity, the age of the data, the next digest.",
    ("", "booking-portal"),
    parse,
    answer,
)
