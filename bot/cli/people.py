"""`opsbot people`: whose each account is and by what, who is nobody's, and who has gone."""

from typing import Annotated

import typer

from bot.cli.frame import json_text, opened, options, run_async, say


def people(
    context: typer.Context,
    unmatched: Annotated[
        bool, typer.Option("--unmatched", help="Only the accounts of nobody in the model, all of them.")
    ] = False,
    departed: Annotated[
        bool, typer.Option("--departed", help="Only who has gone and still holds work or a role.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List people with their accounts in every tool: how each was found, and what is nobody's.

    An account is somebody's where the model writes it, where the tool shows the e-mail address of a person
    of the model, or where a directory says so; never because of a name. Contradictions are told.
    """

    async def work() -> int:
        from bot.people import as_json as told  # noqa: PLC0415 - loads when it is needed
        from bot.people import as_text, gather  # noqa: PLC0415 - loads when it is needed
        from bot.words import plain  # noqa: PLC0415 - loads when it is needed
        from rules.roster import only  # noqa: PLC0415 - loads when it is needed

        async with opened(options(context)) as app:
            found = await gather(app)
        if as_json:
            say(json_text(plain(told(only(found, unmatched=unmatched, departed=departed)))))
        else:
            say(as_text(found, unmatched=unmatched, departed=departed))
        return 0

    raise typer.Exit(run_async(work()))
