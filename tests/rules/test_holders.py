"""Holders: whom a role means, from the product up to the operator, and by which lines of the model."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_records import model

from rules.holders import above, holder

TODAY = date(2026, 11, 24)
GONE = "2026-10-30"
SHARED = {"portfolio-owner": "hana", "product-analyst": "chi"}
PARTS: dict[str, Any] = {
    "people": {
        "ana": {},
        "bo": {},
        "chi": {},
        "hana": {},
        "ivo": {"left": GONE},
        "omar": {},
    },
    "operator": "omar",
    "value_streams": {"ship": {"owner": "ana"}, "pay": {}},
    "products": {
        "booking": {
            "stream": "ship",
            "owner": "bo",
            "roles": {**SHARED, "product-owner": "bo"},
            "acting": [{"for": "bo", "by": "chi", "until": "2026-11-24"}],
        },
        "billing": {"stream": "pay", "owner": "ivo", "roles": SHARED},
    },
}
COMPANY = model(**PARTS)


@pytest.mark.parametrize(
    ("role", "product", "person", "path", "last"),
    [
        ("product-owner", "booking", "chi", "products.booking.acting[0]", "chi acts for bo until 2026-11-24"),
        (
            "product-manager",
            "booking",
            "chi",
            "products.booking.acting[0]",
            "chi acts for bo until 2026-11-24",
        ),
        (
            "product-analyst",
            "booking",
            "chi",
            "products.booking.roles.product-analyst",
            "chi is product analyst of booking",
        ),
        (
            "value-stream-owner",
            "booking",
            "ana",
            "value_streams.ship.owner",
            "ana is value stream owner of ship",
        ),
        (
            "portfolio-owner",
            "booking",
            "hana",
            "products.booking.roles.portfolio-owner",
            "hana is portfolio owner of booking",
        ),
        (
            "product-manager",
            "billing",
            "hana",
            "products.billing.roles.portfolio-owner",
            "hana is portfolio owner of billing",
        ),
        ("operator", None, "omar", "operator", "omar is operator"),
        (
            "product-analyst",
            None,
            "chi",
            "products.booking.roles.product-analyst",
            "chi is product analyst of every product",
        ),
        (
            "product-owner",
            None,
            "hana",
            "products.booking.roles.portfolio-owner",
            "hana is portfolio owner of every product",
        ),
    ],
)
def test_a_role_means_one_person(role: str, product: str | None, person: str, path: str, last: str) -> None:
    held = holder(COMPANY, role, product, TODAY)
    assert (held.role, held.person, held.path, held.steps[-1]) == (role, person, path, last)


def test_the_steps_tell_each_vacancy_and_each_leaver_on_the_way_up() -> None:
    assert holder(COMPANY, "product-manager", "billing", TODAY).steps == (
        "ivo is product manager of billing",
        "ivo has left: goes to the value stream owner",
        "nobody is value stream owner of pay: goes to the portfolio owner",
        "hana is portfolio owner of billing",
    )


def test_a_deputy_acts_until_the_day_that_is_written_and_not_after() -> None:
    assert holder(COMPANY, "product-owner", "booking", TODAY + timedelta(days=1)).person == "bo"


def test_a_deputy_of_a_product_does_not_hold_the_rights_of_the_stream() -> None:
    parts = {**PARTS, "value_streams": {"ship": {"owner": "bo"}, "pay": {}}}
    assert holder(model(**parts), "value-stream-owner", "booking", TODAY).person == "bo"


def test_where_nobody_is_left_nobody_holds_it() -> None:
    held = holder(model(products={"shop": {}}), "product-owner", "shop", TODAY)
    assert (held.person, held.path) == (None, None)
    assert held.steps[-1] == "nobody is operator"


@given(
    role=st.text("abc-", min_size=1),
    product=st.sampled_from(["booking", "billing", "other", None]),
    day=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)
def test_who_holds_a_role_has_not_left_and_every_way_up_ends(
    role: str, product: str | None, day: date
) -> None:
    held = holder(COMPANY, role, product, day)
    assert held.person != "ivo" or day < date.fromisoformat(GONE)
    assert held.person is not None
    levels = 0
    level: str | None = role
    while level is not None:
        level, levels = above(level), levels + 1
    assert levels <= 4
