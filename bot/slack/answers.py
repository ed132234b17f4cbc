"""What a person reads who asked: status, findings, an explanation, help, and what went wrong.

Every answer ends with the one most useful next command. Pure functions to Block Kit, as in messages.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from bot.slack.limits import BUDGET_BLOCKS, BUDGET_CHARACTERS, fitting, size
from bot.slack.messages import (
    MARKS,
    Block,
    Message,
    accountable,
    context,
    day,
    finding,
    header,
    paragraph,
    plural,
    section,
    severities,
    source_age,
    waived,
)
from bot.slack.text import code, link, plain, safe
from rules.findings import Severity
from rules.views import Explanation, Line, RuleExplained, Status
from rules.waivers import Waiver

_LAST_BLOCKS = 3  # what is left out, the data's age, the next command
_LAST_CHARACTERS = 1_500


def status(now: Status, at: datetime, following: str) -> Message:
    """One screen about a product, a stream or everything; `following` is the next command."""
    times = [f"judged {_moment(now.judged_at, at)}" if now.judged_at else "not judged yet"]
    if now.next_digest_at:
        times.append(f"next digest {_moment(now.next_digest_at, at)}")
    counts = [f"{severities(now.open, bold=True)}{waived(now.waived)}."]
    if now.inherited:
        counts.append(f"{now.inherited:,} of them inherited from before opsbot looked.")
    if now.unknown:
        counts.append(f"{plural(now.unknown, 'check')} could not be decided.")
    return Message(
        f"{safe(now.about, 100)}: {severities(now.open)}.",
        (
            header(f"{plain(now.about, 100)}: status"),
            section(" ".join(counts)),
            context(" | ".join([*(source_age(s, at) for s in now.sources), *times])),
            _next(following),
        ),
    )


def findings(
    lines: Sequence[Line], page: int, pages: int, total: int, following: str, *, kind: str = "open"
) -> Message:
    """A page of findings, most severe first."""
    if not total:
        sentence = f"No {kind} findings match that you may see."
        return Message(sentence, (section(sentence), _next(following)))
    many = plural(total, f"{kind} finding")
    sentence = f"{many}, page {page} of {pages}."
    head = [section(f"*{many}*, page {page} of {pages}")]
    body, left = _fitting(head, (section(finding(line)) for line in lines))
    missing = (
        [context(f"and {left:,} more on this page that do not fit: narrow the filters.")] if left else []
    )
    return Message(sentence, (*head, *body, *missing, _next(following)))


def explanation(about: Explanation, at: datetime, following: str) -> Message:
    """Why each rule says what it says about one subject: inputs, values and what to do."""
    by_verdict: Mapping[str, list[RuleExplained]] = {
        verdict: [r for r in about.rules if r.verdict == verdict]
        for verdict in ("fail", "unknown", "pass", "out of scope")
    }
    failing = sorted(by_verdict["fail"], key=lambda r: -(r.severity or 0))
    title = "" if about.title == about.key else f" {safe(about.title, 200)}"
    where = [_belongs(about), *([safe(about.placed.by, 200)] if about.placed.by else [])]
    head = [section(f"*{link(about.url, about.key, 80)}*{title}"), context(" | ".join(where))]
    reasons = [*(_failing(r) for r in failing), *(_unknown(r) for r in by_verdict["unknown"])]
    body, left = _fitting(head, reasons or [section("No rule fails here.")])
    rest = [f"{plural(len(by_verdict['pass']), 'rule')} passed"]
    if outside := len(by_verdict["out of scope"]):
        rest.append(f"{plural(outside, 'rule')} {'is' if outside == 1 else 'are'} not about it")
    if left:
        rest.append(f"{left:,} more do not fit here")
    if about.source:
        rest.append(source_age(about.source, at))
    verdict = f"{plural(len(failing), 'rule fails', 'rules fail')}, {len(by_verdict['unknown'])} unknown"
    return Message(
        f"{safe(about.key, 80)}: {verdict}.", (*head, *body, context(" | ".join(rest)), _next(following))
    )


def overview(commands: Iterable[tuple[str, str]], following: str) -> Message:
    """All commands as (form, what it does)."""
    table = list(commands)
    lines = [f"{code(form)} {safe(does)}" for form, does in table]
    sentence = f"opsbot answers {', '.join(safe(form) for form, _ in table)}."
    return Message(sentence, (section("*Ask opsbot*"), paragraph(lines), _next(following)))


def usage(form: str, does: str, examples: Sequence[str], following: str) -> Message:
    """One command with examples."""
    lines = [code(form), safe(does), *(f"• {code(example)}" for example in examples)]
    return Message(f"{safe(form)}: {safe(does)}", (paragraph(lines), _next(following)))


def say(sentence: str, following: str) -> Message:
    """One sentence of ours, in which foreign words are already safe, and what to type next."""
    return Message(sentence, (section(sentence), _next(following)))


def broken(reference: str) -> Message:
    """Something failed on our side; the reference finds it in the log."""
    sentence = (
        f"Something failed on my side (ref `{reference}`). Nothing was changed."
        " An operator can look up the reference in the log."
    )
    return Message(sentence, (section(sentence),))


def _next(following: str) -> Block:
    return context(f"Next: {code(following)}")


def _fitting(head: Sequence[Block], wanted: Iterable[Block]) -> tuple[list[Block], int]:
    """The first blocks that fit one message, and how many are left out."""
    blocks = list(wanted)
    kept = fitting(
        ([block] for block in blocks),
        BUDGET_BLOCKS - _LAST_BLOCKS - len(head),
        BUDGET_CHARACTERS - _LAST_CHARACTERS - size(head),
    )
    return blocks[:kept], len(blocks) - kept


def _belongs(about: Explanation) -> str:
    if about.product is None:
        return "Belongs to no product"
    stream = f", value stream *{safe(about.stream, 60)}*" if about.stream else ""
    return f"Product *{safe(about.product, 60)}*{stream}"


def _failing(rule: RuleExplained) -> Block:
    severity = rule.severity if rule.severity is not None else Severity.INFO
    since = f" Open since {day(rule.since)}." if rule.since and not rule.waiver else ""
    lines = [
        f"{MARKS[severity]} *{severity.word.capitalize()}* · {code(rule.rule, 80)} {safe(rule.purpose)}",
        safe(rule.says, 400),
        *_accepted(rule.waiver),
        *_reasons(rule),
        f"*What to do:* {safe(rule.fix, 400)} {accountable(rule.accountable, None)}{since}",
    ]
    if rule.finding:
        lines.append(f"Finding {code(rule.finding, 80)}")
    return paragraph(lines)


def _accepted(waiver: Waiver | None) -> Iterator[str]:
    """Until when a waiver holds for it, who decided that, and why."""
    if waiver is not None:
        by = f", approved by {safe(waiver.decided_by, 60)}" if waiver.decided_by else ""
        yield f"*Waived* until {waiver.until}{by}: {safe(waiver.reason, 300)}"


def _unknown(rule: RuleExplained) -> Block:
    lines = [f"*Unknown* · {code(rule.rule, 80)} {safe(rule.purpose)}", safe(rule.says, 400)]
    return paragraph([*lines, *([f"*To know it:* {safe(rule.to_know, 300)}"] if rule.to_know else [])])


def _reasons(rule: RuleExplained) -> Iterator[str]:
    for part in (*rule.where, *rule.violates):
        met = {True: "holds", False: "does not hold", None: "is not known"}[part.holds]
        yield f"• {code(part.text)} {met}"
        for one in part.inputs:
            unit = (
                f" {safe(one.unit, 20)}" if one.unit not in {"", "0 to 1"} and one.value is not None else ""
            )
            yield f"    {safe(one.name, 60)} = {_value(one.value)}{unit} ({safe(one.source, 80)})"


def _value(value: object) -> str:
    match value:
        case None:
            return "not known"
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:,.2f}".rstrip("0").rstrip(".")
        case datetime():
            return f"{value:%Y-%m-%d %H:%M} {value:%Z}".rstrip()
        case list() | tuple():
            return safe(", ".join(map(str, value)), 120) or "none"
        case _:
            return safe(str(value), 120)


def _moment(moment: datetime, at: datetime) -> str:
    """A time of day, with the day where it is not today's."""
    local = moment.astimezone(at.tzinfo)
    return f"{local:%H:%M}" if local.date() == at.date() else f"{day(local)} {local:%H:%M}"
