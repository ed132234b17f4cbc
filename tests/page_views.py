"""A page to render: Larkfield's Booking portal on a Monday morning, whole and without a store."""

from datetime import timedelta
from typing import Any

import slack_views as views

from bot.page.views import (
    Entry,
    Excerpt,
    Group,
    Page,
    Post,
    ProductCard,
    RuleRow,
    Step,
    UnknownRow,
    WaivedEntry,
)
from bot.slack import messages
from rules.findings import Severity
from rules.health import Health, Lost
from rules.views import Explanation, RawChange

HEALTH = Health(
    76, "", 0.9, {"flow": 64.0, "quality": 88.0}, (Lost("flow-aging-wip", 12.0, 4, 11),), "", waived=0
)
UNKNOWN_HEALTH = Health(None, "3 judged; a number needs 10", 1.0, {}, (), "", waived=0)


def about(**changes: Any) -> Explanation:
    """BOOK-412 with two changes and a record."""
    moved = RawChange(views.NOW - timedelta(days=12), None, "status", "To Do", "In Progress")
    flagged = RawChange(views.NOW - timedelta(days=2), "somebody", "flagged", None, "yes")
    record = {"key": "BOOK-412", "status": "In Progress", "labels": ["lanes"], "resolution": None}
    return views.explanation(**{"changes": (moved, flagged), "record": record, **changes})


def entry(**changes: Any) -> Entry:
    """An open finding about BOOK-412, explained whole."""
    explained = about()
    return Entry(
        **{
            "id": "f-1",
            "rule": "flow-aging-wip",
            "severity": Severity.HIGH,
            "key": "BOOK-412",
            "title": "Saved lanes <retry> & dedupe",
            "url": "https://larkfield.atlassian.net/browse/BOOK-412",
            "says": "BOOK-412 is 12 days old; 85% of features here finish within 10 days.",
            "fix": "Swarm it, split it, or stop it today.",
            "accountable": "product manager",
            "product": "booking-portal",
            "since": views.NOW - timedelta(days=2),
            "inherited": False,
            "covered_by": None,
            "explained": explained.rules[0],
            "about": explained,
            **changes,
        }
    )


def card(**changes: Any) -> ProductCard:
    """The Booking portal: fair, one finding open."""
    return ProductCard(
        **{
            "id": "booking-portal",
            "name": "Booking portal",
            "stream": "Ship",
            "stage": "growth",
            "tier": 1,
            "owner": "product manager: named",
            "open": {Severity.HIGH: 1},
            "waived": 0,
            "health": HEALTH,
            **changes,
        }
    )


def page(**changes: Any) -> Page:
    """Two products, one digest, a finding, a waived one, a rule, and something unknown."""
    waived = entry(id="f-2", key="BOOK-500", says="BOOK-500 is held up.", explained=None, about=None)
    return Page(
        **{
            "company": "Larkfield Logistics",
            "reader": "",
            "now": views.NOW,
            "status": views.status(waived=1),
            "products": {
                "Growth": (card(), card(id="insights", name="Insights", health=UNKNOWN_HEALTH, open={}))
            },
            "posts": (Post("prod-booking", views.NOW, messages.digest(views.digest()), sent=True),),
            "silent": ("prod-carrier",),
            "groups": (Group("booking-portal", "Booking portal", (entry(),)),),
            "further": (),
            "left_out": 0,
            "waived": (WaivedEntry(waived, "Waits for the customs office", "2026-12-11"),),
            "rules": (
                RuleRow(
                    "flow-aging-wip",
                    "Started work finishes.",
                    "work items",
                    "state = 'active'",
                    "age_days > sle_days",
                    "digest",
                    7,
                    4,
                    2,
                    1,
                ),
            ),
            "unknown": (UnknownRow("flow-aging-wip", 2, "BOOK-9", "sle_days is not known.", "Declare it."),),
            "excerpts": {
                "rules/catalog/flow.yaml:12": Excerpt(
                    "rules/catalog/flow.yaml:12", ((11, ""), (12, "- id: flow-aging-wip"), (13, "  x")), 12
                )
            },
            "steps_title": "Five things to try",
            "steps": (Step("opsbot try waiver", "a waiver, refused and granted"),),
            "command": "opsbot",
            **changes,
        }
    )
