"""Facts of work items: what each is taken from."""

from datetime import date
from typing import Any

import pytest
from rule_records import WORKFLOW, at, change, issue, item, model, moved, pull

from config.calendar import working_times
from config.model import OperatingModel
from rules.around import Around
from rules.facts.context import Context
from rules.facts.work_items import TABLE, derive
from rules.records import Link, Person, WorkItem

NOW = at("2026-11-24T12:00")


def company(**parts: Any) -> OperatingModel:
    return model(
        **{
            "company": {"calendar": "hq"},
            "calendars": {
                "hq": {"timezone": "Europe/Berlin"},
                "pune": {"timezone": "Asia/Kolkata"},
                "us": {"timezone": "America/New_York"},
            },
            "people": {
                "ana": {
                    "email": "ana@larkfield.example",
                    "away": [{"since": "2026-11-23", "until": "2026-12-04"}],
                },
                "bo": {"jira": "b1"},
                "ivo": {"jira": "i1", "left": "2026-10-30"},
            },
            "teams": {
                "booking": {"members": ["bo"]},
                "tracking": {"members": ["ana"]},
                "guild": {"members": ["ana"]},
            },
            "value_streams": {"ship": {"calendar": "us"}},
            "products": {
                "booking": {
                    "stream": "ship",
                    "tier": 1,
                    "teams": ["booking"],
                    "work": [{"jira": {"project": "BOOK"}}],
                },
                "tracking": {
                    "calendar": "pune",
                    "teams": ["tracking", "booking"],
                    "work": [{"jira": {"project": "TRK"}}],
                },
            },
            "ignore": [{"jira": {"project": "SANDBOX"}}],
            **parts,
        }
    )


def facts(
    one: WorkItem, *others: WorkItem, persons: tuple[Person, ...] = (), **around: Any
) -> dict[str, Any]:
    of = company()
    context = Context.of(of, persons, working_times(of), NOW)
    return derive(one, Around(items={o.key: o for o in others}, **around), context)


def test_a_row_has_every_stored_fact_and_no_other() -> None:
    assert set(facts(item())) == {fact.name for fact in TABLE.stored}


def test_a_row_is_known_by_source_and_immutable_id() -> None:
    assert facts(item(id="10042"))["subject"] == "jira:10042"


def test_stream_and_tier_come_from_the_product() -> None:
    found = facts(item("BOOK-1"))
    assert (found["product"], found["stream"], found["tier"]) == ("booking", "ship", 1)
    assert found["mapped_by"] == "products.booking.work[0]"
    assert found["candidate_products"] == 1


def test_what_belongs_to_no_product_has_neither_stream_nor_tier() -> None:
    found = facts(item("HR-1"))
    assert (found["product"], found["stream"], found["tier"], found["candidate_products"]) == (
        None,
        None,
        None,
        0,
    )


@pytest.mark.parametrize(("key", "calendar"), [("TRK-1", "pune"), ("BOOK-1", "us"), ("HR-1", "hq")])
def test_the_calendar_is_the_products_else_the_streams_else_the_companys(key: str, calendar: str) -> None:
    assert facts(item(key))["calendar"] == calendar


def test_days_are_local() -> None:
    late = moved(("2026-11-03T23:30", "Open", "In Progress"))
    utc_day = at("2026-11-03").toordinal()
    started = [facts(item(k, status="In Progress", changes=late))["started_day"] for k in ("BOOK-1", "HR-1")]
    assert started == [utc_day, utc_day + 1]


def test_cycle_time_counts_both_ends() -> None:
    same_day = moved(("2026-11-03T10:00", "Open", "In Progress"), ("2026-11-03T15:00", "In Progress", "Done"))
    assert facts(item("HR-1", status="Done", changes=same_day))["cycle_days"] == 1
    later = moved(("2026-11-03T10:00", "Open", "In Progress"), ("2026-11-05T09:00", "In Progress", "Done"))
    assert facts(item("HR-1", status="Done", changes=later))["cycle_days"] == 3


def test_finished_without_a_start_has_no_cycle_time() -> None:
    assert facts(item(status="Done", changes=moved(("2026-11-03", "Open", "Done"))))["cycle_days"] is None


@pytest.mark.parametrize(
    ("parts", "level"),
    [
        ({"level": -1}, "subtask"),
        ({"level": 0}, "story"),
        ({"level": 1}, "epic"),
        ({"level": 2}, "initiative"),
        ({"level": 4}, "initiative"),
        ({"level": 1, "kind": "Theme"}, "initiative"),
        ({"level": None}, None),
    ],
)
def test_the_level_follows_the_hierarchy_unless_the_workflow_names_it(
    parts: dict[str, Any], level: str | None
) -> None:
    assert facts(item(**parts))["level"] == level


def test_a_label_says_the_flow_item_more_exactly_than_the_type() -> None:
    assert facts(item(kind="bug"))["flow_item"] == "defect"
    assert facts(item(kind="Bug", labels=("Tech-Debt",)))["flow_item"] == "debt"


def test_the_flow_item_of_a_parent_is_inherited() -> None:
    epic = item("BOOK-2", kind="Epic")
    assert facts(item("BOOK-1", kind="Task", parent="BOOK-2"), epic)["flow_item"] == "feature"
    assert facts(item("BOOK-1", kind="Bug", parent="BOOK-2"), epic)["flow_item"] == "defect"
    assert facts(item("BOOK-1", kind="Task"))["flow_item"] is None


def test_sub_tasks_and_ignored_items_are_not_governed() -> None:
    assert facts(item("BOOK-1"))["governed"]
    assert not facts(item("BOOK-1", level=-1))["governed"]
    assert not facts(item("SANDBOX-1"))["governed"]


def test_what_a_machine_made_is_governed_once_a_person_takes_it() -> None:
    bot = Person("jira", "bot", "bot", "Alerts", is_bot=True)
    assert not facts(item(reporter="bot"), persons=(bot,))["governed"]
    assert not facts(item(reporter="bot", assignee="bot"), persons=(bot,))["governed"]
    assert facts(item(reporter="bot", assignee="b1"), persons=(bot,))["governed"]


def test_the_assignee_is_shown_by_handle() -> None:
    found = facts(item(assignee="b1"))
    assert (found["assignee"], found["assignee_active"], found["assignee_away_days"]) == ("bo", True, 0)


def test_nobody_is_neither_inactive_nor_away() -> None:
    found = facts(item())
    assert (found["assignee"], found["assignee_active"], found["assignee_away_days"]) == (None, True, 0)


def test_an_assignee_who_left_is_not_active() -> None:
    assert facts(item(assignee="i1"))["assignee_active"] is False


def test_an_absence_is_counted_in_business_days() -> None:
    ana = Person("jira", "a1", "a1", "Ana", email="ana@larkfield.example")
    assert facts(item("HR-1", assignee="a1"), persons=(ana,))["assignee_away_days"] == 10


@pytest.mark.parametrize(
    ("key", "parts", "team", "declared"),
    [
        ("HR-1", {"team": "Tracking"}, "tracking", True),
        ("BOOK-1", {"team": "tracking"}, "tracking", True),
        ("BOOK-1", {"team": "Somewhere else"}, None, True),
        ("BOOK-1", {}, "booking", False),
        ("TRK-1", {}, None, False),
        ("TRK-1", {"assignee": "b1"}, "booking", False),
        ("TRK-1", {"assignee": "a1"}, None, False),
    ],
)
def test_the_team_is_the_items_else_the_products_only_one_else_the_assignees(
    key: str, parts: dict[str, Any], team: str | None, declared: bool
) -> None:
    ana = Person("jira", "a1", "a1", "Ana", email="ana@larkfield.example")
    found = facts(item(key, **parts), persons=(ana,))
    assert (found["team"], found["team_declared"]) == (team, declared)


def test_a_due_date_ends_with_its_local_day() -> None:
    due = at("2026-11-30").date()
    assert facts(item("HR-1", due_on=due))["due_at"] == at("2026-11-30T23:00")
    assert facts(item("TRK-1", due_on=due))["due_at"] == at("2026-11-30T18:30")


def test_a_due_date_at_the_end_of_all_days_means_never() -> None:
    assert facts(item("HR-1", due_on=date.max))["due_at"] is None
    assert facts(item("HR-1", due_on=date.min))["due_at"] is None


def test_the_product_of_the_first_open_blocker_answers() -> None:
    links = (Link("is blocked by", "HR-9"), Link("is blocked by", "TRK-2"))
    blocked = item("BOOK-1", status="In Progress", links=links)
    done, open_ = item("HR-9", status="Done", closed_at=at("2026-11-20")), item("TRK-2")
    found = facts(blocked, done, open_)
    assert (found["blocking_product"], found["open_blockers"], found["blocked"]) == ("tracking", 1, True)


def test_a_flagged_item_answers_for_itself() -> None:
    flagged = item("BOOK-1", status="In Progress", flagged=True)
    assert facts(flagged)["blocking_product"] == "booking"


def test_an_unknown_blocker_belongs_to_nobody_known() -> None:
    blocked = item("BOOK-1", status="In Progress", links=(Link("is blocked by", "X-1"),))
    found = facts(blocked)
    assert (found["blocked"], found["blocking_product"]) == (None, None)


def test_an_issue_is_active_by_its_pull_request() -> None:
    one = issue()
    found = facts(one, pulls={one.key: (pull(created_at=at("2026-11-10")),)})
    assert (found["state"], found["started_at"]) == ("active", at("2026-11-10"))


def test_what_cannot_be_told_is_restricted() -> None:
    assert facts(item(audience="jira:jira:HR"))["audience"] == ("jira:jira:HR",)
    assert facts(item(audience=""))["audience"] is None


def test_blocked_since_and_flag_come_from_history() -> None:
    flagged = item(
        status="In Progress", flagged=True, changes=(change("2026-11-20", "flagged", None, "yes"),)
    )
    found = facts(flagged)
    assert (found["flagged"], found["blocked_since"]) == (True, at("2026-11-20"))


def test_each_product_has_its_workflow() -> None:
    own = company(
        workflows={"standard": WORKFLOW, "kanban": {"active": ["Open"]}},
        products={"booking": {"workflow": "kanban", "work": [{"jira": {"project": "BOOK"}}]}},
    )
    context = Context.of(own, (), working_times(own), NOW)
    states = [derive(item(key), Around(), context)["state"] for key in ("BOOK-1", "HR-1")]
    assert states == ["active", "backlog"]
