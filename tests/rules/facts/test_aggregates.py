"""Facts of products, teams, projects and sources: one row each, whole, and the same however often derived."""

from datetime import datetime
from typing import Any

from rule_records import at, model

from rules.facts import containers, products, sources, team_wip
from rules.facts.containers import ContainerCount
from rules.facts.sources import Synced
from rules.facts.table import FactTable
from rules.facts.team_wip import Started
from rules.people import Accounts
from rules.records import Person

COMPANY = model(
    company={"calendar": "hq"},
    calendars={"hq": {}, "pune": {}},
    people={"ana": {"jira": "a1"}, "ivo": {"left": "2026-10-30"}, "bo": {}, "chi": {}},
    teams={
        "booking": {"members": ["ana", "bo", "chi"], "capacity": 0.8, "calendar": "pune", "wip": {"epic": 2}},
        "empty": {},
    },
    value_streams={"ship": {}},
    products={
        "booking": {
            "name": "Booking portal",
            "stream": "ship",
            "owner": "ana",
            "tier": 1,
            "teams": ["booking"],
        },
        "insights": {"owner": "ivo"},
        "orphan": {},
    },
    sources=[
        {"id": "jira", "jira": "larkfield.atlassian.net", "every": "10m"},
        {"id": "export", "file": "items.csv"},
        {"id": "model", "github": "larkfield/model", "path": "operating-model"},
        {"id": "chat", "slack": "larkfield"},
    ],
)
SOON, LATER = at("2026-11-24T13:00"), at("2026-11-24T14:00")


def by_key(rows: list[dict[str, Any]], table: FactTable) -> dict[str, dict[str, Any]]:
    for row in rows:
        assert set(row) == {fact.name for fact in table.stored}
        assert row["governed"]
        assert row["calendar"]
    return {row["key"]: row for row in rows}


def product_rows(*persons: Person) -> dict[str, dict[str, Any]]:
    rows = products.derive(COMPANY, Accounts(COMPANY, persons), {"booking": 7}, {"booking": 3})
    return by_key(rows, products.TABLE)


def test_a_product_tells_its_owner_and_its_counts() -> None:
    row = product_rows()["booking"]
    assert (row["title"], row["product"], row["stream"], row["tier"]) == (
        "Booking portal",
        "booking",
        "ship",
        1,
    )
    assert (row["owner"], row["owner_active"], row["owner_left_at"]) == ("ana", True, None)
    assert (row["active_items"], row["finished_30d"]) == (7, 3)


def test_an_owner_who_left_or_whose_account_is_closed_is_not_active() -> None:
    rows = product_rows(Person("jira", "a1", "a1", "Ana", active=False))
    assert (rows["insights"]["owner_active"], rows["insights"]["owner_left_at"]) == (False, at("2026-10-30"))
    assert (rows["booking"]["owner_active"], rows["booking"]["owner_left_at"]) == (False, None)


def test_nobody_is_neither_active_nor_not() -> None:
    row = product_rows()["orphan"]
    assert (row["owner"], row["owner_active"], row["active_items"]) == (None, None, 0)


def test_what_the_model_says_is_open_to_all_it_knows() -> None:
    assert product_rows()["booking"]["audience"] == ()


def started(key: str, level: str = "story", when: str | None = "2026-11-02", **parts: Any) -> Started:
    moment = at(when) if when else None
    return Started(
        **{
            "key": key,
            "team": "booking",
            "level": level,
            "started_at": moment,
            "source": "jira",
            "audience": ("jira:jira:BOOK",),
            **parts,
        }
    )


def wip_rows(*items: Started, until: dict[str, datetime] | None = None) -> dict[str, dict[str, Any]]:
    fresh = until if until is not None else {"jira": LATER, "github": SOON}
    return by_key(team_wip.derive(COMPANY, items, fresh), team_wip.TABLE)


def test_every_team_has_a_row_at_every_level_even_of_nothing() -> None:
    rows = wip_rows()
    assert list(rows) == ["booking:story", "booking:epic", "empty:story", "empty:epic"]
    assert rows["booking:story"]["wip"] == 0


def test_limits_are_declared_or_from_members_and_capacity() -> None:
    rows = wip_rows()
    assert [rows[key]["wip_limit"] for key in rows] == [4, 2, None, None]


def test_levels_are_counted_apart_and_others_not_at_all() -> None:
    rows = wip_rows(started("B-1"), started("B-2"), started("B-3", "epic"), started("B-4", "initiative"))
    assert (rows["booking:story"]["wip"], rows["booking:epic"]["wip"]) == (2, 1)


def test_the_three_oldest_are_named_those_of_unknown_age_last() -> None:
    items = [
        started("B-1", when=None),
        started("B-2", when="2026-11-05"),
        started("B-3"),
        started("B-4", when="2026-11-04"),
    ]
    assert wip_rows(*items)["booking:story"]["oldest"] == ("B-3", "B-4", "B-2")


def test_a_team_of_one_product_speaks_for_it() -> None:
    row = wip_rows()["booking:story"]
    assert (row["product"], row["stream"], row["calendar"]) == ("booking", "ship", "pune")
    assert wip_rows()["empty:story"]["product"] is None


def test_a_count_is_as_fresh_as_its_sources() -> None:
    assert wip_rows(started("B-1"))["booking:story"]["fresh_until"] == LATER
    assert wip_rows(started("B-1"), started("B-2", source="github"))["booking:story"]["fresh_until"] == SOON
    assert wip_rows()["booking:story"]["fresh_until"] == SOON


def test_a_source_that_is_read_by_hand_sets_no_end() -> None:
    assert wip_rows(started("B-1", source="export"))["booking:story"]["fresh_until"] is None


def test_a_count_stands_on_the_audiences_of_all_its_items() -> None:
    both = wip_rows(started("B-1"), started("P-1", audience=("jira:jira:PAY",)))["booking:story"]
    assert both["audience"] == ("jira:jira:BOOK", "jira:jira:PAY")
    assert wip_rows(started("B-1", audience=None))["booking:story"]["audience"] is None


def test_the_share_of_a_project_without_a_product() -> None:
    counts = [ContainerCount("jira", "HR", 8, 2), ContainerCount("jira", "BOOK", 0, 0)]
    rows = by_key(containers.derive(COMPANY, counts, {"jira": SOON}), containers.TABLE)
    assert rows["HR"]["unmapped_share"] == 0.25
    assert rows["BOOK"]["unmapped_share"] is None
    assert (rows["HR"]["subject"], rows["HR"]["fresh_until"]) == ("jira:HR", SOON)


def test_every_source_that_is_read_has_a_row_even_if_it_never_was() -> None:
    rows = by_key(sources.derive(COMPANY, {}), sources.TABLE)
    assert list(rows) == ["jira", "export"]
    assert rows["jira"]["last_complete_sync"] is None
    assert rows["jira"]["interval_hours"] * 6 == 1
    assert rows["export"]["interval_hours"] is None


def test_a_source_tells_its_log() -> None:
    synced = Synced(at("2026-11-24T11:00"), failures=2, truncated=True, last_error="the token expired")
    row = by_key(sources.derive(COMPANY, {"jira": synced, "chat": Synced()}), sources.TABLE)["jira"]
    assert (row["last_complete_sync"], row["failures"], row["truncated"], row["last_error"]) == (
        at("2026-11-24T11:00"),
        2,
        True,
        "the token expired",
    )


def test_chat_has_a_row_once_it_is_read() -> None:
    assert "chat" in by_key(sources.derive(COMPANY, {"chat": Synced()}), sources.TABLE)
