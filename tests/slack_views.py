"""Views to render: Larkfield's Booking portal on a Monday morning."""

from datetime import UTC, datetime, timedelta
from typing import Any

from rules.findings import Severity
from rules.views import (
    Digest,
    Explanation,
    Holder,
    Input,
    Line,
    Measured,
    Part,
    Placed,
    RuleExplained,
    SourceAge,
    Status,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
JIRA = SourceAge("Jira", NOW - timedelta(minutes=6), stale=False)
STALE_GITHUB = SourceAge("GitHub", NOW - timedelta(hours=3, minutes=20), stale=True)


def line(**changes: Any) -> Line:
    """A new finding about BOOK-412."""
    return Line(
        **{
            "finding": "f-1",
            "rule": "flow-aging-wip",
            "severity": Severity.HIGH,
            "happened": "new",
            "key": "BOOK-412",
            "title": "Saved lanes <retry> & dedupe",
            "url": "https://larkfield.atlassian.net/browse/BOOK-412",
            "says": "BOOK-412 is 12 days old; 85% of features here finish within 10 days.",
            "fix": "Swarm it, split it, or stop it today.",
            "accountable": "product manager",
            "product": "Booking portal",
            "since": NOW - timedelta(days=2),
            "audience": ("jira:jira:BOOK",),
            **changes,
        }
    )


def digest(**changes: Any) -> Digest:
    """Two new findings, one worse, one resolved; GitHub's data is old."""
    return Digest(
        **{
            "channel": "prod-booking",
            "about": "Booking portal",
            "stream": "Ship",
            "at": NOW,
            "since": NOW - timedelta(days=3),
            "lines": (
                line(
                    severity=Severity.CRITICAL,
                    key="larkfield/booking-web#981",
                    url="https://github.com/larkfield/booking-web/pull/981",
                    title="Drop legacy tax path",
                    says="Merged without a review by someone else.",
                ),
                line(),
                line(
                    happened="worsened",
                    key="BOOK-377",
                    title="Carrier terms",
                    severity=Severity.WARN,
                    count=7,
                ),
            ),
            "resolved": (line(happened="resolved", key="BOOK-398", title="Split settlement report"),),
            "more": 4,
            "open": {Severity.CRITICAL: 1, Severity.HIGH: 4, Severity.WARN: 6, Severity.INFO: 0},
            "inherited": 214,
            "unknown": 5,
            "checked": 184,
            "rules": 12,
            "sources": (JIRA, STALE_GITHUB),
            **changes,
        }
    )


def status(**changes: Any) -> Status:
    """The Booking portal's status."""
    return Status(
        **{
            "about": "Booking portal",
            "open": {Severity.CRITICAL: 1, Severity.HIGH: 4},
            "inherited": 3,
            "unknown": 1,
            "sources": (JIRA, SourceAge("GitHub", None, stale=True)),
            "judged_at": NOW - timedelta(minutes=5),
            "next_digest_at": NOW + timedelta(days=1),
            **changes,
        }
    )


def fact(name: str, value: object) -> Input:
    """A fact that a condition met."""
    return Input(name, value, "fact", f"The {name}.", "", "history", None)


def explained(**changes: Any) -> RuleExplained:
    """A rule that fails on BOOK-412."""
    return RuleExplained(
        **{
            "rule": "flow-aging-wip",
            "purpose": "Started work finishes within its service level expectation.",
            "verdict": "fail",
            "severity": Severity.HIGH,
            "says": "BOOK-412 is 12 days old; 85% of features here finish within 10 days.",
            "fix": "Swarm it, split it, or stop it today.",
            "accountable": "product manager",
            "where": (Part("state in ('active', 'waiting')", True, (fact("state", "active"),)),),
            "violates": (
                Part("age_days > sle_days", True, (fact("age_days", 12.0), fact("sle_days", 10.0))),
            ),
            "rule_place": "rules/catalog/flow.yaml:12",
            "mode": "digest",
            "mode_place": None,
            "measured": Measured(
                "elapsed", "berlin", "Europe/Berlin", "Mon-Fri 09:00-17:30", "company.yaml:9"
            ),
            "holder": Holder("product manager", "ana", (), "products/booking-portal.yaml:2"),
            "finding": "f-1",
            "since": NOW - timedelta(days=2),
            **changes,
        }
    )


def explanation(**changes: Any) -> Explanation:
    """BOOK-412: one rule fails, one is unknown, one passes, one is not about it."""
    return Explanation(
        **{
            "key": "BOOK-412",
            "title": "Saved lanes <retry> & dedupe",
            "url": "https://larkfield.atlassian.net/browse/BOOK-412",
            "product": "booking-portal",
            "stream": "ship",
            "placed": Placed("products.booking-portal.work[0]: Jira project BOOK", None, (), None),
            "audience": ("jira:jira:BOOK",),
            "source": JIRA,
            "observed_at": NOW - timedelta(minutes=6),
            "changes": (),
            "record": {},
            "rules": (
                explained(),
                explained(
                    rule="flow-blocked-too-long",
                    verdict="unknown",
                    says="blocked_since is not known.",
                    severity=None,
                ),
                explained(rule="hygiene-owner", verdict="pass"),
                explained(rule="quality-unreviewed-merge", verdict="out of scope"),
            ),
            **changes,
        }
    )
