"""`opsbot demo`: see it work, with nothing but this machine."""

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.frame import run_async, say


def demo(
    folder: Annotated[
        Path, typer.Option("--folder", help="Where the model, the database and the page are left.")
    ] = Path("opsbot-demo"),
    stay: Annotated[
        bool | None,
        typer.Option(
            "--stay/--no-stay",
            help="Show the page live, the local tools answering, until Ctrl-C. [on a terminal: --stay]",
        ),
    ] = None,
) -> None:
    """Play a fictional company's Monday and Tuesday: pull, derive, judge, tell. Needs no account."""
    from bot.demo import play  # noqa: PLC0415 - loads when it is needed

    staying = sys.stdin.isatty() and sys.stdout.isatty() if stay is None else stay
    with contextlib.suppress(KeyboardInterrupt) if staying else contextlib.nullcontext():
        run_async(play(folder, say, stay=staying))
