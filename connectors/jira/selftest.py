"""What a site must be asked once before its changes can be: the time of its clock, and how it reads a moment.

Epoch milliseconds are read the same everywhere. Whether a site takes them in a query is counted, not
believed: where they find something else than the same moment in the time zone of the account's profile, that
zone is used, with a day of overlap.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from connectors.errors import ConnectorError, FixRequestError
from connectors.jira.checked import Checked
from connectors.jira.jql import EPOCH, Moments
from connectors.jira.requests import Requests
from connectors.learned import Learned

log = structlog.get_logger(__name__)

KNOWN_TIME = "jql-time"
EPOCH_WORKS = "epoch"
ZONE = "zone:"
TESTED = timedelta(days=7)  # before the latest change: some are later than that, some earlier
COUNTS_DIFFER = 0.01  # counts are approximate, and a site does not stand still between two of them


async def site_time(requests: Requests, everything: str) -> datetime | None:
    """The present by the site's own clock, or else the latest change that it shows: never ours.

    What changes from then on is found by a search from then on, whatever is read meanwhile.
    """
    try:
        told = (await requests.server())["serverTime"].maybe_time()
    except ConnectorError:
        told = None
    return told or await requests.latest(everything)


def known(learned: Learned) -> Moments | None:
    """How this site is told moments; None where it is not known yet."""
    text = learned.text(KNOWN_TIME)
    if text == EPOCH_WORKS:
        return EPOCH
    zone = _zone(text.removeprefix(ZONE)) if text and text.startswith(ZONE) else None
    return Moments(zone) if zone else None


async def moments(requests: Requests, learned: Learned, latest: datetime) -> Moments:
    """How this site is told moments, tested by two counts and remembered.

    `latest` is the site's present, or its latest change.
    """
    zone = _zone(Checked((await requests.myself()).data, "the account")["timeZone"].maybe_text())
    if zone is None:
        return EPOCH
    by_zone = await _count(requests, Moments(zone), latest - TESTED)
    by_epoch = await _count(requests, EPOCH, latest - TESTED)
    if by_zone is None or _agree(by_zone, by_epoch):
        learned.put(KNOWN_TIME, EPOCH_WORKS)
        return EPOCH
    log.warning("jira_epoch_literal_differs", by_epoch=by_epoch, by_zone=by_zone, zone=zone)
    learned.put(KNOWN_TIME, ZONE + zone)
    return Moments(zone)


async def _count(requests: Requests, form: Moments, since: datetime) -> int | None:
    try:
        return await requests.count(f"updated >= {form.literal(since)}")
    except FixRequestError:
        return None


def _agree(one: int, other: int | None) -> bool:
    return other is not None and abs(one - other) <= max(2, COUNTS_DIFFER * max(one, other))


def _zone(name: str | None) -> str | None:
    """The name of a time zone that is one."""
    try:
        return ZoneInfo(name).key if name else None
    except (ValueError, OSError, KeyError):  # no such name, no such file, no such zone
        return None
