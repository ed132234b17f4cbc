"""Rules, products and paths of the model as a terminal shows them."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.explain.path import PathExplained
from bot.explain.product import ProductTold
from bot.explain.rule import RuleTold, Setting
from bot.explain.text.layout import columns, labelled, moment, titled, told
from bot.explain.text.subject import rule_lines
from bot.slack.messages import severities, source_age
from bot.terminal import rule_text
from rules.views import Holder


def rule_told_text(about: RuleTold, at: datetime) -> str:
    """A rule whole, with its counts and with what is set otherwise."""
    rows = [
        (c.product or "no product", f"{c.failed:,} fail", f"{c.passed:,} pass", f"{c.unknown:,} unknown")
        for c in about.counts
    ]
    judged = moment(about.judged_at, at) if about.judged_at else ""
    set_ = [(s.product or "no product", *_setting(s, at)) for s in about.settings]
    lines = [
        rule_text(about.rule),
        *labelled("written", [about.rule.origin]),
        *labelled("mode", [f"{about.mode}, {about.mode_place}"]),
        *titled("Set in the operating model", columns(set_, 2)),
        *titled(f"Verdicts at {judged}", columns(rows, 2)),
    ]
    if not rows:
        lines += ["", "No verdict yet: opsbot judge"]
    return "\n".join(lines)


def product_text(about: ProductTold, at: datetime, *, everything: bool) -> str:
    """A product on one screen."""
    stream = f", value stream {about.stream}" if about.stream else ""
    name = about.id if about.name == about.id else f"{about.id}  {about.name}"
    lines = [
        name,
        *labelled("Written", [f"{about.place}{stream}"]),
        *labelled("Calendar", [f"{about.calendar}, {about.calendar_place}"]),
        *labelled("Open", [severities(about.open) + (f", {about.waived} waived" if about.waived else "")]),
        *labelled("Data", ["; ".join(source_age(s, at) for s in about.sources)]),
        *titled("Who answers for it", columns([_role(r) for r in about.roles], 2)),
        *titled(
            "What belongs to it, and how many items and pull requests each line brought",
            columns([(f"{b.subjects:,}".rjust(6), b.selector, b.place or "") for b in about.selectors], 2),
        ),
        *titled("How long work takes here (service level expectations)", _expectations(about)),
        *titled("Rules set otherwise than for the company", _settings(about, at)),
    ]
    if about.itself is not None:
        judged = [r for r in about.itself.rules if everything or r.verdict in {"fail", "unknown"}]
        for rule in judged:
            lines += ["", *rule_lines(rule, at)]
        quiet = [r for r in about.itself.rules if r not in judged]
        lines += titled("Rules about the product itself", columns([(r.rule, r.says) for r in quiet], 2))
    lines += ["", f"More: opsbot findings --product {about.id} · opsbot explain products.{about.id}"]
    return "\n".join(lines)


def path_text(about: PathExplained, at: datetime) -> str:
    """A path of the model: each value at and below it, where it stands and from which level it is."""
    rows = []
    for said in about.values:
        heirs = f"; holds for {', '.join(said.holds_for)}" if said.holds_for else ""
        rows.append((said.key, told(said.value, "", at), said.place or "", f"{said.level}{heirs}"))
    return "\n".join([about.path, *labelled("What it is", [about.meaning]), "", *columns(rows, 2)])


def _role(held: Holder) -> Sequence[str]:
    return held.role, held.person or "nobody", held.place or "", "; ".join(held.steps)


def _expectations(about: ProductTold) -> Iterator[str]:
    rows = [
        (e.level, ", ".join(e.flow_items), f"{e.share:.0%} within {e.days:g} days", e.source, e.place or "")
        for e in about.expectations
    ]
    yield from columns(rows, 2)


def _settings(about: ProductTold, at: datetime) -> Iterator[str]:
    rows = [(rule, *_setting(s, at)) for rule, some in about.settings.items() for s in some]
    yield from columns(rows, 2)


def _setting(setting: Setting, at: datetime) -> Sequence[str]:
    value = f"{setting.name} = {told(setting.value, '', at)}"
    return value, setting.place or "", setting.source
