"""`opsbot findings`, `opsbot explain` and `opsbot rules`: what is open, why, and by which rule."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot.cli.frame import MISUSED, complain, opened, options, run_async, say


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
        str, typer.Argument(help="A key (BOOK-412, larkfield/tracking#7, a product) or a finding's id.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Tell for each rule its verdict on this, with the values it met."""

    async def work() -> int:
        from bot.terminal import explanation_text  # noqa: PLC0415 - loads when it is needed

        async with opened(options(context)) as app:
            explained = await app.desk.explain(app.operator(), what)
            at = app.desk.now()
        if explained is None:
            complain(f"Nothing that was read is called {what}. Check the key, or run: opsbot sync")
            return MISUSED
        say(_json(asdict(explained)) if as_json else explanation_text(explained, at))
        return 0

    raise typer.Exit(run_async(work()))


def rules(
    rule: Annotated[str | None, typer.Argument(help="One rule, whole.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List the rules, or tell one whole: purpose, predicate, parameters, fix."""
    from bot.book import builtin_rules  # noqa: PLC0415 - loads when it is needed
    from bot.terminal import rule_text, rules_text  # noqa: PLC0415 - loads when it is needed

    known = {r.id: r for r in builtin_rules()}
    if rule is not None and rule not in known:
        raise typer.Exit(_unknown("built-in rule", rule, known))
    if as_json:
        shown = [known[rule]] if rule else list(known.values())
        say(_json([_plain(r) for r in shown]))
    else:
        say(rule_text(known[rule]) if rule else rules_text(list(known.values())))


def _unknown(kind: str, name: str, known: Iterable[str]) -> int:
    from config.mistakes import listed, nearest  # noqa: PLC0415 - loads when it is needed

    meant = nearest(name, known)
    complain(
        f"There is no {kind} {name}. "
        + (f"Did you mean {meant}?" if meant else f"There are {listed(sorted(known), 'and') or 'none'}.")
    )
    return MISUSED


def _plain(rule: Any) -> dict[str, Any]:
    return {
        "id": rule.id,
        "purpose": rule.purpose,
        "about": rule.about,
        "where": rule.where.text,
        "violates": rule.violates.text,
        "severity": rule.severity.word,
        "worse": {s.word: e.text for s, e in rule.worse.items()},
        "parameters": dict(rule.parameters),
        "fix": rule.fix.text,
        "accountable": rule.accountable.role,
    }


def _json(data: Any) -> str:
    from bot.words import plain  # noqa: PLC0415 - loads when it is needed

    return json.dumps(plain(data), indent=2, ensure_ascii=False)
