"""An organisation to measure with: invented, as large as you like, the same each time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from rules.records import Change, Container, Link, Person, PullRequest, Record, Review, WorkItem

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
PRODUCTS, STREAMS, TEAMS, PEOPLE, OWN_PROJECTS = 100, 12, 120, 720, 40
EPIC_EVERY, PULL_EVERY, CHANGES = 50, 10, 8
OPEN, RECENT = 0.075, 0.15  # of all items: those that are open, and with those finished in the last 90 days
_KINDS = ("Story",) * 6 + ("Bug",) * 3 + ("Task",)
_DAY = timedelta(days=1)


def model() -> dict[str, Any]:
    """Its operating model, as the files say it."""
    return {
        "company": {"name": "Acme", "calendar": "hq"},
        "operations": "product-ops",
        "calendars": {
            "hq": {"timezone": "Europe/Berlin", "week": "Mon-Fri 09:00-17:30", "holidays": ["DE-BE"]},
            "pune": {"extends": "hq", "timezone": "Asia/Kolkata", "holidays": ["IN-MH"]},
            "york": {"extends": "hq", "timezone": "America/New_York", "holidays": ["US"]},
        },
        "people": {f"p{n}": {"email": f"p{n}@acme.example", "github": f"gh{n}"} for n in range(PEOPLE)},
        "teams": {
            f"t{n}": {
                "members": [f"p{m}" for m in range(n, PEOPLE, TEAMS)],
                "calendar": ("hq", "pune", "york")[n % 3],
                "wip": {"story": 12 + n % 20},
            }
            for n in range(TEAMS)
        },
        "sources": [
            {"id": "jira", "jira": "acme.atlassian.net", "every": "10m"},
            {"id": "github", "github": "acme", "every": "10m"},
        ],
        "profile": "recommended",
        "workflows": {
            "standard": {
                "backlog": ["To Do"],
                "active": ["In Progress", "In Review"],
                "done": ["Done"],
                "blocked_when": {"flagged": True, "links": ["is blocked by"]},
                "flow": {
                    "defect": ["Bug"],
                    "debt": ["Task", {"label": "tech-debt"}],
                    "feature": ["Story", "Epic"],
                },
            }
        },
        "value_streams": {f"s{n}": {"owner": f"p{n}", "channel": f"vs-{n}"} for n in range(STREAMS)},
        "products": {f"product-{n}": _product(n) for n in range(PRODUCTS)},
    }


def _product(n: int) -> dict[str, Any]:
    project: dict[str, str] = {"project": _project(n)}
    if n >= OWN_PROJECTS:
        project["component"] = f"part-{n}"
    return {
        "owner": f"p{n}",
        "stream": f"s{n % STREAMS}",
        "tier": 1 + n % 3,
        "teams": [f"t{n}", *([f"t{n + PRODUCTS}"] if n + PRODUCTS < TEAMS else [])],
        "stage": "growth",
        "channel": f"prod-{n}",
        "work": [{"jira": project}, {"github": f"acme/product-{n}"}],
    }


def _project(product: int) -> str:
    """The first products have a project of their own, of the others three share one."""
    return f"A{product}" if product < OWN_PROJECTS else f"B{product // 3}"


@dataclass(frozen=True, slots=True)
class Organisation:
    """So many items of work: nine in ten are Jira issues, the tenth is a pull request."""

    items: int
    seed: int = 7

    def persons(self) -> Iterator[Person]:
        """The accounts of its people in both tools."""
        for n in range(PEOPLE):
            yield Person("jira", f"j{n}", f"j{n}", f"Person {n}", f"p{n}@acme.example")
            yield Person("github", f"g{n}", f"gh{n}", f"Person {n}")

    def containers(self) -> Iterator[Container]:
        """Its projects and repositories."""
        for project in sorted({_project(n) for n in range(PRODUCTS)}):
            yield Container("jira", project, project, "project", project)
        for n in range(PRODUCTS):
            repository = f"acme/product-{n}"
            yield Container("github", repository, repository, "repository", repository)

    def record(self, n: int) -> Record:
        """The record of that number, from 0."""
        rng = Random(f"{self.seed} {n}")  # noqa: S311 - a story, no secret
        return self._pull(n, rng) if n % PULL_EVERY == PULL_EVERY - 1 else self._issue(n, rng)

    def changed(self, n: int, at: datetime) -> Record:
        """The same record after somebody did something to it."""
        record = self.record(n)
        if isinstance(record, PullRequest):
            return replace(record, changed_at=at, labels=("touched",))
        if not isinstance(record, WorkItem):
            raise TypeError(record)
        change = Change(f"{record.id}-{at:%H%M%S}", at, record.assignee, "status", record.status, "In Review")
        return replace(
            record,
            changed_at=at,
            status="In Review",
            status_category="indeterminate",
            resolution=None,
            closed_at=None,
            changes=(*(record.changes or ()), change),
        )

    def _key(self, n: int) -> str:
        return f"{_project(self._product(n))}-{n + 1}"

    def _product(self, n: int) -> int:
        return n // EPIC_EVERY % PRODUCTS if n % EPIC_EVERY == 0 else (47 * (n // 10) + n % 10) % PRODUCTS

    def _parent(self, product: int, rng: Random) -> str | None:
        epic = EPIC_EVERY * (product + PRODUCTS * rng.randrange(1 + self.items // (EPIC_EVERY * PRODUCTS)))
        return self._key(epic) if epic < self.items else None

    def _issue(self, n: int, rng: Random) -> WorkItem:
        product, key, epic = self._product(n), self._key(n), n % EPIC_EVERY == 0
        created, started, finished = _times(rng, 60 if epic else 8)
        who = f"j{product + TEAMS * rng.randrange(PEOPLE // TEAMS)}"
        changes = tuple(_history(n, rng, who, created, started, finished))
        flagged = finished is None and rng.random() < 0.05
        return WorkItem(
            source="jira",
            id=str(10_000 + n),
            key=key,
            container=_project(product),
            kind="Epic" if epic else rng.choice(_KINDS),
            title=f"Make thing {n} of product {product} work as people expect it",
            url=f"https://acme.atlassian.net/browse/{key}",
            status=next((c.after or "" for c in reversed(changes) if c.field == "status"), "To Do"),
            created_at=created,
            changed_at=max([created, *(c.at for c in changes)]),
            audience=f"jira:acme:{_project(product)}",
            status_category="done" if finished else "indeterminate" if started else "new",
            level=1 if epic else 0,
            resolution="Done" if finished else None,
            priority=rng.choice(("High", "Medium", "Low")),
            labels=tuple(rng.sample(("api", "tech-debt", "ux", "customer", "q4"), rng.randrange(3))),
            components=(f"part-{product}",) if product >= OWN_PROJECTS and rng.random() < 0.97 else (),
            assignee=who if started and rng.random() < 0.95 else None,
            reporter=f"j{rng.randrange(PEOPLE)}",
            parent=None if epic or rng.random() < 0.2 else self._parent(product, rng),
            links=(Link("is blocked by", self._key(rng.randrange(self.items))),)
            if rng.random() < 0.03
            else (),
            flagged=flagged,
            closed_at=finished,
            changes=changes,
        )

    def _pull(self, n: int, rng: Random) -> PullRequest:
        product = self._product(n)
        created, started, merged = _times(rng, 2)
        begun, author = started or created, product + TEAMS * rng.randrange(PEOPLE // TEAMS)
        reviewed = merged or (begun + _DAY * 0.5 if begun < NOW - _DAY and rng.random() < 0.7 else None)
        review = Review(f"gh{(author + TEAMS) % PEOPLE}", False, "approved", reviewed) if reviewed else None
        repository = f"acme/product-{product}"
        return PullRequest(
            source="github",
            id=f"PR_{n}",
            key=f"{repository}#{n + 1}",
            container=repository,
            title=f"{self._key(n - 1)} Make thing {n - 1} work",
            url=f"https://github.com/{repository}/pull/{n + 1}",
            state="merged" if merged else "open",
            created_at=begun,
            changed_at=merged or reviewed or begun,
            audience=f"github:{repository}",
            author=f"gh{author}",
            branch=f"thing-{n - 1}",
            ready_at=begun,
            merged_at=merged,
            merged_by=f"gh{author}" if merged else None,
            closed_at=merged,
            reviews=(review,) if review and rng.random() < 0.97 else (),
            paths=("src/a.py", "tests/test_a.py"),
            lines=rng.randrange(4, 600),
        )


def _times(rng: Random, typical_days: float) -> tuple[datetime, datetime | None, datetime | None]:
    """When something was created, started and finished; a share is open, another was finished recently."""
    took, waited = _DAY * rng.lognormvariate(0, 0.8) * typical_days, _DAY * rng.uniform(0.2, 30)
    fate = rng.random()
    if fate < OPEN / 2:
        return NOW - _DAY * rng.uniform(0.1, 200), None, None
    if fate < OPEN:
        started = NOW - _DAY * rng.uniform(0.05, 1.6) * typical_days
        return started - waited, started, None
    finished = NOW - _DAY * (rng.uniform(0.01, 90) if fate < RECENT else rng.uniform(90, 1100))
    return finished - took - waited, finished - took, finished


def _history(
    n: int, rng: Random, who: str, created: datetime, started: datetime | None, finished: datetime | None
) -> Iterator[Change]:
    """About eight changes from the creation until the finish or now, oldest first."""
    end = finished or NOW
    moves: list[tuple[datetime, str, str | None, str | None]] = []
    if started is not None:
        review = started + (end - started) * 0.6
        moves = [(started, "assignee", None, who), (started, "status", "To Do", "In Progress")]
        moves.append((review, "status", "In Progress", "In Review"))
    if finished is not None:
        moves += [(finished, "resolution", None, "Done"), (finished, "status", "In Review", "Done")]
    for _ in range(CHANGES - len(moves)):
        field, value = rng.choice((("priority", "High"), ("labels", "api"), ("Sprint", "Sprint 9")))
        moves.append((created + (end - created) * rng.random(), field, None, value))
    for place, (at, field, before, after) in enumerate(sorted(moves, key=lambda move: move[0])):
        yield Change(f"{n}-{place}", at, who, field, before, after)
