"""Delivery: each letter once, whatever Slack answers and whoever stops in the middle."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from shop import Clock

from bot.deliver import FIRST_RETRY, LONGEST_RETRY, Told, tell
from bot.slack.errors import SlackAmbiguous, SlackRefused, SlackWait
from bot.slack.messages import Message
from bot.slack.poster import Posted
from bot.store import outbox
from bot.store.database import Database
from bot.store.tables import outbox as letters
from rules.audience import NOBODY, Clearance

EVERYTHING = Clearance(known=True, everything=True)


@dataclass
class Slack:
    """Posts what comes, or raises the next answer it was given."""

    answers: list[Exception] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)

    async def post(self, channel: str, message: Message, key: str) -> Posted:
        assert message.text
        if self.answers:
            raise self.answers.pop(0)
        self.posted.append(key)
        return Posted(channel.upper(), f"{len(self.posted)}.0")


@dataclass
class Desk:
    """An outbox, Slack, and a clock."""

    database: Database
    slack: Slack = field(default_factory=Slack)
    clock: Clock = field(default_factory=Clock)
    clearance: Clearance = EVERYTHING

    async def put(self, *keys: str) -> None:
        async with self.database.write() as connection:
            some = [outbox.Letter(k, "shop", Message("Hello", ()), ("jira:jira:SHOP",)) for k in keys]
            await outbox.put(connection, some, self.clock())

    async def tell(self) -> Told:
        return await tell(self.database, self.slack, lambda _: self.clearance, self.clock)  # type: ignore[arg-type]

    async def row(self) -> sa.Row[tuple[object, ...]]:
        async with self.database.read() as connection:
            return (await connection.execute(sa.select(letters))).one()


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_letters_are_posted_in_their_order_and_once(desk: Desk) -> None:
    await desk.put("a", "b")
    await desk.put("b", "c")
    assert await desk.tell() == Told(sent=3)
    assert await desk.tell() == Told()
    assert desk.slack.posted == ["a", "b", "c"]


async def test_where_it_was_posted_is_remembered(desk: Desk) -> None:
    await desk.put("a")
    await desk.tell()
    row = await desk.row()
    assert (row.state, row.sent_at, row.posted_channel, row.posted_ts) == (
        "sent",
        desk.clock(),
        "SHOP",
        "1.0",
    )


async def test_slack_that_asks_to_wait_gets_its_time(desk: Desk) -> None:
    await desk.put("a")
    desk.slack.answers = [SlackWait(40, "Slow down.")]
    assert await desk.tell() == Told(waiting=1)
    desk.clock.tick(timedelta(seconds=39))
    assert await desk.tell() == Told()
    desk.clock.tick(timedelta(seconds=1))
    assert await desk.tell() == Told(sent=1)


async def test_what_someone_must_repair_is_tried_again_ever_more_rarely_and_then_given_up(desk: Desk) -> None:
    await desk.put("a")
    refused = SlackRefused("not_in_channel", "I am not in #shop.", permanent=False)
    desk.slack.answers = [refused] * 200
    waits, before = [], desk.clock()
    while (await desk.row()).state == "due" and await desk.tell() == Told(waiting=1):
        due: datetime = (await desk.row()).not_before
        waits.append(due - desk.clock())
        desk.clock.now = due
    assert waits[:4] == [FIRST_RETRY * 2**n for n in range(4)]
    assert max(waits) == LONGEST_RETRY
    assert desk.clock() - before > outbox.PATIENCE
    row = await desk.row()
    why = "could not be delivered for three days: I am not in #shop. [slack-later]"
    assert (row.state, row.error) == ("dead", why)
    desk.clock.tick(timedelta(days=30))
    assert await desk.tell() == Told()


async def test_slack_that_is_away_for_hours_loses_nothing(desk: Desk) -> None:
    await desk.put("a", "b")
    desk.slack.answers = [SlackWait(60, "Slack cannot be reached.")] * 800
    until = desk.clock() + timedelta(hours=6)
    while desk.clock() < until:
        assert (await desk.tell()).sent == 0
        desk.clock.tick(timedelta(seconds=60))
    desk.slack.answers.clear()
    desk.clock.tick(timedelta(seconds=60))
    assert await desk.tell() == Told(sent=2)
    assert desk.slack.posted == ["a", "b"]


async def test_letters_that_nobody_could_send_for_days_are_no_news_any_more(desk: Desk) -> None:
    await desk.put("a")
    desk.clock.tick(outbox.PATIENCE + timedelta(minutes=1))
    assert await desk.tell() == Told()
    assert (await desk.row()).error == "could not be delivered for three days: nothing was sent"


async def test_what_can_never_pass_is_given_up_at_once(desk: Desk) -> None:
    await desk.put("a", "b")
    desk.slack.answers = [SlackRefused("too_large", "Too large.", permanent=True)]
    assert await desk.tell() == Told(sent=1, refused=1)
    async with desk.database.read() as connection:
        assert await outbox.held_up(connection) == [("dead", "shop", "a", "Too large. [slack-later]")]


async def test_what_perhaps_arrived_is_never_posted_again(desk: Desk) -> None:
    await desk.put("a")
    desk.slack.answers = [SlackAmbiguous("No answer.")]
    assert await desk.tell() == Told(ambiguous=1)
    desk.clock.tick(timedelta(days=30))
    await desk.put("a")
    assert await desk.tell() == Told()
    async with desk.database.read() as connection:
        assert await outbox.held_up(connection) == [
            ("ambiguous", "shop", "a", "No answer. [slack-ambiguous]")
        ]


async def test_a_sender_that_stopped_in_the_middle_leaves_its_letter_ambiguous(desk: Desk) -> None:
    await desk.put("a", "b")
    desk.slack.answers = [KeyboardInterrupt()]  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        await desk.tell()
    assert await desk.tell() == Told(sent=1)
    desk.clock.tick(outbox.LEASE + timedelta(seconds=1))
    assert await desk.tell() == Told()
    async with desk.database.read() as connection:
        ((state, _, key, _),) = await outbox.held_up(connection)
    assert (state, key, desk.slack.posted) == ("ambiguous", "a", ["b"])


async def test_a_channel_that_lost_its_clearance_gets_nothing(desk: Desk) -> None:
    await desk.put("a")
    desk.clearance = NOBODY
    assert await desk.tell() == Told(refused=1)
    assert desk.slack.posted == []
    assert (await desk.row()).state == "dead"
