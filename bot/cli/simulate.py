"""`opsbot simulate`: what a change of the operating model would do, before anybody makes it."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.frame import MISUSED, complain, json_text, opened, options, run_async, say
from bot.errors import COMMAND_USAGE


def simulate(
    context: typer.Context,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="PATH=VALUE", help="Say a value anew: products.shop.tier=2, or RULE.days=4."
        ),
    ] = None,
    model: Annotated[
        Path | None, typer.Option("--model", help="Another operating model in place of the present one.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show every finding.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Tell what a change of the model would open, close or make unknown, before you make it.

    Works on a copy of what was read and judged; nothing is written, nobody is told. Examples:
    --set flow-aging-wip=off · --set flow-review-waiting.days=3 · --set teams.booking.wip.story=6
    """

    async def work() -> int:
        from bot.book import book_of  # noqa: PLC0415 - loads when it is needed
        from bot.simulate.differences import altered  # noqa: PLC0415 - the same
        from bot.simulate.simulate import simulate as simulated  # noqa: PLC0415 - the same
        from config.load import load_model  # noqa: PLC0415 - the same

        if not changes and model is None:
            says = "Nothing to change: say --set PATH=VALUE, or --model FOLDER for another model."
            complain(says, COMMAND_USAGE)
            return MISUSED
        async with opened(options(context)) as app:
            present = load_model(app.settings.model)
            changed = load_model(model or app.settings.model, changes or ())
            book = book_of(changed)
            outlook = await simulated(app.database, app.book, book, app.clock())
        values = altered(present, changed, app.book)
        if as_json:
            say(json_text(outlook.as_json(values)))
        else:
            say(outlook.as_text(values, verbose=verbose))
        return 0

    raise typer.Exit(run_async(work()))
