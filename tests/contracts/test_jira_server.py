"""Issues that Jira Server really sent are read, every one of them."""

import json
from typing import Any

import pytest

from connectors.jira.checked import Checked
from connectors.jira.fields import FieldIds
from connectors.jira.parse import issue, people, work_item
from tests.contracts.vendor import vendor

ISSUES = [
    json.loads(line)
    for file in vendor("jira-server-issues.jsonl")
    for line in file.read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("data", ISSUES, ids=[one["key"] for one in ISSUES])
def test_an_issue_of_jira_server_is_read_with_its_history(data: dict[str, Any]) -> None:
    histories = [Checked(one, "a history") for one in data["changelog"]["histories"]]
    item = work_item(issue(data), histories, source="jira", site="jira.larkfield.example", ids=FieldIds())
    assert item.key == data["key"]
    assert item.changes is not None
    assert len(item.changes) == sum(len(one["items"]) for one in data["changelog"]["histories"])
    assert len(item.links) == len(data["fields"]["issuelinks"])
    assert item.reporter == data["fields"]["reporter"]["key"]
    assert {item.assignee, item.reporter} - {None} <= {
        one.key for one in people(issue(data), histories, source="jira")
    }
