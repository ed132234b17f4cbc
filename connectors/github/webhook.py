"""What a GitHub webhook tells us to read again; nothing else in it is believed."""

import re
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from connectors.errors import UnexpectedAnswerError
from connectors.github.shapes import NAME, Dated, Name, Time
from connectors.hint import Hint, Ignored

PULL = re.compile(rf"/repos/({NAME})/pulls/([0-9]+)$")
ACCEPTED = {  # event → the item it is about
    "issues": "issue",
    "pull_request": "pull_request",
    "pull_request_review": "pull_request",
}
BESIDE = {  # events about something that GitHub may not count as a change of its item → why nothing is read
    "issue_dependencies": "it names no issue that is held back",
    "sub_issues": "it names no issue that got or lost its parent",
    "projects_v2_item": "it is about no issue",
    "check_suite": "no checks of a pull request came to their end",
}
IGNORED = {
    "ping": "GitHub tries out the address",
    "push": "commits count when their pull request changes",
    "create": "branches and tags are not read",
    "delete": "branches and tags are not read",
    "issue_comment": "comments are not read",
    "commit_comment": "comments are not read",
    "pull_request_review_comment": "comments are not read",
    "pull_request_review_thread": "comments are not read",
    "check_run": "the end of its check suite is what counts",
    "status": "the next sync looks at checks that were running",
    "workflow_job": "the end of its check suite is what counts",
    "workflow_run": "the end of its check suite is what counts",
    "deployment": "deployments are read once a day",
    "deployment_status": "deployments are read once a day",
    "release": "releases are read once a day",
    "label": "labels are read with their items",
    "milestone": "milestones are read with their items",
    "projects_v2": "boards are read with the cards on them",
    "repository": "the next sync lists the repositories",
    "public": "the next sync lists the repositories",
    "installation": "the next sync lists the repositories",
    "installation_repositories": "the next sync lists the repositories",
    "member": "members are not read",
    "membership": "teams are read once a day",
    "organization": "members are not read",
    "team": "teams are read once a day",
    "team_add": "teams are read once a day",
    "fork": "nothing of it is read",
    "star": "nothing of it is read",
    "watch": "nothing of it is read",
}


AS_JSON = "Choose the content type application/json in the webhook's settings."


class _Item(Dated, frozen=True):
    number: int
    updated_at: Time | None = None


class _Home(Struct, frozen=True):
    full_name: Name


class _Moved(Struct, frozen=True):
    new_issue: _Item | None = None
    new_repository: _Home | None = None


class _Body(Struct, frozen=True):
    repository: _Home
    action: str = ""
    issue: _Item | None = None
    pull_request: _Item | None = None
    changes: _Moved | None = None


class _Node(Struct, frozen=True):
    node_id: str


class _Content(Dated, frozen=True):
    content_node_id: str
    content_type: str
    updated_at: Time | None = None


class _Checked(Struct, frozen=True):
    url: str


class _Suite(Struct, frozen=True):
    pull_requests: tuple[_Checked, ...] = ()


class _Beside(Struct, frozen=True):
    """The bodies of the events BESIDE; those about boards name no repository."""

    action: str = ""
    repository: _Home | None = None
    blocked_issue: _Node | None = None
    sub_issue: _Node | None = None
    projects_v2_item: _Content | None = None
    check_suite: _Suite | None = None


def parse(headers: Mapping[str, str], body: bytes) -> Hint | Ignored:
    """A hint to re-read an item, or why there is nothing to do. The signature was checked before.

    Deliveries may come late and out of order, and nothing is redelivered by itself: a hint only brings
    forward what the next sync would find. The delivery id stays the same when a delivery is repeated.

    Raises:
        UnexpectedAnswerError: the body is not a JSON object.
    """
    named = {name.lower(): value for name, value in headers.items()}
    event, delivery = named.get("x-github-event", ""), named.get("x-github-delivery", "")
    try:
        data = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnexpectedAnswerError("GitHub's webhook is not JSON.", AS_JSON) from error
    if not isinstance(data, dict):
        raise UnexpectedAnswerError("GitHub's webhook is not a JSON object.", AS_JSON)
    if event not in ACCEPTED and event not in BESIDE:
        return Ignored(event, IGNORED.get(event, "unknown"))
    if not delivery:
        return Ignored(event, "it has no delivery id")
    try:
        if event in BESIDE:
            return _beside(delivery, event, msgspec.convert(data, _Beside))
        told = msgspec.convert(data, _Body)
    except msgspec.ValidationError as error:
        return Ignored(event, f"it is not as documented: {error}")
    item = told.issue if ACCEPTED[event] == "issue" else told.pull_request
    if item is None:
        return Ignored(event, f"it is not as documented: it has no {ACCEPTED[event]}")
    return _hint(delivery, event, told, item)


def _beside(delivery: str, event: str, told: _Beside) -> Hint | Ignored:
    keys: list[str] = []
    at = None
    match event:
        case "issue_dependencies" if told.blocked_issue:
            keys = [told.blocked_issue.node_id]
        case "sub_issues" if told.sub_issue:
            keys = [told.sub_issue.node_id]
        case "projects_v2_item" if told.projects_v2_item and told.projects_v2_item.content_type == "Issue":
            keys, at = [told.projects_v2_item.content_node_id], told.projects_v2_item.updated_at
        case "check_suite" if told.check_suite and told.action == "completed":
            # A suite also names pull requests of forks: the address says whose they are.
            home = told.repository.full_name if told.repository else None
            found = [PULL.search(checked.url) for checked in told.check_suite.pull_requests]
            keys = [f"{pull[1]}#{pull[2]}" for pull in found if pull and pull[1] == home]
    if not keys:
        return Ignored(event, BESIDE[event])
    return Hint(delivery, f"{event}.{told.action}" if told.action else event, keys=tuple(keys), at=at)


def _hint(delivery: str, event: str, told: _Body, item: _Item) -> Hint:
    key = f"{told.repository.full_name}#{item.number}"
    name = f"{event}.{told.action}" if told.action else event
    if event != "issues" or told.action not in {"deleted", "transferred"}:
        return Hint(delivery, name, keys=(key,), at=item.updated_at)
    # What was transferred is gone here as what was deleted is; the census finds it elsewhere and says so.
    match told.changes:
        case _Moved(new_issue=_Item(number=number), new_repository=_Home(full_name=home)):
            keys: tuple[str, ...] = (f"{home}#{number}",)
        case _:
            keys = ()
    return Hint(delivery, name, keys=keys, deleted=(key,), at=item.updated_at)
