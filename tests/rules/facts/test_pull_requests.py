"""Facts of pull requests: reviews, approvals, exemptions, and whose calendar counts."""

from typing import Any

import pytest
from rule_records import at, item, model, pull, review

from config.calendar import working_times
from rules.around import Around
from rules.facts.context import Context
from rules.facts.pull_requests import TABLE, derive
from rules.records import PullRequest, WorkItem

COMPANY = model(
    company={"calendar": "hq"},
    calendars={"hq": {}, "pune": {}, "us": {}, "home": {}},
    people={
        "ana": {"github": "ana-r"},
        "dev": {"github": "devp", "calendar": "home"},
        "eva": {"github": "eva-k"},
    },
    teams={
        "tracking": {"members": ["eva"], "calendar": "pune", "github": "larkfield/tracking"},
        "money": {"members": ["ana"]},
    },
    products={
        "tracking": {
            "tier": 1,
            "teams": ["tracking"],
            "calendar": "us",
            "work": [{"github": "larkfield/tracking"}, {"jira": {"project": "TRK"}}],
            "quality": {
                "reviews": 2,
                "bots": ["Renovate-User"],
                "bot_paths": ["**/package-lock.json", "deps/**"],
                "emergency_label": "hotfix",
            },
        },
        "billing": {"teams": ["money"], "calendar": "us", "work": [{"github": "larkfield/billing"}]},
    },
    ignore=[{"github": "larkfield/demo-*"}],
)
CONTEXT = Context.of(COMPANY, (), working_times(COMPANY), at("2026-11-24T12:00"))
MERGED: dict[str, Any] = {"state": "merged", "merged_at": at("2026-11-05T09:00"), "merged_by": "eva-k"}


def facts(one: PullRequest, *items: WorkItem) -> dict[str, Any]:
    return derive(one, Around(items={i.key: i for i in items}), CONTEXT)


def approvals(*reviews: Any, **parts: Any) -> int:
    found: int = facts(pull(**{"reviews": reviews, **MERGED, **parts}))["independent_approvals"]
    return found


def test_a_row_has_every_stored_fact_and_no_other() -> None:
    assert set(facts(pull())) == {fact.name for fact in TABLE.stored}


def test_tier_and_wanted_approvals_come_from_the_product() -> None:
    found = facts(pull())
    assert (found["subject"], found["product"], found["tier"]) == ("github:PR8", "tracking", 1)
    assert found["wanted_approvals"] == 2


def test_a_pull_request_of_no_product_wants_one_approval() -> None:
    assert facts(pull(repository="larkfield/loose"))["wanted_approvals"] == 1


def test_people_are_shown_by_handle() -> None:
    found = facts(pull(requested=("devp", "someone"), **MERGED))
    assert (found["author"], found["merged_by"], found["requested"]) == ("ana", "eva", ("dev", "someone"))


def test_the_first_review_is_by_another_person() -> None:
    reviews = (
        review("ana-r", "commented", "2026-11-03T08:00"),
        review("linter", "commented", "2026-11-03T09:00", is_bot=True),
        review("eva-k", "changes_requested", "2026-11-03T11:00"),
        review("devp", "commented", "2026-11-03T10:00"),
    )
    assert facts(pull(reviews=reviews))["first_review_at"] == at("2026-11-03T10:00")
    assert facts(pull(reviews=reviews[:2]))["first_review_at"] is None


def test_an_approval_counts_once_a_person() -> None:
    assert approvals(review("eva-k"), review("eva-k", when="2026-11-04"), review("devp")) == 2


def test_neither_the_author_nor_a_machine_approves() -> None:
    assert approvals(review("ana-r"), review("linter", is_bot=True)) == 0


def test_the_last_verdict_counts_and_a_comment_is_none() -> None:
    asked = review("eva-k", "changes_requested", "2026-11-04")
    assert approvals(review("eva-k", when="2026-11-03"), asked) == 0
    assert approvals(asked, review("eva-k", when="2026-11-04T12:00")) == 1
    assert approvals(review("eva-k"), review("eva-k", "commented", "2026-11-04")) == 1


def test_a_dismissed_approval_is_none() -> None:
    assert approvals(review("eva-k", "dismissed")) == 0


def test_an_approval_after_the_merge_comes_too_late() -> None:
    assert approvals(review("eva-k", when="2026-11-05T09:01")) == 0
    assert approvals(review("eva-k", when="2026-11-05T09:00")) == 1


def test_an_open_pull_request_counts_all_until_now() -> None:
    assert approvals(review("eva-k"), state="open", merged_at=None) == 1


@pytest.mark.parametrize(
    ("author", "paths", "exempt"),
    [
        ("renovate-user", ("deps/a.txt", "web/package-lock.json"), True),
        ("renovate-user", ("deps/a.txt", "src/a.py"), False),
        ("renovate-user", None, False),
        ("renovate-user", (), False),
        ("ana-r", ("deps/a.txt",), False),
    ],
)
def test_an_allow_listed_author_is_exempt_on_allow_listed_paths(
    author: str, paths: tuple[str, ...] | None, exempt: bool
) -> None:
    assert facts(pull(author=author, paths=paths))["exempt_by_path"] is exempt


def test_the_emergency_label_is_the_products_own() -> None:
    assert facts(pull(labels=("hotfix",)))["emergency"]
    assert not facts(pull(labels=("emergency",)))["emergency"]
    assert facts(pull(repository="larkfield/billing", labels=("emergency",)))["emergency"]


def test_a_machines_pull_request_is_governed_and_told_as_such() -> None:
    found = facts(pull(author="renovate[bot]", author_is_bot=True))
    assert (found["governed"], found["author_is_bot"]) == (True, True)
    assert facts(pull())["author_is_bot"] is False


def test_ignored_ones_are_not_governed() -> None:
    assert facts(pull())["governed"]
    assert not facts(pull(repository="larkfield/demo-shop"))["governed"]


def test_it_belongs_to_the_known_items_it_names() -> None:
    found = facts(pull(repository="larkfield/loose", title="TRK-1: UTF-8"), item("TRK-1"))
    assert (found["items"], found["product"]) == (("TRK-1",), "tracking")


@pytest.mark.parametrize(
    ("parts", "calendar"),
    [
        ({"requested": ("devp",)}, "home"),
        ({"requested": ("eva-k", "devp")}, "pune"),
        ({"requested": ("larkfield/tracking",), "repository": "larkfield/billing"}, "pune"),
        ({"requested": ("stranger",)}, "pune"),
        ({}, "pune"),
        ({"repository": "larkfield/billing"}, "us"),
        ({"repository": "larkfield/loose"}, "hq"),
    ],
)
def test_it_goes_by_the_calendar_of_who_is_asked_first_then_the_teams_then_the_products(
    parts: dict[str, Any], calendar: str
) -> None:
    assert facts(pull(**parts))["calendar"] == calendar
