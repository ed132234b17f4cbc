"""When things are due: the timers of a model, and the next digest."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from zlib import crc32

from bot.book import Book
from bot.routing import targets
from bot.schedule import At, Every, Timer
from config.schedule import cron_line

SyncJob = Callable[[str, datetime], Awaitable[None]]
DigestJob = Callable[[str, datetime], Awaitable[None]]
CensusJob = Callable[[str, bool, datetime], Awaitable[None]]
"""With whether the ids are to be listed, or only what counts differently."""

COUNT_EVERY = timedelta(hours=1)
LIST_EVERY = timedelta(days=1)


def timers(book: Book, sync: SyncJob, digest: DigestJob, census: CensusJob) -> list[Timer]:
    """Timers for each source that is read on a schedule, to read, count and list it; and for the digests."""
    syncs = [
        Timer(
            f"sync:{s.id}",
            Every(timedelta(hours=s.every.hours)),
            partial(sync, s.id),
            catch_up=True,
            always=True,
        )
        for s in book.model.sources
        if s.every is not None
    ]
    counts = [_census(s.id, census, whole=False) for s in book.model.sources if s.every is not None]
    lists = [_census(s.id, census, whole=True) for s in book.model.sources if s.every is not None]
    digests = [
        Timer(f"digest:{name}", times, partial(digest, name), catch_up=True) for name, times in _digests(book)
    ]
    return syncs + counts + lists + digests


def _census(source: str, census: CensusJob, *, whole: bool) -> Timer:
    """At a time of its own, so that not all sources are asked at once: the same on every machine."""
    name, interval = (f"census:{source}", LIST_EVERY) if whole else (f"count:{source}", COUNT_EVERY)
    offset = timedelta(seconds=crc32(name.encode()) % int(interval.total_seconds()))
    return Timer(name, Every(interval, offset), partial(census, source, whole), catch_up=whole)


def next_digest(book: Book, now: datetime) -> datetime | None:
    """When the next digest is due, in the company's time zone; None where the model asks for none."""
    zone = book.calendar(None).zone
    return min((times.after(now).astimezone(zone) for _, times in _digests(book)), default=None)


def _digests(book: Book) -> Iterator[tuple[str, At]]:
    zone = book.calendar(None).zone
    for name, digest in book.model.digests.items():
        if targets(book.model, digest):
            yield name, At(cron_line(digest.at), zone)
