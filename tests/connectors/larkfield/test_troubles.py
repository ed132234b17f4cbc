"""The planted troubles are there when they say, and beside them Larkfield is healthy.

The conditions of the rules are written down here once more, plainly, so that the story is checked by itself.
"""

import math
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from connectors.larkfield.generate import larkfield
from connectors.larkfield.people import HQ, PUNE, Office
from connectors.larkfield.troubles import EXEMPT, MONDAY, TROUBLES, TUESDAY, Trouble
from connectors.larkfield.world import Issue, IssueState, Pull, World

ACTIVE, WAITING = {"In Progress", "In Review"}, {"Ready for QA", "Waiting for customer", "On Hold"}
DONE = {"Done", "Released"}
LIMITS = {"booking": 4, "tracking": 3, "money": 3, "platform": 3}
PRODUCTS = {"TRK": ("tracking", "tracking"), "PLAT": ("dev-platform", "platform")}
Found = set[tuple[str, str]]
Expectations = dict[tuple[str | None, str], float]


@pytest.fixture(scope="module")
def world() -> World:
    return larkfield()


@pytest.fixture(scope="module")
def expectations(world: World) -> Expectations:
    return expected_days(world)


@pytest.mark.parametrize("moment", [MONDAY, TUESDAY])
def test_a_judgement_finds_what_was_planted_and_nothing_else(
    world: World, expectations: Expectations, moment: datetime
) -> None:
    expected = {(t.rule, t.key) for t in TROUBLES if t.holds(moment)}
    assert judged(world, moment, expectations) == expected


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda t: t.key)
def test_each_trouble_begins_and_ends_when_it_says(
    world: World, expectations: Expectations, trouble: Trouble
) -> None:
    finding = trouble.rule, trouble.key
    margin = timedelta(minutes=5)
    assert finding in judged(world, trouble.since + margin, expectations)
    if trouble.rule not in {"flow-aging-wip", "flow-wip-limit"}:  # these depend on the year's other work
        assert finding not in judged(world, trouble.since - margin, expectations)
    if trouble.until is not None:
        assert finding not in judged(world, trouble.until + margin, expectations)


def test_some_troubles_are_inherited_some_are_news_and_some_are_fixed_on_monday() -> None:
    inherited = [t for t in TROUBLES if t.holds(MONDAY)]
    news = [t for t in TROUBLES if t.holds(TUESDAY) and not t.holds(MONDAY)]
    fixed = [t for t in TROUBLES if t.holds(MONDAY) and not t.holds(TUESDAY)]
    assert len(inherited) >= 12
    assert {t.rule for t in news} == {t.rule for t in TROUBLES} - {"flow-wip-limit"}
    assert len(fixed) == 3


@pytest.mark.parametrize("seed", [1, 2, 5, 12])
def test_other_seeds_have_the_same_troubles(seed: int) -> None:
    other = larkfield(seed)
    assert {(t.rule, t.key) for t in TROUBLES if t.holds(TUESDAY)} <= judged(
        other, TUESDAY, expected_days(other)
    )


def test_the_bot_merges_alone_where_it_may(world: World) -> None:
    (pull,) = [p for p in world.pulls if name(p) in EXEMPT]
    assert world.people[pull.author].is_bot
    assert not pull.reviews
    assert pull.merged_at is not None


def judged(world: World, now: datetime, expectations: Expectations) -> Found:
    states = [(i, s) for i in world.issues if (s := i.as_of(now)) is not None and i.project != "SANDBOX"]
    status = {i.key: s.status for i, s in states}
    found: Found = set()
    started: Counter[str | None] = Counter()
    for issue, state in states:
        if issue.kind == "Sub-task" or state.status not in ACTIVE | WAITING:
            continue
        product, team = belongs(issue, state)
        if issue.kind != "Epic":
            started[team] += 1
        begun = next(h.at for h in state.happenings if h.field == "status" and h.after == "In Progress")
        if product is None and business_days(begun, now) > 1:
            found.add(("traceability-unmapped-item", issue.key))
        age = (office_of(product).day(now) - office_of(product).day(begun)).days + 1
        if blocked_too_long(state, status, now):
            found.add(("flow-blocked-too-long", issue.key))
        elif age > expectations.get((product, issue.kind), 999):
            found.add(("flow-aging-wip", issue.key))
        entered = [h.at for h in state.happenings if h.field == "status"][-1]
        idle = state.status in ACTIVE and state.assignee is None and product is not None
        if idle and business_days(entered, now) * 8.5 > 4:
            found.add(("accountability-active-unassigned", issue.key))
    found |= {("flow-wip-limit", f"{team}:story") for team, limit in LIMITS.items() if started[team] > limit}
    return found | {fault for p in world.pulls if (fault := judged_pull(p, now)) is not None}


def judged_pull(pull: Pull, now: datetime) -> tuple[str, str] | None:
    if pull.created_at > now or pull.repository == "larkfield/demo-kit" or pull.author == "renovate":
        return None
    reviews = [r for r in pull.reviews if r.at <= now and r.by != pull.author]
    if pull.merged_at is not None and pull.merged_at <= now:
        approved = any(r.state == "APPROVED" and r.at <= pull.merged_at for r in reviews)
        recent = pull.merged_at > now - timedelta(days=90)
        return ("quality-unreviewed-merge", name(pull)) if recent and not approved else None
    if reviews or pull.ready_at is None or pull.ready_at > now:
        return None
    limit = 0.75 if pull.repository.startswith("larkfield/booking-") else 1
    calendar = PUNE if pull.requested[0] == "dev" else HQ
    late = business_days(pull.ready_at, now, calendar) > limit
    return ("flow-review-waiting", name(pull)) if late else None


def blocked_too_long(state: IssueState, status: dict[str, str], now: datetime) -> bool:
    since = [h.at for h in state.happenings if h.field == "flagged"][-1] if state.flagged else None
    blockers = [link.split()[-1] for link in state.links if link.startswith("is blocked by")]
    still_open = [key for key in blockers if status[key] not in DONE]
    if still_open:
        since = since or [h.at for h in state.happenings if h.field == "link"][-1]
    stale = bool(blockers) and not still_open and (state.flagged or state.status in WAITING)
    return stale or (since is not None and business_days(since, now) > 2)


def expected_days(world: World) -> Expectations:
    """P85 by nearest rank of the stories finished in the third quarter; 60 days for epics."""
    days = defaultdict(list)
    quarter = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
    expected: Expectations = {}
    for issue in world.issues:
        state = issue.as_of(world.ends)
        begun = next((h.at for h in issue.happenings if h.after == "In Progress"), None)
        product, _ = belongs(issue, state) if state else (None, None)
        expected[product, "Epic"] = 60
        if state is None or begun is None or state.closed_at is None or issue.kind in {"Epic", "Sub-task"}:
            continue
        if quarter[0] <= state.closed_at < quarter[1]:
            days[product, issue.kind].append((HQ.day(state.closed_at) - HQ.day(begun)).days + 1)
    for cohort, known in days.items():
        if len(known) >= 8 and cohort[0] is not None:
            expected[cohort] = sorted(known)[math.ceil(0.85 * len(known)) - 1]
    return expected


def belongs(issue: Issue, state: IssueState) -> tuple[str | None, str | None]:
    if issue.project == "BOOK":
        return ("carrier-api" if "Carrier" in issue.components else "booking-portal"), "booking"
    if issue.project == "PAY":
        return ("insights" if "insights" in state.labels else "billing"), "money"
    return PRODUCTS.get(issue.project, (None, None))


def office_of(product: str | None) -> Office:
    return PUNE if product == "tracking" else HQ


def business_days(since: datetime, until: datetime, office: Office = HQ) -> float:
    total, day = 0.0, office.day(since)
    while day <= office.day(until):
        start, end = max(since, office.opening(day)), min(until, office.closing(day))
        if office.works(day) and end > start:
            total += (end - start) / timedelta(hours=8.5)
        day += timedelta(days=1)
    return total


def name(pull: Pull) -> str:
    return f"{pull.repository}#{pull.number}"
