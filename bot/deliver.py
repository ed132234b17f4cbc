"""Tell: deliver what is due. What fails stays due, what is refused is shown, nothing is posted twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.slack.errors import SlackAmbiguous, SlackRefused, SlackWait
from bot.slack.poster import SlackPoster
from bot.store import outbox
from bot.store.database import Database
from rules.audience import Clearance, visible

log = structlog.get_logger(__name__)

FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=30), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Told:
    """How a round of deliveries went."""

    sent: int = 0
    waiting: int = 0
    refused: int = 0
    ambiguous: int = 0


async def tell(
    database: Database,
    poster: SlackPoster,
    clearance: Callable[[str], Clearance],
    clock: Clock,
) -> Told:
    """Deliver every due letter, oldest first; the channel's clearance is asked again when it is sent."""
    counts = {"sent": 0, "waiting": 0, "refused": 0, "ambiguous": 0}
    while True:
        async with database.write() as connection:
            claimed = await outbox.claim(connection, clock())
        if claimed is None:
            return Told(**counts)
        counts[await _deliver(database, poster, clearance, clock, claimed)] += 1


async def _deliver(
    database: Database,
    poster: SlackPoster,
    clearance: Callable[[str], Clearance],
    clock: Clock,
    claimed: outbox.Claimed,
) -> str:
    letter = claimed.letter
    if not visible(letter.audience, clearance(letter.channel)):
        async with database.write() as connection:
            await outbox.give_up(
                connection, claimed, "dead", "the channel is no longer cleared for what this shows"
            )
        log.warning("letter_held_back", channel=letter.channel, key=letter.key)
        return "refused"
    try:
        posted = await poster.post(letter.channel, letter.message, key=letter.key)
    except SlackWait as error:
        later = clock() + timedelta(seconds=error.seconds)
        async with database.write() as connection:
            await outbox.again(connection, claimed, later, str(error))
        return "waiting"
    except SlackAmbiguous as error:
        async with database.write() as connection:
            await outbox.give_up(connection, claimed, "ambiguous", str(error))
        log.warning("letter_ambiguous", channel=letter.channel, key=letter.key, reason=str(error))
        return "ambiguous"
    except SlackRefused as error:
        async with database.write() as connection:
            if error.permanent:
                await outbox.give_up(connection, claimed, "dead", error.sentence)
            else:
                wait = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(claimed.attempts - 1, 10))
                await outbox.again(connection, claimed, clock() + wait, error.sentence)
        log.warning("letter_refused", channel=letter.channel, key=letter.key, code=error.code)
        return "refused" if error.permanent else "waiting"
    async with database.write() as connection:
        await outbox.sent(connection, claimed, posted.channel, posted.ts, clock())
    return "sent"
