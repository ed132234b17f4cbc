"""The life of a finding: what each judgement makes of it, and what it never does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.findings import Finding, Seen, Severity, finding_id, obsolete, reconcile, shifted

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
BEFORE = NOW - timedelta(days=1)
OUT, PASS, UNKNOWN, FAIL, WORSE = 0, 1, 2, 3, 4
BLANK = Finding("f", "flow-rule", "work_items", "jira:1", "pending", Severity.WARN, NOW, NOW)
PENDING = replace(BLANK, first_seen_at=BEFORE, changed_at=BEFORE, product="shop")
OPEN = replace(PENDING, state="open", opened_at=BEFORE, occurrence=1)
RESOLVED = replace(OPEN, state="resolved", resolved_at=BEFORE)
CLOSED = replace(OPEN, state="closed", resolved_at=BEFORE)
WAIVED = replace(OPEN, state="waived")
STATES = {
    "none": BLANK,
    "pending": PENDING,
    "open": OPEN,
    "waived": WAIVED,
    "resolved": RESOLVED,
    "closed": CLOSED,
}
WAIVER = "waiver 3 until 2026-12-11"


def seen(digit: int = FAIL, **parts: Any) -> Seen:
    return Seen(**{"digit": digit, "fresh": True, "severity": Severity.WARN, "product": "shop", **parts})


def happened(state: str, look: Seen, *, baseline: bool = False) -> tuple[str, str] | None:
    """Event and new state."""
    transition = reconcile(STATES[state], look, NOW, known=state != "none", baseline=baseline)
    return None if transition is None else (transition.event, transition.finding.state)


TABLE = [
    # state, digit, enough → event, state
    ("none", FAIL, True, ("opened", "open")),
    ("none", WORSE, True, ("opened", "open")),
    ("none", FAIL, False, ("pending", "pending")),
    ("none", PASS, True, None),
    ("none", OUT, True, None),
    ("pending", FAIL, True, ("opened", "open")),
    ("pending", FAIL, False, None),
    ("pending", PASS, True, ("closed", "closed")),
    ("pending", OUT, True, ("closed", "closed")),
    ("open", FAIL, True, None),
    ("open", FAIL, False, None),
    ("open", PASS, True, ("resolved", "resolved")),
    ("open", OUT, True, ("resolved", "resolved")),
    ("resolved", FAIL, True, ("reopened", "open")),
    ("resolved", FAIL, False, ("pending", "pending")),
    ("resolved", PASS, True, None),
    ("resolved", OUT, True, None),
    ("closed", FAIL, True, ("reopened", "open")),
    ("closed", FAIL, False, ("pending", "pending")),
    ("closed", PASS, True, None),
    ("closed", OUT, True, None),
]


UNDER_A_WAIVER = [
    ("none", FAIL, True, ("waived", "waived")),
    ("none", FAIL, False, ("pending", "pending")),
    ("none", PASS, True, None),
    ("pending", FAIL, True, ("waived", "waived")),
    ("pending", FAIL, False, None),
    ("pending", PASS, True, ("closed", "closed")),
    ("open", FAIL, True, ("waived", "waived")),
    ("open", PASS, True, ("resolved", "resolved")),
    ("open", UNKNOWN, True, None),
    ("waived", FAIL, True, None),
    ("waived", WORSE, False, None),
    ("waived", UNKNOWN, True, None),
    ("waived", PASS, True, ("resolved", "resolved")),
    ("waived", OUT, True, ("resolved", "resolved")),
    ("resolved", FAIL, True, ("waived", "waived")),
    ("closed", FAIL, True, ("waived", "waived")),
    ("resolved", PASS, True, None),
]


@pytest.mark.parametrize(("state", "digit", "enough", "expected"), UNDER_A_WAIVER)
def test_a_waiver_hides_no_pass_and_is_not_undone_by_a_judgement(
    state: str, digit: int, enough: bool, expected: tuple[str, str] | None
) -> None:
    assert happened(state, seen(digit, enough=enough, waiver=WAIVER)) == expected


@pytest.mark.parametrize("digit", [FAIL, WORSE, UNKNOWN])
@pytest.mark.parametrize("fresh", [True, False])
def test_the_end_of_a_waiver_needs_no_verdict(digit: int, fresh: bool) -> None:
    transition = reconcile(
        replace(WAIVED, inherited=True, worse_at=BEFORE),
        seen(digit, fresh=fresh),
        NOW,
        known=True,
        baseline=False,
    )
    assert transition is not None
    finding = transition.finding
    assert (transition.event, finding.state, transition.why) == ("unwaived", "open", "its waiver ended")
    assert (finding.opened_at, finding.worse_at, finding.inherited) == (NOW, None, False)
    assert finding.occurrence == WAIVED.occurrence


def test_what_becomes_critical_wakes_with_its_clock_running() -> None:
    woken = reconcile(WAIVED, seen(severity=Severity.CRITICAL), NOW, known=True, baseline=False)
    assert woken is not None
    assert (woken.event, woken.finding.state, woken.finding.opened_at) == ("unwaived", "open", BEFORE)
    assert "critical" in woken.why


@pytest.mark.parametrize(
    ("look", "event"),
    [
        (seen(severity=Severity.HIGH, waiver=WAIVER), "worsened"),
        (seen(severity=Severity.CRITICAL, waiver=WAIVER), "worsened"),
        (seen(severity=Severity.INFO, waiver=WAIVER), "eased"),
        (seen(product="till", waiver=WAIVER), "moved"),
        (seen(inhibited_by="other", waiver=WAIVER), None),
    ],
)
def test_a_waived_finding_follows_severity_and_product_and_stays_waived(
    look: Seen, event: str | None
) -> None:
    transition = reconcile(WAIVED, look, NOW, known=True, baseline=False)
    assert (transition and transition.event) == event
    if transition is not None:
        assert transition.finding.state == "waived"
        assert (transition.finding.severity, transition.finding.product) == (look.severity, look.product)


@pytest.mark.parametrize("baseline", [False, True])
@pytest.mark.parametrize(("state", "digit", "enough", "expected"), TABLE)
def test_each_state_and_verdict_has_one_outcome(
    state: str, digit: int, enough: bool, expected: tuple[str, str] | None, baseline: bool
) -> None:
    assert happened(state, seen(digit, enough=enough), baseline=baseline) == expected


@pytest.mark.parametrize("state", STATES)
@given(
    digit=st.integers(0, 5),
    fresh=st.booleans(),
    severity=st.sampled_from(Severity),
    product=st.sampled_from(["shop", "till", None]),
    enough=st.booleans(),
    inhibited=st.sampled_from([None, "other"]),
    baseline=st.booleans(),
)
def test_an_unknown_verdict_or_a_stale_row_changes_nothing(state: str, **parts: Any) -> None:
    inhibited, baseline = parts.pop("inhibited"), parts.pop("baseline")
    if parts["fresh"]:
        parts["digit"] = UNKNOWN
    look = Seen(inhibited_by=inhibited, waiver=WAIVER if state == "waived" else None, **parts)
    assert happened(state, look, baseline=baseline) is None


LOOKS = st.builds(
    Seen,
    digit=st.integers(0, 5),
    fresh=st.booleans(),
    severity=st.sampled_from(Severity),
    product=st.sampled_from(["shop", "till", None]),
    enough=st.booleans(),
    inhibited_by=st.sampled_from([None, "other"]),
    waiver=st.sampled_from([None, WAIVER]),
)


_NOT_WAIVED = {"pending", "resolved", "closed"}


@given(st.lists(st.tuples(LOOKS, st.booleans()), max_size=30))
def test_over_any_history_a_finding_keeps_its_laws(looks: list[tuple[Seen, bool]]) -> None:
    """Ends only by a fresh pass, counts only openings, and says one thing once."""
    finding, known, openings = BLANK, False, 0
    for n, (look, baseline) in enumerate(looks):
        now = NOW + timedelta(hours=n)
        transition = reconcile(finding, look, now, known=known, baseline=baseline)
        if transition is None:
            continue
        event, after = transition.event, transition.finding
        assert (look.fresh and look.digit != UNKNOWN) or event == "unwaived"
        assert after.changed_at == now
        assert (after.id, after.rule, after.subject) == (finding.id, finding.rule, finding.subject)
        if event in {"resolved", "closed"}:
            assert look.digit in {OUT, PASS}
            assert (finding.state == "pending") == (event == "closed")
            assert after.resolved_at == now
        else:
            assert look.digit >= FAIL or event == "unwaived"
            assert after.resolved_at is None
        begun = known and finding.state in {"open", "waived"}
        fresh_start = after.state in {"open", "waived"} and not begun
        openings += fresh_start
        assert after.occurrence == openings
        assert (event == "reopened") == (fresh_start and openings > 1 and after.state == "open")
        assert (after.state == "waived") == (look.waiver is not None and event not in _NOT_WAIVED)
        assert (event == "unwaived") == (finding.state == "waived" and known and after.state == "open")
        assert (after.opened_at is not None) or after.state in {"pending", "closed"}
        again = reconcile(after, look, now, known=True, baseline=baseline)
        assert again is None or (event, again.event) == ("pending", "opened")
        finding, known = after, True


def test_the_first_look_inherits_and_later_ones_do_not() -> None:
    for baseline in (True, False):
        transition = reconcile(BLANK, seen(), NOW, known=False, baseline=baseline)
        assert transition is not None
        assert transition.finding.inherited is baseline


def test_an_inherited_trouble_that_was_pending_opens_as_inherited() -> None:
    pending = reconcile(BLANK, seen(enough=False), NOW, known=False, baseline=True)
    assert pending is not None
    opened = reconcile(pending.finding, seen(), NOW, known=True, baseline=False)
    assert opened is not None
    assert (opened.event, opened.finding.inherited, opened.finding.opened_at) == ("opened", True, NOW)


def test_a_reopened_finding_is_news_and_starts_its_clock_anew() -> None:
    again = reconcile(
        replace(RESOLVED, inherited=True, worse_at=BEFORE), seen(), NOW, known=True, baseline=False
    )
    assert again is not None
    finding = again.finding
    assert (finding.occurrence, finding.inherited, finding.first_seen_at) == (2, False, NOW)
    assert (finding.opened_at, finding.worse_at, finding.resolved_at) == (NOW, None, None)


def test_a_finding_that_fails_again_is_reopened_when_it_has_lasted() -> None:
    pending = reconcile(RESOLVED, seen(enough=False), NOW, known=True, baseline=False)
    assert pending is not None
    assert pending.finding.occurrence == 1
    opened = reconcile(pending.finding, seen(), NOW, known=True, baseline=False)
    assert opened is not None
    assert (opened.event, opened.finding.occurrence) == ("reopened", 2)


@pytest.mark.parametrize(
    ("look", "event"),
    [
        (seen(severity=Severity.HIGH), "worsened"),
        (seen(severity=Severity.INFO), "eased"),
        (seen(product="till"), "moved"),
        (seen(product=None), "moved"),
        (seen(product="till", severity=Severity.HIGH), "moved"),
        (seen(inhibited_by="other"), None),
    ],
)
def test_an_open_finding_follows_severity_and_product(look: Seen, event: str | None) -> None:
    transition = reconcile(OPEN, look, NOW, known=True, baseline=False)
    assert (transition and transition.event) == event
    if transition is not None:
        assert transition.finding.severity is look.severity
        assert transition.finding.product == look.product
        assert transition.finding.opened_at == BEFORE


def test_only_what_worsens_says_since_when() -> None:
    worse = reconcile(OPEN, seen(severity=Severity.HIGH), NOW, known=True, baseline=False)
    eased = reconcile(OPEN, seen(severity=Severity.INFO), NOW, known=True, baseline=False)
    assert worse is not None
    assert eased is not None
    assert (worse.finding.worse_at, eased.finding.worse_at) == (NOW, None)


def test_what_comes_to_a_product_at_its_first_look_is_inherited() -> None:
    """A product that is added to the model is told of what is new there, not of all it brings."""
    inherited = replace(OPEN, inherited=True, product=None)
    first = reconcile(inherited, seen(), NOW, known=True, baseline=True)
    later = reconcile(inherited, seen(), NOW, known=True, baseline=False)
    assert first is not None
    assert later is not None
    assert (first.finding.inherited, later.finding.inherited) == (True, False)


@pytest.mark.parametrize("severity", Severity)
def test_what_is_no_longer_covered_is_opened_for_people_whatever_its_severity(severity: Severity) -> None:
    covered = replace(OPEN, inhibited_by="other")
    transition = reconcile(covered, seen(severity=severity), NOW, known=True, baseline=False)
    assert transition is not None
    assert transition.event == "opened"
    assert (transition.finding.inhibited_by, transition.finding.severity) == (None, severity)
    assert transition.finding.occurrence == 1


def test_what_is_obsolete_is_closed_and_not_resolved() -> None:
    gone = obsolete(OPEN, NOW, "gone")
    assert (gone.event, gone.finding.state, gone.finding.resolved_at, gone.why) == (
        "closed",
        "closed",
        NOW,
        "gone",
    )


TEXTS = st.text(max_size=12)


@given(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS))
def test_an_id_is_ten_letters_and_digits_that_people_can_type(parts: tuple[str, str, str, str]) -> None:
    name = finding_id(*parts)
    assert name == finding_id(*parts)
    assert len(name) == 10
    assert set(name) <= set("0123456789abcdefghjkmnpqrstvwxyz")


def test_ids_are_the_same_in_every_version() -> None:
    """They stand in messages and databases: this one may never change."""
    assert finding_id("flow-aging-wip", "work_items", "jira:10412") == "gajvxj1fy8"


def test_ids_tell_rule_table_subject_and_discriminator_apart() -> None:
    parts = ["a", "b", "c", "d", ""]
    names = {finding_id(r, t, s, d) for r in parts for t in parts for s in parts for d in parts}
    assert len(names) == len(parts) ** 4


@pytest.mark.parametrize(
    ("tier", "names_tier", "expected"),
    [
        (1, False, [Severity.WARN, Severity.HIGH, Severity.CRITICAL, Severity.CRITICAL]),
        (2, False, list(Severity)),
        (3, False, [Severity.INFO, Severity.INFO, Severity.WARN, Severity.HIGH]),
        (None, False, list(Severity)),
        (1, True, list(Severity)),
    ],
)
def test_the_tier_shifts_severity_by_one(
    tier: int | None, names_tier: bool, expected: list[Severity]
) -> None:
    assert [shifted(s, tier, names_tier=names_tier) for s in Severity] == expected
