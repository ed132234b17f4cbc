"""What a GitHub webhook tells us to read again; nothing else in it is believed."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from connectors.errors import UnexpectedAnswerError
from connectors.github.shapes import Name, Time
from connectors.hint import Hint, Ignored

ACCEPTED = {  # event → the item it is about
    "issues": "issue",
    "pull_request": "pull_request",
    "pull_request_review": "pull_request",
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
    "check_run": "checks are not read",
    "check_suite": "checks are not read",
    "status": "checks are not read",
    "workflow_job": "checks are not read",
    "workflow_run": "checks are not read",
    "deployment": "deployments are not read",
    "deployment_status": "deployments are not read",
    "release": "releases are not read",
    "label": "labels are read with their items",
    "milestone": "milestones are not read",
    "issue_dependencies": "the next sync reads it",
    "sub_issues": "the next sync reads it",
    "repository": "the next sync lists the repositories",
    "public": "the next sync lists the repositories",
    "installation": "the next sync lists the repositories",
    "installation_repositories": "the next sync lists the repositories",
    "member": "members are not read",
    "membership": "members are not read",
    "organization": "members are not read",
    "team": "members are not read",
    "team_add": "members are not read",
    "fork": "nothing of it is read",
    "star": "nothing of it is read",
    "watch": "nothing of it is read",
}


AS_JSON = "Choose the content type application/json in the webhook's settings."


class _Item(Struct, frozen=True):
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
    if event not in ACCEPTED:
        return Ignored(event, IGNORED.get(event, "unknown"))
    if not delivery:
        return Ignored(event, "it has no delivery id")
    try:
        told = msgspec.convert(data, _Body)
    except msgspec.ValidationError as error:
        return Ignored(event, f"it is not as documented: {error}")
    item = told.issue if ACCEPTED[event] == "issue" else told.pull_request
    if item is None:
        return Ignored(event, f"it is not as documented: it has no {ACCEPTED[event]}")
    return _hint(delivery, event, told, item)


def _hint(delivery: str, event: str, told: _Body, item: _Item) -> Hint:
    key = f"{told.repository.full_name}#{item.number}"
    name = f"{event}.{told.action}" if told.action else event
    if event != "issues" or told.action not in {"deleted", "transferred"}:
        return Hint(delivery, name, keys=(key,), at=item.updated_at)
    match told.changes:
        case _Moved(new_issue=_Item(number=number), new_repository=_Home(full_name=home)):
            keys: tuple[str, ...] = (f"{home}#{number}",)
        case _:
            keys = ()
    return Hint(delivery, name, keys=keys, deleted=(key,), at=item.updated_at)
