"""What is asked of Jira Cloud, one method a request, with guards around its paging (REST API v3)."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from connectors.errors import FixRequestError, NotThereError, TryLaterError, UnexpectedAnswerError
from connectors.jira.checked import REMEDY, Checked
from connectors.jira.jql import ORDER, ORDER_OF_BIRTH
from connectors.jira.parse import issue
from connectors.jira.signin import Door
from connectors.learned import Learned
from connectors.pagesize import PageSize
from connectors.paging import Walk
from connectors.refusal import is_number
from connectors.transport import TRIES, Answer

API = "rest/api/3"
SEARCH = f"{API}/search/jql"
COUNT = f"{API}/search/approximate-count"
ISSUES = f"{API}/issue/bulkfetch"
CHANGELOGS = f"{API}/changelog/bulkfetch"
PROJECTS = f"{API}/project/search"
FIELDS = f"{API}/field"
MYSELF = f"{API}/myself"
SERVER = f"{API}/serverInfo"
PERMISSIONS = f"{API}/mypermissions"

ISSUES_A_PAGE = 100  # what Jira gives at most when fields are named, and what bulkfetch takes everywhere
IDS_A_PAGE = 5000
BULK = 1000  # what bulkfetch takes where it is new enough and no field holds several values
KNOWN_BULK = "bulk"
HISTORIES_A_PAGE = 10_000
CHANGELOGS_OF_ISSUES = 1000
PROJECTS_A_PAGE = 100
PROJECT_KEYS = 50
RECONCILED = 50
TOO_MANY = {400, 413}
HASTY = 2  # tries, where less can be asked for instead
STUMBLES = {400, 404}  # a bulk request that names something which Jira cannot read
MOST_STUMBLES = 20  # more, and it is not the issues


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search, with the errors of what cannot be read as an issue."""

    issues: list[Checked]
    last: bool
    errors: Sequence[Checked] = ()


@dataclass(frozen=True, slots=True)
class Histories:
    """The complete history of each issue by its id, and why some could not be had."""

    of: Mapping[str, list[Checked]]
    failed: Mapping[str, str] = field(default_factory=dict)


Batch = tuple[list[Checked], list[Checked]]
"""Issues, and the errors of those that could not be fetched."""

T = TypeVar("T")


class Requests:
    """The requests we make of a site; all of them only read. `learned` knows what bulkfetch takes here."""

    def __init__(self, door: Door, learned: Learned) -> None:
        self._door = door
        self._learned = learned
        self._bulk = PageSize(learned, "issues", most=BULK, least=ISSUES_A_PAGE)
        self._with_fields = PageSize(learned, "search", most=ISSUES_A_PAGE, least=10)
        self._only_ids = PageSize(learned, "ids", most=IDS_A_PAGE, least=500)
        self._changes = PageSize(learned, "histories", most=HISTORIES_A_PAGE, least=500)
        self.left: int | None = None  # what the site still grants, as it said last
        self.told_at: datetime | None = None  # the site's clock, as it said last

    async def search(
        self, jql: str, fields: Sequence[str], *, reconcile: Sequence[int] = (), order: str = ORDER
    ) -> AsyncIterator[Found]:
        """Issues in the order of their latest change, at least one page, exactly one of them the last.

        The issues of the ids in `reconcile` (at most 50) are found as they are now, however late the search
        index is with others.
        """
        body: dict[str, Any] = {"jql": f"{jql} {order}", "fields": fields}
        if reconcile:
            body["reconcileIssues"] = list(reconcile)[:RECONCILED]
        async for answer, last in self._follow(SEARCH, body, "issues", self._with_fields):
            page = Checked(answer.data, "the search result")
            issues, errors = _issues(page["issues"])
            yield Found(issues, last, errors)

    async def ids(self, jql: str) -> AsyncIterator[list[int]]:
        """The ids of all issues that match, in the order of their creation."""
        body = {"jql": f"{jql} {ORDER_OF_BIRTH}", "fields": ["id"]}
        async for answer, _ in self._follow(SEARCH, body, "issues", self._only_ids):
            page = Checked(answer.data, "the ids")
            yield [_number(one["id"]) for one in page["issues"]]

    async def latest(self, jql: str) -> datetime | None:
        """The latest change of any issue that matches."""
        return await self._one(f"{jql} ORDER BY updated DESC, id DESC", "updated")

    async def oldest(self, jql: str) -> datetime | None:
        """The creation of the oldest issue that matches."""
        return await self._one(f"{jql} {ORDER_OF_BIRTH}", "created")

    async def count(self, jql: str) -> int | None:
        """About how many issues match."""
        answer = await self._door.query(COUNT, {"jql": jql})
        return Checked(answer.data, "the count")["count"].maybe_number()

    @property
    def bulk(self) -> int:
        """How many issues bulkfetch takes at once, as far as is known."""
        return min(self._learned.number(KNOWN_BULK) or BULK, self._bulk.size)

    async def issues(self, keys: Sequence[str], fields: Sequence[str], most: int = BULK) -> Batch:
        """The named issues and the errors of those that could not be fetched.

        What does not exist or is hidden is in neither (documented). A moved issue's old key brings it too.
        Where 1000 at once are refused, by an older site or for a field with several values, 100 are asked.
        """
        size = min(most, self.bulk)
        if len(keys) > ISSUES_A_PAGE and size > ISSUES_A_PAGE:
            many = await self._many(keys, fields, size)
            if many is not None:
                return many
        async with side_by_side() as group:
            asked = [
                group.create_task(self._issues_or_halves(some, fields))
                for some in batches(keys, ISSUES_A_PAGE)
            ]
        return _joined([task.result() for task in asked])

    async def histories(self, ids: Sequence[str]) -> Histories:
        """The complete history of each issue by its id; an issue's history may span pages.

        `fieldIds` is left out on purpose: flags and links are then included, from which blocking is derived.
        """
        found: dict[str, list[Checked]] = {}
        failed: dict[str, str] = {}
        for some in batches(ids, CHANGELOGS_OF_ISSUES):
            parts, stumbled = await _or_halves(some, self._histories)
            for part in parts:
                found |= part
            failed |= stumbled
        return Histories(found, failed)

    async def _one(self, jql: str, name: str) -> datetime | None:
        answer = await self._door.query(SEARCH, {"jql": jql, "fields": [name], "maxResults": 1})
        issues = Checked(answer.data, "the search result")["issues"]
        return next((one["fields"][name].time() for one in issues), None)

    async def _many(self, keys: Sequence[str], fields: Sequence[str], size: int) -> Batch | None:
        """So many issues at once; None where that is refused, or more than the site can bear just now."""
        try:
            answers = [await self._issues(some, fields, tries=HASTY) for some in batches(keys, size)]
        except FixRequestError as error:
            if error.status not in TOO_MANY:
                raise
            self._learned.put(KNOWN_BULK, ISSUES_A_PAGE)
            return None
        except (TryLaterError, UnexpectedAnswerError):  # a time-out, an answer without end
            self._bulk.failed()
            return None
        self._bulk.worked()
        self._learned.put(KNOWN_BULK, BULK)
        return _joined(answers)

    async def _issues(self, keys: Sequence[str], fields: Sequence[str], tries: int = TRIES) -> Batch:
        body = {"issueIdsOrKeys": list(keys), "fields": list(fields)}
        answer = await self._door.query(ISSUES, body, tries=tries)
        self.left = answer.left
        page = Checked(answer.data, "the issues")
        issues, errors = _issues(page["issues"], asked=keys)
        return issues, [*page["issueErrors"], *errors]

    async def _issues_or_halves(self, keys: Sequence[str], fields: Sequence[str]) -> Batch:
        parts, failed = await _or_halves(keys, lambda some: self._issues(some, fields))
        stumbled = [_error(key, why) for key, why in failed.items()]
        return _joined([*parts, ([], stumbled)])

    async def _histories(self, ids: Sequence[str]) -> dict[str, list[Checked]]:
        found: dict[str, list[Checked]] = defaultdict(list)
        body = {"issueIdsOrKeys": list(ids)}
        async for answer, _ in self._follow(CHANGELOGS, body, "issueChangeLogs", self._changes):
            for log in Checked(answer.data, "the changelogs")["issueChangeLogs"]:
                issue_id = log["issueId"].identifier()
                told = log["changeHistories"].value
                entries = [told] if told and not isinstance(told, list) else told or []
                found[issue_id] += [Checked(one, f"the history of issue {issue_id}") for one in entries]
        return found

    async def projects(
        self, keys: Sequence[str] = (), status: Sequence[str] = ("live", "archived")
    ) -> list[Any]:
        """The visible projects of these keys, or all, that stand so (also possible: `deleted`)."""
        if not keys:
            return await self._projects((), status)
        return [one for some in batches(keys, PROJECT_KEYS) for one in await self._projects(some, status)]

    async def fields(self) -> Any:
        """All fields the account may see."""
        return (await self._door.get(FIELDS)).data

    async def myself(self) -> Answer:
        """The account we are signed in as; its headers carry the site's clock."""
        return await self._door.get(MYSELF)

    async def deployment(self) -> str | None:
        """`Cloud` or `Server`."""
        return (await self.server())["deploymentType"].maybe_text()

    async def may_browse(self) -> bool:
        """Whether the account may see issues of any project."""
        answer = await self._door.get(PERMISSIONS, {"permissions": "BROWSE_PROJECTS"})
        permission = Checked(answer.data, "the permissions")["permissions"]["BROWSE_PROJECTS"]
        return permission["havePermission"].flag(absent=False)

    async def server(self) -> Checked:
        """The site's description of itself, with the time of its clock."""
        return Checked((await self._door.get(SERVER)).data, "the server's description")

    async def _projects(self, keys: Sequence[str], status: Sequence[str]) -> list[Any]:
        found: list[Any] = []
        walk = Walk("Jira's pages of projects")
        while True:
            params = {"startAt": len(found), "maxResults": PROJECTS_A_PAGE, "status": list(status)}
            params |= {"expand": "lead"}
            try:
                answer = await self._door.get(PROJECTS, params | ({"keys": list(keys)} if keys else {}))
            except NotThereError:  # documented for "no projects matching"
                return found
            page = Checked(answer.data, "the projects")
            values = [value.value for value in page["values"]]
            found += values
            if not values or page["isLast"].flag(absent=len(values) < PROJECTS_A_PAGE):
                return found
            walk.on_to(str(len(found)), page=values)

    async def _follow(
        self, path: str, body: Mapping[str, Any], content: str, size: PageSize
    ) -> AsyncIterator[tuple[Answer, bool]]:
        """Pages until there is no next token, each with whether it is the last."""
        token: str | None = None
        walk = Walk(f"Jira's pages of {path}")
        while True:
            answer = await self._page(path, {**body, **({"nextPageToken": token} if token else {})}, size)
            self.left, self.told_at = answer.left, answer.at
            page = Checked(answer.data, "a page")
            token = page["nextPageToken"].maybe_text()
            if not page.there:
                raise UnexpectedAnswerError(f"Jira answered {path} with nothing.", REMEDY)
            last = token is None or page["isLast"].flag(absent=False)
            yield answer, last
            if last:
                return
            rows = page[content].value
            walk.on_to(str(token), empty=not rows, page=rows)

    async def _page(self, path: str, body: Mapping[str, Any], size: PageSize) -> Answer:
        """One page, smaller where the site cannot bear a large one."""
        while True:
            try:
                answer = await self._door.query(path, {**body, "maxResults": size.size}, tries=HASTY)
            except TryLaterError:
                if not size.failed():
                    raise
            else:
                size.worked()
                return answer


@asynccontextmanager
async def side_by_side() -> AsyncIterator[asyncio.TaskGroup]:
    """Tasks that run together: the first error ends the others, and is raised as itself."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except ExceptionGroup as several:
        raise several.exceptions[0] from None


async def gathered(
    pages: AsyncIterator[Found], most: Callable[[], int] = lambda: CHANGELOGS_OF_ISSUES
) -> AsyncIterator[Found]:
    """The same pages joined to ones of up to so many issues: one request for histories may do for each."""
    held: list[Checked] = []
    errors: list[Checked] = []
    async for page in pages:
        held += page.issues
        errors += page.errors
        if page.last or len(held) + ISSUES_A_PAGE > most():
            yield Found(held, page.last, errors)
            held, errors = [], []


def batches(values: Sequence[T], size: int) -> list[Sequence[T]]:
    """The values in order, `size` at a time."""
    return [values[start : start + size] for start in range(0, len(values), size)]


def _issues(rows: Checked, asked: Sequence[str] | None = None) -> Batch:
    """The issues of an answer, and an error for each row that names no issue by id and key.

    A row that tells neither may be any that was `asked` for and is missing: each of these has an error then.

    Raises:
        UnexpectedAnswerError: a row tells neither, and nobody knows which issue it is.
    """
    issues: list[Checked] = []
    errors: list[Checked] = []
    unnamed: UnexpectedAnswerError | None = None
    for row in rows:
        try:
            issues.append(issue(row.value))
        except UnexpectedAnswerError as error:
            told = row.value if isinstance(row.value, dict) else {}
            name = next((v for v in (told.get("id"), told.get("key")) if v and isinstance(v, str)), None)
            if name is not None:
                errors.append(_error(name, error.what))
            elif asked is None:
                raise
            else:
                unnamed = error
    if unnamed is not None:
        named = {one.value[word] for one in issues for word in ("id", "key")}
        named |= {one.value["id"] for one in errors}
        errors += [_error(key, unnamed.what) for key in asked or () if key not in named]
    return issues, errors


def _error(name: str, why: str) -> Checked:
    return Checked({"id": name, "errorMessage": why}, "an error")


def _number(place: Checked) -> int:
    text = place.identifier()
    if not is_number(text):
        raise place.wrong("a number")
    return int(text)


def _joined(parts: Sequence[Batch]) -> Batch:
    return [one for issues, _ in parts for one in issues], [one for _, errors in parts for one in errors]


async def _or_halves(
    names: Sequence[str], ask: Callable[[Sequence[str]], Awaitable[T]]
) -> tuple[list[T], dict[str, str]]:
    """Answers about all of them, halved around those that Jira stumbles over, and its words about these."""
    answers: list[T] = []
    failed: dict[str, str] = {}
    waiting = [names]
    while waiting:
        some = waiting.pop()
        try:
            answers.append(await ask(some))
        except (FixRequestError, NotThereError) as error:
            if error.status not in STUMBLES or len(failed) == MOST_STUMBLES:
                raise
            if len(some) == 1:
                failed[some[0]] = error.what
            else:
                waiting += reversed(batches(some, (len(some) + 1) // 2))
    return answers, failed
