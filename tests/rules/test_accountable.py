"""The accountable person comes with the steps by which they were found, and the line that decided."""

from datetime import date

from bot.book import read_book
from config.example import example_path
from rules.accountable import accountable_for
from rules.declared import Declared
from rules.views import Holder

BOOK = read_book(example_path())


def found(rule: str, **row: str | None) -> Holder:
    declared = Declared(BOOK.model, BOOK.origins)
    return accountable_for(BOOK.by_id[rule], row, declared, date(2026, 11, 24))


def test_a_role_is_the_subjects_products() -> None:
    assert found("flow-aging-wip", product="billing") == Holder(
        "product manager", "finn", ("finn is product manager of billing",), "value-streams/pay.yaml:5"
    )


def test_a_rule_may_name_another_product() -> None:
    held = found("flow-blocked-too-long", product="billing", blocking_product="dev-platform")
    assert (held.person, held.place) == ("omar", "value-streams/enable.yaml:5")
    assert held.steps == ("the blocking product is dev-platform", "omar is product manager of dev-platform")


def test_an_unknown_blocker_says_so_and_goes_up() -> None:
    held = found("flow-blocked-too-long", product="billing", blocking_product=None)
    assert held.steps[0] == "the blocking product is not known"
    assert held.person == "hana"


def test_somebody_who_left_is_passed_over() -> None:
    held = found("flow-aging-wip", product="insights")
    assert (held.person, held.place) == ("hana", "value-streams/pay.yaml:1")
    assert "ivo has left" in held.steps[1]
