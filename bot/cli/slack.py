"""`opsbot slack`: what Slack needs to know about opsbot."""

import json
from typing import Annotated

import typer

from bot.cli.frame import say

app = typer.Typer(help="Set up Slack.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Set up Slack."""


@app.command()
def manifest(
    http: Annotated[
        str | None,
        typer.Option(
            help="Public address of the service, for HTTP instead of Socket Mode: https://opsbot.example."
        ),
    ] = None,
    command: Annotated[str, typer.Option(help="Name of the slash command.")] = "/ops",
) -> None:
    """Print the app manifest: paste it at api.slack.com/apps, Create New App, From a manifest."""
    from bot.slack.manifest import manifest as make  # noqa: PLC0415 - loads when it is needed

    say(json.dumps(make(command, http), indent=2))
