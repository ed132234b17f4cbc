"""Blocked: flags, statuses and links, since when without a break, and links that outlived their reason."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from rule_records import WORKFLOW, at, change, item, moved

from config.model import Workflow
from rules.blocked import Blockage, blockage, reason
from rules.flow import state_now
from rules.records import Link, WorkItem
from rules.workflow import Meanings

MEANINGS = Meanings(Workflow.model_validate(WORKFLOW))
BY_TWO = (Link("is blocked by", "SHOP-2"),)
OPEN = item("SHOP-2", status="In Progress", created_at=at("2026-11-04T09:00"))
CLOSED = item("SHOP-2", status="Done", closed_at=at("2026-11-10T09:00"))


def of(
    one: WorkItem,
    *blockers: WorkItem,
    meanings: Meanings = MEANINGS,
    since: str = "2026-11-03",
    gone: Mapping[str, datetime] = MappingProxyType({}),
) -> Blockage:
    known = {blocker.key: blocker for blocker in blockers}
    state = state_now(one, meanings)[0]
    return blockage(one, state, at(since), meanings, known.get, lambda b: state_now(b, meanings)[0], gone)


def active(**parts: Any) -> WorkItem:
    return item(**{"status": "In Progress", **parts})


def test_nothing_holds_it_back() -> None:
    assert of(active()) == Blockage(blocked=False, open_blockers=0)


def test_a_flag_blocks_since_it_was_raised() -> None:
    found = of(active(flagged=True, changes=(change("2026-11-05", "flagged", None, "yes"),)))
    assert (found.blocked, found.since) == (True, at("2026-11-05"))


def test_a_flag_raised_again_blocks_since_the_second_time() -> None:
    changes = (
        change("2026-11-05", "flagged", None, "yes"),
        change("2026-11-06", "flagged", "yes", None),
        change("2026-11-09", "flagged", None, "yes"),
    )
    assert of(active(flagged=True, changes=changes)).since == at("2026-11-09")


def test_a_flag_may_mean_something_else_here() -> None:
    look_here = Meanings(Workflow.model_validate(WORKFLOW | {"blocked_when": {"flagged": False}}))
    found = of(
        active(flagged=True, changes=(change("2026-11-05", "flagged", None, "yes"),)), meanings=look_here
    )
    assert (found.blocked, found.since, found.stale_link) == (False, None, False)


def test_a_blocked_status_blocks_since_it_was_entered() -> None:
    changes = moved(("2026-11-03", "Open", "In Progress"), ("2026-11-06", "In Progress", "On Hold"))
    found = of(item(status="On Hold", changes=changes))
    assert (found.blocked, found.since) == (True, at("2026-11-06"))


def test_a_link_to_open_work_blocks_since_it_was_made() -> None:
    changes = (change("2026-11-06", "link", None, "is blocked by SHOP-2"),)
    found = of(active(links=BY_TWO, changes=changes), OPEN)
    assert (found.blocked, found.since, found.open_blockers) == (True, at("2026-11-06"), 1)
    assert found.first == OPEN


def test_a_link_it_was_created_with_blocks_since_both_exist() -> None:
    assert of(active(links=BY_TWO), OPEN).since == at("2026-11-04T09:00")


def test_one_reason_that_takes_over_from_another_is_one_block() -> None:
    changes = (
        change("2026-11-05", "flagged", None, "yes"),
        change("2026-11-06", "link", None, "is blocked by SHOP-2"),
        change("2026-11-07", "flagged", "yes", None),
    )
    assert of(active(links=BY_TWO, changes=changes), OPEN).since == at("2026-11-05")


def test_a_gap_between_two_reasons_ends_the_first_block() -> None:
    changes = (
        change("2026-11-05", "flagged", None, "yes"),
        change("2026-11-06", "flagged", "yes", None),
        change("2026-11-07", "link", None, "is blocked by SHOP-2"),
    )
    assert of(active(links=BY_TWO, changes=changes), OPEN).since == at("2026-11-07")


def test_a_blocker_that_was_done_meanwhile_held_until_then() -> None:
    changes = (
        change("2026-11-05", "link", None, "is blocked by SHOP-2"),
        change("2026-11-09", "flagged", None, "yes"),
    )
    assert of(active(flagged=True, links=BY_TWO, changes=changes), CLOSED).since == at("2026-11-05")


def test_a_removed_link_held_until_it_was_removed() -> None:
    changes = (
        change("2026-11-05", "link", None, "is blocked by SHOP-2"),
        change("2026-11-07", "link", "is blocked by SHOP-2", None),
        change("2026-11-08", "flagged", None, "yes"),
    )
    assert of(active(flagged=True, changes=changes), OPEN).since == at("2026-11-08")


def test_a_link_to_done_work_blocks_nothing() -> None:
    found = of(active(links=BY_TWO), CLOSED)
    assert (found.blocked, found.since, found.open_blockers, found.stale_link) == (False, None, 0, False)


def test_a_flag_older_than_the_end_of_its_blocker_is_stale() -> None:
    raised = (change("2026-11-05", "flagged", None, "yes"),)
    assert of(active(flagged=True, links=BY_TWO, changes=raised), CLOSED).stale_link


def test_a_flag_raised_afterwards_is_another_matter() -> None:
    raised = (change("2026-11-12", "flagged", None, "yes"),)
    found = of(active(flagged=True, links=BY_TWO, changes=raised), CLOSED)
    assert (found.blocked, found.stale_link) == (True, False)


def test_waiting_as_before_the_blocker_was_done_is_stale() -> None:
    assert of(item(status="Ready for QA", links=BY_TWO), CLOSED, since="2026-11-05").stale_link


def test_moved_to_waiting_afterwards_is_no_stale_link() -> None:
    assert not of(item(status="Ready for QA", links=BY_TWO), CLOSED, since="2026-11-12").stale_link


def test_one_open_blocker_is_enough_for_the_links_to_count() -> None:
    links = (*BY_TWO, Link("is blocked by", "SHOP-3"))
    found = of(active(flagged=True, links=links), CLOSED, item("SHOP-3"))
    assert (found.open_blockers, found.stale_link) == (1, False)


def test_a_blocker_that_is_gone_holds_nobody() -> None:
    found = of(active(links=BY_TWO), OPEN, gone={"SHOP-2": at("2026-11-10T09:00")})
    assert (found.blocked, found.open_blockers) == (False, 0)


def test_a_flag_that_outlives_its_blocker_is_stale_since_the_blocker_was_gone() -> None:
    flagged = active(links=BY_TWO, flagged=True, changes=())
    assert of(flagged, OPEN, gone={"SHOP-2": at("2026-11-10T09:00")}).stale_link


def test_a_blocker_the_bot_cannot_see_leaves_it_open() -> None:
    found = of(active(links=BY_TWO))
    assert (found.blocked, found.since, found.open_blockers) == (None, None, None)


def test_other_links_do_not_block() -> None:
    assert of(active(links=(Link("relates to", "SHOP-2"), Link("blocks", "SHOP-2"))), OPEN).blocked is False


def test_done_work_is_not_blocked() -> None:
    assert of(item(status="Done", flagged=True, links=BY_TWO), OPEN) == Blockage()


def test_without_history_it_is_blocked_since_nobody_knows_when() -> None:
    found = of(active(flagged=True, changes=None))
    assert (found.blocked, found.since) == (True, None)


def test_the_reason_names_flag_blocker_status_or_what_is_already_done() -> None:
    flag = change("2026-11-18T09:00", "flagged", None, "yes")
    flagged = active(flagged=True, changes=(flag,))
    assert reason(flagged, of(flagged), UTC) == "flagged since Wed 18 Nov"
    linked = active(links=BY_TWO, changes=None)
    assert reason(linked, of(linked, OPEN), UTC) == "waiting for SHOP-2"
    both = active(flagged=True, links=BY_TWO, changes=None)
    assert reason(both, of(both, OPEN), UTC) == "flagged and waiting for SHOP-2"
    stale = active(flagged=True, links=BY_TWO, changes=None)
    assert reason(stale, of(stale, CLOSED), UTC) == "still held although SHOP-2 is done"
    assert reason(active(), of(active()), UTC) is None
