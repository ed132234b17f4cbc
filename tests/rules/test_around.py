"""Neighbours: how items point at each other and how far families are followed."""

from rule_records import item, pull

from rules.around import Around, edges
from rules.records import Link


def test_an_item_points_at_its_parent_and_its_links() -> None:
    links = (Link("is blocked by", "SHOP-3"), Link("relates to", "SHOP-4"))
    assert edges(item(parent="SHOP-2", links=links)) == (
        ("parent", "SHOP-2"),
        ("is blocked by", "SHOP-3"),
        ("relates to", "SHOP-4"),
    )


def test_a_pull_request_points_at_what_it_closes_and_mentions() -> None:
    change = pull(
        title="BOOK-412: save lanes (UTF-8)", branch="feature/book-12_lanes", closes=("larkfield/x#7",)
    )
    assert edges(change) == (
        ("closes", "larkfield/x#7"),
        ("mentions", "BOOK-412"),
        ("mentions", "UTF-8"),
        ("mentions", "BOOK-12"),
    )


def test_prose_in_a_title_mentions_nothing() -> None:
    assert edges(pull(title="Show the top-10 of x86-64 builds, v1-2")) == ()


def test_each_mention_counts_once() -> None:
    assert edges(pull(title="BOOK-1 BOOK-1", branch="BOOK-1")) == (("mentions", "BOOK-1"),)


def test_only_known_items_belong_to_a_pull_request() -> None:
    known = item("BOOK-412")
    change = pull(title="BOOK-412 speaks UTF-8", closes=("BOOK-412",))
    assert Around(items={"BOOK-412": known}).items_of(change) == (known,)


def test_ancestors_are_followed_as_far_as_they_are_known() -> None:
    story, epic = item("SHOP-1", parent="SHOP-2"), item("SHOP-2", parent="SHOP-3")
    theme = item("SHOP-3", parent="SHOP-4")
    assert Around(items={"SHOP-2": epic, "SHOP-3": theme}).ancestors(story) == (epic, theme)
    assert Around().ancestors(story) == ()


def test_a_loop_of_parents_ends() -> None:
    one, two = item("SHOP-1", parent="SHOP-2"), item("SHOP-2", parent="SHOP-1")
    assert len(Around(items={"SHOP-1": one, "SHOP-2": two}).ancestors(one)) <= 10
