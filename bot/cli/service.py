"""`opsbot run`: the service."""

import asyncio

import typer

from bot.cli.frame import book_of, clock_of, options, settings_of


def run(context: typer.Context) -> None:
    """Run the service: syncs, judgements and digests on schedule, Slack commands, webhooks."""
    from bot.logs import configure  # noqa: PLC0415 - loads when it is needed
    from bot.service import serve  # noqa: PLC0415 - loads when it is needed

    settings = settings_of(options(context))
    configure(settings)
    asyncio.run(serve(settings, book_of(settings), clock_of(settings)))
