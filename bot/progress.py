"""Progress of a sync or census: a moving line where somebody watches, lines of the log where nobody does."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from bot.census import Progress as Counting
from bot.pipeline import Progress
from connectors.connector import Page

log = structlog.get_logger(__name__)

EVERY = 10.0
"""Seconds between two lines of the log about the same sync."""


def paced(clock: Callable[[], float] = time.monotonic) -> Progress:
    """A progress that tells the log how far it is every ten seconds: a short sync tells its end alone."""
    last = clock()

    def tell(source: str, page: Page, read: int) -> None:
        nonlocal last
        if clock() - last >= EVERY:
            last = clock()
            log.info(
                "pulling", source=source, read=read, expected=page.expected, budget_left=page.budget_left
            )

    return tell


@contextmanager
def shown() -> Iterator[Progress]:
    """A progress that draws on the terminal's error stream, or goes to the log where there is no terminal."""
    if not sys.stderr.isatty():
        yield paced()
        return
    from rich.console import Console  # noqa: PLC0415 - only where there is a terminal
    from rich.status import Status  # noqa: PLC0415 - the same

    began = time.monotonic()
    with Status("connecting", console=Console(stderr=True)) as status:

        def draw(source: str, page: Page, read: int) -> None:
            status.update(line(source, page, read, time.monotonic() - began))

        yield draw


@contextmanager
def counting() -> Iterator[Counting]:
    """The same for a census, container by container."""
    if not sys.stderr.isatty():
        yield counted
        return
    from rich.console import Console  # noqa: PLC0415 - only where there is a terminal
    from rich.status import Status  # noqa: PLC0415 - the same

    with Status("counting", console=Console(stderr=True)) as status:

        def draw(source: str, container: str, number: int, of: int) -> None:
            status.update(f"{source}: {container}, {number} of {of}")

        yield draw


def counted(source: str, container: str, number: int, of: int) -> None:
    """A progress that tells the log of each container."""
    log.info("counting", source=source, container=container, number=number, of=of)


def line(source: str, page: Page, read: int, seconds: float) -> str:
    """How far it is: items, rate, and the requests the source still grants."""
    expected = f" of about {page.expected:,}" if page.expected else ""
    rate = f", {read / seconds:,.0f} a second" if seconds >= 1 else ""
    left = f", {page.budget_left:,} requests left" if page.budget_left is not None else ""
    return f"{source}: {read:,}{expected} records{rate}{left}"
