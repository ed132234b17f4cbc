"""Issues and pull requests as GitHub's command line tool lists them (`gh … --json`); it tells no history."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from connectors.connector import Problem
from connectors.file.encoding import detect
from connectors.file.gh_shapes import Actor, Issue, PullRequest
from connectors.file.json_array import elements
from connectors.file.refusals import CUT, FIELDS, FORMAT, at_line, refusal
from connectors.github_words import PULL_STATES, REVIEW_STATES
from rules import records

_SHARED = ("number", "title", "state", "url", "createdAt", "updatedAt", "id", "author", "labels", "closedAt")
ISSUE_FIELDS = (*_SHARED, "assignees", "stateReason")
PULL_FIELDS = (
    *_SHARED, "additions", "deletions", "baseRefName", "headRefName", "files", "isDraft", "mergedAt",
    "mergedBy", "reviews", "reviewRequests", "closingIssuesReferences",
)  # fmt: skip
OPTIONAL = {"id", "files", "stateReason"}
"""Unknown where they were not asked for; each other field would be a false "nobody", "none" or "never"."""
LIMIT = 1000
ISSUES_COMMAND = f"gh issue list --state all --limit {LIMIT} --json {','.join(ISSUE_FIELDS)} > issues.json"
PULLS_COMMAND = f"gh pr list --state all --limit {LIMIT} --json {','.join(PULL_FIELDS)} > pulls.json"
COMMANDS = f"Run in the repository: {ISSUES_COMMAND} and: {PULLS_COMMAND}"
CUTS = {30, LIMIT}  # how many gh lists without --limit, and with the one of the commands above
FILES = 100  # gh lists no more files of a pull request

ADDRESS = re.compile(r"https://[^/]+/([^/]+/[^/]+)/(issues|pull)/([0-9]+)")
REASONS = {"COMPLETED": "completed", "NOT_PLANNED": "not_planned", "DUPLICATE": "duplicate"}


@dataclass(slots=True)
class GhJson:
    """A list of `gh issue list --json` or `gh pr list --json`, or both in one."""

    source: str
    path: Path
    _seen: tuple[int, int, frozenset[str]] | None = field(default=None, init=False, repr=False)

    def recognised(self) -> str:
        """What it is, in words; of a file that was read already it also says how much."""
        issues, pulls, _ = self._seen or (0, 0, frozenset())
        count = f", {issues} issues and {pulls} pull requests" if self._seen else ""
        return f"{self.path.name}: list of gh{count}, {detect(self.path).words}, no history"

    def notes(self) -> tuple[str, ...]:
        """That it may be cut off, and which fields were not asked for; of a file that was read already."""
        if self._seen is None:
            return ()
        issues, pulls, missing = self._seen
        said = []
        if issues + pulls in CUTS:
            what = f"{self.path.name} holds exactly {issues + pulls} entries, where gh ends a list."
            said.append(f"{what} Ask for more with --limit. {CUT}")
        if missing:
            command = PULLS_COMMAND if pulls else ISSUES_COMMAND
            names = ", ".join(sorted(missing))
            said.append(f"{self.path.name} was written without {names}. To have them: {command} {FIELDS}")
        return tuple(said)

    def records(self, tell: Callable[[Problem], None]) -> Iterator[records.Record]:
        """Every repository at first sight, issues and pull requests in the file's order, then the people.

        Raises:
            UnexpectedAnswerError: broken JSON, no list of gh, or fields missing that nothing can do without.
        """
        repositories: set[str] = set()
        people: dict[str, records.Person] = {}
        counts, missing = {"issues": 0, "pull": 0}, set[str]()
        for line, value in elements(self.path, detect(self.path)):
            place = self._place(line, value)
            counts[place[2]] += 1
            missing |= set(PULL_FIELDS if place[2] == "pull" else ISSUE_FIELDS) - value.keys()
            try:
                shape: type[Issue | PullRequest] = PullRequest if place[2] == "pull" else Issue
                seen = msgspec.convert(value, shape)
                record = _record(seen, place[1], self.source)
            except msgspec.ValidationError as error:
                tell(at_line(self.path, line, f"{place[1]}#{place[3]}: {error}"))
                continue
            if place[1] not in repositories:
                repositories.add(place[1])
                yield _repository(place, self.source)
            for person in _people(seen, self.source):
                if person.key not in people or people[person.key].name == person.key:
                    people[person.key] = person
            yield record
        yield from people.values()
        self._seen = (counts["issues"], counts["pull"], frozenset(missing))

    def _place(self, line: int, value: Any) -> re.Match[str]:
        if not isinstance(value, dict):
            what = f":{line}: an entry of the list is not an issue or a pull request of gh."
            raise refusal(self.path, what, COMMANDS, FORMAT)
        if "html_url" in value and "node_id" in value:
            what = f":{line}: this is an answer of GitHub's REST interface, which is not read from files."
            raise refusal(self.path, what, COMMANDS, FORMAT)
        if not value.keys() & set(_SHARED):
            names = ", ".join(list(value)[:8]) or "no fields"
            raise refusal(
                self.path, f":{line}: this is no list of gh; the entry has {names}.", COMMANDS, FORMAT
            )
        if "url" not in value:
            raise refusal(self.path, f":{line}: the list of gh lacks url.", COMMANDS, FIELDS)
        match = ADDRESS.fullmatch(str(value["url"]))
        if match is None:
            what = f':{line}: "{value["url"]}" is the address of no issue and no pull request of GitHub.'
            raise refusal(self.path, what, COMMANDS, FORMAT)
        pull = match[2] == "pull"
        fields, command = (PULL_FIELDS, PULLS_COMMAND) if pull else (ISSUE_FIELDS, ISSUES_COMMAND)
        missing = [name for name in fields if name not in value and name not in OPTIONAL]
        if missing:
            what = f":{line}: the list of gh lacks {', '.join(missing)}."
            raise refusal(self.path, what, f"Run in the repository: {command}", FIELDS)
        return match


def _repository(place: re.Match[str], source: str) -> records.Container:
    home = place[1]
    url = place[0].removesuffix(f"/{place[2]}/{place[3]}")
    audience = f"github:{source}:{home}"
    return records.Container(
        source, home, home, "repository", home.partition("/")[2], url=url, audience=audience
    )


def _record(
    seen: Issue | PullRequest, repository: str, source: str
) -> records.WorkItem | records.PullRequest:
    return (
        _pull(seen, repository, source) if isinstance(seen, PullRequest) else _issue(seen, repository, source)
    )


def _issue(seen: Issue, repository: str, source: str) -> records.WorkItem:
    closed = seen.state.upper() == "CLOSED"
    parent = ADDRESS.fullmatch(seen.parent.url) if seen.parent else None
    return records.WorkItem(
        source=source,
        id=seen.id or f"{repository}#{seen.number}",
        key=f"{repository}#{seen.number}",
        container=repository,
        kind=seen.issue_type.name if seen.issue_type else "issue",
        title=seen.title,
        url=seen.url,
        status="closed" if closed else "open",
        created_at=_utc(seen.created_at),
        changed_at=_utc(seen.updated_at),
        audience=f"github:{source}:{repository}",
        status_category="done" if closed else "new",
        level=-1 if parent else 0,
        resolution=REASONS.get((seen.state_reason or "").upper()) if closed else None,
        labels=tuple(label.name for label in seen.labels),
        assignee=next((login for actor in seen.assignees if (login := _login(actor))), None),
        reporter=_login(seen.author),
        parent=f"{parent[1]}#{parent[3]}" if parent else None,
        closed_at=_utc(seen.closed_at) if seen.closed_at and closed else None,
    )


def _pull(seen: PullRequest, repository: str, source: str) -> records.PullRequest:
    """`ready_at` stays unknown: gh does not say when a pull request was marked ready."""
    if (state := PULL_STATES.get(seen.state.upper())) is None:
        raise msgspec.ValidationError(f'the state "{seen.state}" is none of {", ".join(PULL_STATES)}')
    closes = (ADDRESS.fullmatch(reference.url) for reference in seen.closing_issues_references)
    return records.PullRequest(
        source=source,
        id=seen.id or f"{repository}#{seen.number}",
        key=f"{repository}#{seen.number}",
        container=repository,
        title=seen.title,
        url=seen.url,
        state=state,
        created_at=_utc(seen.created_at),
        changed_at=_utc(seen.updated_at),
        audience=f"github:{source}:{repository}",
        author=_login(seen.author),
        author_is_bot=_is_bot(seen.author),
        draft=seen.is_draft,
        base=seen.base_ref_name,
        branch=seen.head_ref_name,
        merged_at=_utc(seen.merged_at) if seen.merged_at else None,
        merged_by=_login(seen.merged_by),
        closed_at=_utc(seen.closed_at) if seen.closed_at else None,
        reviews=tuple(
            records.Review(_login(r.author), _is_bot(r.author), REVIEW_STATES[r.state], _utc(r.submitted_at))
            for r in seen.reviews
            if r.state in REVIEW_STATES and r.submitted_at is not None
        ),
        requested=tuple(name for asked in seen.review_requests if (name := asked.slug or asked.login)),
        labels=tuple(label.name for label in seen.labels),
        paths=_paths(seen),
        lines=seen.additions + seen.deletions,
        closes=tuple(f"{match[1]}#{match[3]}" for match in closes if match),
    )


def _paths(seen: PullRequest) -> tuple[str, ...] | None:
    """The paths where the list is whole: it ends after 100 files."""
    if seen.files is None:
        return None
    return tuple(file.path for file in seen.files) if len(seen.files) < FILES else None


def _people(seen: Issue | PullRequest, source: str) -> Iterator[records.Person]:
    """Whoever is named; only some places tell a name beside the login."""
    actors: list[Actor | None] = [seen.author, *seen.assignees]
    if isinstance(seen, PullRequest):
        actors += [seen.merged_by, *(review.author for review in seen.reviews)]
    for actor in actors:
        if actor is not None and (login := _login(actor)) is not None:
            yield records.Person(source, login, login, actor.name or login, is_bot=_is_bot(actor))


def _is_bot(actor: Actor | None) -> bool:
    return actor is not None and (bool(actor.is_bot) or actor.login.startswith("app/"))


def _login(actor: Actor | None) -> str | None:
    """The account's name as the records of GitHub have it: "dependabot[bot]"; None for a deleted account."""
    if actor is None or not actor.login:
        return None
    name = actor.login.removeprefix("app/")
    return f"{name}[bot]" if _is_bot(actor) and not name.endswith("[bot]") else name


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError as error:
        raise msgspec.ValidationError(f"the time {at} is beyond what a calendar holds") from error
