"""A subject as a terminal shows it: what fails, what is unknown, what passes; then product, data, history."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.explain.text.layout import MARKS, columns, labelled, moment, titled, told, width
from bot.slack.messages import plural, source_age
from bot.slack.text import cut
from rules.presence import HIDDEN
from rules.views import Explanation, Input, Measured, Part, Placed, RuleExplained

NOTHING = "-"
CHANGES = 8
"""Raw changes that are shown where not all are asked for."""
_ORDER = ("fail", "unknown", "pass", "out of scope")
_MEASURES = {"business": "working time", "elapsed": "elapsed time, in days", "none": "counts no time; days"}


def subject_text(about: Explanation, at: datetime, *, everything: bool) -> str:
    """The whole explanation; rules that pass or are out of scope on one line, with `everything` whole."""
    by_verdict = {verdict: [r for r in about.rules if r.verdict == verdict] for verdict in _ORDER}
    failing = sorted(by_verdict["fail"], key=lambda r: -(r.severity or 0))
    whole = [*failing, *by_verdict["unknown"]]
    quiet = [*by_verdict["pass"], *by_verdict["out of scope"]]
    lines = [*_head(about, at), "", f"  {_counts(about)}"]
    for rule in [*whole, *(quiet if everything else ())]:
        lines += ["", *rule_lines(rule, at)]
    if not everything:
        lines += titled("Also looked at", _short(quiet))
    lines += titled("How its product was found", _placed(about))
    lines += titled(_changes_title(about, everything), _changes(about, at, everything))
    lines += ["", f"More: {_following(about, everything)}"]
    return "\n".join(lines)


def _head(about: Explanation, at: datetime) -> Iterator[str]:
    yield f"{about.key}  {about.title}".rstrip() if about.title != about.key else about.key
    if about.url:
        yield f"  {about.url}"
    stream = f" (value stream {about.stream})" if about.stream else ""
    yield from labelled("Product", [f"{about.product}{stream}" if about.product else "none"])
    yield from labelled("Data", [_age(about, at)])


def _age(about: Explanation, at: datetime) -> str:
    known = []
    if about.hidden is not None and about.hidden_since is not None:
        since = moment(about.hidden_since, at)
        known.append(f"{HIDDEN[about.hidden]} since {since}: what was known stays")
    if about.source is not None:
        when = f" ({moment(about.source.synced_at, at)})" if about.source.synced_at else ""
        known.append(f"{source_age(about.source, at)}{when}")
    if about.observed_at is not None:
        known.append(f"this one was last read {moment(about.observed_at, at)}")
    return "; ".join(known) or "from the operating model and from what was read"


def _counts(about: Explanation) -> str:
    by = {v: sum(r.verdict == v for r in about.rules) for v in _ORDER}
    fails = plural(by["fail"], "rule fails", "rules fail")
    passes = f"{by['pass']} {'passes' if by['pass'] == 1 else 'pass'}"
    outside = f"{by['out of scope']} {'is' if by['out of scope'] == 1 else 'are'} not about it"
    return f"{fails}, {by['unknown']} unknown, {passes}, {outside}"


def rule_lines(rule: RuleExplained, at: datetime) -> Iterator[str]:
    """One rule with everything it stands on."""
    severity = f" · {rule.severity.word}" if rule.severity is not None else ""
    yield f"{rule.verdict.upper()}  {rule.rule}{severity}"
    yield from labelled("In short", [rule.says])
    if (waiver := rule.waiver) is not None:
        by = f", approved by {waiver.decided_by}" if waiver.decided_by else ""
        yield from labelled("Waived", [f"until {waiver.until}{by}: {waiver.reason}"])
    yield from labelled("Asks that", [rule.purpose])
    titles = ("In scope if", "Violated if")
    for title, parts, any_ in zip(titles, (rule.where, rule.violates), rule.any_of, strict=True):
        if parts:
            many = (" any of these holds" if any_ else " all of these hold") if len(parts) > 1 else ""
            yield f"  {title}{many}"
            for part in parts:
                yield from _part(part, at)
    if rule.verdict in {"fail", "unknown"}:
        yield from labelled("To do", [rule.fix])
    yield from labelled("To know it", [rule.to_know] if rule.to_know else [])
    yield from labelled("Severity", rule.grades)
    yield from labelled("Who", [_who(rule), *rule.holder.steps])
    yield from labelled("Clock", [_clock(rule.measured)])
    yield from labelled("Written", [f"{rule.rule_place}; mode {rule.mode} by {rule.mode_place}"])
    if rule.finding and rule.since:
        yield from labelled("Finding", [f"{rule.finding}, since {moment(rule.since, at)}"])
    rows = [(moment(h.at, at), h.change, h.severity.word, f"model {h.model}", h.why) for h in rule.history]
    yield from columns(rows, 14)


def _part(part: Part, at: datetime) -> Iterator[str]:
    holds = {True: "holds", False: "does not hold", None: "is not known"}[part.holds]
    yield f"    {MARKS[part.holds]} {part.text}   {holds}"
    yield from columns(list(_rows(part.inputs, at, 0)), 8)


def _rows(inputs: Sequence[Input], at: datetime, depth: int) -> Iterator[tuple[str, str, str]]:
    for one in inputs:
        source = f"{one.source}, {one.place}" if one.place else one.source
        meaning = f": {one.meaning}" if one.kind == "fact" else ""
        yield (
            "  " * depth + one.name,
            told(one.value, one.unit, at),
            f"({source}){meaning if not one.made_of else ''}",
        )
        yield from _rows(one.made_of, at, depth + 1)


def _who(rule: RuleExplained) -> str:
    place = f", {rule.holder.place}" if rule.holder.place else ""
    return f"{rule.holder.role}: {rule.holder.person or 'nobody'}{place}"


def _clock(by: Measured) -> str:
    place = f", {by.place}" if by.place else ""
    return f"{_MEASURES[by.clock]} of calendar {by.calendar} ({by.zone}, {by.hours}{place}), {by.chosen}"


def _short(rules: Sequence[RuleExplained]) -> Iterator[str]:
    """A line a rule; what does not fit is cut."""
    widest = max((len(rule.rule) for rule in rules), default=0)
    for rule in rules:
        mark = MARKS[True] if rule.verdict == "pass" else NOTHING
        yield cut(f"  {mark} {rule.rule.ljust(widest)}  {rule.says}", width())


def _placed(about: Explanation) -> Iterator[str]:
    placed: Placed = about.placed
    place = f" ({placed.place})" if placed.place else ""
    if placed.by:
        yield f"  {placed.by}{place}"
    yield from columns([(MARKS[t.holds], t.selector, t.place, t.why) for t in placed.tried], 4)
    if placed.others:
        others = plural(placed.others, "selector names", "selectors name")
        yield f"    {others} nothing of it"
    if placed.nearest_miss:
        yield f"    Nearest miss: {placed.nearest_miss}"


def _changes_title(about: Explanation, everything: bool) -> str:
    many = len(about.changes)
    left = f", the last {CHANGES}; --all shows all" if many > CHANGES and not everything else ""
    return f"What happened to it ({plural(many, 'change')}{left})"


def _changes(about: Explanation, at: datetime, everything: bool) -> Iterator[str]:
    shown = about.changes if everything else about.changes[-CHANGES:]
    rows = [
        (
            moment(c.at, at),
            c.field,
            f"{c.before or NOTHING} → {c.after or NOTHING}",
            f"by {c.by}" if c.by else "",
        )
        for c in shown
    ]
    yield from columns(rows, 2)


def _following(about: Explanation, everything: bool) -> str:
    known = [] if everything else [f"opsbot explain {about.key} --all"]
    if about.product and about.product != about.key:
        known.append(f"opsbot explain {about.product}")
    return " · ".join([*known, "opsbot explain RULE", "opsbot findings"])
