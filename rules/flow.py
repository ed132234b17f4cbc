"""Flow: from the history of an item to its state, when it was started, and when it was finished."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.records import Change, PullRequest, WorkItem
from rules.workflow import FINISHED, STARTED, Meanings, State

MISCLICK = timedelta(minutes=30)
"""Who leaves done for no longer than this did not reopen it."""
INSTANT = timedelta(seconds=1)
"""Progress that ends in done within this was the tool's, not anyone's work."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Where an item stands and how it came there; None is not known, not started or not finished."""

    state: State | None
    declared: bool  # the workflow names the status
    state_since: datetime | None = None
    started_at: datetime | None = None
    start_estimated: bool | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Stay:
    """A time in one state, until the next stay begins."""

    since: datetime
    state: State | None


def flow(item: WorkItem, meanings: Meanings, pulls: Sequence[PullRequest] = ()) -> Flow:
    """The flow of an item; `pulls` close it: the one dated sign of a start that a repository's issue has."""
    if "/" in item.container:
        return _flow_of_issue(item, meanings, pulls)
    state, declared = state_now(item, meanings)
    if item.changes is None:
        return Flow(state, declared, finished_at=item.closed_at if state == "done" else None)
    stays = _stays(item, item.changes, meanings)
    started = _first_start(stays)
    return Flow(
        state=state,
        declared=declared,
        state_since=stays[-1].since,
        started_at=started,
        start_estimated=None if started is None else started == item.created_at,
        finished_at=_finish(stays),
    )


def state_now(
    item: WorkItem, meanings: Meanings, pulls: Sequence[PullRequest] = ()
) -> tuple[State | None, bool]:
    """The present state, and whether the workflow names it; needs no history."""
    if "/" in item.container:
        return _state_of_issue(item, meanings, pulls), True
    state = meanings.state(item.status, item.resolution)
    if state is not None:
        return state, True
    return meanings.state_of_category(item.status_category, item.resolution), False


def _stays(item: WorkItem, changes: Sequence[Change], meanings: Meanings) -> list[_Stay]:
    """The states of an item since its creation. What changed at one instant changed at once."""
    moves = [c for c in changes if c.field in {"status", "resolution"}]
    status: str | None = item.status
    resolution = item.resolution
    for move in reversed(moves):
        if move.field == "status":
            status = move.before
        else:
            resolution = move.before
    last_name = next((m.after for m in reversed(moves) if m.field == "status"), None)
    stays = [_Stay(item.created_at, _state_then(item, status, resolution, last_name, meanings))]
    for n, move in enumerate(moves):
        if move.field == "status":
            status = move.after
        else:
            resolution = move.after
        if n + 1 < len(moves) and moves[n + 1].at == move.at:
            continue
        state = _state_then(item, status, resolution, last_name, meanings)
        if move.at <= stays[-1].since:
            stays[-1] = _Stay(stays[-1].since, state)
        elif state != stays[-1].state:
            stays.append(_Stay(move.at, state))
    return stays


def _state_then(
    item: WorkItem, status: str | None, resolution: str | None, last_name: str | None, meanings: Meanings
) -> State | None:
    """The state of a status of the past; of one that is gone from the workflow nothing is guessed."""
    if status is None:
        return None
    state = meanings.state(status, resolution)
    # The last name in the history may be an old one of the present status: statuses are renamed.
    if state is None and status in {item.status, last_name}:
        state = meanings.state(item.status, resolution)
        state = state or meanings.state_of_category(item.status_category, resolution)
    return state


def _first_start(stays: Sequence[_Stay]) -> datetime | None:
    """First entry into active or waiting; never reset by moving back."""
    for n, stay in enumerate(stays):
        if stay.state in STARTED:
            after = stays[n + 1] if n + 1 < len(stays) else None
            if after is None or after.state not in FINISHED or after.since - stay.since >= INSTANT:
                return stay.since
    return None


def _finish(stays: Sequence[_Stay]) -> datetime | None:
    """Latest entry into done that still holds; a short slip out of it does not end it."""
    finished: datetime | None = None
    left: datetime | None = None
    for stay in stays:
        if stay.state == "done":
            if left is None or stay.since - left > MISCLICK:
                finished = stay.since
            left = None
        elif finished is not None and left is None:
            left = stay.since
    return finished if stays[-1].state == "done" else None


def _flow_of_issue(item: WorkItem, meanings: Meanings, pulls: Sequence[PullRequest]) -> Flow:
    """Of a repository's issue, which knows only open and closed: work on it begins with a pull request."""
    state = _state_of_issue(item, meanings, pulls)
    begun = [p.created_at for p in pulls if item.closed_at is None or p.created_at <= item.closed_at]
    started = min(begun, default=None)
    opened = min((p.created_at for p in pulls if p.state == "open"), default=None)
    return Flow(
        state=state,
        declared=True,
        state_since=opened if state in STARTED else item.closed_at,
        started_at=started,
        start_estimated=None if started is None else False,
        finished_at=item.closed_at if state == "done" else None,
    )


def _state_of_issue(item: WorkItem, meanings: Meanings, pulls: Sequence[PullRequest]) -> State:
    if item.status_category == "done":
        return meanings.state_of_closed(item.resolution)
    said = meanings.state_of_words((item.fields.get("status", ""), *item.labels))
    if said is not None:
        return said
    return "active" if any(p.state == "open" for p in pulls) else "backlog"
