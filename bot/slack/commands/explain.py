"""`explain`: why a work item, a pull request or a finding is what it is, and what to do."""

from collections.abc import Sequence

from bot.slack import answers
from bot.slack.commands.command import Command, MisunderstoodError
from bot.slack.commands.desk import Asker, Desk
from bot.slack.commands.words import reference
from bot.slack.messages import Message
from bot.slack.text import code


def parse(words: Sequence[str]) -> str:
    """The key or finding meant by one word: a key, a pasted address or a finding's id."""
    if len(words) != 1:
        raise MisunderstoodError(
            "Say which one: a key like `PAY-412`, an address, or the id of a finding.", "help explain"
        )
    return reference(words[0])


async def answer(desk: Desk, asker: Asker, what: str, ops: str) -> Message:
    """The explanation; what is unknown and what the asker may not see get the same sentence."""
    told = await desk.explain(asker, what)
    if told is None:
        return answers.say(
            f"I cannot find {code(what, 120)}. Check the key, or ask product operations if it is mapped.",
            f"{ops} findings",
        )
    return answers.explanation(
        told, desk.now(), f"{ops} findings {'product:' + told.product if told.product else ''}".rstrip()
    )


COMMAND = Command(
    "explain",
    "KEY|URL|FINDING",
    "Why each rule says what it says: values met, limits, what to do.",
    ("PAY-412", "larkfield/tracking#7", "https://larkfield.atlassian.net/browse/PAY-412"),
    parse,
    answer,
)
