"""The troubles of Larkfield's last weeks: what a judgement should find, and since when.

The story is told in UTC. Larkfield judges its work for the first time on Monday 23 November 2026 at 08:00:
what is wrong then is inherited. What is wrong on Tuesday at 08:00 but was not on Monday is the news.
Berlin works from 08:00 to 16:30 UTC. What happens, planted.py tells.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 8, tzinfo=UTC)


def at(text: str) -> datetime:
    """The moment of `11-23 10:00`, in UTC, in 2026."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One planted trouble: from `since` on the rule fails on `key`, from `until` on it passes."""

    rule: str
    key: str
    since: datetime
    what: str
    until: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        """Whether a judgement at that moment finds it."""
        return self.since <= moment and (self.until is None or moment < self.until)


TROUBLES = (
    Trouble("traceability-unmapped-item", "OPS-231", at("11-13 10:00"), "a rota tool for the night shift"),
    Trouble("traceability-unmapped-item", "OPS-236", at("11-18 09:30"), "customs papers, worked on by ana"),
    Trouble("traceability-unmapped-item", "OPS-238", at("11-20 10:00"), "a depot's opening hours"),
    Trouble(
        "traceability-unmapped-item",
        "OPS-241",
        at("11-23 12:30"),
        "news: begun on Friday, unlabelled",
    ),
    Trouble("flow-aging-wip", "TRK-548", at("10-30 18:30"), "six weeks old, beyond P95"),
    Trouble("flow-aging-wip", "BOOK-931", at("11-20 23:00"), "nearly three weeks old, beyond P85"),
    Trouble("flow-aging-wip", "TRK-481", at("11-23 18:30"), "news: an epic on its 61st day; 60 are agreed"),
    Trouble("flow-blocked-too-long", "PAY-664", at("11-18 13:00"), "flagged for a week"),
    Trouble(
        "flow-blocked-too-long", "TRK-633", at("11-18 10:00"), "waits for PLAT-634, which nobody has begun"
    ),
    Trouble("flow-blocked-too-long", "BOOK-962", at("11-17 10:00"), "on hold for PAY-697, which is done"),
    Trouble(
        "flow-blocked-too-long",
        "PLAT-645",
        at("11-19 14:00"),
        "fixed on Monday: the flag is taken off",
        until=at("11-23 13:20"),
    ),
    Trouble("flow-blocked-too-long", "BOOK-993", at("11-23 10:00"), "news: flagged since Thursday"),
    Trouble(
        "flow-wip-limit",
        "booking:story",
        at("11-16 12:00"),
        "six or seven stories where four are the limit; opens on Tuesday, after a day, as inherited",
    ),
    Trouble(
        "accountability-active-unassigned", "PAY-682", at("11-19 11:00"), "ana took finn off and named nobody"
    ),
    Trouble(
        "accountability-active-unassigned",
        "BOOK-1019",
        at("11-19 13:30"),
        "fixed on Monday: bo takes it",
        until=at("11-23 09:40"),
    ),
    Trouble("accountability-active-unassigned", "PLAT-671", at("11-23 14:00"), "news: pulled without a name"),
    Trouble(
        "quality-unreviewed-merge", "larkfield/booking-api#162", at("11-18 14:05"), "nc-lee merged it alone"
    ),
    Trouble(
        "quality-unreviewed-merge", "larkfield/billing#391", at("11-12 10:30"), "a comment is no approval"
    ),
    Trouble(
        "quality-unreviewed-merge", "larkfield/carrier-api#241", at("11-19 15:00"), "approved after the merge"
    ),
    Trouble(
        "quality-unreviewed-merge", "larkfield/booking-web#238", at("11-23 14:10"), "news: bo merged it alone"
    ),
    Trouble(
        "flow-review-waiting", "larkfield/platform-deploy#268", at("11-18 13:00"), "more than three days"
    ),
    Trouble(
        "flow-review-waiting",
        "larkfield/booking-web#226",
        at("11-19 15:23"),
        "more than six working hours, booking's limit",
    ),
    Trouble(
        "flow-review-waiting",
        "larkfield/carrier-api#238",
        at("11-20 13:00"),
        "fixed on Monday: chi reviews it",
        until=at("11-23 10:30"),
    ),
    Trouble("flow-review-waiting", "larkfield/billing#402", at("11-23 10:00"), "news: ready since Friday"),
)
"""What the judgements of Monday and Tuesday should find, beside what the model itself has wrong."""

EXEMPT = ("larkfield/booking-web#231",)
"""Merged without approval, and no finding: a bot's change."""
