"""`opsbot try`: five things to try on the demo, each with the real commands and what they print."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.frame import MISUSED, complain, guarded, run_async, say
from bot.errors import COMMAND_UNKNOWN


def tryout(
    name: Annotated[
        str | None, typer.Argument(help="waiver, threshold, outage, fix or yours; none: a list.")
    ] = None,
    folder: Annotated[Path, typer.Option("--folder", help="Folder of the demo.")] = Path("opsbot-demo"),
) -> None:
    """Try one of five things on the demo's company, with real commands and what they print.

    waiver: refused to the wrong person, granted by the right one.

    threshold: what changing it would open and close.

    outage: Jira broken, and verdicts that become unknown.

    fix: an item fixed, and the finding that resolves.

    yours: exports judged without an account, and a first model.
    """
    from bot.tryout.scripts import SCRIPTS  # noqa: PLC0415 - loads when it is needed

    if name is None:
        say("Five things to try; each takes some seconds, and can be repeated:\n")
        for script in SCRIPTS.values():
            say(f"   opsbot try {script.name:10} {script.shows}")
        return
    if name not in SCRIPTS:
        says = f"There is nothing called {name} to try. There are {', '.join(SCRIPTS)}."
        complain(says, COMMAND_UNKNOWN)
        raise typer.Exit(MISUSED)
    from bot.tryout.play import play  # noqa: PLC0415 - loads when it is needed

    raise typer.Exit(run_async(play(SCRIPTS[name], folder, typed, say)))


def typed(words: list[str]) -> int:
    """Run the command line as if these words had been typed."""
    from bot.cli.app import build  # noqa: PLC0415 - it knows this very command

    try:
        return guarded(partial(build(), args=words, prog_name="opsbot"), debug=False)
    except SystemExit as ended:
        return int(ended.code or 0)
