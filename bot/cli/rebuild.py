"""`opsbot export` and `opsbot restore`: what was read, into a file and out of it."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOTDIR
from pathlib import Path
from typing import IO, Annotated

import typer

from bot.cli.frame import MISUSED, complain, opened, options, run_async, say
from bot.errors import DATABASE_FILLED


def export(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(help="The file to write, JSON lines; - for the terminal.")],
) -> None:
    """Write all that was read, with its history, as JSON lines.

    Records of all kinds, whether they are still there, when they were seen, how far each source was read. A
    file that is there is written over once the new one is whole. Into a database again: opsbot restore.
    """

    async def work() -> int:
        from bot.rebuild import export as lines  # noqa: PLC0415 - loads when it is needed

        async with opened(options(context)) as app:
            if str(out) == "-":
                async for line in lines(app.database):
                    sys.stdout.write(f"{line}\n")
                return 0
            many = 0
            with _whole(out) as file:
                async for line in lines(app.database):
                    file.write(f"{line}\n")
                    many += 1
            say(f"{many:,} lines written to {out}")
        return 0

    raise typer.Exit(run_async(work()))


@contextmanager
def _whole(out: Path) -> Iterator[IO[str]]:
    """A file beside `out` that takes its place once it is whole, and is left behind by nobody."""
    if not out.parent.is_dir():
        raise NotADirectoryError(ENOTDIR, "There is no such folder", str(out.parent))
    with tempfile.NamedTemporaryFile("w", dir=out.parent, delete=False, encoding="utf-8") as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(out)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="What opsbot export wrote.")],
) -> None:
    """Put what opsbot export wrote into a new database: all of it, or nothing.

    Findings come back with opsbot judge; waivers and what was told are in a backup of the database alone.
    """

    async def work() -> int:
        from bot.rebuild import is_empty  # noqa: PLC0415 - loads when it is needed
        from bot.rebuild import restore as put_back  # noqa: PLC0415 - the same

        async with opened(options(context)) as app:
            if not await is_empty(app.database):
                complain("The database holds records already; restore into a new one.", DATABASE_FILLED)
                return MISUSED
            many = await put_back(app.database, file)
        say(f"{many:,} records restored; now: opsbot judge")
        return 0

    raise typer.Exit(run_async(work()))
