"""Every finding has one place where it is told, and every channel one digest of a kind."""

from rule_records import at, model

from bot.routing import about_channel, channel_of, spoken, targets
from config.model import Digest
from rules.findings import Finding, Severity

MODEL = model(
    operations="ops",
    value_streams={"sell": {"channel": "vs-sell"}, "pay": {}},
    teams={"front": {"channel": "team-front"}, "back": {}},
    products={
        "shop": {"stream": "sell", "channel": "prod", "teams": ["front"], "name": "The shop"},
        "till": {"stream": "sell", "channel": "prod"},
        "ledger": {"stream": "pay", "channel": "ledger", "teams": ["front", "back"]},
        "quiet": {},
    },
)


def told(to: str) -> list[tuple[str, str, list[str | None]]]:
    found = targets(MODEL, Digest(to=to, at="daily 09:00"))
    return [(t.channel, t.about, sorted(t.products, key=str)) for t in found]


def test_products_that_share_a_channel_share_a_digest() -> None:
    assert told("products") == [
        ("prod", "The shop, Till", ["shop", "till"]),
        ("ledger", "Ledger", ["ledger"]),
    ]


def test_a_stream_or_team_without_a_channel_is_told_nothing() -> None:
    assert told("value_streams") == [("vs-sell", "Sell", ["shop", "till"])]
    assert told("teams") == [("team-front", "Team Front", ["ledger", "shop"])]


def test_operations_get_what_belongs_to_no_product_and_nothing_else() -> None:
    assert told("operations") == [("ops", "Product operations", [None])]
    assert targets(model(), Digest(to="operations", at="daily 09:00")) == []


def test_any_other_word_is_a_channel_for_all_products() -> None:
    assert told("leadership") == [("leadership", MODEL.company.name, ["ledger", "quiet", "shop", "till"])]


def finding(product: str | None) -> Finding:
    when = at("2026-11-24")
    return Finding("f", "r", "work_items", "s", "open", Severity.WARN, when, when, product=product)


def test_a_message_about_one_finding_goes_to_its_product_and_unmapped_to_operations() -> None:
    assert channel_of(MODEL, finding("shop")) == "prod"
    assert channel_of(MODEL, finding("quiet")) is None
    assert channel_of(MODEL, finding(None)) == "ops"
    assert channel_of(MODEL, finding("gone-from-the-model")) == "ops"


def test_a_channel_is_about_its_product_else_its_stream() -> None:
    assert about_channel(MODEL, "ledger") == "ledger"
    assert about_channel(MODEL, "vs-sell") == "sell"
    assert about_channel(MODEL, "lunch") is None
    assert spoken("booking-portal") == "Booking portal"
