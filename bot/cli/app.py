"""The command line `opsbot`: one file a group of commands, gathered here."""

import sys
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import (
    demo,
    digests,
    discover,
    doctor,
    errors,
    init,
    judging,
    model,
    people,
    reading,
    rebuild,
    report,
    service,
    simulate,
    slack,
    sources,
    tryout,
    waivers,
)
from bot.cli.frame import Options, guarded, say

EPILOG = "Start with: opsbot demo · opsbot judge --from export.csv · opsbot model check"


def build() -> typer.Typer:
    """The command line as a value."""
    app = typer.Typer(
        name="opsbot",
        help="Holds live work in Jira and GitHub against your written operating model, and tells Slack.",
        epilog=EPILOG,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    app.command()(demo.demo)
    app.command("try")(tryout.tryout)
    app.command()(init.init)
    app.command()(discover.discover)
    app.command()(service.run)
    app.command()(judging.sync)
    app.command()(judging.judge)
    app.command()(sources.sources)
    app.command()(sources.census)
    app.command()(digests.digest)
    app.command()(reading.findings)
    app.command()(reading.explain)
    app.command()(reading.rules)
    app.command()(report.report)
    app.command()(simulate.simulate)
    app.command()(waivers.waive)
    app.command()(people.people)
    app.command()(rebuild.export)
    app.command()(rebuild.restore)
    app.command()(doctor.doctor)
    app.command()(errors.errors)
    app.add_typer(model.app, name="model")
    app.add_typer(waivers.app, name="waivers")
    app.add_typer(slack.app, name="slack")
    return app


def _version(wanted: bool) -> None:
    if wanted:
        say(f"opsbot {metadata.version('product-ops-bot')}")
        raise typer.Exit


def _root(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Option("--in", help="Work in this folder: its .env, operating-model and opsbot.db.")
    ] = Path(),
    model_path: Annotated[
        Path | None, typer.Option("--model", help="The operating model: a folder or a file. [OPSBOT_MODEL]")
    ] = None,
    database: Annotated[
        str | None, typer.Option(help="sqlite:///opsbot.db or postgresql://… [OPSBOT_DATABASE]")
    ] = None,
    debug: Annotated[  # noqa: ARG001 - read where the program begins, before anything can fail
        bool, typer.Option("--debug", help="Show stack traces.")
    ] = False,
    version: Annotated[  # noqa: ARG001 - its callback ends the program before anything else is asked
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """Options of every command."""
    context.obj = Options(folder=folder, model=model_path, database=database)


def run() -> None:
    """Run the command line and end the process with its exit code."""
    app = build()
    code = guarded(app, debug="--debug" in sys.argv)
    sys.exit(code)
