"""Repositories stand together by the team that owns them, else by the first word of their names."""

import pytest
from rule_records import issue

from rules.proposal.grouping import Group, grouped, owner_of, patterns
from rules.proposal.tally import Tally
from rules.records import Container, Ownership, Record, Team


def repository(name: str, *lines: tuple[str, str]) -> Container:
    """With lines of CODEOWNERS: pattern and owners."""
    key = f"larkfield/{name}"
    ownership = tuple(Ownership(pattern, tuple(owners.split())) for pattern, owners in lines)
    return Container("github", key, key, "repository", name, ownership=ownership)


def team(name: str, *repositories: str, parent: str | None = None) -> Team:
    key = f"larkfield/{name}"
    writes = tuple(f"larkfield/{r}" for r in repositories)
    above = f"larkfield/{parent}" if parent else None
    return Team("github", key, key, name.title(), repositories=writes, parent=above)


def tally(*records: Record) -> Tally:
    of = Tally()
    of.add(records)
    return of


def groups(*names: str, of: Tally) -> list[Group]:
    return list(grouped([f"larkfield/{name}" for name in names], of))


@pytest.mark.parametrize(
    ("lines", "owner"),
    [
        ([("*", "larkfield/pay")], "larkfield/pay"),
        ([("*", "larkfield/pay"), ("docs/", "larkfield/words")], "larkfield/pay"),
        ([("*", "larkfield/old"), ("*", "larkfield/pay eva-k")], "larkfield/pay"),
        ([("src/", "larkfield/pay"), ("web/", "larkfield/pay")], "larkfield/pay"),
        ([("src/", "larkfield/pay"), ("web/", "larkfield/ship")], None),
        ([("*", "larkfield/pay larkfield/ship")], None),
        ([("*", "eva-k")], None),
    ],
)
def test_a_repository_is_the_teams_that_codeowners_gives_all_of_it(
    lines: list[tuple[str, str]], owner: str | None
) -> None:
    found = owner_of("larkfield/a", tally(repository("a", *lines)))
    assert (found.team if found else None) == owner


def test_without_codeowners_it_is_the_only_team_that_may_write_to_it() -> None:
    of = tally(team("pay", "a", "b"), team("ship", "b"))
    owned = owner_of("larkfield/a", of)
    assert owned is not None
    assert (owned.team, owned.explicit) == ("larkfield/pay", False)
    assert owner_of("larkfield/b", of) is None


def test_repositories_of_one_team_are_one_group_and_explicit_signs_make_it_sure() -> None:
    of = tally(
        repository("ledger", ("*", "larkfield/pay")), repository("dunning", ("*", "larkfield/pay")),
        team("pay"), repository("map"), team("ship", "map"),
    )  # fmt: skip
    pay, ship = groups("ledger", "dunning", "map", of=of)
    assert (pay.name, pay.repositories, pay.confidence) == (
        "Pay", ("larkfield/dunning", "larkfield/ledger"), "high",
    )  # fmt: skip
    assert pay.why == "CODEOWNERS gives all to larkfield/pay"
    assert (ship.name, ship.confidence, ship.team) == ("larkfield/map", "medium", "larkfield/ship")


def test_others_stand_by_the_first_word_of_their_names() -> None:
    found = groups("booking-web", "booking_api", "map", "ledger-core", of=tally())
    assert {g.name: g.confidence for g in found} == {
        "booking": "low", "larkfield/ledger-core": "low", "larkfield/map": "low",
    }  # fmt: skip


def test_a_word_that_all_names_begin_with_says_nothing() -> None:
    names = [f"acme-{word}" for word in ("web", "api", "map", "pay")]
    assert len(groups(*names, of=tally())) == 4
    assert len(groups(*names[:3], of=tally())) == 1


@pytest.mark.parametrize(
    ("mine", "others", "selectors"),
    [
        (["o/booking-web", "o/booking-api"], ["o/map"], ("o/booking-*",)),
        (["o/booking-web", "o/booking-api"], ["o/Booking-old"], ("o/booking-api", "o/booking-web")),
        (["o/booking-web"], [], ("o/booking-web",)),
        (["o/booking", "o/booking-web"], [], ("o/booking", "o/booking-web")),
        (["o/booking-web", "p/booking-web"], [], ("o/booking-web", "p/booking-web")),
        (["o/booking-web", "o/booking_api"], [], ("o/booking-web", "o/booking_api")),
    ],
)
def test_one_pattern_is_proposed_only_where_it_matches_nothing_else(
    mine: list[str], others: list[str], selectors: tuple[str, ...]
) -> None:
    assert patterns(mine, [*mine, *others]) == selectors


def test_issues_alone_need_no_grouping() -> None:
    assert groups("web", of=tally(issue(1, repository="larkfield/web")))[0].why == ""
