"""`opsbot demo`: see it work, with nothing but this machine."""

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.frame import run_async, say


def demo(
    folder: Annotated[Path, typer.Option("--folder", help="Where the model and database are left.")] = Path(
        "opsbot-demo"
    ),
    stay: Annotated[
        bool, typer.Option("--stay", help="Keep the local tools answering, to try sync, doctor and run.")
    ] = False,
) -> None:
    """Play a fictional company's Monday and Tuesday: pull, derive, judge, tell. Needs no account."""
    from bot.demo import play  # noqa: PLC0415 - loads when it is needed

    with contextlib.suppress(KeyboardInterrupt) if stay else contextlib.nullcontext():
        run_async(play(folder, say, stay=stay))
