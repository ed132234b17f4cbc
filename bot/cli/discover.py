"""`opsbot discover`: what the tools hold that the model does not name, with files that propose it."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.frame import MISUSED, UNREADABLE, complain, json_text, opened, options, run_async, say
from bot.errors import COMMAND_NOTHING, INIT_EXISTS

NO_SOURCE = (
    "The model names no source with work, and discover reads Jira and GitHub. Add one under sources, as "
    "{id: jira, jira: my.atlassian.net} or {id: github, github: my-organisation}, and set its token: "
    "docs/sources.md. Where there is no model yet, opsbot init writes a first file."
)


def discover(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option(help="A new folder to write the proposed files into.")] = None,
    no_sync: Annotated[
        bool, typer.Option("--no-sync", help="Read nothing, take what the last sync stored.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the files and write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Propose products, value streams, owners and selectors from Jira and GitHub; later, tell what is new.

    Reads the sources of the model, then looks at projects, components and leads, repositories, teams and
    CODEOWNERS: a model without products gets a whole one proposed, another one what it does not name yet.
    Each proposal says how sure it is and how many active items it would bring. An owner is a candidate in a
    comment, never more. Nothing is written over, and nothing at all without --out.

    Exits 2 where files of a model are in that folder, 3 where a source could not be read completely.
    """

    async def work() -> int:
        from bot.discover.discover import discover, read, sources_of  # noqa: PLC0415 - loads when it is needed
        from bot.discover.text import as_json as data  # noqa: PLC0415 - loads when it is needed
        from bot.discover.text import as_text, worth_writing  # noqa: PLC0415 - loads when it is needed
        from bot.init import AlreadyThereError, Initial, make_room, write  # noqa: PLC0415 - the same
        from bot.progress import shown  # noqa: PLC0415 - loads when it is needed

        writes = out if out is not None and not dry_run else None
        try:
            if writes is not None:
                make_room(writes)  # before anything is read: that may take long
            async with opened(options(context), long=True) as app:
                if not sources_of(app.book.model):
                    complain(NO_SOURCE, COMMAND_NOTHING)
                    return MISUSED
                with shown() as progress:
                    problems = () if no_sync else await read(app, progress)
                told = await discover(app, out, problems)
            if writes is not None and worth_writing(told):
                write(Initial(told.files), writes)
        except AlreadyThereError as error:
            complain(str(error), INIT_EXISTS)
            return MISUSED
        say(json_text(data(told)) if as_json else as_text(told, out, dry=dry_run))
        return UNREADABLE if problems else 0

    raise typer.Exit(run_async(work()))
