"""Jira's webhooks as hints: which issue to read again, and which messages mean no work."""

import hashlib
import json
import re
from collections.abc import Mapping

from connectors.errors import UnexpectedAnswerError
from connectors.hint import Hint, Ignored
from connectors.jira.checked import Checked

ACCEPTED = {
    "jira:issue_created",
    "jira:issue_updated",
    "jira:issue_deleted",
    "comment_created",  # a comment may be the reason of a block
    "comment_updated",
    "comment_deleted",
    "issuelink_created",
    "issuelink_deleted",
}

# Everything else the documentation lists, by the beginning of its name.
IGNORED = {
    "attachment_": "attachments are not read",
    "board_": "boards are not read",
    "sprint_": "sprints come with their issues",
    "jira:version_": "versions come with their issues",
    "project_": "projects are listed once a day",
    "user_": "people come with their issues",
    "worklog_": "work logs are not read",
    "jira:worklog_": "work logs are not read",
    "issue_property_": "issue properties are not read",
    "option_": "settings of the site are not read",
    "issuetype_": "settings of the site are not read",
    "filter_": "filters are not read",
    "jira_expression_": "expressions are not used",
}

IDENTIFIER = "x-atlassian-webhook-identifier"  # the same when Jira repeats a message
FLOW = "x-atlassian-webhook-flow"  # Secondary: a consequence of an event that is told by itself
_ISSUE_IN_ADDRESS = re.compile(r"/issue/(\d+)")


def parse(headers: Mapping[str, str], body: bytes) -> Hint | Ignored:
    """What an admin webhook of Jira Cloud (or Server) says; its signature was checked on the raw bytes.

    Raises:
        UnexpectedAnswerError: the body is not a JSON object. Anything less than that is a hint or ignored.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise UnexpectedAnswerError("Jira's webhook sent something that is not JSON.") from None
    if not isinstance(data, dict):
        raise UnexpectedAnswerError("Jira's webhook sent something that is not an object.")
    told = {name.lower(): value for name, value in headers.items()}
    event = data.get("webhookEvent")
    if not isinstance(event, str) or not event:
        return Ignored("", "the message names no event")
    if event not in ACCEPTED:
        reasons = (why for beginning, why in IGNORED.items() if event.startswith(beginning))
        return Ignored(event, next(reasons, "unknown event"))
    if told.get(FLOW) == "Secondary":
        return Ignored(event, "follows from another event")
    return _hint(event, data, told.get(IDENTIFIER) or hashlib.sha256(body).hexdigest())


def _hint(event: str, data: Mapping[str, object], delivery: str) -> Hint | Ignored:
    message = Checked(data, "the webhook")
    try:
        keys = _keys(message)
        at = message["timestamp"].maybe_time()
    except UnexpectedAnswerError as error:
        return Ignored(event, error.what)
    if not keys:
        return Ignored(event, "the message names no issue")
    if event == "jira:issue_deleted":
        return Hint(delivery, event, (), keys, at)
    return Hint(delivery, event, keys, (), at)


def _keys(message: Checked) -> tuple[str, ...]:
    """The issues a message is about: by key, else by the ids in a link or in a comment's address."""
    issue, link = message["issue"], message["issueLink"]
    if issue.there:
        return (issue["key"].maybe_text() or issue["id"].identifier(),)
    if link.there:
        ends = (link["sourceIssueId"], link["destinationIssueId"])
        return tuple(end.identifier() for end in ends if end.there)
    address = message["comment"]["self"].maybe_text() or ""
    match = _ISSUE_IN_ADDRESS.search(address)
    return (match[1],) if match else ()
