"""A digest: the news since the last one, each line once, the rest as counts."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from rules.digest import Coverage, Occasion, Said, compose
from rules.findings import Event, Finding, Severity
from rules.rule import Rule, read_rule
from rules.views import Digest

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
BEFORE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def rule(id_: str, **parts: Any) -> Rule:
    written = {
        "id": id_,
        "purpose": "It is so.",
        "about": "work_items",
        "violates": "blocked",
        "severity": "warn",
        "says": "{key} is held up.",
        "fix": "Do something.",
        "accountable": "product-manager",
        **parts,
    }
    return read_rule(written, "here:1")


RULES = {r.id: r for r in (rule("flow-held"), rule("traceability-lost", group="container"))}


def finding(id_: str, **parts: Any) -> Finding:
    values = {
        "id": id_,
        "rule": "flow-held",
        "table": "work_items",
        "subject": f"jira:{id_}",
        "key": f"SHOP-{id_}",
        "state": "open",
        "severity": Severity.WARN,
        "first_seen_at": NOW,
        "opened_at": NOW,
        "changed_at": NOW,
        "audience": ("public",),
        **parts,
    }
    return Finding(**values)


def told(
    history: list[tuple[Event, Finding]],
    open_now: list[Finding] | None = None,
    *,
    since: datetime | None = BEFORE,
    most: int = 8,
) -> Digest:
    standing = open_now if open_now is not None else [f for _, f in history if f.state == "open"]
    return compose(
        Occasion("prod-shop", "Shop", None, NOW, since, most),
        history,
        standing,
        RULES,
        lambda f: Said(f"{f.key} is held up.", "Do something."),
        Coverage(checked=10, rules=2, unknown=1, sources=()),
    )


def test_what_opened_worsened_and_came_back_is_news_gravest_first() -> None:
    digest = told(
        [
            ("opened", finding("1")),
            ("worsened", finding("2", severity=Severity.HIGH)),
            ("reopened", finding("3")),
        ]
    )
    assert [(x.key, x.happened) for x in digest.lines] == [
        ("SHOP-2", "worsened"),
        ("SHOP-1", "new"),
        ("SHOP-3", "reopened"),
    ]
    assert digest.open == {Severity.HIGH: 1, Severity.WARN: 2}


def test_a_finding_is_one_line_whatever_happened_to_it() -> None:
    one = finding("1", severity=Severity.HIGH)
    digest = told([("opened", one), ("worsened", one)])
    assert [x.happened for x in digest.lines] == ["worsened"]


def test_inherited_findings_are_a_count_until_they_worsen() -> None:
    old = finding("1", inherited=True)
    assert told([("opened", old)]).lines == ()
    assert told([("opened", old)]).inherited == 1
    assert [x.happened for x in told([("worsened", old)]).lines] == ["worsened"]


def test_what_opened_and_resolved_in_between_is_not_mentioned() -> None:
    gone = finding("1", state="resolved")
    digest = told([("opened", gone), ("resolved", gone)])
    assert digest.lines == digest.resolved == ()
    assert digest.silent


def test_what_was_told_and_is_resolved_is_what_got_better() -> None:
    assert [x.key for x in told([("resolved", finding("1", state="resolved"))]).resolved] == ["SHOP-1"]


def test_what_another_rule_covers_is_neither_news_nor_counted_nor_resolved() -> None:
    covered = finding("1", inhibited_by="traceability-lost")
    assert told([("opened", covered)]).lines == ()
    assert told([("opened", covered)]).open == {}
    assert told([("resolved", replace(covered, state="resolved"))]).resolved == ()


def test_the_first_digest_speaks_of_what_was_inherited_and_then_there_is_silence() -> None:
    old = finding("1", inherited=True)
    assert not told([("opened", old)], since=None).silent
    assert told([], [old]).silent
    assert told([], [], since=None).silent


def test_a_rule_that_groups_tells_a_project_in_one_line() -> None:
    lost = [finding(str(n), rule="traceability-lost", key=f"OPS-{n}") for n in range(1, 6)]
    digest = told([("opened", f) for f in lost])
    (line,) = digest.lines
    assert (line.key, line.title, line.count) == ("OPS", "5 items: OPS-1, OPS-2, OPS-3 and 2 more", 5)


def test_a_group_is_restricted_where_one_of_it_is() -> None:
    lost = [
        finding("1", rule="traceability-lost", key="OPS-1"),
        finding("2", rule="traceability-lost", key="OPS-2", audience=None),
    ]
    assert told([("opened", f) for f in lost]).lines[0].audience is None


def test_lines_beyond_the_budget_are_a_number() -> None:
    digest = told([("opened", finding(str(n))) for n in range(12)], most=5)
    assert (len(digest.lines), digest.more) == (5, 7)


def test_what_is_waived_is_counted_and_told_nowhere() -> None:
    covered = finding("1", state="waived")
    digest = compose(
        Occasion("prod-shop", "Shop", None, NOW, BEFORE, 8),
        [("opened", covered), ("waived", covered), ("worsened", covered)],
        [],
        RULES,
        lambda f: Said(f"{f.key} is held up.", "Do something."),
        Coverage(checked=10, rules=2, unknown=0, sources=(), waived=1),
    )
    assert (digest.lines, digest.waived, digest.silent) == ((), 1, True)


def test_the_end_of_a_waiver_is_news() -> None:
    digest = told([("opened", finding("1")), ("waived", finding("1")), ("unwaived", finding("1"))])
    assert [(x.key, x.happened) for x in digest.lines] == [("SHOP-1", "unwaived")]
