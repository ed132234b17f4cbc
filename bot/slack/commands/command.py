"""What a slash command is: a verb, how its words are read, and how it is answered."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.slack.commands.desk import Asker, Desk
from bot.slack.messages import Message

Request = TypeVar("Request")


class MisunderstoodError(Exception):
    """The words make no sense as they stand.

    `sentence` says why, foreign words in it already safe for Slack; `following` is what to type instead,
    without the name of the slash command.
    """

    def __init__(self, sentence: str, following: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.following = following


@dataclass(frozen=True, slots=True)
class Command(Generic[Request]):
    """One line of the table of commands. `parse` raises MisunderstoodError and asks nobody."""

    verb: str
    arguments: str
    does: str
    examples: tuple[str, ...]  # arguments, without the verb
    parse: Callable[[Sequence[str]], Request]
    answer: Callable[[Desk, Asker, Request, str], Awaitable[Message]]

    def form(self, ops: str) -> str:
        """How it is typed: `/ops status [product|stream]`."""
        return f"{ops} {self.verb} {self.arguments}".rstrip()

    async def run(self, desk: Desk, asker: Asker, words: Sequence[str], ops: str) -> Message:
        """Read the words and answer; `ops` is the name of the slash command here."""
        return await self.answer(desk, asker, self.parse(words), ops)
