"""What stands beside the teams' daily items: epics, what waits, what was dropped, and other projects."""

from datetime import UTC, datetime, timedelta
from random import Random

from connectors.larkfield.drafts import IssueDraft, Linked, PullDraft, RepoIssueDraft
from connectors.larkfield.people import BOT, office
from connectors.larkfield.products import BEGINS, ENDS, PRODUCTS, Product
from connectors.larkfield.titles import Titles
from connectors.larkfield.world import PullReview

LANES = {  # epics at the same time, and since when no further one was begun
    "booking-portal": (1, datetime(2026, 10, 1, tzinfo=UTC)),
    "carrier-api": (1, ENDS),
    "tracking": (1, ENDS),
    "billing": (1, ENDS),
    "insights": (1, ENDS),
    "dev-platform": (2, ENDS),
}
OLDEST_EPIC = timedelta(days=42)  # of those still open in the end; the expectation is 60 days
QUIET = datetime(2026, 11, 14, tzinfo=UTC)  # after this day only troubles.py leaves anything in progress here
WAITING = {"Story": 26, "Task": 12, "Bug": 6, "Vulnerability": 1, "Experiment": 2, "Epic": 3}
DROPPED = 78
BUMPS = (
    "react",
    "lxml",
    "pydantic",
    "vite",
    "pandas",
    "terraform-aws",
    "playwright",
    "openssl",
    "postgres-client",
)


def epics(product: Product, rng: Random, titles: Titles) -> list[IssueDraft]:
    """A product's epics, one after the other in each lane, and some that wait."""
    found = []
    lanes, until = LANES[product.id]
    desk = office(product.owner)
    for lane in range(lanes):
        start = desk.after(BEGINS + timedelta(days=20 * lane), rng.uniform(2, 12))
        while start < until:
            finish = desk.some_time(
                rng, desk.day_near(rng, desk.day(start + timedelta(days=rng.uniform(22, 54))))
            )
            if start < ENDS - OLDEST_EPIC and finish > QUIET:
                finish = desk.some_time(rng, desk.day_near(rng, desk.day(QUIET - timedelta(days=lane + 1))))
            epic = _epic(product, titles, max(BEGINS, start - timedelta(days=rng.uniform(1, 20))))
            epic.then(start - timedelta(minutes=2), product.owner, "assignee", product.owner)
            epic.then(start, product.owner, "status", "In Progress")
            epic.close(finish, product.owner)
            found.append(epic)
            start = desk.after(finish, rng.uniform(2, 40))
    return found


def _epic(product: Product, titles: Titles, at: datetime) -> IssueDraft:
    labels = product.labels + (("obj-invoice",) if product.id == "billing" else ())
    return IssueDraft(
        project=product.project,
        kind="Epic",
        title=titles.of("Epic", product.id),
        created_at=office(product.owner).after(at, 0.2),
        reporter=product.owner,
        components=product.components[:1],
        labels=labels,
    )


def waiting(product: Product, rng: Random, titles: Titles) -> list[IssueDraft]:
    """The backlog: wishes of the last months, and bugs of the last days."""
    found = []
    for kind, count in WAITING.items():
        if kind not in {"Epic", *(card.rstrip("*") for card in product.mix)}:
            continue
        for _ in range(count):
            reporter = rng.choice([r for r in product.reporters if r != "ivo"])
            oldest = 9 if kind in {"Bug", "Vulnerability"} else 170
            at = _sometime(rng, ENDS - timedelta(days=oldest), ENDS, reporter)
            item = (
                _epic(product, titles, at)
                if kind == "Epic"
                else _plain(product, kind, rng, titles, at, reporter)
            )
            step = office(product.owner).after(at, rng.uniform(1, 60))
            item.then(step, product.owner, "status", "Backlog")
            if rng.random() < 0.3:
                item.then(
                    office(product.owner).after(step, rng.uniform(1, 90)), product.owner, "status", "To Do"
                )
            found.append(item)
    return found


def dropped(product: Product, rng: Random, titles: Titles) -> list[IssueDraft]:
    """What was never started: the answer was no, or it was there already."""
    found: list[IssueDraft] = []
    for _ in range(DROPPED):
        reporter = rng.choice([r for r in product.reporters if r != "ivo"])
        kind = rng.choice([card.rstrip("*") for card in product.deck if card != "Experiment"])
        item = _plain(product, kind, rng, titles, _sometime(rng, BEGINS, QUIET, reporter), reporter)
        at = office(product.owner).after(item.created_at, rng.lognormvariate(4, 0.8))
        earlier = [other for other in found if other.created_at < item.created_at]
        if earlier and rng.random() < 0.25:
            item.then(at, product.owner, "link", Linked("duplicates", rng.choice(earlier)))
            item.close(at + timedelta(seconds=40), product.owner, resolution="Duplicate")
        else:
            item.close(at, product.owner, resolution="Won't Do")
        found.append(item)
    return found


def _plain(
    product: Product, kind: str, rng: Random, titles: Titles, at: datetime, reporter: str
) -> IssueDraft:
    return IssueDraft(
        project=product.project,
        kind=kind,
        title=titles.of(kind, product.id),
        created_at=at,
        reporter=reporter,
        priority=rng.choice(("Low", "Medium")),
        components=(rng.choice(product.components),),
        labels=product.labels + (("tech-debt",) if kind == "Task" else ()),
    )


def requests(rng: Random, titles: Titles) -> list[IssueDraft]:
    """OPS: what the offices ask for; a part of it is labelled with its product."""
    found = []
    for _ in range(210):
        person = rng.choice(("ana", "hana", "eva"))
        at = _sometime(rng, BEGINS, QUIET - timedelta(days=10), person)
        labels = (f"product:{rng.choice(('booking-portal', 'dev-platform'))}",) if rng.random() < 0.2 else ()
        item = IssueDraft(
            "OPS", "Task", titles.request(), at, rng.choice(("chi", "gia", "finn")), labels=labels
        )
        _simply(rng, item, person, hours=rng.lognormvariate(2, 0.9))
        found.append(item)
    return found


def lessons(rng: Random, titles: Titles) -> list[IssueDraft]:
    """LEARN: what people learn, beside their work."""
    found = []
    for _ in range(95):
        person = rng.choice(("bo", "chi", "dev", "eva", "finn", "gia", "omar"))
        at = _sometime(rng, BEGINS, QUIET - timedelta(days=12), person)
        label = rng.choice(("data", "discovery", "craft"))
        item = IssueDraft("LEARN", "Task", titles.lesson(), at, person, labels=(label,))
        _simply(rng, item, person, hours=rng.uniform(3, 30))
        found.append(item)
    return found


def games(rng: Random, titles: Titles) -> list[IssueDraft]:
    """SANDBOX: nobody's work; much of it is left lying in progress."""
    found = []
    for _ in range(75):
        person = rng.choice(("bo", "eva", "omar", "nc-lee", "gia"))
        item = IssueDraft("SANDBOX", "Task", titles.play(), _sometime(rng, BEGINS, ENDS, person), person)
        item.then(office(person).after(item.created_at, 0.2), person, "status", "In Progress")
        if rng.random() < 0.6:
            item.close(office(person).after(item.created_at, rng.uniform(0.3, 20)), person)
        found.append(item)
    return found


def _simply(rng: Random, item: IssueDraft, person: str, hours: float) -> None:
    """Taken, done, closed."""
    desk = office(person)
    start = desk.after(item.created_at, rng.uniform(0.5, 16))
    item.then(start - timedelta(seconds=30), person, "assignee", person)
    item.then(start, person, "status", "In Progress")
    item.close(desk.after(start, min(hours, 40)), person)


def updates(rng: Random) -> list[PullDraft]:
    """What the update bot proposes and people approve."""
    found = []
    repositories = [r for p in PRODUCTS.values() for r in p.repositories if not r.endswith("legacy")]
    for _ in range(120):
        repository = rng.choice(repositories)
        product = next(p for p in PRODUCTS.values() if repository in p.repositories)
        reviewer = rng.choice([r for r in product.reviewers if r != "ivo"])
        at = BEGINS + (ENDS - BEGINS) * rng.random()
        answer = office(reviewer).after(at, rng.uniform(1, 12))
        found.append(
            PullDraft(
                repository=repository,
                title=f"Update {rng.choice(BUMPS)} to {rng.randrange(1, 30)}.{rng.randrange(12)}.0",
                author=BOT,
                created_at=at,
                ready_at=at,
                reviews=(PullReview(answer, reviewer, "APPROVED"),),
                requested=(reviewer,),
                labels=("dependencies",),
                paths=("web/package-lock.json",),
                additions=rng.randrange(2, 90),
                deletions=rng.randrange(2, 90),
                merged_at=answer + timedelta(minutes=4),
                merged_by=reviewer,
            )
        )
    return found


def demos(rng: Random, titles: Titles) -> list[PullDraft]:
    """The demo kit: merged by whoever wrote it; the model ignores it."""
    found = []
    for _ in range(22):
        person = rng.choice(("ana", "bo", "omar"))
        at = _sometime(rng, BEGINS, ENDS, person)
        found.append(
            PullDraft(
                repository="larkfield/demo-kit",
                title=titles.play(),
                author=person,
                created_at=at,
                ready_at=at,
                paths=("slides/index.html",),
                additions=rng.randrange(5, 300),
                merged_at=at + timedelta(minutes=9),
                merged_by=person,
            )
        )
    return found


def repo_issues(rng: Random, titles: Titles, pulls: list[PullDraft]) -> list[RepoIssueDraft]:
    """GitHub issues: some are closed by a pull request, some by hand, some stay open."""
    found = []
    homes = {
        "carrier-api": 16,
        "tracking": 10,
        "platform-ci": 11,
        "platform-deploy": 8,
        "booking-web": 8,
        "demo-kit": 7,
    }
    for name, count in homes.items():
        repository = f"larkfield/{name}"
        free = [p for p in pulls if p.repository == repository and p.merged_at and p.merged_at < QUIET]
        for _ in range(count):
            person = rng.choice(("bo", "chi", "eva", "omar", "nc-roy"))
            label = rng.choice(("documentation", "enhancement", "question"))
            issue = RepoIssueDraft(
                repository, titles.wish(), person, _sometime(rng, BEGINS, QUIET, person), labels=(label,)
            )
            fixes = [p for p in free if p.closes is None and p.created_at > issue.created_at]
            chance = rng.random()
            if fixes and chance < 0.4:
                fix = fixes[0]
                fix.closes, issue.closed_at, issue.assignee = issue, fix.merged_at, fix.author
            elif chance < 0.75:
                issue.closed_at = office(person).after(issue.created_at, rng.uniform(1, 200))
                issue.completed = chance < 0.6
            found.append(issue)
    return found


def _sometime(rng: Random, since: datetime, until: datetime, person: str) -> datetime:
    """A working moment of that person in between."""
    desk = office(person)
    return desk.after(since + (until - since) * rng.random(), rng.uniform(0.05, 3))
