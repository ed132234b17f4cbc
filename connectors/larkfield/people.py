"""Who works at Larkfield, where, and when: members, working days, projects, repositories, channels."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from connectors.larkfield.world import Channel, Member, Project, Repository


def _member(handle: str, name: str, github: str, *, active: bool = True) -> Member:
    return Member(
        handle=handle,
        name=name,
        email=f"{handle}@larkfield.example",
        jira=f"712020:larkfield-{handle}",
        github=github,
        slack=f"U0LARK{handle.replace('-', '').upper():0<5}",
        active=active,
    )


BOT = "renovate"
PEOPLE: Mapping[str, Member] = {
    member.handle: member
    for member in (
        _member("ana", "Ana Ribeiro", "ana-r"),
        _member("bo", "Bo Lindqvist", "bo-l"),
        _member("chi", "Chi Nguyen", "chi-n"),
        _member("dev", "Dev Patwardhan", "devp"),
        _member("eva", "Eva Krüger", "eva-k"),
        _member("finn", "Finn O'Dowd", "finn-o"),
        _member("gia", "Gia Marchetti", "giam"),
        _member("hana", "Hana Weiss", "hana-w"),
        _member("ivo", "Ivo Stanić", "ivo-s", active=False),
        _member("omar", "Omar Saleh", "omar-s"),
        _member("nc-lee", "Lee Tan (nearcode)", "nc-lee"),
        _member("nc-roy", "Roy Adams (nearcode)", "nc-roy"),
        Member(
            BOT, "Renovate", "renovate@larkfield.example", "712020:renovate", "renovate[bot]", "", is_bot=True
        ),
    )
}

PROJECTS = (
    Project(10001, "BOOK", "Booking"),
    Project(10002, "TRK", "Tracking"),
    Project(10003, "PAY", "Payments and insights"),
    Project(10004, "PLAT", "Developer platform"),
    Project(10005, "LEARN", "Learning"),
    Project(10006, "SANDBOX", "Sandbox"),
    Project(10007, "OPS", "Operations requests"),
)
PUBLIC = {"larkfield/demo-kit"}
REPOSITORIES = tuple(
    Repository(
        700100 + place, f"R_kgDOLark{place:02d}", f"larkfield/{name}", f"larkfield/{name}" not in PUBLIC
    )
    for place, name in enumerate(
        (
            "booking-web",
            "booking-api",
            "booking-legacy",
            "mono",
            "carrier-api",
            "tracking",
            "billing",
            "insights",
            "platform-ci",
            "platform-deploy",
            "demo-kit",
        )
    )
)
CHANNELS = tuple(
    Channel(f"C0LARK{place:04d}", name)
    for place, name in enumerate(
        (
            "prod-booking",
            "prod-carrier",
            "prod-tracking",
            "prod-billing",
            "prod-insights",
            "prod-platform",
            "team-booking",
            "team-tracking",
            "team-money",
            "team-platform",
            "vs-ship",
            "vs-pay",
            "vs-enable",
            "product-ops",
        )
    )
)

OPENS, CLOSES = time(9), time(17, 30)


@dataclass(frozen=True, slots=True)
class Office:
    """Where somebody works: local hours from Monday to Friday, without the closed days."""

    zone: ZoneInfo
    closed: frozenset[date]

    def works(self, day: date) -> bool:
        """Whether people are there that day."""
        return day.weekday() < 5 and day not in self.closed

    def day(self, at: datetime) -> date:
        """The local date."""
        return at.astimezone(self.zone).date()

    def opening(self, day: date) -> datetime:
        """When that day's work begins, in UTC."""
        return datetime.combine(day, OPENS, self.zone).astimezone(UTC)

    def closing(self, day: date) -> datetime:
        """When that day's work ends, in UTC."""
        return datetime.combine(day, CLOSES, self.zone).astimezone(UTC)

    def some_time(self, rng: Random, day: date) -> datetime:
        """A moment within that day's hours."""
        return self.opening(day) + timedelta(seconds=rng.randrange(120, 30_000))

    def after(self, at: datetime, hours: float) -> datetime:
        """The moment so many working hours later."""
        left = timedelta(hours=hours)
        day = self.day(at)
        while True:
            if self.works(day):
                start, end = max(at, self.opening(day)), self.closing(day)
                if start + left < end:
                    return start + left
                left -= max(end - start, timedelta())
            day += timedelta(days=1)

    def day_near(self, rng: Random, day: date) -> date:
        """That day, or a working day beside it."""
        step = timedelta(days=rng.choice((-1, 1)))
        while not self.works(day):
            day += step
        return day


def _days(year: int, *days: str) -> set[date]:
    return {date.fromisoformat(f"{year}-{day}") for day in days}


_CHRISTMAS = _days(2025, *(f"12-{day}" for day in range(24, 32))) | _days(2026, "01-01")
HQ = Office(
    ZoneInfo("Europe/Berlin"),
    frozenset(_CHRISTMAS | _days(2026, "04-03", "04-06", "05-01", "05-14", "05-25")),
)
PUNE = Office(
    ZoneInfo("Asia/Kolkata"),
    frozenset(
        _CHRISTMAS
        | _days(
            2026, "01-26", "02-19", "03-03", "03-19", "03-26", "03-31", "04-03", "04-14", "05-01", "05-27"
        )
        | _days(2026, "06-26", "08-26", "09-04", "09-14", "10-02", "10-20", "11-10", "11-24")
    ),
)


def office(handle: str) -> Office:
    """Where that person works."""
    return PUNE if handle == "dev" else HQ
