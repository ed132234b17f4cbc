"""`opsbot sync` and `opsbot judge`: read the tools, and hold what was read against the model."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.frame import (
    FOUND,
    MISUSED,
    MORE,
    UNREADABLE,
    clock_of,
    complain,
    json_text,
    opened,
    options,
    run_async,
    say,
    settings_of,
)
from bot.errors import COMMAND_NOTHING, COMMAND_UNKNOWN

if TYPE_CHECKING:  # these load when a command needs them
    from bot.app import App
    from bot.export import ExportReport
    from bot.pipeline import Progress, Pulled
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
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Read what changed in the tools. Stops and goes on where it was; repeats nothing that is stored.

    Exits 3 unless all of it could be read. The JSON is a list: each source with `source`, `outcome`
    (complete, partial or failed), `read`, `changed`, `says` and `error`, and `problems`, each with `scope`,
    `says` and `error`. An error is null, or a name that opsbot errors explains.
    """

    async def work() -> int:
        from bot.progress import shown  # noqa: PLC0415 - loads when it is needed

        done: list[Pulled] = []
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
                with shown() as progress:
                    done.append(await _pulled(app, name, progress))
                if not as_json:
                    _tell(done[-1], connected=name not in app.refused)
        if as_json:
            say(json_text([_as_object(pulled) for pulled in done]))
        elif sum(len(pulled.problems) + (pulled.error is not None) for pulled in done) > 1:
            complain(MORE)
        return 0 if all(pulled.outcome == "complete" for pulled in done) else UNREADABLE

    raise typer.Exit(run_async(work()))


async def _pulled(app: "App", source: str, progress: "Progress") -> "Pulled":
    """How reading it went; a source that cannot even be asked has failed."""
    from bot.pipeline import Pulled  # noqa: PLC0415 - loads when it is needed

    if source in app.refused:
        return Pulled(source, "failed", 0, 0, error=app.refused[source])
    return await app.sync(source, progress)


def _tell(pulled: "Pulled", *, connected: bool) -> None:
    if not connected:
        complain(f"{pulled.source}: {pulled.error}")
        return
    say(f"{pulled.source}: {pulled.outcome}, {pulled.read:,} records read, {pulled.changed:,} changed")
    for problem in pulled.problems:
        complain(f"  {problem.scope}: {problem.what}")
    if pulled.error is not None:
        complain(f"  {pulled.error}")


def _as_object(pulled: "Pulled") -> dict[str, Any]:
    from bot.errorbook import named  # noqa: PLC0415 - loads when it is needed

    says = None if pulled.error is None else str(pulled.error)
    return {
        "source": pulled.source,
        "outcome": pulled.outcome,
        "read": pulled.read,
        "changed": pulled.changed,
        "says": says,
        "error": named(says or ""),
        "problems": [
            {"scope": problem.scope, "says": problem.what, "error": named(problem.what)}
            for problem in pulled.problems
        ],
    }


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
        say(json_text(report.as_json()) if as_json else report.as_text())
        worst = report.worst
        if fail_on and worst is not None and worst.word in _at_least(fail_on):
            return FOUND
        return 0 if whole else UNREADABLE

    raise typer.Exit(run_async(work()))


def _at_least(threshold: Threshold) -> list[str]:
    words = [t.value for t in Threshold]
    return words[words.index(threshold.value) :]
