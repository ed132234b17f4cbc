"""`opsbot waive` and `opsbot waivers`: accept a deviation until a day, decided by the person it is up to."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli.frame import MISUSED, complain, json_text, opened, options, run_async, say

if TYPE_CHECKING:  # these load when a command needs them
    from bot.app import App
    from bot.waive import Actor
    from rules.findings import Finding
    from rules.rights import Refused

app = typer.Typer(help="List waivers, and approve, deny or revoke one.", rich_markup_mode=None)

DOOR = "command line"
"""What the ledger calls this way in."""

As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="HANDLE",
        help="The person of the model who acts; else the operator. The ledger keeps that it was typed here.",
        show_default=False,
    ),
]
Number = Annotated[int, typer.Argument(metavar="ID", help="Number of the waiver: opsbot waivers lists them.")]
Why = Annotated[str, typer.Option("--reason", help="Why, for the ledger.", show_default=False)]
Ended = Annotated[bool, typer.Option("--all", help="Also those that were denied, revoked or have expired.")]
Json = Annotated[bool, typer.Option("--json", help="Print all of them as JSON.")]


def waive(
    context: typer.Context,
    finding: Annotated[
        str,
        typer.Argument(metavar="FINDING", help="Id of a finding; or a key, if one finding is open on it."),
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why it may stay: whoever decides reads this.")],
    until: Annotated[
        datetime,
        typer.Option("--until", formats=["%Y-%m-%d"], metavar="DATE", help="Last day it holds: 2026-12-11."),
    ],
    actor: As = None,
) -> None:
    """Ask for a waiver: the finding may stay until a day, if the right person agrees.

    Anyone who may see a finding may ask. Nothing changes until it is approved, by the person the model's
    decision `waive` names for the product, never by who asked or whose work it is. Then the finding is
    counted as waived and told nowhere. It resolves when its rule passes, and is open again when the waiver
    ends or it becomes critical. Exits 2 where it cannot be asked for, and says why.
    """

    async def work() -> int:
        from bot.waive import Wish, request  # noqa: PLC0415 - loads when it is needed
        from rules.rights import Refused  # noqa: PLC0415 - the same

        async with opened(options(context)) as opsbot:
            who, about = _actor(opsbot, actor), await _one_finding(opsbot, finding)
            if who is None or about is None:
                return MISUSED
            wish = Wish(about.id, reason, until.date())
            asked = await request(opsbot.database, opsbot.book, who, wish, opsbot.clock())
            if isinstance(asked, Refused):
                return _refused(asked)
            say(f"Waiver {asked.id} is asked for: {about.key}, {asked.rule}, until {asked.until}.")
            await _who_decides(opsbot, asked.id)
        return 0

    raise typer.Exit(run_async(work()))


@app.callback(invoke_without_command=True)
def waivers(context: typer.Context, ended: Ended = False, as_json: Json = False) -> None:
    """List what waits for a decision and by whom, and what stands; with --all also what has ended.

    Long waivers stand in the operating model, under waivers, and are listed beside those asked for here.
    """
    if context.invoked_subcommand is None:
        _list(context, ended=ended, as_json=as_json)


@app.command("list")
def list_(context: typer.Context, ended: Ended = False, as_json: Json = False) -> None:
    """The same list."""
    _list(context, ended=ended, as_json=as_json)


@app.command()
def approve(context: typer.Context, number: Number, reason: Why = "", actor: As = None) -> None:
    """Grant a waiver; it holds at once. Only who holds the decision `waive` for the product may."""
    _decide(context, "approve", number, reason, actor)


@app.command()
def deny(context: typer.Context, number: Number, reason: Why = "", actor: As = None) -> None:
    """Refuse a waiver that waits; its finding stays open. For the same person who could grant it."""
    _decide(context, "deny", number, reason, actor)


@app.command()
def revoke(context: typer.Context, number: Number, reason: Why = "", actor: As = None) -> None:
    """End a waiver before its day; its finding is open again at once, and told."""
    _decide(context, "revoke", number, reason, actor)


def _list(context: typer.Context, *, ended: bool, as_json: bool) -> None:
    async def work() -> int:
        from bot.waiver_list import as_text, listed  # noqa: PLC0415 - loads when it is needed

        async with opened(options(context)) as opsbot:
            found = await listed(opsbot.database, opsbot.book, opsbot.clock)
        if as_json:
            say(json_text([one.as_json() for one in found]))
        else:
            say(as_text(found, ended=ended))
        return 0

    raise typer.Exit(run_async(work()))


def _decide(
    context: typer.Context,
    act: Literal["approve", "deny", "revoke"],
    number: int,
    reason: str,
    handle: str | None,
) -> None:
    async def work() -> int:
        from bot.waive import decide  # noqa: PLC0415 - loads when it is needed
        from bot.waiver_list import outcome  # noqa: PLC0415 - the same
        from rules.rights import Refused  # noqa: PLC0415 - the same

        async with opened(options(context)) as opsbot:
            who = _actor(opsbot, handle)
            if who is None:
                return MISUSED
            decided = await decide(opsbot.database, opsbot.book, who, act, number, reason, opsbot.clock())
            if isinstance(decided, Refused):
                return _refused(decided)
            say(await outcome(opsbot.database, decided))
        return 0

    raise typer.Exit(run_async(work()))


def _actor(opsbot: "App", handle: str | None) -> "Actor | None":
    from bot.waive import Actor  # noqa: PLC0415 - loads when it is needed

    acting = handle or opsbot.book.model.operator
    if acting is None:
        _impossible("The model names no operator: say who acts, with --as HANDLE.")
        return None
    return Actor(acting, DOOR)


async def _one_finding(opsbot: "App", what: str) -> "Finding | None":
    from bot.waive import named  # noqa: PLC0415 - loads when it is needed

    found = await named(opsbot.database, what)
    if len(found) == 1:
        return found[0]
    if not found:
        _impossible(f"No finding is open on {what}. What is open: opsbot findings")
        return None
    _impossible(f"{len(found)} findings are open on {what}. Say which, by its id:")
    for one in found:
        complain(f"  {one.id}  {one.severity.word:8} {one.rule}: {one.says}")
    return None


async def _who_decides(opsbot: "App", number: int | None) -> None:
    from bot.waiver_list import listed, people  # noqa: PLC0415 - loads when it is needed
    from rules.holders import role_words  # noqa: PLC0415 - the same

    found = await listed(opsbot.database, opsbot.book, opsbot.clock)
    deciders = next(one.deciders for one in found if one.waiver.id == number)
    if deciders is None or not deciders.people:
        say("It holds once it is approved, but the model names nobody who may: opsbot waivers says more.")
        return
    who = f"the {role_words(deciders.role)}, today {people(deciders)}"
    say(f"It holds once it is approved by {who}:")
    say(f"  opsbot waivers approve {number} --as {deciders.people[0]}")


def _impossible(why: str) -> None:
    from rules.errors import WAIVER_IMPOSSIBLE  # noqa: PLC0415 - loads when it is needed

    complain(f"{why} {WAIVER_IMPOSSIBLE}")


def _refused(refused: "Refused") -> int:
    today = f" Today that is {', '.join(refused.instead)}." if refused.instead else ""
    complain(f"Refused: {refused.why}{today} {refused.entry}")
    return MISUSED
