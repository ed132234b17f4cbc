"""`opsbot doctor`: look at everything opsbot stands on, and say what to do."""

from typing import Annotated

import typer

from bot.cli.frame import FOUND, opened, options, run_async, say

_MARK = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


def doctor(
    context: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the tools or Slack.")] = False,
) -> None:
    """Check settings, sign-in, scopes, channels, clock and database. Exits 1 if something fails."""

    async def work() -> int:
        from bot.doctor import examine  # noqa: PLC0415 - loads when it is needed

        async with opened(options(context)) as app:
            checks = await examine(app, offline=offline)
        for check in checks:
            say(f"{_MARK[check.state]}  {check.name}: {check.detail}")
            if check.remedy and check.state != "ok":
                say(f"      → {check.remedy}")
        failed = sum(1 for c in checks if c.state == "fail")
        say(f"{len(checks)} checks, {failed} failed")
        return FOUND if failed else 0

    raise typer.Exit(run_async(work()))
