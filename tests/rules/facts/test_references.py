"""Facts of references: what the model points at, whether it exists, and what may have been meant."""

from collections.abc import Collection, Iterable
from typing import Any, Literal

import pytest
from rule_records import at, model

from config.model import OperatingModel, Source
from config.model import Person as Somebody
from rules.facts.references import TABLE, derive
from rules.records import Container, Person

SOON = at("2026-11-24T13:00")
COMPANY = model(
    sources=[
        {"id": "jira", "jira": "larkfield.atlassian.net", "projects": ["BOOK", "OLD"]},
        {"id": "github", "github": "larkfield"},
        {"id": "chat", "slack": "larkfield"},
    ],
    operations="product-ops",
    people={"ana": {"github": "ana-r"}},
    teams={"money": {"channel": "team-mony"}},
    value_streams={"pay": {"channel": "vs-pay"}},
    products={
        "booking": {
            "stream": "pay",
            "tier": 1,
            "teams": ["money"],
            "channel": "prod-booking",
            "work": [
                {"jira": {"project": "BOOK"}},
                {"jira": {"project": "BOOK", "component": "Web"}},
                {"github": "larkfield/booking-*"},
                {"label": "product:booking"},
                {"label": "booking"},
            ],
        },
        "insights": {"work": [{"github": "larkfield/insigths-*"}, {"jira": {"project": "OLD"}}]},
    },
)
Kind = Literal["project", "repository", "channel"]


def container(kind: Kind, key: str, **parts: Any) -> Container:
    source = {"project": "jira", "repository": "github", "channel": "chat"}[kind]
    return Container(source, key, key, kind, key, **parts)


WORLD = (
    container("project", "BOOK"),
    container("project", "OLD", archived=True),
    container("repository", "larkfield/booking-web"),
    container("repository", "larkfield/insights-etl"),
    container("channel", "team-money"),
    container("channel", "prod-booking"),
    container("channel", "vs-pay"),
    container("channel", "product-ops"),
)
PERSONS = (Person("github", "U1", "Ana-R", "Ana"),)
ALL = ("jira", "github", "chat")


def rows(
    world: Iterable[Container] = WORLD,
    persons: Iterable[Person] = PERSONS,
    matched: dict[str, int] | None = None,
    synced: Collection[str] = ALL,
    company: OperatingModel = COMPANY,
) -> dict[str, dict[str, Any]]:
    found = derive(company, world, persons, matched or {}, synced, SOON)
    for row in found:
        assert set(row) == {fact.name for fact in TABLE.stored}
        assert (row["fresh_until"], row["audience"], row["governed"]) == (SOON, (), True)
        assert row["subject"] == f"ref:{row['where_said']}"
    assert len(found) == len({row["subject"] for row in found})
    return {row["where_said"]: row for row in found}


def test_everything_the_model_names_has_a_row() -> None:
    assert {where: (row["kind"], row["breaks"]) for where, row in rows().items()} == {
        "products.booking.work[0].jira.project": ("project", "mapping"),
        "products.booking.work[2].github": ("repository", "mapping"),
        "products.insights.work[0].github": ("repository", "mapping"),
        "products.insights.work[1].jira.project": ("project", "mapping"),
        "sources[0].projects[0]": ("project", "mapping"),
        "sources[0].projects[1]": ("project", "mapping"),
        "people.ana.github": ("account", "names"),
        "operations": ("channel", "delivery"),
        "products.booking.channel": ("channel", "delivery"),
        "value_streams.pay.channel": ("channel", "delivery"),
        "teams.money.channel": ("channel", "delivery"),
        "products.booking.work[0]": ("selector", "mapping"),
        "products.booking.work[1]": ("selector", "mapping"),
        "products.booking.work[2]": ("selector", "mapping"),
        "products.booking.work[4]": ("selector", "mapping"),
        "products.insights.work[0]": ("selector", "mapping"),
        "products.insights.work[1]": ("selector", "mapping"),
    }


def test_what_exists_exists() -> None:
    found = rows()
    for where in (
        "products.booking.work[0].jira.project",
        "products.booking.work[2].github",
        "people.ana.github",
    ):
        assert (found[where]["exists"], found[where]["archived"]) == (True, False)


def test_a_misspelled_channel_gets_a_suggestion() -> None:
    row = rows()["teams.money.channel"]
    assert (row["exists"], row["value"], row["suggestion"]) == (False, "team-mony", "team-money")
    assert (row["product"], row["tier"]) == ("booking", 1)


def test_a_misspelled_repository_gets_a_suggestion() -> None:
    row = rows()["products.insights.work[0].github"]
    assert (row["exists"], row["suggestion"]) == (False, "larkfield/insights-etl")


def test_an_account_that_is_missing() -> None:
    row = rows(persons=(Person("github", "U2", "ana-rossi", "Ana"),))["people.ana.github"]
    assert (row["exists"], row["suggestion"]) == (False, "ana-rossi")


def test_an_archived_project_is_told_so() -> None:
    row = rows()["products.insights.work[1].jira.project"]
    assert (row["exists"], row["archived"]) == (True, True)


def test_of_a_tool_that_was_not_read_completely_nothing_is_concluded() -> None:
    found = rows(synced=("jira",))
    assert found["teams.money.channel"]["exists"] is None
    assert found["teams.money.channel"]["suggestion"] is None
    assert found["products.booking.work[2]"]["matched_30d"] is None


def test_what_an_incomplete_read_did_show_exists() -> None:
    assert rows(synced=())["products.booking.channel"]["exists"] is True


def test_a_selector_counts_what_it_placed() -> None:
    found = rows(matched={"products.booking.work[0]": 12})
    assert found["products.booking.work[0]"]["matched_30d"] == 12
    assert found["products.booking.work[1]"]["matched_30d"] == 0
    assert found["products.booking.work[4]"]["matched_30d"] == 0
    assert found["products.booking.work[1]"]["value"] == "project BOOK, component Web"


def test_a_selector_of_a_missing_or_archived_container_is_not_told_of_twice() -> None:
    found = rows()
    for where in ("products.insights.work[0]", "products.insights.work[1]"):
        assert (found[where]["exists"], found[where]["matched_30d"]) == (None, None)
    gone = rows(world=[c for c in WORLD if c.key != "BOOK"])
    for where in ("products.booking.work[0]", "products.booking.work[1]"):
        assert gone[where]["matched_30d"] is None


def test_a_label_needs_every_tool_read() -> None:
    assert rows(synced=("jira",))["products.booking.work[4]"]["matched_30d"] is None
    assert rows(synced=("jira", "github"))["products.booking.work[4]"]["matched_30d"] == 0


EXPORTS = [
    Source(id="jira", file="export.csv"),
    Source(id="jira", jira="larkfield.atlassian.net", every=None),
]


@pytest.mark.parametrize("export", EXPORTS)
def test_an_export_alone_proves_no_absence(export: Source) -> None:
    company = COMPANY.model_copy(update={"sources": [export]})
    found = rows((container("project", "BOOK"),), (), synced=("jira",), company=company)
    shown = found.pop("products.booking.work[0].jira.project")
    assert shown["exists"] is True
    assert {(r["exists"], r["matched_30d"], r["problem"]) for r in found.values()} == {(None, None, None)}


def test_an_export_beside_the_tool_itself_takes_nothing_from_what_the_tool_proves() -> None:
    beside = [*COMPANY.sources, Source(id="old", file="export.csv")]
    company = COMPANY.model_copy(update={"sources": beside})
    found = rows(company=company, synced=(*ALL, "old"))
    assert found["teams.money.channel"]["exists"] is False
    assert found["products.booking.work[1]"]["matched_30d"] == 0


def test_a_tool_that_listed_nothing_of_a_kind_proves_no_absence_of_it() -> None:
    found = rows(world=[c for c in WORLD if c.kind != "channel"], persons=())
    assert found["teams.money.channel"]["exists"] is None
    assert found["people.ana.github"]["exists"] is None
    assert found["products.insights.work[0].github"]["exists"] is False


def test_what_is_wrong_is_said_in_words() -> None:
    rows = derive(COMPANY, WORLD, PERSONS, {}, ALL, SOON)
    problems = {row["value"]: row["problem"] for row in rows}
    assert problems["team-mony"] == "nothing of that name is visible to the bot; did you mean team-money?"
    assert problems["OLD"] == "it is archived."
    assert problems["prod-booking"] is None
    assert "no item matched it in 30 days." in problems.values()


def test_an_account_that_is_written_for_one_source_is_looked_for_there_alone() -> None:
    company = COMPANY.model_copy(
        update={
            "sources": [*COMPANY.sources, Source(id="emea", github="larkfield-emea")],
            "people": {"ana": Somebody(github={"emea": "ana-emea", "github": "ana-r"})},
        }
    )
    persons = (*PERSONS, Person("emea", "U2", "anna-emea", "Ana"))
    found = rows(persons=persons, synced=("jira", "emea"), company=company)
    of_emea, of_github = found["people.ana.github.emea"], found["people.ana.github.github"]
    assert (of_emea["exists"], of_emea["suggestion"]) == (False, "anna-emea")
    assert of_github["exists"] is True
    missing = rows(persons=(), synced=("jira", "emea"), company=company)
    assert missing["people.ana.github.github"]["exists"] is None
