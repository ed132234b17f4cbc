"""Larkfield's exports: what its people could save today without a token, for trying things on files.

One Jira CSV as its issue search writes it, and for each repository what `gh issue list --json` and
`gh pr list --json` print.
"""

import csv
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import Any

from connectors.larkfield.generate import larkfield
from connectors.larkfield.world import BEGIN, END, Issue, IssueState, Member, Pull, RepoIssue, World

RECENT = timedelta(days=30)
"""What is closed and older than this is left out: a few hundred lines, as a first export has."""
LABELS, BLOCKERS = "Labels", "Inward issue link (Blocks)"  # columns that Jira repeats, once a value
ONCE = (
    "Summary", "Issue key", "Issue id", "Issue Type", "Status", "Status Category", "Project key",
    "Project name", "Priority", "Resolution", "Assignee", "Assignee Id", "Reporter", "Reporter Id",
    "Created", "Updated", "Resolved", "Due date", "Parent key", "Custom field (Flagged)", "Components",
)  # fmt: skip


def write_exports(folder: Path, world: World | None = None) -> list[Path]:
    """Write Larkfield's exports as of the end of its year into the folder; gives the files, in order.

    The same world gives the same bytes.
    """
    told = larkfield() if world is None else world
    texts = {"jira.csv": _jira(told)}
    for repository in told.repositories:
        name = repository.name.rpartition("/")[2]
        issues = [_repo_issue(i, told) for i in told.repo_issues if i.repository == repository.name]
        pulls = [_pull(p, told) for p in told.pulls if p.repository == repository.name and _recent(p, told)]
        texts |= {f"{name}-issues.json": _json(issues)} if issues else {}
        texts |= {f"{name}-pulls.json": _json(pulls)} if pulls else {}
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        (folder / file).write_bytes(text.encode())
    return [folder / file for file in texts]


def _jira(world: World) -> str:
    shown = [(issue, state) for issue in world.issues if (state := _shown(issue, world)) is not None]
    labels = max(len(state.labels) for _, state in shown)
    blockers = max(len(_blockers(state)) for _, state in shown)
    text = StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow([*ONCE, *[LABELS] * labels, *[BLOCKERS] * blockers])
    for issue, state in shown:
        said = _cells(issue, state, world)
        rows.writerow(
            chain(
                (said[column] for column in ONCE),
                _filled(state.labels, labels),
                _filled(_blockers(state), blockers),
            )
        )
    return text.getvalue()


def _shown(issue: Issue, world: World) -> IssueState | None:
    state = issue.as_of(world.ends)
    if state is None or (state.closed_at is not None and state.closed_at < world.ends - RECENT):
        return None
    return state


def _cells(issue: Issue, state: IssueState, world: World) -> dict[str, str]:
    by_account = {member.jira: member for member in world.people.values()}
    names = {project.key: project.name for project in world.projects}
    reporter = world.people[issue.reporter]
    return {
        "Summary": issue.title,
        "Issue key": issue.key,
        "Issue id": str(issue.id),
        "Issue Type": issue.kind,
        "Status": state.status,
        "Status Category": _category(state.status),
        "Project key": issue.project,
        "Project name": names[issue.project],
        "Priority": issue.priority,
        "Resolution": state.resolution or "",
        "Assignee": by_account[state.assignee].name if state.assignee else "",
        "Assignee Id": state.assignee or "",
        "Reporter": reporter.name,
        "Reporter Id": reporter.jira,
        "Created": _as_jira(issue.created_at),
        "Updated": _as_jira(state.changed_at),
        "Resolved": _as_jira(state.closed_at) if state.closed_at else "",
        "Due date": f"{datetime.fromisoformat(issue.due_on):%d/%b/%y}" if issue.due_on else "",
        "Parent key": state.parent or "",
        "Custom field (Flagged)": "Impediment" if state.flagged else "",
        "Components": ", ".join(issue.components[:1]),
    }


def _category(status: str) -> str:
    word = status.casefold()
    return "To Do" if word in BEGIN else "Done" if word in END else "In Progress"


def _blockers(state: IssueState) -> list[str]:
    return [link.rpartition(" ")[2] for link in state.links if link.startswith("is blocked by ")]


def _filled(values: Iterable[str], width: int) -> list[str]:
    listed = list(values)
    return listed + [""] * (width - len(listed))


def _as_jira(at: datetime) -> str:
    """As Jira writes it where nobody changed its format: 24/Nov/26 9:41 AM."""
    return f"{at:%d/%b/%y} {at.hour % 12 or 12}:{at:%M} {'AM' if at.hour < 12 else 'PM'}"


def _repo_issue(issue: RepoIssue, world: World) -> dict[str, Any]:
    return {
        "assignees": [_actor(world.people[issue.assignee])] if issue.assignee else [],
        "author": _actor(world.people[issue.author]),
        "closedAt": _as_github(issue.closed_at),
        "createdAt": _as_github(issue.created_at),
        "id": issue.node,
        "labels": [_label(name) for name in issue.labels],
        "number": issue.number,
        "state": "CLOSED" if issue.closed_at else "OPEN",
        "stateReason": (issue.state_reason or "").upper(),
        "title": issue.title,
        "updatedAt": _as_github(issue.closed_at or issue.created_at),
        "url": f"https://github.com/{issue.repository}/issues/{issue.number}",
    }


def _recent(pull: Pull, world: World) -> bool:
    ended = pull.merged_at or pull.closed_at
    return ended is None or ended >= world.ends - RECENT


def _pull(pull: Pull, world: World) -> dict[str, Any]:
    people = world.people
    approved = any(review.state == "APPROVED" for review in pull.reviews)
    return {
        "additions": pull.additions,
        "author": _actor(people[pull.author]),
        "baseRefName": pull.base,
        "closedAt": _as_github(pull.merged_at or pull.closed_at),
        "closingIssuesReferences": [_closing(pull.repository, number) for number in pull.closes],
        "createdAt": _as_github(pull.created_at),
        "deletions": pull.deletions,
        "files": [{"path": path, "additions": 0, "deletions": 0} for path in pull.paths],
        "headRefName": pull.branch,
        "id": pull.node,
        "isDraft": pull.ready_at is None,
        "labels": [_label(name) for name in pull.labels],
        "mergedAt": _as_github(pull.merged_at),
        "mergedBy": _actor(people[pull.merged_by]) if pull.merged_by else None,
        "number": pull.number,
        "reviewDecision": "APPROVED" if approved else "REVIEW_REQUIRED",
        "reviewRequests": [{"__typename": "User", "login": people[p].github} for p in pull.requested],
        "reviews": [
            {
                "author": {"login": people[review.by].github},
                "state": review.state,
                "submittedAt": _as_github(review.at),
            }
            for review in pull.reviews
        ],
        "state": "MERGED" if pull.merged_at else "CLOSED" if pull.closed_at else "OPEN",
        "title": pull.title,
        "updatedAt": _as_github(pull.changed_at(world.ends)),
        "url": f"https://github.com/{pull.repository}/pull/{pull.number}",
    }


def _closing(repository: str, number: int) -> dict[str, Any]:
    owner, _, name = repository.partition("/")
    return {
        "number": number,
        "repository": {"name": name, "owner": {"login": owner}},
        "url": f"https://github.com/{repository}/issues/{number}",
    }


def _actor(member: Member) -> dict[str, Any]:
    """A bot's login comes with `app/` before it, and no name."""
    if member.is_bot:
        return {"is_bot": True, "login": f"app/{member.handle}"}
    return {"is_bot": False, "login": member.github, "name": member.name}


def _label(name: str) -> dict[str, str]:
    return {"name": name, "description": "", "color": "ededed"}


def _as_github(at: datetime | None) -> str | None:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else None


def _json(entries: list[dict[str, Any]]) -> str:
    return json.dumps(entries, indent=1, ensure_ascii=False) + "\n"
