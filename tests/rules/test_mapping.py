"""Mapping: precedence, inheritance, ambiguity, pull requests, and what nearly matched."""

from typing import Any

import pytest
from rule_records import issue, item, model, pull

from rules.mapping import Mapper, Placement
from rules.selecting import rank

COMPANY = model(
    teams={"money": {"members": []}, "data-platform": {"github": "larkfield/data"}},
    value_streams={"ship": {}, "pay": {}},
    products={
        "booking": {
            "stream": "ship",
            "work": [
                {"jira": {"project": "BOOK"}},
                {"github": "larkfield/booking-*"},
                {"github": "larkfield/mono", "path": "apps/booking/**"},
                {"label": "product:booking"},
            ],
        },
        "carrier": {
            "stream": "ship",
            "work": [{"jira": {"project": "BOOK", "component": "Carrier"}}, {"label": "carrier"}],
        },
        "billing": {"stream": "pay", "work": [{"jira": {"project": "PAY"}}, {"team": "money"}]},
        "insights": {
            "stream": "pay",
            "work": [
                {"jira": {"project": "PAY", "label": "insights"}},
                {"github": "larkfield/mono", "path": "apps/insights/"},
                {"jira": {"project": "DATA", "type": "Report", "has": "fixVersion"}},
            ],
        },
        "ledger": {"stream": "pay", "work": [{"jira": {"project": "PAY", "label": "ledger"}}]},
        "pipelines": {"work": [{"team": "data-platform"}]},
    },
    ignore=[
        {"jira": {"project": "SANDBOX"}},
        {"github": "larkfield/demo-*"},
        {"github": "larkfield/mono", "path": "**/package-lock.json"},
    ],
)
MAPPER = Mapper(COMPANY)


def place(key: str, *ancestors: Any, **parts: Any) -> Placement:
    return MAPPER.place(item(key, **parts), ancestors)


def test_a_project_maps_its_items() -> None:
    assert place("BOOK-1") == Placement("booking", "ship", 1, "products.booking.work[0]", 1)


def test_a_component_beats_the_project() -> None:
    assert place("BOOK-1", components=("Carrier",)).mapped_by == "products.carrier.work[0]"


def test_a_component_beats_a_label() -> None:
    found = place("BOOK-1", components=("Carrier",), labels=("carrier",))
    assert (found.product, found.rank) == ("carrier", 3)


def test_a_label_beats_the_project() -> None:
    found = place("PAY-1", labels=("insights",))
    assert (found.product, found.rank) == ("insights", 2)


def test_the_label_of_a_product_beats_everything() -> None:
    found = place("BOOK-1", components=("Carrier",), labels=("carrier", "product:billing"))
    assert (found.product, found.mapped_by, found.rank) == ("billing", "products.billing", 5)


def test_a_selector_for_the_label_of_a_product_is_named_as_written() -> None:
    assert place("PAY-1", labels=("product:booking",)).mapped_by == "products.booking.work[3]"


def test_a_field_that_names_the_product_beats_everything() -> None:
    found = place("BOOK-1", fields={"product": "ledger"})
    assert (found.product, found.mapped_by, found.rank) == ("ledger", "field product", 5)


def test_a_field_that_names_no_product_says_nothing() -> None:
    assert place("BOOK-1", fields={"product": "legder"}).product == "booking"


def test_labels_are_compared_exactly() -> None:
    assert place("PAY-1", labels=("Insights",)).product == "billing"


def test_all_keys_of_a_selector_must_hold() -> None:
    assert place("DATA-1", kind="Report", fields={"fixVersion": "1.2"}).product == "insights"
    assert place("DATA-1", kind="Report").product is None
    assert place("DATA-1", kind="Story", fields={"fixVersion": "1.2"}).product is None


def test_a_team_is_the_last_resort() -> None:
    assert place("HR-1", team="Money").product == "billing"
    assert place("BOOK-1", team="money").product == "booking"


def test_a_team_is_known_by_its_words_and_by_its_slug() -> None:
    assert place("HR-1", team="Data Platform").product == "pipelines"
    assert place("HR-1", team="larkfield/data").product == "pipelines"


def test_a_repository_pattern_ignores_case_and_stays_in_its_organisation() -> None:
    assert MAPPER.place(issue(repository="Larkfield/booking-web")).product == "booking"
    assert MAPPER.place(issue(repository="other/booking-web")).product is None


def test_a_project_selector_is_no_repositorys() -> None:
    assert MAPPER.place(issue(repository="larkfield/PAY")).product is None


def test_two_products_of_equal_rank_leave_it_ambiguous() -> None:
    found = place("PAY-1", labels=("insights", "ledger"))
    assert (found.product, found.candidates, found.rank) == (None, 2, 2)


def test_two_lines_of_one_product_agree() -> None:
    found = place("BOOK-1", components=("Carrier",), labels=("carrier",))
    assert found.candidates == 1


def test_a_child_takes_the_product_of_its_nearest_mapped_ancestor() -> None:
    epic = item("HR-2", labels=("carrier",))
    theme = item("BOOK-3")
    assert place("HR-1", epic, theme).product == "carrier"
    assert place("HR-1", item("HR-2"), theme).mapped_by == "products.booking.work[0]"


def test_a_childs_own_match_beats_its_parent() -> None:
    assert place("BOOK-1", item("BOOK-2", components=("Carrier",))).product == "booking"


def test_nothing_matches() -> None:
    assert place("HR-1") == Placement()


@pytest.mark.parametrize(
    ("parts", "miss"),
    [
        ({"components": ("Carier",)}, "component 'Carier' is close to 'Carrier' of products.carrier.work[0]"),
        ({"labels": ("Carrier",)}, "label 'Carrier' is close to 'carrier' of products.carrier.work[1]"),
        (
            {"labels": ("product:boking",)},
            "label 'product:boking' is close to 'product:booking' of products.booking.work[3]",
        ),
        ({"labels": ("urgent",)}, None),
    ],
)
def test_an_unmapped_item_tells_what_nearly_matched(parts: Any, miss: str | None) -> None:
    company = model(
        products={
            "booking": {
                "work": [
                    {"jira": {"project": "BOOK", "component": "Portal"}},
                    *[{"team": "x"}] * 2,
                    {"label": "product:booking"},
                ]
            },
            "carrier": {
                "work": [{"jira": {"project": "BOOK", "component": "Carrier"}}, {"label": "carrier"}]
            },
        },
    )
    assert Mapper(company).place(item("BOOK-1", **parts)).nearest_miss == miss


def test_what_another_project_looks_for_is_no_near_miss() -> None:
    assert place("HR-1", components=("Carier",)).nearest_miss is None


def test_a_pull_request_belongs_where_most_of_its_files_do() -> None:
    paths = ("apps/booking/a.py", "apps/booking/web/b.py", "apps/insights/c.py")
    found = MAPPER.place_pull(pull(repository="larkfield/mono", paths=paths), [])
    assert (found.product, found.mapped_by, found.rank) == ("booking", "products.booking.work[2]", 4)


def test_half_of_the_files_are_no_majority() -> None:
    paths = ("apps/booking/a.py", "apps/insights/c.py")
    assert MAPPER.place_pull(pull(repository="larkfield/mono", paths=paths), []).product is None


def test_a_pull_request_without_a_majority_belongs_to_its_repositorys_product() -> None:
    paths = ("apps/insights/c.py",)
    assert MAPPER.place_pull(pull(repository="larkfield/booking-web", paths=paths), []).product == "booking"


def test_a_pull_request_of_no_repository_follows_its_items() -> None:
    items = [place("BOOK-1"), place("BOOK-2"), place("HR-1")]
    found = MAPPER.place_pull(pull(repository="larkfield/mono", paths=None), items)
    assert (found.product, found.mapped_by) == ("booking", "products.booking.work[0]")


def test_items_of_two_products_leave_a_pull_request_ambiguous() -> None:
    found = MAPPER.place_pull(pull(repository="larkfield/mono"), [place("BOOK-1"), place("PAY-1")])
    assert (found.product, found.candidates) == (None, 2)


def test_the_label_of_a_product_decides_a_pull_request() -> None:
    labelled = pull(repository="larkfield/mono", labels=("product:ledger",), paths=("apps/booking/a.py",))
    assert MAPPER.place_pull(labelled, []).product == "ledger"


def test_what_the_model_ignores_is_ignored_whatever_it_is() -> None:
    assert MAPPER.ignored(item("SANDBOX-1"))
    assert MAPPER.ignored(issue(repository="larkfield/demo-shop"))
    assert MAPPER.ignored(pull(repository="larkfield/demo-shop"))
    assert not MAPPER.ignored(item("BOOK-1"))


def test_a_pull_request_of_ignored_files_alone_is_ignored() -> None:
    lock, code = "apps/web/package-lock.json", "apps/web/index.ts"
    assert MAPPER.ignored(pull(repository="larkfield/mono", paths=(lock, "package-lock.json")))
    assert not MAPPER.ignored(pull(repository="larkfield/mono", paths=(lock, code)))
    assert not MAPPER.ignored(pull(repository="larkfield/mono", paths=None))
    assert not MAPPER.ignored(pull(repository="larkfield/mono", paths=()))
    assert not MAPPER.ignored(pull(repository="larkfield/tracking", paths=(lock,)))


def test_every_rank_of_the_precedence() -> None:
    ranks = {
        selector.model_dump_json(exclude_none=True): rank(selector)
        for product in COMPANY.products.values()
        for selector in product.work
    }
    assert ranks['{"label":"product:booking"}'] == 5
    assert ranks['{"github":"larkfield/mono","path":"apps/booking/**"}'] == 4
    assert ranks['{"jira":{"project":"BOOK","component":"Carrier"}}'] == 3
    assert ranks['{"label":"carrier"}'] == ranks['{"jira":{"project":"PAY","label":"ledger"}}'] == 2
    assert ranks['{"github":"larkfield/booking-*"}'] == ranks['{"jira":{"project":"BOOK"}}'] == 1
    assert ranks['{"team":"money"}'] == 0
