"""The pages settings.md and commands.md: every variable, and every command at the terminal and in Slack."""

from collections.abc import Iterator
from typing import Any

import typer.main
from markdown import GENERATED, code, table
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot.cli.app import build
from bot.slack.commands import COMMANDS
from bot.slack.messages import OPS
from config.settings import is_secret, variable_fields

WIDTH = 96  # of a help text

CODES = (
    ("0", "It went well. For `judge --fail-on`: nothing open is as grave as that."),
    ("1", "`judge --fail-on`: something is. `doctor`: a check failed."),
    ("2", "A mistake to correct here: an option, a setting, the operating model."),
    ("3", "A source or an export could not be read, or not all of it."),
)


def settings_page() -> str:
    """Every OPSBOT_ variable."""
    text = (
        "# Settings\n\n"
        "Settings are environment variables. They may also stand in a `.env` file in the folder opsbot works "
        "in; the environment wins. An empty variable counts as not set. A name that is not in this list is "
        "refused, so a typo is found at the start.\n\n"
        "A secret may stand in a file: add `_FILE` to the variable's name and give the path. "
        "Set one of the two, not both.\n\n"
        "`<ID>` is the id of a source in the operating model, in capitals, with `_` for `-`: "
        "the token of `{id: jira, …}` is `OPSBOT_SOURCES__JIRA__TOKEN`.\n\n"
    )
    head = ("Variable", "Meaning", "Default", "From a file")
    return GENERATED + text + table(head, (_variable(*item) for item in variable_fields().items()))


def _variable(name: str, field: FieldInfo) -> tuple[str, ...]:
    return code(name), field.description or "", _default(field.default), "yes" if is_secret(field) else ""


def _default(value: Any) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return code(str(value)) if value is not None else "not set"


def commands_page() -> str:
    """Help texts of the command line, and the table of Slack commands."""
    slack = (
        (code(c.form(OPS)), c.does, ", ".join(code(f"{OPS} {c.verb} {e}".rstrip()) for e in c.examples))
        for c in COMMANDS
    )
    return "".join(
        [
            GENERATED,
            "# Commands\n\n## At the terminal\n\n",
            "Exit codes:\n\n",
            table(("Code", "Meaning"), CODES),
            *(f"\n### {name}\n\n```text\n{text}\n```\n" for name, text in _helps()),
            "\n## In Slack\n\n",
            f"Typed after the slash command, here `{OPS}` (`OPSBOT_SLACK_COMMAND`). ",
            "Answers are seen by the person who asked, and hold what that person may see.\n\n",
            table(("Command", "What it tells", "Examples"), slack),
        ]
    )


def _helps() -> Iterator[tuple[str, str]]:
    def walk(command: Any, name: str, parent: Any) -> Iterator[tuple[str, str]]:
        context = command.make_context(
            name, [], parent=parent, resilient_parsing=True, terminal_width=WIDTH, max_content_width=WIDTH
        )
        yield context.command_path, command.get_help(context).strip()
        for below, one in getattr(command, "commands", {}).items():
            yield from walk(one, below, context)

    yield from walk(typer.main.get_command(build()), "opsbot", None)
