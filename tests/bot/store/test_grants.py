"""A refresh token is kept before it is used, and two who renew do so one after the other."""

import asyncio

import pytest
from shop import NOW

from bot.store.database import Database
from bot.store.grants import keeper


async def test_what_was_kept_is_given_to_the_next(database: Database) -> None:
    keep = keeper(database, lambda: NOW, "jira")
    given: list[str | None] = []

    async def renew(kept: str | None) -> str:
        given.append(kept)
        return f"token {len(given)}"

    await keep(renew)
    await keep(renew)
    await keeper(database, lambda: NOW, "other")(renew)
    assert given == [None, "token 1", None]


async def test_of_two_at_the_same_time_the_second_sees_what_the_first_kept(database: Database) -> None:
    given: list[str | None] = []

    async def renew(kept: str | None) -> str:
        given.append(kept)
        await asyncio.sleep(0)  # whoever could come between comes now
        return f"after {kept}"

    await asyncio.gather(*(keeper(database, lambda: NOW, "jira")(renew) for _ in range(3)))
    assert given == [None, "after None", "after after None"]


async def test_a_renewal_that_fails_leaves_what_was_kept(database: Database) -> None:
    keep = keeper(database, lambda: NOW, "jira")

    async def renew(_kept: str | None) -> str:
        return "good"

    async def fail(kept: str | None) -> str:
        assert kept == "good"
        raise RuntimeError("no")

    await keep(renew)
    with pytest.raises(RuntimeError):
        await keep(fail)
    with pytest.raises(RuntimeError):
        await keep(fail)
