"""`opsbot digest`: make the digests that the model asks for, now."""

from datetime import datetime
from typing import Annotated

import typer

from bot.cli.frame import MISUSED, complain, opened, options, run_async, say
from bot.errors import COMMAND_NOTHING, COMMAND_USAGE, SLACK_TOKEN


def digest(
    context: typer.Context,
    channel: Annotated[str | None, typer.Argument(help="Only the digest of this channel.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print as text; send and remember nothing.")
    ] = False,
    since: Annotated[
        datetime | None, typer.Option(help="With --dry-run: show what is new since then, not since the last.")
    ] = None,
) -> None:
    """Make the digests now and send them to Slack, or show them."""
    if since is not None and not dry_run:
        complain("--since only looks back: add --dry-run.", COMMAND_USAGE)
        raise typer.Exit(MISUSED)

    async def work() -> int:
        from bot.slack.plaintext import as_text  # noqa: PLC0415 - loads when it is needed

        async with opened(options(context)) as app:
            if not dry_run and app.poster is None:
                says = "There is no Slack token: set OPSBOT_SLACK_BOT_TOKEN, or look with --dry-run."
                complain(says, SLACK_TOKEN)
                return MISUSED
            zone = app.desk.now().tzinfo
            after = since.replace(tzinfo=zone) if since else None
            made = await app.digests(channel=channel, since=after, keep=not dry_run)
            if not made:
                says = "No digest goes there." if channel else "The model asks for no digests."
                complain(says, COMMAND_NOTHING)
                return MISUSED
            for one in made:
                say(f"── #{one.digest.channel} " + "─" * max(3, 70 - len(one.digest.channel)))
                say("nothing new: stays silent" if one.digest.silent else as_text(one.message))
                say()
            if not dry_run:
                told = await app.tell()
                held = told.refused + told.ambiguous
                say(f"{told.sent} sent, {told.waiting} waiting, {held} held up (see: opsbot doctor)")
        return 0

    raise typer.Exit(run_async(work()))
