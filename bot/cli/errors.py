"""`opsbot errors`: what the word in brackets at the end of a message means, and what to do."""

from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli.frame import MISUSED, complain, json_text, say
from bot.errors import COMMAND_UNKNOWN


def errors(
    name: Annotated[str | None, typer.Argument(help="The word in brackets: model-unknown-key.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List the errors opsbot tells of, or explain one: what it means, why it happens, what to do."""
    from bot.errorbook import ALL, TABLES  # noqa: PLC0415 - loads when it is needed
    from config.mistakes import nearest  # noqa: PLC0415 - the same

    asked = name.strip("[]") if name else None
    if asked is not None and asked not in ALL:
        meant = nearest(asked, ALL)
        hint = f"Did you mean {meant}?" if meant else "All: opsbot errors"
        complain(f"There is no error {asked}. {hint}", COMMAND_UNKNOWN)
        raise typer.Exit(MISUSED)
    if as_json:
        shown = [asdict(ALL[asked])] if asked else [asdict(entry) for entry in ALL.values()]
        say(json_text(shown))
    elif asked:
        entry = ALL[asked]
        say(f"{entry.name}\n  means     {entry.means}\n  because   {entry.cause}\n  do this   {entry.cure}")
    else:
        for about, entries in TABLES.items():
            say(f"{about}:")
            for entry in entries:
                say(f"   {entry.name:20} {entry.means}")
        say("\nOne whole: opsbot errors WORD")
