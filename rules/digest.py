"""What a channel is told: the news since its last digest, each line once, the rest as counts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rules.audience import union
from rules.findings import NEWS, Event, Finding, Severity
from rules.rule import Rule
from rules.views import Digest, Happened, Line, SourceAge


@dataclass(frozen=True, slots=True)
class Said:
    """A finding in words, with the values of today."""

    says: str
    fix: str


Tell = Callable[[Finding], Said]


@dataclass(frozen=True, slots=True)
class Occasion:
    """Which channel, about what, from when to when, and how many lines it can take."""

    channel: str
    about: str
    stream: str | None
    at: datetime
    since: datetime | None
    most: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much was judged, and from what data."""

    checked: int
    rules: int
    unknown: int
    sources: tuple[SourceAge, ...]
    waived: int = 0  # findings that a waiver covers


HAPPENED: Mapping[Event, Happened] = {
    "opened": "new",
    "moved": "new",
    "reopened": "reopened",
    "unwaived": "unwaived",
    "worsened": "worsened",
    "resolved": "resolved",
}
"""What an event of a finding is called where people read of it; other events are not told."""


def compose(
    occasion: Occasion,
    history: Iterable[tuple[Event, Finding]],
    open_now: Sequence[Finding],
    rules: Mapping[str, Rule],
    tell: Tell,
    coverage: Coverage,
) -> Digest:
    """The digest of one channel from its findings alone.

    `history` is what happened since the last digest, oldest first; `open_now` all open findings. Inherited
    findings are a count until they worsen. What opened and resolved between two digests is not mentioned, nor
    is what another rule covers.
    """
    news, resolved = _news(history)
    lines = _grouped([line(f, rules[f.rule], happened, tell(f)) for f, happened in news], rules)
    lines.sort(key=lambda x: (-x.severity, x.since, x.key))
    shown = [f for f in open_now if f.inhibited_by is None]
    return Digest(
        channel=occasion.channel,
        about=occasion.about,
        stream=occasion.stream,
        at=occasion.at,
        since=occasion.since,
        lines=tuple(lines[: occasion.most]),
        resolved=tuple(line(f, rules[f.rule], "resolved", tell(f)) for f in resolved),
        more=max(0, len(lines) - occasion.most),
        open={s: n for s in reversed(Severity) if (n := sum(1 for f in shown if f.severity == s))},
        inherited=sum(1 for f in shown if f.inherited),
        unknown=coverage.unknown,
        checked=coverage.checked,
        rules=coverage.rules,
        sources=coverage.sources,
        waived=coverage.waived,
    )


def _news(history: Iterable[tuple[Event, Finding]]) -> tuple[list[tuple[Finding, Happened]], list[Finding]]:
    latest: dict[str, tuple[Event, Finding]] = {}
    began: set[str] = set()
    for event, finding in history:
        if event in {"opened", "reopened"}:
            began.add(finding.id)
        if event in HAPPENED:
            latest[finding.id] = (event, finding)
    news: list[tuple[Finding, Happened]] = []
    resolved = []
    for event, finding in latest.values():
        if finding.state == "open" and event in NEWS and finding.inhibited_by is None:
            if not finding.inherited or event == "worsened":
                news.append((finding, HAPPENED[event]))
        elif finding.state == "resolved" and finding.id not in began and finding.inhibited_by is None:
            resolved.append(finding)
    return news, resolved


def line(finding: Finding, rule: Rule, happened: Happened, said: Said) -> Line:
    """A finding as one entry of a list."""
    return Line(
        finding=finding.id,
        rule=finding.rule,
        severity=finding.severity,
        happened=happened,
        key=finding.key or finding.subject,
        title=finding.title or "",
        url=finding.url or "",
        says=said.says,
        fix=said.fix,
        accountable=rule.accountable.role.replace("-", " "),
        product=finding.product,
        since=finding.opened_at or finding.first_seen_at,
        audience=finding.audience,
    )


def _grouped(lines: list[Line], rules: Mapping[str, Rule]) -> list[Line]:
    """Fold lines of a rule that groups by container: a new project is one line, not 300."""
    single = [x for x in lines if rules[x.rule].group is None]
    groups: dict[tuple[str, str], list[Line]] = {}
    for x in lines:
        if rules[x.rule].group is not None:
            groups.setdefault((x.rule, x.key.rpartition("-")[0] or x.key.rpartition("#")[0]), []).append(x)
    for (_, container), members in groups.items():
        first = min(members, key=lambda x: (-x.severity, x.since, x.key))
        if len(members) == 1:
            single.append(first)
            continue
        keys = ", ".join(x.key for x in members[:3]) + (
            f" and {len(members) - 3} more" if len(members) > 3 else ""
        )
        restricted = any(x.audience is None for x in members)
        single.append(
            replace(
                first,
                key=container,
                title=f"{len(members)} items: {keys}",
                url="",
                audience=None if restricted else union(x.audience for x in members),
                count=len(members),
            )
        )
    return single
