"""`opsbot sources` and `opsbot census`: how each source stands, and what it holds beside what is stored."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.frame import (
    MISUSED,
    MORE,
    UNREADABLE,
    complain,
    json_text,
    opened,
    options,
    run_async,
    say,
)
from bot.errors import COMMAND_NOTHING, COMMAND_UNKNOWN

if TYPE_CHECKING:  # these load when a command needs them
    from bot.app import App
    from bot.census import Round


def sources(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Show how each source stands, what reading it cost, and what to do.

    The last sync, its age, requests and budgets, items in quarantine, coverage. Asks no tool anything. Of
    budgets only the account's are shown, and others with less than half left; all with --json. The JSON is a
    list: each source with `source`, `kind`, `state` (ok, warn or fail), `outcome`, `last_complete`,
    `lag_seconds`, `stale`, `requests`, `budgets`, `quarantined`, `coverage`, `containers`, `absent`,
    `problems`, `error` and `to_do`.
    """

    async def work() -> int:
        from bot.source_list import source_lines  # noqa: PLC0415 - loads when it is needed
        from bot.source_table import as_text  # noqa: PLC0415 - the same

        async with opened(options(context)) as app:
            now = app.desk.now()
            lines = await source_lines(app.database, app.book, app.connectors, app.refused, now)
        say(json_text([line.as_json(now) for line in lines]) if as_json else as_text(lines, now))
        return 0

    raise typer.Exit(run_async(work()))


def census(
    context: typer.Context,
    source: Annotated[str | None, typer.Argument(help="Id of a source; none: all of the model.")] = None,
    believe: Annotated[
        list[str] | None,
        typer.Option(help="A project or repository of which as much was deleted as it looks. Repeatable."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Find out what is deleted, moved or hidden: compare sources with the store.

    What is there and not stored yet is read. opsbot run does it once a day. Nothing is ever removed. Then:
    opsbot judge. Exits 3 where something could not be listed. The JSON is a list: each source with `source`,
    `containers`, `settled` (how many items are now deleted, moved …), `read`, `left`, `skipped`, `says` and
    `error`.
    """

    async def work() -> int:
        done: list[Round] = []
        async with opened(options(context), long=True) as app:
            known = [*app.connectors, *app.refused]
            if source is not None and source not in known:
                says = f"There is no source {source} to count; the model has: {', '.join(known) or 'none'}."
                complain(says, COMMAND_UNKNOWN)
                return MISUSED
            for name in [source] if source else known:
                taken = await _taken(app, name, believe or ())
                if taken is not None:
                    done.append(taken)
                    if not as_json:
                        _tell(taken)
        if as_json:
            say(json_text([_as_object(taken) for taken in done]))
        elif not done:
            says = "No source here can be counted: an export and Slack's lists are whole each time."
            complain(says, COMMAND_NOTHING)
            return MISUSED
        elif any(taken.error for taken in done):
            complain(MORE)
        return UNREADABLE if any(taken.error or taken.skipped for taken in done) else 0

    raise typer.Exit(run_async(work()))


async def _taken(app: "App", source: str, believed: Sequence[str]) -> "Round | None":
    from bot.census import Round  # noqa: PLC0415 - loads when it is needed
    from bot.progress import counting  # noqa: PLC0415 - loads when it is needed

    if source in app.refused:
        return Round(source, error=app.refused[source])

    with counting() as progress:
        return await app.census(source, whole=True, believed=believed, progress=progress)


def _tell(taken: "Round") -> None:
    from bot.slack.messages import plural  # noqa: PLC0415 - loads when it is needed
    from bot.source_list import advice  # noqa: PLC0415 - loads when it is needed

    if taken.skipped:
        complain(f"{taken.source}: not counted, because {taken.skipped}")
        return
    if taken.error is not None and not taken.containers:
        complain(f"{taken.source}: {taken.error}")
        return
    listed = [c for c in taken.containers if c.seen is not None]
    places = plural(len(listed), "project or repository", "projects and repositories")
    parts = [f"{places} listed, {sum(c.seen or 0 for c in listed):,} items"]
    parts += [f"{many:,} {state.replace('_', ' ')}" for state, many in taken.settled.items() if many]
    parts += [f"{taken.read:,} read"] if taken.read else []
    parts += [f"{taken.left:,} left to read next time"] if taken.left else []
    say(f"{taken.source}: {'; '.join(parts)}")
    for counted in taken.containers:
        if says := advice(counted):
            say(f"   {says}")
    if taken.error is not None and not any(str(taken.error) in c.outcome for c in taken.containers):
        complain(f"   {taken.error}")


def _as_object(taken: "Round") -> dict[str, Any]:
    from bot.errorbook import named  # noqa: PLC0415 - loads when it is needed

    says = None if taken.error is None else str(taken.error)
    return {
        "source": taken.source,
        "containers": [
            {
                "container": c.container,
                "counted": c.counted,
                "listed": c.seen,
                "known": c.known,
                "missing": c.missing,
                "outcome": c.outcome,
            }
            for c in taken.containers
        ],
        "settled": dict(taken.settled),
        "read": taken.read,
        "left": taken.left,
        "skipped": taken.skipped,
        "says": says,
        "error": named(says or ""),
    }
