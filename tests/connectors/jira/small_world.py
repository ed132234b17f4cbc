"""A Larkfield small enough to know by heart: a few issues with a story, and enough plain ones for pages."""

from datetime import UTC, datetime, timedelta

from connectors.larkfield.world import Happening, Issue, Member, Project, World

BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

PEOPLE = {
    "ana": Member("ana", "Ana Alves", "ana@larkfield.example", "5b10:ana", "ana-l", "U01"),
    "bo": Member("bo", "Bo Berg", "bo@larkfield.example", "5b10:bo", "bo-l", "U02", active=False),
    "bot": Member("bot", "Release Bot", "bot@larkfield.example", "5b10:bot", "bot-l", "U03", is_bot=True),
}


def happened(days: float, by: str, field: str, before: str | None, after: str | None) -> Happening:
    return Happening(BEGIN + timedelta(days=days), by, field, before, after)


BLOCKED = Issue(
    id=10_007,
    key="BOOK-7",
    project="BOOK",
    kind="Story",
    title="Quote <b>in</b> one minute",
    created_at=BEGIN,
    reporter="ana",
    status="To Do",
    priority="High",
    components=("Carrier",),
    labels=("ux",),
    parent="BOOK-1",
    due_on="2026-03-01",
    happenings=(
        happened(1, "ana", "assignee", None, "5b10:bo"),
        happened(1, "ana", "status", "To Do", "In Progress"),
        happened(2, "bo", "link", None, "is blocked by TRK-3"),
        happened(3, "bo", "flagged", None, "yes"),
        happened(3.5, "bo", "comment", None, "Waiting for tracking."),
        happened(4, "ana", "labels", "ux", "ux urgent"),
        happened(5, "bo", "flagged", "yes", None),
        happened(6, "ana", "flagged", None, "yes"),
    ),
)
DONE = Issue(
    id=10_003,
    key="TRK-3",
    project="TRK",
    kind="Bug",
    title="ETA jumps",
    created_at=BEGIN + timedelta(days=1),
    reporter="bo",
    status="In Progress",
    assignee="5b10:ana",
    happenings=(
        happened(8, "ana", "resolution", None, "Done"),
        happened(8, "ana", "status", "In Progress", "Done"),
    ),
)
EPIC = Issue(10_001, "BOOK-1", "BOOK", "Epic", "Booking", BEGIN - timedelta(days=1), "ana", "In Progress")
LATER = Issue(20_001, "TRK-900", "TRK", "Story", "Not yet", NOW + timedelta(days=1), "ana", "To Do")


def plain(n: int) -> Issue:
    """One of many: born a few hours after the one before, taken up by somebody."""
    created = BEGIN + timedelta(hours=7 * n)
    started = Happening(created + timedelta(hours=3), "bot", "status", "To Do", "In Progress")
    project = ("BOOK", "TRK")[n % 2]
    return Issue(
        id=11_000 + n,
        key=f"{project}-{1000 + n}",
        project=project,
        kind="Task",
        title=f"Task {n}",
        created_at=created,
        reporter="bo",
        status="To Do",
        happenings=(started,),
    )


def world(plain_ones: int = 220) -> World:
    """The world; its projects also have one that is archived and holds nothing."""
    return World(
        people=PEOPLE,
        projects=(
            Project(1, "BOOK", "Booking"),
            Project(2, "TRK", "Tracking"),
            Project(3, "OLD", "Old things", archived=True),
        ),
        repositories=(),
        channels=(),
        issues=(BLOCKED, DONE, EPIC, LATER, *(plain(n) for n in range(plain_ones))),
        pulls=(),
        repo_issues=(),
        begins=BEGIN,
        ends=NOW,
    )
