"""An explanation without the products and records that its reader may not see."""

from dataclasses import replace

import slack_views as views

from rules.views import Explanation, Placed, RawChange, Tried
from rules.withheld import related, withheld


def explained() -> Explanation:
    tried = (
        Tried("shop.yaml:2", "shop: Jira project SHOP", True, "holds", "shop"),
        Tried("bid.yaml:2", "bid: component Bid", False, "it has no components", "bid"),
    )
    by = "inherited from HUSH-5, above it: products.shop.work[0]"
    return views.explanation(
        key="SHOP-1",
        placed=Placed(by, None, tried, "bid has the component Bit", 0, ("HUSH-5",)),
        changes=(RawChange(views.NOW, None, "link", None, "is blocked by HUSH-7"),),
        record={"parent": "HUSH-5", "links": [{"kind": "blocks", "key": "HUSH-6"}], "title": "HUSH-51"},
    )


def test_related_are_parent_links_and_what_the_history_and_the_placing_name() -> None:
    assert related(explained()) == {"HUSH-5", "HUSH-6", "HUSH-7"}
    assert related(replace(explained(), key="HUSH-5")) == {"HUSH-6", "HUSH-7"}


def test_keys_are_withheld_wherever_they_stand_as_whole_words() -> None:
    about = withheld(explained(), [], ["HUSH-5", "HUSH-6", "HUSH-7"])
    assert about.changes[0].after == "is blocked by another record"
    assert about.placed.by.startswith("inherited from another record, above it")
    assert about.record == {
        "parent": "another record",
        "links": [{"kind": "blocks", "key": "another record"}],
        "title": "HUSH-51",
    }


def test_selectors_and_near_misses_of_other_products_are_withheld() -> None:
    about = withheld(explained(), ["bid"], [])
    assert [tried.product for tried in about.placed.tried] == ["shop"]
    assert about.placed.nearest_miss is None


def test_a_reader_who_may_see_all_of_it_sees_all_of_it() -> None:
    assert withheld(explained(), [], []) == explained()
