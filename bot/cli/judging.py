"""`opsbot sync` and `opsbot judge`: read the tools, and hold what was read against the model."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.frame import (
    FOUND,
    MISUSED,
    UNREADABLE,
    clock_of,
    complain,
    opened,
    options,
    run_async,
    say,
    settings_of,
)
from bot.errors import COMMAND_NOTHING, COMMAND_UNKNOWN

if TYPE_CHECKING:  # these load when a command needs them
    from bot.export import ExportReport
    from bot.report import Report


class Threshold(StrEnum):
    """From which severity on a pipeline should fail."""

    info = "info"
    warn = "warn"
    high = "high"
    critical = "critical"


def sync(
    context: typer.Context,
    sources: Annotated[
        list[str] | None, typer.Argument(help="Ids of sources; none: all of the model.")
    ] = None,
) -> None:
    """Read what changed in the tools. Stops and goes on where it was; repeats nothing that is stored.

    Exits 3 unless all of it could be read.
    """

    async def work() -> int:
        from bot.progress import shown  # noqa: PLC0415 - loads when it is needed

        failed = 0
        async with opened(options(context), long=True) as app:
            known = [*app.connectors, *app.refused]
            if unknown := [name for name in sources or () if name not in known]:
                has = ", ".join(known) or "none"
                complain(f"There is no source {unknown[0]} to read; the model has: {has}.", COMMAND_UNKNOWN)
                return MISUSED
            if not known:
                says = "The model names no source to read. Add one under sources, or: opsbot judge --from"
                complain(says, COMMAND_NOTHING)
                return MISUSED
            for name in sources or known:
                if name in app.refused:
                    complain(f"{name}: {app.refused[name]}")
                    failed = UNREADABLE
                    continue
                with shown() as progress:
                    pulled = await app.sync(name, progress)
                say(f"{name}: {pulled.outcome}, {pulled.read:,} records read, {pulled.changed:,} changed")
                for problem in pulled.problems:
                    complain(f"  {problem.scope}: {problem.what}")
                if pulled.error is not None:
                    complain(f"  {pulled.error}")
                if pulled.outcome != "complete":
                    failed = UNREADABLE
        return failed

    raise typer.Exit(run_async(work()))


def judge(
    context: typer.Context,
    export: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Judge an export alone: Jira's CSV or XML, gh's --json lists, JSON lines, or a folder.",
        ),
    ] = None,
    fail_on: Annotated[
        Threshold | None, typer.Option(help="Exit 1 if anything open is as grave as this: for pipelines.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the open findings as JSON.")] = False,
) -> None:
    """Derive facts from what was read and judge them by the rules.

    With --from nothing needs to be set up: the export is read into a store that is thrown away. Without a
    model only rules speak that need none. opsbot init --from proposes one; opsbot --model operating-model
    judge --from judges by it.

    With --from it exits 3 where lines of the export could not be read, unless --fail-on says 1.
    """

    async def work() -> int:
        whole = True
        if export is not None:
            from bot.export import judge_export  # noqa: PLC0415 - loads when it is needed
            from bot.progress import shown  # noqa: PLC0415 - loads when it is needed

            chosen = options(context)
            report: Report | ExportReport
            clock, aside = clock_of(settings_of(chosen)), chosen.folder / "operating-model"
            unused = aside if chosen.model is None and aside.exists() else None
            with shown() as progress:
                report = of_export = await judge_export(export, chosen.model, clock, progress, unused=unused)
            whole = not of_export.problems
        else:
            async with opened(options(context)) as app:
                report = await app.judge_now()
        say(json.dumps(report.as_json(), indent=2, ensure_ascii=False) if as_json else report.as_text())
        worst = report.worst
        if fail_on and worst is not None and worst.word in _at_least(fail_on):
            return FOUND
        return 0 if whole else UNREADABLE

    raise typer.Exit(run_async(work()))


def _at_least(threshold: Threshold) -> list[str]:
    words = [t.value for t in Threshold]
    return words[words.index(threshold.value) :]
