"""The invented company's repositories, issues and pull requests in GitHub's REST words, as of a moment."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.github.sandbox_addresses import API, SITE, of_account, of_repository
from connectors.larkfield.world import Pull, RepoIssue, Repository, World

Entry = Pull | RepoIssue


def stamp(at: datetime | None) -> str | None:
    """A time as GitHub writes it: UTC, whole seconds."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def past(moment: datetime | None, at: datetime) -> datetime | None:
    """The moment, if it has come."""
    return moment if moment is not None and moment <= at else None


@dataclass(frozen=True, slots=True)
class Mishap:
    """An issue or pull request, by node id, is deleted; or it becomes another one elsewhere: transferred."""

    node: str
    at: datetime
    becomes: str | None = None  # the node id of the other, which the world has from then on


class Scene:
    """The world, found by name, number and node id; every answer is as of the moment given."""

    def __init__(self, world: World, mishaps: Sequence[Mishap] = ()) -> None:
        self.world = world
        self._mishaps = {mishap.node: mishap for mishap in mishaps}
        self.repositories = {repository.name.casefold(): repository for repository in world.repositories}
        self.homes = {repository.node: repository for repository in world.repositories}
        self._accounts = {handle: n for n, handle in enumerate(sorted(world.people), start=1001)}
        self._entries: dict[str, list[Entry]] = defaultdict(list)
        self._numbered: dict[tuple[str, int], Entry] = {}
        self._nodes: dict[str, Entry] = {}
        self._held_back: dict[tuple[str, int], list[RepoIssue]] = defaultdict(list)
        self._children: dict[tuple[str, int], list[RepoIssue]] = defaultdict(list)
        for issue in world.repo_issues:
            if issue.parent is not None:
                self._children[issue.repository, issue.parent].append(issue)
            for number in issue.blocked_by:
                self._held_back[issue.repository, number].append(issue)
        entries: Sequence[Entry] = (*world.repo_issues, *world.pulls)
        for entry in entries:
            self._entries[entry.repository].append(entry)
            self._numbered[entry.repository, entry.number] = entry
            self._nodes[entry.node] = entry

    def entries(self, repository: Repository, at: datetime) -> list[Entry]:
        """The issues and pull requests of a repository that exist by then."""
        return [e for e in self._entries[repository.name] if e.created_at <= at and not self._mishap(e, at)]

    def entry(self, repository: str, number: int, at: datetime) -> Entry | None:
        """An issue or pull request by number, if it exists by then."""
        return self._existing(self._numbered.get((repository, number)), at)

    def node(self, node_id: str, at: datetime) -> Entry | None:
        """An issue or pull request by node id, if it exists by then: of a transferred one what it became."""
        entry = self._nodes.get(node_id)
        mishap = self._mishap(entry, at) if entry else None
        return self.node(mishap.becomes, at) if mishap and mishap.becomes else self._existing(entry, at)

    def transferred(self, repository: str, number: int, at: datetime) -> Entry | None:
        """What the issue of that number became in another repository."""
        entry = self._numbered.get((repository, number))
        mishap = self._mishap(entry, at) if entry else None
        return self.node(mishap.becomes, at) if mishap and mishap.becomes else None

    def _mishap(self, entry: Entry, at: datetime) -> Mishap | None:
        mishap = self._mishaps.get(entry.node)
        return mishap if mishap is not None and mishap.at <= at else None

    def _existing(self, entry: Entry | None, at: datetime) -> Entry | None:
        return entry if entry and entry.created_at <= at and not self._mishap(entry, at) else None

    def login(self, handle: str | None) -> str | None:
        """The account of a person as REST writes it ("dependabot[bot]"); None for one without an account."""
        member = self.world.people.get(handle or "")
        if member is None or not member.github:
            return None
        return f"{member.github.removesuffix('[bot]')}[bot]" if member.is_bot else member.github

    def account_id(self, handle: str) -> int:
        """The number of a person's account."""
        return self._accounts[handle]

    def user(self, handle: str | None) -> dict[str, Any] | None:
        """A person's account; None, as GitHub has it for deleted accounts, for who has none."""
        login = self.login(handle)
        if handle is None or login is None:
            return None
        return {
            "login": login,
            "id": self.account_id(handle),
            "node_id": f"U_{self.account_id(handle)}",
            "type": "Bot" if login.endswith("[bot]") else "User",
            **of_account(login, self.account_id(handle)),
        }

    def repository(self, repository: Repository) -> dict[str, Any]:
        """A repository."""
        owner, _, name = repository.name.partition("/")
        return {
            "id": repository.id,
            "node_id": repository.node,
            "name": name,
            "full_name": repository.name,
            "owner": {
                "login": owner,
                "id": 1,
                "node_id": "O_1",
                "type": "Organization",
                **of_account(owner, 1),
            },
            "private": repository.private,
            "visibility": "private" if repository.private else "public",
            "html_url": f"{SITE}/{repository.name}",
            "url": f"{API}/repos/{repository.name}",
            "description": None,
            "fork": False,
            "archived": repository.archived,
            "disabled": False,
            "has_issues": True,
            "default_branch": "main",
            "created_at": stamp(self.world.begins),
            "updated_at": stamp(self.world.begins),
            "pushed_at": stamp(self.world.begins),
            **of_repository(repository.name),
        }

    def issue(self, entry: Entry, at: datetime) -> dict[str, Any]:
        """An entry of the issue list; a pull request carries the key `pull_request`."""
        url = f"{API}/repos/{entry.repository}/issues/{entry.number}"
        page = f"{SITE}/{entry.repository}/{'pull' if isinstance(entry, Pull) else 'issues'}/{entry.number}"
        closed = closed_at(entry, at)
        assignee = None if isinstance(entry, Pull) else self.user(entry.assignee)
        told: dict[str, Any] = {
            "id": entry.id,
            "node_id": entry.node,
            "number": entry.number,
            "title": entry.title,
            "url": url,
            "repository_url": f"{API}/repos/{entry.repository}",
            "labels_url": f"{url}/labels{{/name}}",
            "comments_url": f"{url}/comments",
            "events_url": f"{url}/events",
            "html_url": page,
            "user": self.user(entry.author),
            "labels": [label(name) for name in entry.labels],
            "state": "closed" if closed else "open",
            "state_reason": None if isinstance(entry, Pull) or not closed else entry.state_reason,
            "locked": False,
            "assignee": assignee,
            "assignees": [assignee] if assignee else [],
            "milestone": None,
            "comments": 0,
            "created_at": stamp(entry.created_at),
            "updated_at": stamp(changed_at(entry, at)),
            "closed_at": stamp(closed),
            "body": None,
        }
        if isinstance(entry, RepoIssue):
            told["issue_dependencies_summary"] = self._dependencies(entry, at)
            told["sub_issues_summary"] = self._parts(entry, at)
            if entry.parent is not None:
                told["parent_issue_url"] = f"{API}/repos/{entry.repository}/issues/{entry.parent}"
        if isinstance(entry, Pull):
            told["draft"] = is_draft(entry, at)
            told["pull_request"] = {
                "url": f"{API}/repos/{entry.repository}/pulls/{entry.number}",
                "html_url": page,
                "diff_url": f"{page}.diff",
                "patch_url": f"{page}.patch",
                "merged_at": stamp(past(entry.merged_at, at)),
            }
        return told

    def _dependencies(self, issue: RepoIssue, at: datetime) -> dict[str, int]:
        """How many issues hold this one back, and the other way round; the first numbers count open ones."""
        before = [self.entry(issue.repository, number, at) for number in issue.blocked_by]
        after = self._held_back[issue.repository, issue.number]
        return {
            "blocked_by": sum(entry is not None and closed_at(entry, at) is None for entry in before),
            "blocking": sum(closed_at(other, at) is None for other in after),
            "total_blocked_by": len(before),
            "total_blocking": len(after),
        }

    def _parts(self, issue: RepoIssue, at: datetime) -> dict[str, int]:
        """How many sub-issues it has, and how many of them are closed."""
        parts = [part for part in self._children[issue.repository, issue.number] if part.created_at <= at]
        closed = sum(closed_at(part, at) is not None for part in parts)
        share = 100 * closed // len(parts) if parts else 0
        return {"total": len(parts), "completed": closed, "percent_completed": share}

    def pull(self, pull: Pull, at: datetime) -> dict[str, Any]:
        """A pull request."""
        merged = past(pull.merged_at, at)
        return {
            **{k: v for k, v in self.issue(pull, at).items() if k not in {"pull_request", "state_reason"}},
            "url": f"{API}/repos/{pull.repository}/pulls/{pull.number}",
            "merged": merged is not None,
            "merged_at": stamp(merged),
            "merged_by": self.user(pull.merged_by) if merged else None,
            "requested_reviewers": [self.user(handle) for handle in still_asked(pull, at)],
            "head": {"ref": pull.branch},
            "base": {"ref": pull.base},
            "additions": pull.additions,
            "deletions": pull.deletions,
            "changed_files": len(pull.paths),
        }


def label(name: str) -> dict[str, Any]:
    """A label."""
    return {"name": name, "color": "ededed", "default": False, "description": None}


def changed_at(entry: Entry, at: datetime) -> datetime:
    """The last moment up to `at` when anything happened, in whole seconds as GitHub keeps it."""
    return entry.changed_at(at).replace(microsecond=0)


def closed_at(entry: Entry, at: datetime) -> datetime | None:
    """When it was closed, merged or not; None while it is open."""
    merged = past(entry.merged_at, at) if isinstance(entry, Pull) else None
    return merged or past(entry.closed_at, at)


def is_draft(pull: Pull, at: datetime) -> bool:
    """Not marked ready yet."""
    return past(pull.ready_at, at) is None


def still_asked(pull: Pull, at: datetime) -> list[str]:
    """Those asked for a review who have given none yet: GitHub takes a reviewer off the list."""
    gave = {review.by for review in pull.reviews if review.at <= at}
    return [handle for handle in pull.requested if handle not in gave]
