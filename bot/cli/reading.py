"""`opsbot findings`, `opsbot explain` and `opsbot rules`: what is open, why, and by which rule."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot.cli.frame import MISUSED, complain, json_text, opened, options, run_async, say
from bot.errors import COMMAND_UNKNOWN


def findings(
    context: typer.Context,
    product: Annotated[str | None, typer.Option(help="Only this product.")] = None,
    rule: Annotated[str | None, typer.Option(help="Only this rule.")] = None,
    waived: Annotated[
        bool, typer.Option("--waived", help="Those that a waiver covers, instead of the open ones.")
    ] = False,
    page: Annotated[int, typer.Option(min=1, help="Page of the list.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List open findings, gravest first."""

    async def work() -> int:
        from bot.slack.commands.desk import FindingsQuery  # noqa: PLC0415 - loads when it is needed
        from bot.terminal import findings_text  # noqa: PLC0415 - loads when it is needed

        async with opened(options(context)) as app:
            if product is not None and product not in app.book.model.products:
                return _unknown("product", product, app.book.model.products)
            if rule is not None and rule not in app.book.by_id:
                return _unknown("rule", rule, app.book.by_id)
            query = FindingsQuery(
                products=(product,) if product else (),
                rules=(rule,) if rule else (),
                waived=waived,
                page=page,
            )
            found = await app.desk.findings(app.operator(), query)
        say(_json([asdict(x) for x in found.lines]) if as_json else findings_text(found, waived=waived))
        return 0

    raise typer.Exit(run_async(work()))


def explain(
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(
            help="A key (BOOK-412), a finding's id, a rule, a product, or a path of the model"
            " (products.billing.sle.story)."
        ),
    ],
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Show rules that pass whole, and all changes.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Tell why: verdicts with each value, where it was written, whose it is, how old the data is."""

    async def work() -> int:
        from bot.explain.text.layout import moment  # noqa: PLC0415 - loads when it is needed
        from bot.explain.text.told import as_object, as_text  # noqa: PLC0415 - loads when it is needed
        from bot.explain.word import Misheard, explain_word  # noqa: PLC0415 - loads when it is needed

        async with opened(options(context)) as app:
            explained = await explain_word(app, what)
            at = app.desk.now()
        if isinstance(explained, Misheard):
            if explained.gone is not None:
                why, since = explained.gone
                complain(f"{what} is no more: {why}; known since {moment(since, at)}.", COMMAND_UNKNOWN)
            else:
                complain(_misheard(what, explained.nearest), COMMAND_UNKNOWN)
            return MISUSED
        say(_json(as_object(explained)) if as_json else as_text(explained, at, everything=everything))
        return 0

    raise typer.Exit(run_async(work()))


def _misheard(what: str, nearest: Sequence[tuple[str, str]]) -> str:
    near = " or ".join(f"{name} ({kind})" for name, kind in nearest)
    meant = f" Did you mean {near}?" if near else ""
    return f"{what} is no finding, key, rule, product or path of the model.{meant} If it is new: opsbot sync"


def rules(
    rule: Annotated[str | None, typer.Argument(help="One rule, whole.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List the rules, or tell one whole: purpose, predicate, parameters, fix."""
    from bot.book import builtin_rules  # noqa: PLC0415 - loads when it is needed
    from bot.terminal import rule_object, rule_text, rules_text  # noqa: PLC0415 - loads when it is needed

    known = {r.id: r for r in builtin_rules()}
    if rule is not None and rule not in known:
        raise typer.Exit(_unknown("built-in rule", rule, known))
    if as_json:
        shown = [known[rule]] if rule else list(known.values())
        say(_json([rule_object(r) for r in shown]))
    else:
        say(rule_text(known[rule]) if rule else rules_text(list(known.values())))


def _unknown(kind: str, name: str, known: Iterable[str]) -> int:
    from config.mistakes import listed, nearest  # noqa: PLC0415 - loads when it is needed

    meant = nearest(name, known)
    complain(
        f"There is no {kind} {name}. "
        + (f"Did you mean {meant}?" if meant else f"There are {listed(sorted(known), 'and') or 'none'}."),
        COMMAND_UNKNOWN,
    )
    return MISUSED


def _json(data: Any) -> str:
    from bot.words import plain  # noqa: PLC0415 - loads when it is needed

    return json_text(plain(data))
