"""`opsbot init`: a first operating model, proposed from an export, with questions for a person."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.frame import (
    MISUSED,
    UNREADABLE,
    clock_of,
    complain,
    json_text,
    options,
    run_async,
    say,
    settings_of,
)
from bot.errors import INIT_EXISTS


def init(
    context: typer.Context,
    export: Annotated[
        Path | None,
        typer.Option(
            "--from", help="Jira's CSV or XML, gh's --json lists, JSON lines, or a folder of these."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write the model into.", show_default="operating-model")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the files and write nothing.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print files, coverage and questions as JSON.")
    ] = False,
) -> None:
    """Propose an operating model from an export: products, workflow, people, with comments and questions.

    Needs no account and no token. A comment says how sure its line is: a fact of the tool, a proposal by its
    name or a number, or a question only you can answer, as who owns a product. Nothing is written
    over. Without --from it writes the smallest model, to be filled in.

    \b
    In Jira: search for issues, then Export > CSV (all fields).
    On GitHub, for each repository (docs/exports.md has it for pull requests):
      gh issue list --state all --limit 1000 > issues.json --json \\
        number,title,state,url,author,assignees,labels,createdAt,updatedAt,closedAt

    Exits 2 where files of a model are there already, 3 where the export, or lines of it, could not be read.
    """  # noqa: D301 - the sign keeps the lines below it apart, in help
    folder = out or options(context).folder / "operating-model"

    async def work() -> int:
        from bot.init import (  # noqa: PLC0415 - loads when it is needed
            AlreadyThereError,
            as_text,
            empty,
            make_room,
            propose_from,
            write,
        )
        from bot.progress import shown  # noqa: PLC0415 - loads when it is needed

        try:
            if not dry_run:
                make_room(folder)  # before the export is read: that may take long
            if export is None:
                initial = empty()
            else:
                clock = clock_of(settings_of(options(context)))
                with shown() as progress:
                    initial = await propose_from(export, folder, clock, progress)
            if not dry_run:
                write(initial, folder)
        except AlreadyThereError as error:
            complain(str(error), INIT_EXISTS)
            return MISUSED
        told = json_text(initial.as_json()) if as_json else as_text(initial, export, folder, dry=dry_run)
        say(told)
        return UNREADABLE if initial.problems else 0

    raise typer.Exit(run_async(work()))
