"""When things are due: the timers of a model, and the next digest."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from bot.book import Book
from bot.routing import targets
from bot.schedule import At, Every, Timer
from config.schedule import cron_line

SyncJob = Callable[[str, datetime], Awaitable[None]]
DigestJob = Callable[[str, datetime], Awaitable[None]]


def timers(book: Book, sync: SyncJob, digest: DigestJob) -> list[Timer]:
    """A timer for each source that is read on a schedule and for each digest."""
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
    digests = [
        Timer(f"digest:{name}", times, partial(digest, name), catch_up=True) for name, times in _digests(book)
    ]
    return syncs + digests


def next_digest(book: Book, now: datetime) -> datetime | None:
    """When the next digest is due, in the company's time zone; None where the model asks for none."""
    zone = book.calendar(None).zone
    return min((times.after(now).astimezone(zone) for _, times in _digests(book)), default=None)


def _digests(book: Book) -> Iterator[tuple[str, At]]:
    zone = book.calendar(None).zone
    for name, digest in book.model.digests.items():
        if targets(book.model, digest):
            yield name, At(cron_line(digest.at), zone)
