"""The timetable: which timers a model asks for, and when the next digest is due."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from shop import MODEL, NOW, book

from bot.schedule import Every
from bot.timetable import next_digest, timers

DIGESTS = """
company: {calendar: berlin}
calendars: {berlin: {timezone: Europe/Berlin}}
digests:
  daily: {to: products, at: "daily 09:30"}
  week: {to: operations, at: "Mon 09:00"}
  nobody: {to: value_streams, at: "daily 00:15"}
"""


async def test_each_source_and_each_digest_with_a_channel_has_a_timer(tmp_path: Path) -> None:
    told: list[tuple[str, str, datetime]] = []

    async def sync(source: str, occurrence: datetime) -> None:
        told.append(("sync", source, occurrence))

    async def digest(name: str, occurrence: datetime) -> None:
        told.append(("digest", name, occurrence))

    async def census(source: str, whole: bool, occurrence: datetime) -> None:
        told.append(("list" if whole else "count", source, occurrence))

    due = timers(book(tmp_path, MODEL + DIGESTS), sync, digest, census)
    assert [(t.name, t.catch_up, t.always) for t in due] == [
        ("sync:jira", True, True),
        ("sync:github", True, True),
        ("count:jira", False, False),
        ("count:github", False, False),
        ("census:jira", True, False),
        ("census:github", True, False),
        ("digest:daily", True, False),
        ("digest:week", True, False),
    ]
    assert due[0].times == Every(timedelta(hours=1))
    await due[1].run(NOW)
    await due[2].run(NOW)
    await due[5].run(NOW)
    await due[6].run(NOW)
    assert told == [
        ("sync", "github", NOW),
        ("count", "jira", NOW),
        ("list", "github", NOW),
        ("digest", "daily", NOW),
    ]


async def test_sources_are_counted_each_hour_and_listed_each_day_at_a_time_of_their_own(
    tmp_path: Path,
) -> None:
    async def never(*_: object) -> None:
        raise AssertionError

    due = {t.name: t.times for t in timers(book(tmp_path, MODEL), never, never, never)}
    times = [due[name] for name in ("count:jira", "count:github", "census:jira", "census:github")]
    for one, hours in zip(times, (1, 1, 24, 24), strict=True):
        assert one.after(one.after(NOW)) - one.after(NOW) == timedelta(hours=hours)
        assert one.latest(one.after(NOW)) == one.after(NOW)
        assert one.latest(NOW) <= NOW < one.after(NOW)
    assert len({one.after(NOW) for one in times}) == 4


def test_a_source_that_is_read_by_hand_has_no_timer(tmp_path: Path) -> None:
    async def never(_: str, __: datetime) -> None:
        raise AssertionError

    by_hand = MODEL.replace("jira: shop.atlassian.net, every: 1h", "file: export.csv")
    assert [t.name for t in timers(book(tmp_path, by_hand), never, never, never)] == [
        "sync:github",
        "count:github",
        "census:github",
    ]


def test_the_next_digest_is_told_in_the_companys_time(tmp_path: Path) -> None:
    due = next_digest(book(tmp_path, MODEL + DIGESTS), NOW)
    assert due is not None
    assert due.isoformat() == "2026-11-25T09:30:00+01:00"


def test_the_next_digest_keeps_its_wall_time_when_the_clocks_change(tmp_path: Path) -> None:
    the_shop = book(tmp_path, MODEL + DIGESTS)
    due = next_digest(the_shop, datetime(2026, 3, 28, 9, tzinfo=UTC))
    assert due is not None
    assert due.isoformat() == "2026-03-29T09:30:00+02:00"


def test_a_model_without_digests_has_no_next_one(tmp_path: Path) -> None:
    assert next_digest(book(tmp_path), NOW) is None
