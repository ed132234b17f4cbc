"""A status means what the tool's category says; a name may refine it, and alone it is only a proposal."""

import pytest
from rule_records import issue, item

from rules.proposal.meaning import Meanings, meanings
from rules.proposal.tally import Tally
from rules.records import WorkItem


def meant(*items: WorkItem) -> Meanings:
    tally = Tally()
    tally.add(items)
    return meanings(tally)


@pytest.mark.parametrize(
    ("status", "category", "means", "said"),
    [
        ("Whatever", "indeterminate", "active", True),
        ("In Progress", "indeterminate", "active", True),
        ("On Hold", "indeterminate", "waiting", False),
        ("Cancelled", "done", "dropped", False),
        ("Done", "new", "backlog", True),  # a name does not contradict the tool
        ("In Arbeit", None, "active", False),
        ("Erledigt", None, "done", False),
        ("作業中", None, "active", False),
        ("完了", None, "done", False),
        ("Geparkt", None, None, False),
    ],
)
def test_a_category_is_a_fact_and_a_name_a_proposal(
    status: str, category: str | None, means: str | None, said: bool
) -> None:
    (found,) = meant(item(status=status, status_category=category)).statuses
    assert (found.means, found.said_by_tool) == (means, said)


def test_a_status_in_two_categories_is_a_question_with_both_counts() -> None:
    found = meant(
        item("A-1", status="Ready"), item("A-2", status="ready", status_category="indeterminate")
    ).statuses
    assert [(s.means, s.items) for s in found] == [(None, 2)]
    assert "In Progress 1, To Do 1" in found[0].why


def test_a_repositorys_issues_need_no_mapping_but_their_labels_do() -> None:
    found = meant(issue(1, labels=("bug", "help wanted")))
    assert not found.statuses
    assert not found.types
    assert [(label.word, label.means) for label in found.labels] == [("bug", "defect")]


def test_types_are_proposed_by_name_and_subtasks_follow_their_parents() -> None:
    found = meant(item("A-1", kind="Bug"), item("A-2", kind="Chore"), item("A-3", kind="Sub-task", level=-1))
    assert {t.word: t.means for t in found.types} == {"Bug": "defect", "Chore": None}


def test_only_resolutions_of_what_was_not_done_are_proposed() -> None:
    found = meant(item("A-1", resolution="Done"), item("A-2", resolution="Duplicate"))
    assert [r.word for r in found.resolutions] == ["Duplicate"]
