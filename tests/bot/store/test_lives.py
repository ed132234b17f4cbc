"""What happened to a finding is told in its order, with the model of each day."""

from shop import Shop, story

from bot.store import findings


async def test_the_life_of_a_finding_is_told_oldest_first(shop: Shop) -> None:
    await shop.told(story("SHOP-1", "late"))
    shop.clock.tick()
    await shop.told(shop.changed(story("SHOP-1"), "late", "very"))
    shop.clock.tick()
    await shop.told(shop.changed(story("SHOP-1")))
    finding = await shop.finding("hygiene-late")
    assert finding is not None
    async with shop.database.read() as connection:
        lives = await findings.lives(connection, [finding.id, "nobody"])
    assert list(lives) == [finding.id]
    told = [(h.change, h.severity.word, h.model) for h in lives[finding.id]]
    short = shop.book.fingerprint[:10]
    assert told == [("opened", "warn", short), ("worsened", "high", short), ("resolved", "high", short)]
