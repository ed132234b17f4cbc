"""The table of slash commands, and how a line of text finds its command."""

from typing import Any

from bot.slack import answers
from bot.slack.commands import explain, findings, help, status, version  # noqa: A004 - a command's file has its name
from bot.slack.commands.command import Command, MisunderstoodError
from bot.slack.commands.desk import Asker, Desk
from bot.slack.commands.words import is_reference, nearest, reference, split
from bot.slack.messages import OPS, Message
from bot.slack.text import code

_TOLD = (status.COMMAND, findings.COMMAND, explain.COMMAND, version.COMMAND)
COMMANDS: tuple[Command[Any], ...] = (*_TOLD, help.command(_TOLD))


async def answer(text: str, desk: Desk, asker: Asker, ops: str = OPS) -> Message:
    """Answer what was typed after the slash command's name. Mistakes are answered too, never raised."""
    verb, *words = split(text) or ["help" if desk.here(asker) is None else "status"]
    try:
        return await _command(verb).run(desk, asker, words, ops)
    except MisunderstoodError as wrong:
        return answers.say(wrong.sentence, f"{ops} {wrong.following}")


def _command(verb: str) -> Command[Any]:
    table = {command.verb: command for command in COMMANDS}
    if found := table.get(verb.casefold()):
        return found
    if is_reference(verb):
        raise MisunderstoodError("Say what to do with it.", f"explain {reference(verb)}")
    guess = nearest(verb, table)
    meant = f" Did you mean {code(guess)}?" if guess else ""
    raise MisunderstoodError(f"I do not know {code(verb, 40)}.{meant}", guess or "help")
