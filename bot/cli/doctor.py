"""`opsbot doctor`: look at everything opsbot stands on, and say what to do."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.frame import FOUND, MORE, complain, json_text, opened, options, run_async, say

if TYPE_CHECKING:  # these load when the command needs them
    from connectors.connector import Check

_MARK = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


def doctor(
    context: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the tools or Slack.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Check settings, sign-in, scopes, channels, clock and database. Exits 1 if something fails.

    The JSON has `failed`, a number, and `checks`; each of these has `name`, `state` (ok, warn or fail),
    `detail`, `remedy`, and `error`: null, or a name that opsbot errors explains.
    """

    async def work() -> int:
        from bot.doctor import examine  # noqa: PLC0415 - loads when it is needed

        async with opened(options(context)) as app:
            checks = await examine(app, offline=offline)
        failed = sum(1 for c in checks if c.state == "fail")
        if as_json:
            shown = {"failed": failed, "checks": [_as_object(check) for check in checks]}
            say(json_text(shown))
        else:
            for check in checks:
                say(f"{_MARK[check.state]}  {check.name}: {check.detail}")
                if check.remedy and check.state != "ok":
                    say(f"      → {check.remedy}")
            say(f"{len(checks)} checks, {failed} failed")
            if any(check.state != "ok" for check in checks):
                complain(MORE)
        return FOUND if failed else 0

    raise typer.Exit(run_async(work()))


def _as_object(check: "Check") -> dict[str, Any]:
    from bot.errorbook import named  # noqa: PLC0415 - loads when it is needed

    remedy = "" if check.state == "ok" else check.remedy
    error = named(remedy) or named(check.detail)
    return {
        "name": check.name,
        "state": check.state,
        "detail": check.detail,
        "remedy": remedy,
        "error": error,
    }
