"""Flow: the edge cases of states, starts and finishes, each by its name."""

from rule_records import WORKFLOW, at, change, issue, item, moved, pull

from config.model import Workflow
from rules.flow import Flow, flow
from rules.workflow import Meanings

MEANINGS = Meanings(Workflow.model_validate(WORKFLOW))
PROGRESS = ("2026-11-03T09:00", "Open", "In Progress")
DONE = ("2026-11-05T09:00", "In Progress", "Done")


def test_an_item_that_nobody_touched_is_in_the_backlog_since_its_creation() -> None:
    found = flow(item(), MEANINGS)
    assert found == Flow("backlog", declared=True, state_since=at("2026-11-02T09:00"))


def test_the_case_of_a_status_does_not_matter() -> None:
    assert flow(item(status="IN PROGRESS"), MEANINGS).state == "active"


def test_the_first_entry_into_progress_starts_it() -> None:
    found = flow(item(status="In Progress", changes=moved(PROGRESS)), MEANINGS)
    assert found.started_at == found.state_since == at("2026-11-03T09:00")
    assert found.start_estimated is False


def test_a_wait_is_a_start_too() -> None:
    found = flow(
        item(status="Ready for QA", changes=moved(("2026-11-03T09:00", "Open", "Ready for QA"))), MEANINGS
    )
    assert (found.state, found.started_at) == ("waiting", at("2026-11-03T09:00"))


def test_moving_back_does_not_reset_the_start() -> None:
    back = ("2026-11-04T09:00", "In Progress", "Open")
    again = ("2026-11-09T09:00", "Open", "In Progress")
    found = flow(item(status="In Progress", changes=moved(PROGRESS, back, again)), MEANINGS)
    assert found.started_at == at("2026-11-03T09:00")
    assert found.state_since == at("2026-11-09T09:00")


def test_two_statuses_of_one_state_are_one_stay() -> None:
    on = ("2026-11-04T09:00", "In Progress", "In Review")
    found = flow(item(status="In Review", changes=moved(PROGRESS, on)), MEANINGS)
    assert found.state_since == at("2026-11-03T09:00")


def test_born_in_progress_is_an_estimated_start() -> None:
    found = flow(item(status="In Progress"), MEANINGS)
    assert (found.started_at, found.start_estimated) == (at("2026-11-02T09:00"), True)


def test_created_and_done_in_an_instant_was_never_started() -> None:
    same = moved(
        ("2026-11-02T09:00", "Open", "In Progress"),
        ("2026-11-02T09:00", "In Progress", "Done"),
    )
    found = flow(item(status="Done", changes=same), MEANINGS)
    assert (found.started_at, found.finished_at) == (None, at("2026-11-02T09:00"))


def test_progress_of_less_than_a_second_before_done_was_nobodys() -> None:
    quick = (
        change("2026-11-02T09:00:00.200", "status", "Open", "In Progress"),
        change("2026-11-02T09:00:00.700", "status", "In Progress", "Done"),
    )
    assert flow(item(status="Done", changes=quick), MEANINGS).started_at is None


def test_done_without_progress_was_never_started() -> None:
    found = flow(item(status="Done", changes=moved(("2026-11-03T09:00", "Open", "Done"))), MEANINGS)
    assert (found.started_at, found.finished_at) == (None, at("2026-11-03T09:00"))


def test_a_finish_is_the_latest_entry_into_done() -> None:
    reopened = ("2026-11-06T09:00", "Done", "In Progress")
    again = ("2026-11-10T09:00", "In Progress", "Done")
    found = flow(item(status="Done", changes=moved(PROGRESS, DONE, reopened, again)), MEANINGS)
    assert found.finished_at == at("2026-11-10T09:00")


def test_a_reopened_item_is_not_finished() -> None:
    reopened = ("2026-11-06T09:00", "Done", "In Progress")
    found = flow(item(status="In Progress", changes=moved(PROGRESS, DONE, reopened)), MEANINGS)
    assert found.finished_at is None


def test_a_misclick_out_of_done_does_not_move_the_finish() -> None:
    slipped = ("2026-11-06T09:00", "Done", "In Progress")
    back = ("2026-11-06T09:30", "In Progress", "Done")
    found = flow(item(status="Done", changes=moved(PROGRESS, DONE, slipped, back)), MEANINGS)
    assert found.finished_at == at("2026-11-05T09:00")


def test_a_minute_more_is_a_reopening() -> None:
    reopened = ("2026-11-06T09:00", "Done", "In Progress")
    back = ("2026-11-06T09:31", "In Progress", "Done")
    found = flow(item(status="Done", changes=moved(PROGRESS, DONE, reopened, back)), MEANINGS)
    assert found.finished_at == at("2026-11-06T09:31")


def test_a_resolution_that_drops_makes_done_dropped() -> None:
    changes = (*moved(PROGRESS, DONE), change("2026-11-05T09:00", "resolution", None, "Won't Do"))
    found = flow(item(status="Done", resolution="Won't Do", changes=changes), MEANINGS)
    assert (found.state, found.finished_at) == ("dropped", None)
    assert found.state_since == at("2026-11-05T09:00")


def test_a_resolution_left_behind_drops_no_open_item() -> None:
    assert flow(item(status="In Progress", resolution="Duplicate"), MEANINGS).state == "active"


def test_an_undeclared_status_falls_back_to_the_tools_category() -> None:
    found = flow(item(status="Brewing", status_category="indeterminate"), MEANINGS)
    assert (found.state, found.declared) == ("active", False)


def test_an_undeclared_status_without_category_has_no_state() -> None:
    found = flow(item(status="Brewing", status_category=None), MEANINGS)
    assert (found.state, found.declared) == (None, False)


def test_a_status_that_is_gone_is_not_guessed() -> None:
    changes = moved(("2026-11-03T09:00", "Cooking", "In Progress"))
    found = flow(item(status="In Progress", changes=changes), MEANINGS)
    assert (found.started_at, found.start_estimated) == (at("2026-11-03T09:00"), False)


def test_the_old_name_of_the_present_status_means_the_same() -> None:
    changes = moved(("2026-11-03T09:00", "Open", "Doing"))
    found = flow(item(status="In Progress", changes=changes), MEANINGS)
    assert (found.started_at, found.state_since) == (at("2026-11-03T09:00"), at("2026-11-03T09:00"))


def test_without_history_nothing_is_said_of_the_past() -> None:
    found = flow(item(status="In Progress", changes=None), MEANINGS)
    assert found == Flow("active", declared=True)


def test_without_history_the_tools_own_closing_date_is_the_finish() -> None:
    closed = item(status="Done", changes=None, closed_at=at("2026-11-05T09:00"))
    found = flow(closed, MEANINGS)
    assert (found.started_at, found.finished_at) == (None, at("2026-11-05T09:00"))


def test_an_issue_closed_as_completed_is_done() -> None:
    closed = issue(
        status="closed", status_category="done", resolution="completed", closed_at=at("2026-11-05")
    )
    found = flow(closed, MEANINGS)
    assert (found.state, found.finished_at, found.state_since) == ("done", at("2026-11-05"), at("2026-11-05"))


def test_an_issue_closed_as_not_planned_or_duplicate_is_dropped() -> None:
    for reason in ("not_planned", "duplicate"):
        found = flow(issue(status_category="done", resolution=reason, closed_at=at("2026-11-05")), MEANINGS)
        assert (found.state, found.finished_at) == ("dropped", None)


def test_an_open_issue_is_in_the_backlog_though_the_workflow_names_open() -> None:
    assert flow(issue(), MEANINGS) == Flow("backlog", declared=True)


def test_an_open_pull_request_makes_its_issue_active_and_dates_the_start() -> None:
    found = flow(issue(), MEANINGS, [pull(created_at=at("2026-11-04"))])
    assert (found.state, found.started_at, found.state_since) == (
        "active",
        at("2026-11-04"),
        at("2026-11-04"),
    )


def test_a_merged_pull_request_leaves_the_open_issue_in_the_backlog_yet_started() -> None:
    found = flow(issue(), MEANINGS, [pull(state="merged", created_at=at("2026-11-04"))])
    assert (found.state, found.started_at) == ("backlog", at("2026-11-04"))


def test_a_label_or_board_status_that_the_workflow_names_makes_an_issue_active() -> None:
    labelled = flow(issue(labels=("bug", "in progress")), MEANINGS)
    boarded = flow(issue(fields={"status": "On Hold"}), MEANINGS)
    assert (labelled.state, labelled.started_at) == ("active", None)
    assert boarded.state == "waiting"


def test_a_pull_request_after_the_close_started_nothing() -> None:
    closed = issue(status_category="done", resolution="completed", closed_at=at("2026-11-05"))
    assert flow(closed, MEANINGS, [pull(created_at=at("2026-11-06"))]).started_at is None
