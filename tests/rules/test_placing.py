"""How a product was found: what was tried and why it holds or not, equal claims, and what nearly matched."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from rule_records import item, model, pull

from config.words import JiraMatch, Selector
from rules.around import Around
from rules.mapping import Mapper
from rules.placing import placed_item, placed_pull, placed_row, selector_text, unmet
from rules.selecting import Traits, holds
from rules.views import Placed

MAPPER = Mapper(
    model(
        teams={"money": {}},
        products={
            "booking": {
                "work": [
                    {"jira": {"project": "BOOK"}},
                    {"github": "larkfield/mono", "path": "apps/booking/**"},
                    {"github": "larkfield/booking-*"},
                ]
            },
            "carrier": {
                "work": [{"jira": {"project": "BOOK", "component": "Carrier"}}, {"label": "carrier"}]
            },
            "ledger": {"work": [{"label": "carrier"}, {"team": "money"}]},
            "other": {"work": [{"jira": {"project": "OTHER"}}]},
        },
    )
)


def line(path: str | None) -> str | None:
    return None if path is None else f"model.yaml:{path}"


def placed(key: str, *parents: Any, **parts: Any) -> Placed:
    around = Around({p.key: p for p in parents})
    parent = parents[0].key if parents else None
    return placed_item(MAPPER, item(key, parent=parent, **parts), around, line)


def tried(found: Placed) -> dict[str, tuple[bool, str]]:
    return {one.selector: (one.holds, one.why) for one in found.tried}


def test_the_selector_that_decided_is_named_with_its_line() -> None:
    found = placed("BOOK-1")
    assert found.by == "products.booking.work[0]: Jira project BOOK"
    assert found.place == "model.yaml:products.booking.work[0]"
    assert tried(found) == {
        "booking: Jira project BOOK": (True, "holds"),
        "carrier: Jira project BOOK, component Carrier": (False, "it has no components"),
    }
    assert found.others == len(MAPPER.entries) - 2


def test_one_that_holds_may_be_outranked() -> None:
    found = placed("BOOK-1", components=("Carrier",))
    assert list(tried(found).items())[:2] == [
        ("carrier: Jira project BOOK, component Carrier", (True, "holds")),
        ("booking: Jira project BOOK", (True, "holds, but component goes before project or repository")),
    ]


def test_equal_claims_are_named() -> None:
    found = placed("HR-1", labels=("carrier",))
    assert (found.by, found.place) == ("2 products claim it with equal precedence: carrier, ledger", None)
    assert tried(found) == {
        "carrier: label carrier": (True, "holds"),
        "ledger: label carrier": (True, "holds"),
    }


def test_a_product_inherited_from_a_parent_tells_the_parents_selector() -> None:
    found = placed("HR-1", item("BOOK-2"))
    assert found.by == "inherited from BOOK-2, above it: products.booking.work[0]: Jira project BOOK"
    assert tried(found)["booking: Jira project BOOK"] == (True, "holds")


def test_nothing_matches_and_what_came_near_is_told() -> None:
    found = placed("HR-1", labels=("carier",))
    assert found.by == "no selector matches"
    assert found.nearest_miss == "label 'carier' is close to 'carrier' of products.ledger.work[0]"


def test_a_field_that_names_the_product_is_told() -> None:
    assert placed("BOOK-1", fields={"product": "ledger"}).by == "its field product names ledger"


def test_a_pull_request_counts_its_files() -> None:
    paths = ("apps/booking/a.py", "README.md", "LICENSE")
    found = placed_pull(MAPPER, pull(repository="larkfield/mono", paths=paths), Around(), line)
    assert found.by == "no selector matches"
    assert tried(found)["booking: repository larkfield/mono, path apps/booking/**"] == (
        False,
        "1 of 3 files are in it, not more than half",
    )


def test_a_pull_request_may_take_the_product_of_its_items() -> None:
    around = Around({"BOOK-7": item("BOOK-7")})
    found = placed_pull(MAPPER, pull(repository="larkfield/x", title="BOOK-7 a lamp", paths=()), around, line)
    assert found.by == "taken from the work items it names: BOOK-7"


def test_what_is_no_record_says_whose_it_is() -> None:
    assert placed_row("products", {"product": "booking"}, line).by == "it is the product itself"
    assert placed_row("sources", {}, line).by == ""


words = st.sampled_from(["a", "b"])
selectors = st.builds(
    Selector,
    jira=st.none()
    | st.builds(
        JiraMatch,
        project=st.none() | st.sampled_from(["AA", "BB"]),
        component=st.none() | words,
        label=st.none() | words,
        type=st.none() | words,
        has=st.none() | words,
    ),
    github=st.none() | st.sampled_from(["o/a", "o/*"]),
    label=st.none() | words,
    team=st.none() | words,
)
traits = st.builds(
    Traits,
    container=st.sampled_from(["AA", "BB", "o/a", "p/a"]),
    labels=st.lists(words, max_size=2).map(tuple),
    components=st.lists(words, max_size=2).map(tuple),
    kind=words,
    team=st.none() | words,
    fields=st.dictionaries(words, st.sampled_from(["", "x"]), max_size=2),
)


@given(selectors, traits)
def test_a_selector_holds_exactly_where_nothing_is_said_against_it(selector: Selector, of: Traits) -> None:
    assert holds(selector, of) == (not list(unmet(selector, of)))


def test_a_selector_reads_as_words() -> None:
    selector = Selector(jira=JiraMatch(project="PAY", label="insights"))
    assert selector_text(selector) == "Jira project PAY, label insights"
