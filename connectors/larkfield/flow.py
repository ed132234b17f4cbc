"""How a team works through a year: every seat pulls an item, builds it, has it reviewed, finishes it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from connectors.larkfield.drafts import IssueDraft, PullDraft
from connectors.larkfield.people import Office, office
from connectors.larkfield.products import (
    BEGINS,
    ENDS,
    INSIGHTS_BEGIN,
    IVO_LEAVES,
    PRODUCTS,
    Product,
    Seat,
    Team,
)
from connectors.larkfield.titles import Titles
from connectors.larkfield.world import PullReview, Verdict

AUTUMN = datetime(2026, 10, 8, tzinfo=UTC)  # from here on nothing takes very long …
CALM = datetime(2026, 11, 4, tzinfo=UTC)  # … and from here on only troubles.py is in trouble

CYCLE_DAYS = {  # median and spread of the log-normal time from start to finish, in days
    "Story": (7.0, 0.5),
    "Experiment": (12.0, 0.4),
    "Task": (3.5, 0.6),
    "Bug": (2.2, 0.6),
    "Vulnerability": (3.0, 0.6),
}
CALM_DAYS = {"Story": 4, "Experiment": 4, "Task": 2, "Bug": 1, "Vulnerability": 1}
LEAD_DAYS = {"Story": 14, "Experiment": 8, "Task": 18, "Bug": 0.8, "Vulnerability": 1.2}
PRIORITIES = {"Bug": ("Low", "Medium", "Medium", "High"), "Vulnerability": ("Medium", "High")}
REASONS = (
    "Waiting for the test account of the customer.",
    "The staging database is being restored.",
    "Need a decision on the wording before this can go on.",
    "Partner's interface answers 503 since this morning.",
    "Design has to look at this first.",
)


@dataclass(slots=True)
class Year:
    """What the teams' work leaves behind."""

    issues: list[IssueDraft] = field(default_factory=list)
    pulls: list[PullDraft] = field(default_factory=list)
    spans: list[tuple[IssueDraft, datetime, datetime]] = field(default_factory=list)  # item, start, finish


def work(team: Team, rng: Random, titles: Titles, epics: dict[str, list[IssueDraft]]) -> Year:
    """A year of one team; its items stand under the epic that was open when they began."""
    year = Year()
    decks: dict[str, list[str]] = {product: [] for product in team.products}
    for place, seat in enumerate(team.seats):
        at = office(seat.person).after(BEGINS, 4 + 17 * place + rng.uniform(0, 20))
        while at < min(seat.until, ENDS):
            product = _next_product(team, rng, at)
            deck = decks[product.id]
            if not deck:
                deck.extend(rng.sample(product.deck, len(product.deck)))
            at = _develop(year, rng, titles, product, seat, deck.pop(), at, epics[product.id])
    return year


def _next_product(team: Team, rng: Random, at: datetime) -> Product:
    shares = {p: s for p, s in team.products.items() if p != "insights" or at > INSIGHTS_BEGIN}
    return PRODUCTS[rng.choices(list(shares), list(shares.values()))[0]]


def _develop(
    year: Year,
    rng: Random,
    titles: Titles,
    product: Product,
    seat: Seat,
    card: str,
    start: datetime,
    epics: Sequence[IssueDraft],
) -> datetime:
    """One item from its creation to its end; gives when the seat is free again."""
    person, at_work = seat.person, office(seat.person)
    kind = card.rstrip("*")
    if kind == "Experiment" and start > AUTUMN:
        card, kind = "Story*", "Story"
    item = _created(rng, titles, product, card, kind, start)
    item.parent = next((e for e in reversed(epics) if e.created_at < start and kind == "Story"), None)
    year.issues.append(item)
    item.then(start - timedelta(seconds=rng.randrange(20, 600)), person, "assignee", person)
    item.then(start, person, "status", "In Progress")

    goal = at_work.some_time(rng, at_work.day_near(rng, at_work.day(start + _length(rng, kind, start))))
    coded = at_work.after(max(start + (goal - start) * rng.uniform(0.4, 0.65), start), rng.uniform(0.3, 2))
    _interrupt(rng, item, person, start, coded)
    if kind == "Story":
        _split(year, rng, titles, item, person, start, coded)
    merged = coded
    count = (
        rng.choices((1, 2, 3), (4, 4, 2))[0] if kind in {"Story", "Task"} else rng.choices((1, 2), (6, 4))[0]
    )
    for part in range(count):
        ready = at_work.after(start + (coded - start) * ((part + 1) / count), rng.uniform(0.05, 0.2))
        pull = reviewed(rng, product, item, person, ready, part)
        year.pulls.append(pull)
        merged = max(merged, pull.merged_at or ready)
    item.then(at_work.after(coded, 0.21), person, "status", "In Review")

    finish = at_work.after(merged, rng.uniform(0.1, 0.6))
    if rng.random() < (0.6 if kind in {"Story", "Experiment"} else 0.25):
        item.then(finish, person, "status", "Ready for QA")
        finish = max(goal, at_work.after(finish, rng.uniform(0.7, 3)))
    item.close(finish, person, product.finished if rng.random() < 0.6 else "Done")
    if rng.random() < 0.02 and finish < AUTUMN - timedelta(days=10):
        back = at_work.after(finish, rng.uniform(8, 24))
        item.then(back, product.owner, "status", "In Progress")
        item.then(back, product.owner, "resolution", None)
        item.close(at_work.after(back, rng.uniform(4, 16)), person)
    year.spans.append((item, start, finish))
    return at_work.after(finish, rng.uniform(0.3, 4))


def _length(rng: Random, kind: str, start: datetime) -> timedelta:
    median, spread = CYCLE_DAYS[kind]
    days = min(rng.lognormvariate(math.log(median), spread), 45)
    if start > CALM:
        days = min(days, CALM_DAYS[kind])
    elif start > AUTUMN:
        days = min(days, 1.6 * median)
    return timedelta(days=days)


def _created(
    rng: Random, titles: Titles, product: Product, card: str, kind: str, start: datetime
) -> IssueDraft:
    reporter = rng.choice([r for r in product.reporters if r != "ivo" or start < IVO_LEAVES])
    desk = office(reporter)
    lead = timedelta(days=LEAD_DAYS[kind] * rng.lognormvariate(0, 0.7))
    wished = max(start - lead, BEGINS + timedelta(hours=rng.uniform(0, 3)))
    created = min(desk.some_time(rng, desk.day_near(rng, desk.day(wished))), start - timedelta(minutes=30))
    created = max(created, BEGINS)
    labels = product.labels + (("horizon-transform",) if card.endswith("*") else ())
    labels += ("tech-debt",) if kind == "Task" and rng.random() < 0.7 else ()
    calm = start > CALM
    priorities = ("Low", "Medium") if calm else PRIORITIES.get(kind, ("Low", "Medium", "Medium", "High"))
    item = IssueDraft(
        project=product.project,
        kind=kind,
        title=titles.of(kind, product.id),
        created_at=created,
        reporter=reporter,
        priority="Highest" if kind == "Bug" and not calm and rng.random() < 0.05 else rng.choice(priorities),
        components=(rng.choice(product.components),),
        labels=labels,
    )
    triage = office(product.owner).after(created + (start - created) * rng.uniform(0.2, 0.5), 0.04)
    if kind == "Task" and "tech-debt" not in labels:
        item.then(triage, product.owner, "labels", " ".join((*labels, "tech-debt")))
    if start - created > timedelta(days=2):
        item.then(office(product.owner).after(triage, 0.1), product.owner, "status", "Backlog")
        ready = office(product.owner).after(created + (start - created) * rng.uniform(0.5, 0.9), 0.1)
        item.then(min(ready, start - timedelta(minutes=11)), product.owner, "status", "To Do")
    return item


def _interrupt(rng: Random, item: IssueDraft, person: str, start: datetime, coded: datetime) -> None:
    """Some items are flagged, held, or wait for a customer, for some hours."""
    chance, desk = rng.random(), office(person)
    begin = desk.after(start, rng.uniform(0.5, 3))
    end = desk.after(begin, rng.uniform(1.5, 12))
    if chance > 0.16 or end >= coded or end > CALM:
        return
    if chance < 0.06:
        item.then(begin, person, "flagged", "yes")
        item.then(begin + timedelta(seconds=12), person, "comment", rng.choice(REASONS))
        item.then(end, person, "flagged", None)
        return
    held = "Waiting for customer" if item.kind == "Bug" or chance < 0.1 else "On Hold"
    item.then(begin, person, "status", held)
    item.then(end, person, "status", "In Progress")


def _split(
    year: Year, rng: Random, titles: Titles, story: IssueDraft, person: str, start: datetime, coded: datetime
) -> None:
    """Most stories are cut into sub-tasks that are done one after the other."""
    desk, count = office(person), rng.choices((0, 1, 2, 3, 4), (2, 2, 3, 3, 2))[0]
    at = start
    for part in range(count):
        step = IssueDraft(
            project=story.project,
            kind="Sub-task",
            title=titles.step(story.title),
            created_at=desk.after(start, 0.05 + part / 60),
            reporter=person,
            status="To Do",
            components=story.components,
            parent=story,
        )
        at = max(at, step.created_at)
        until = max(start + (coded - start) * ((part + 1) / count), at)
        step.then(step.created_at + timedelta(minutes=1), person, "assignee", person)
        step.then(desk.after(at, 0.1), person, "status", "In Progress")
        at = desk.after(until, 0.3)
        step.close(at, person)
        year.issues.append(step)


def reviewed(
    rng: Random, product: Product, item: IssueDraft, author: str, ready: datetime, part: int = 0
) -> PullDraft:
    """A pull request that somebody else approves within a working day, merged soon after."""
    weights = [9 - 2 * place for place in range(len(product.repositories))]
    repository = rng.choices(list(product.repositories), weights)[0]
    others = [r for r in product.reviewers if r != author and (r != "ivo" or ready < IVO_LEAVES)]
    reviewer = rng.choice(others)
    desk: Office = office(reviewer)
    answer = desk.after(ready, min(max(rng.lognormvariate(0.5, 0.8), 0.25), 4.5))
    reviews = [PullReview(answer, reviewer, "APPROVED")]
    if rng.random() < 0.3:
        first: Verdict = "CHANGES_REQUESTED" if rng.random() < 0.6 else "COMMENTED"
        again = desk.after(answer, rng.uniform(0.5, 4))
        reviews = [PullReview(answer, reviewer, first), PullReview(again, reviewer, "APPROVED")]
    merger = author if rng.random() < 0.85 else reviewer
    title = item.title if not part else f"{item.title}: {('tests', 'clean-up')[(part - 1) % 2]}"
    paths = product.repositories[repository]
    size = int(rng.lognormvariate(4.2, 0.9)) + 11
    return PullDraft(
        repository=repository,
        title=title,
        author=author,
        created_at=ready - timedelta(hours=rng.uniform(0.2, 2)) if rng.random() < 0.25 else ready,
        ready_at=ready,
        item=item,
        reviews=tuple(reviews),
        requested=(reviewer,),
        paths=tuple(sorted(rng.sample(paths, rng.randrange(1, len(paths) + 1)))),
        additions=size,
        deletions=int(size * rng.uniform(0.05, 0.8)),
        merged_at=office(merger).after(reviews[-1].at, rng.uniform(0.05, 1.5)),
        merged_by=merger,
    )
