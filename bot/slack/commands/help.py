"""`help`: the table of commands, or one of them with examples."""

from collections.abc import Sequence
from typing import Any

from bot.slack import answers
from bot.slack.commands.command import Command, MisunderstoodError
from bot.slack.commands.desk import Asker, Desk
from bot.slack.commands.words import nearest
from bot.slack.messages import Message
from bot.slack.text import code


def command(table: Sequence[Command[Any]]) -> Command[str | None]:
    """The command that tells about the others."""
    by_verb = {c.verb: c for c in table}

    def parse(words: Sequence[str]) -> str | None:
        if not words or words[0].casefold() == "help":
            return None
        verb = words[0].casefold()
        if verb not in by_verb:
            guess = nearest(verb, by_verb)
            raise MisunderstoodError(
                f"There is no command {code(words[0], 40)}.", f"help {guess}" if guess else "help"
            )
        return verb

    async def answer(_desk: Desk, _asker: Asker, verb: str | None, ops: str) -> Message:
        if verb is None:
            return answers.overview([(c.form(ops), c.does) for c in (*table, this)], f"{ops} status")
        asked = by_verb[verb]
        typed = [f"{ops} {verb} {example}".rstrip() for example in asked.examples]
        return answers.usage(asked.form(ops), asked.does, typed, typed[0])

    this = Command("help", "[command]", "This, or one command with examples.", ("status",), parse, answer)
    return this
