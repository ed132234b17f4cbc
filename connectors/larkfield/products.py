"""What Larkfield's teams build: each product's people, repositories and mix of work; each team's seats."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

BEGINS = datetime(2025, 11, 24, 8, tzinfo=UTC)
ENDS = datetime(2026, 11, 24, 17, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Product:
    """A product as its developers know it.

    `mix` is a deck of twenty items: drawn without putting back, so that the mix holds in every month.
    A star marks work that is labelled horizon-transform.
    """

    id: str
    project: str
    owner: str
    reporters: tuple[str, ...]
    reviewers: tuple[str, ...]
    repositories: Mapping[str, tuple[str, ...]]  # repository → files in it
    components: tuple[str, ...]
    mix: Mapping[str, int]
    labels: tuple[str, ...] = ()
    finished: str = "Done"

    @property
    def deck(self) -> list[str]:
        """The twenty cards of the mix."""
        return [kind for kind, count in self.mix.items() for _ in range(count)]


@dataclass(frozen=True, slots=True)
class Seat:
    """One place in a team's work in progress: who works there, and when no more was started there."""

    person: str
    until: datetime = ENDS


@dataclass(frozen=True, slots=True)
class Team:
    """A team: as many items in progress as it has seats."""

    seats: tuple[Seat, ...]
    products: Mapping[str, float]  # product → share of what is started


PRODUCTS: Mapping[str, Product] = {
    product.id: product
    for product in (
        Product(
            id="booking-portal",
            project="BOOK",
            owner="bo",
            reporters=("ana", "bo", "chi"),
            reviewers=("bo", "chi", "nc-lee", "nc-roy"),
            repositories={
                "larkfield/booking-web": ("src/form", "src/quotes", "src/lanes", "test/form"),
                "larkfield/booking-api": ("booking/quotes.py", "booking/lanes.py", "tests/quotes.py"),
                "larkfield/mono": ("apps/booking/checkout", "apps/booking/address", "apps/booking/e2e"),
                "larkfield/booking-legacy": ("lib/orders.rb", "spec/orders.rb"),
            },
            components=("Checkout", "Quotes", "Lanes", "Account"),
            mix={"Story": 8, "Story*": 2, "Experiment": 1, "Task": 2, "Bug": 5, "Vulnerability": 2},
            finished="Released",
        ),
        Product(
            id="carrier-api",
            project="BOOK",
            owner="chi",
            reporters=("ana", "chi"),
            reviewers=("bo", "chi", "nc-lee", "nc-roy"),
            repositories={"larkfield/carrier-api": ("carrier/offers.py", "carrier/slots.py", "openapi.yaml")},
            components=("Carrier",),
            mix={"Story": 9, "Story*": 3, "Task": 1, "Bug": 5, "Vulnerability": 2},
            finished="Released",
        ),
        Product(
            id="tracking",
            project="TRK",
            owner="dev",
            reporters=("dev", "ana", "chi"),
            reviewers=("dev", "eva"),
            repositories={"larkfield/tracking": ("eta/model.py", "positions/store.go", "web/map")},
            components=("Map", "Arrival", "Positions"),
            mix={"Story": 7, "Story*": 3, "Task": 3, "Bug": 5, "Vulnerability": 2},
            finished="Released",
        ),
        Product(
            id="billing",
            project="PAY",
            owner="finn",
            reporters=("finn", "gia", "hana"),
            reviewers=("finn", "gia", "ivo"),
            repositories={"larkfield/billing": ("ledger/export.py", "invoice/run.py", "vat/rules.py")},
            components=("Invoices", "Ledger", "Dunning"),
            mix={"Story": 7, "Story*": 1, "Experiment": 1, "Task": 3, "Bug": 6, "Vulnerability": 2},
        ),
        Product(
            id="insights",
            project="PAY",
            owner="gia",
            reporters=("finn", "gia", "ivo"),
            reviewers=("finn", "gia", "ivo"),
            repositories={"larkfield/insights": ("views/margin.sql", "reports/monthly.py")},
            components=("Reports",),
            mix={"Story": 12, "Story*": 2, "Experiment": 3, "Vulnerability": 3},
            labels=("insights",),
        ),
        Product(
            id="dev-platform",
            project="PLAT",
            owner="eva",
            reporters=("omar", "eva", "bo"),
            reviewers=("omar", "eva"),
            repositories={
                "larkfield/platform-ci": ("templates/build.yaml", "runner/pool.tf"),
                "larkfield/platform-deploy": ("charts/service", "deploy/promote.sh"),
            },
            components=("CI", "Deploy", "Observability"),
            mix={"Story": 5, "Story*": 3, "Task": 3, "Bug": 5, "Vulnerability": 4},
        ),
    )
}

INSIGHTS_BEGIN = datetime(2026, 8, 3, 8, tzinfo=UTC)
IVO_LEAVES = datetime(2026, 10, 16, tzinfo=UTC)  # he starts nothing more, and his last day is the thirtieth


def _in_november(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=UTC)


TEAMS: Mapping[str, Team] = {
    "booking": Team(
        (Seat("bo"), Seat("nc-roy"), Seat("chi", _in_november(10)), Seat("nc-lee", _in_november(9))),
        {"booking-portal": 0.68, "carrier-api": 0.32},
    ),
    "tracking": Team(
        (Seat("dev"), Seat("eva", _in_november(7)), Seat("dev", datetime(2026, 10, 8, tzinfo=UTC))),
        {"tracking": 1},
    ),
    "money": Team(
        (Seat("finn"), Seat("gia", _in_november(7)), Seat("ivo", IVO_LEAVES)),
        {"billing": 0.7, "insights": 0.3},
    ),
    "platform": Team(
        (Seat("omar"), Seat("eva", _in_november(8)), Seat("omar", _in_november(10))),
        {"dev-platform": 1},
    ),
}
"""The seats that close in autumn are those that the work in troubles.py takes."""
